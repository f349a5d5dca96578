import { type AuditEvent, record } from '../audit/audit.ts';
import { recordRefused } from '../audit/ration.ts';
import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Jar } from '../jar/types.ts';
import type { Who } from '../presets/types.ts';
import { pathOf } from '../request/target.ts';
import type { Session } from '../sessions/session.ts';
import { askWho } from './ask.ts';
import type { BindingContext } from './context.ts';
import { boundLogin } from './jars.ts';
import { nameAtApp, namesSame } from './names.ts';
import type { SessionRequest } from './types.ts';

/** What the app said last of the cookies of a jar. */
interface Said {
  readonly credentials: string;
  readonly at: number;
}

/**
 * Knows whose cookies a jar holds, by asking the app: before cookies that it has not said anything of are used, when they
 * change, and again from time to time. What is not known is not used.
 */
export class Prover {
  readonly #ctx: BindingContext;
  readonly #known = new WeakMap<Jar, Said>();
  readonly #asking = new WeakMap<Jar, Promise<void>>();

  constructor(ctx: BindingContext) {
    this.#ctx = ctx;
  }

  /**
   * undefined: what the jar holds is known to be nobody's or the session's own account's. Else settles once that is so, and
   * rejects with `wrong-account`, the jar being empty then, or `upstream-*`. `anew`: asked even though it is known.
   */
  check(jar: Jar, request: SessionRequest, anew = false): Promise<void> | undefined {
    if (!this.isDue(jar, request, anew)) return undefined;
    const asked = this.#asking.get(jar);
    if (asked !== undefined) return asked.then(() => this.check(jar, request));
    const asking = this.#ask(jar, request).finally(() => this.#asking.delete(jar));
    this.#asking.set(jar, asking);
    return asking;
  }

  /** Whether `check` would ask. */
  isDue(jar: Jar, { admission }: SessionRequest, anew = false): boolean {
    const login = boundLogin(admission.app);
    if (login.whoami?.ask == null) return false;
    const credentials = jar.credentials();
    // Without a session cookie nobody is signed in by one.
    if (credentials === '') return false;
    const known = this.#known.get(jar);
    if (anew || known === undefined || this.#ctx.clock.now() - known.at >= login.recheckMs) return true;
    const rolled = login.rolling && jar.standing.kind === 'bound';
    return known.credentials !== credentials && !rolled;
  }

  /** The app has just been asked in another way (a login step). */
  told(jar: Jar): void {
    this.#known.set(jar, { credentials: jar.credentials(), at: this.#ctx.clock.now() });
  }

  async #ask(jar: Jar, { admission, session, context }: SessionRequest): Promise<void> {
    const { jars, clock, store } = this.#ctx;
    const { generation } = jar;
    const name = (await nameAtApp(store, admission.app, session)) ?? '';
    let brought: Promise<unknown> | undefined;
    const who = await askWho(
      this.#ctx,
      { admission, context, nameAtApp: name },
      {
        cookieFor: (target) => jar.cookieFor(target),
        receive: (target, setCookies) => {
          brought = jars.receive(jar, { generation, target, setCookies });
        },
      },
    );
    await brought;
    // A login step came between: what was asked about is gone.
    if (jar.generation !== generation) throw new SallyportError('conflict', 'signed in anew meanwhile');
    const credentials = jar.credentials();
    await this.#conclude(jar, who, { on: admission, session, name, generation, credentials });
    this.#known.set(jar, { credentials, at: clock.now() });
  }

  async #conclude(
    jar: Jar,
    who: Who,
    asked: { on: Admission; session: Session; name: string; generation: number; credentials: string },
  ): Promise<void> {
    const { jars, clock } = this.#ctx;
    const { on, session, name, generation, credentials } = asked;
    if (who.kind === 'unclear') throw new SallyportError('upstream-invalid', 'the app does not say who is signed in');
    // It may be anybody's: once it is thrown away it is nobody's, and the person can sign in.
    if (who.kind === 'both') return jars.clear(jar);
    if (who.kind === 'nobody') {
      if (jar.standing.kind === 'bound') await jars.stand(jar, generation, { kind: 'open' });
      return;
    }
    if (name === '' || !namesSame(on.app, name, who.name)) {
      await this.seal(jar, on, session, 'the app names another account');
      throw new SallyportError('wrong-account', 'the app names another account');
    }
    const { standing } = jar;
    if (standing.kind === 'bound' && standing.credentials === credentials) return;
    const checkedAt = clock.now();
    const bound = { kind: 'bound', name: session.accountName, proof: 'whoami', credentials, checkedAt } as const;
    await jars.stand(jar, generation, bound);
  }

  /** Somebody else is signed in with these cookies: they are thrown away, and it is on record. */
  async seal(jar: Jar, on: Admission, session: Session | null, cause: string): Promise<void> {
    const { jars } = this.#ctx;
    await jars.clear(jar);
    this.#known.delete(jar);
    await this.note(on, session, {
      kind: 'app.sealed',
      outcome: 'refused',
      detail: { cause, path: pathOf(on.target) },
    });
  }

  async note(
    on: Admission,
    session: Session | null,
    event: Pick<AuditEvent, 'kind' | 'outcome' | 'detail'> & { readonly accountId?: string | null },
  ): Promise<void> {
    const { store, clock } = this.#ctx;
    const whole: AuditEvent = {
      actor: session?.accountId ?? 'anonymous',
      accountId: session?.accountId ?? null,
      sessionId: session?.id ?? null,
      appId: on.app.id,
      source: on.client.address,
      ...event,
    };
    // A sign-in at the app that failed is a stranger's guess; all else is done by a session, or to one.
    if (event.kind === 'app.sign-in' && event.outcome !== 'ok')
      await recordRefused({ store, audit: store.audit, clock }, whole);
    else await record(store.audit, clock, whole);
  }
}
