import { type AuditEvent, record } from '../audit/audit.ts';
import { recordRefused } from '../audit/ration.ts';
import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Jar, Received, Stood } from '../jar/types.ts';
import type { Who } from '../presets/types.ts';
import { pathOf } from '../request/target.ts';
import type { Session } from '../sessions/session.ts';
import { askWho } from './ask.ts';
import type { BindingContext } from './context.ts';
import { boundLogin } from './jars.ts';
import { nameAtApp, namesSame } from './names.ts';
import type { OwnCookies } from './passages.ts';
import type { SessionRequest } from './types.ts';

/** What the app said last of the cookies of a jar. */
interface Said {
  readonly credentials: string;
  /** Those that it was asked with: its own answer may have renewed them. */
  readonly about: string;
  /** Which question that was, counted over all. */
  readonly question: number;
  readonly at: number;
}

/** What the app said to whom it is, and what the account is called there; empty when that is not known. */
interface Asked {
  readonly name: string;
  readonly who: Who;
}

/** Whose request it is that the app is asked about: any of a session's, a sign-in too. */
type Asker = Omit<SessionRequest, 'admission'> & { readonly admission: Admission };

/** Questions in a row, each about cookies that came while the one before was put. */
const MAX_ROUNDS = 5;

/**
 * Knows whose cookies a jar holds, by asking the app: before cookies that it has not said anything of are used, when they
 * change, and again from time to time. What is not known is not used.
 */
export class Prover {
  readonly #ctx: BindingContext;
  readonly #known = new WeakMap<Jar, Said>();
  readonly #asking = new WeakMap<Jar, Promise<void>>();
  #questions = 0;

  constructor(ctx: BindingContext) {
    this.#ctx = ctx;
  }

  /**
   * undefined: what the jar holds is known to be nobody's or the session's own account's. Else settles once that is so, and
   * rejects with `wrong-account`, the jar being empty then, or `upstream-*`. `anew`: asked even though it is known.
   */
  check(jar: Jar, request: Asker, anew = false): Promise<void> | undefined {
    if (!this.isDue(jar, request, anew)) return undefined;
    const asked = this.#asking.get(jar);
    if (asked !== undefined) return asked.then(() => this.check(jar, request));
    const asking = this.#settled(jar, request).finally(() => this.#asking.delete(jar));
    this.#asking.set(jar, asking);
    return asking;
  }

  /** The same for an answer, of the cookies that the jar held with it: by now it may hold those of another. */
  checkStood(jar: Jar, request: Asker, stood: Stood): Promise<void> | undefined {
    return this.isUnknown(jar, stood) ? this.#checkStood(jar, request, stood) : undefined;
  }

  async #checkStood(jar: Jar, request: Asker, stood: Stood): Promise<void> {
    const { generation } = jar;
    const before = this.#questions;
    if (stood.credentials() === jar.credentials()) await this.check(jar, request);
    if (jar.generation !== generation || !this.isUnknown(jar, stood)) return;
    const said = this.#known.get(jar);
    // Asked with the very same since the answer came, and given others in saying so; what was said before tells nothing of it.
    if (said !== undefined && said.question > before && said.about === stood.credentials()) return;
    const asked = await this.#put(request, {
      cookieFor: (target) => stood.cookieFor(target),
      receive: () => undefined,
    });
    // A session that is over by now is no proof of whose it was.
    if ((await this.#judge(jar, request, asked)) !== 'own')
      throw new SallyportError('conflict', 'other cookies of the app meanwhile');
  }

  /** Whether `check` would ask. */
  isDue(jar: Jar, { admission }: Asker, anew = false): boolean {
    const login = boundLogin(admission.app);
    if (login.whoami?.ask == null) return false;
    const credentials = jar.credentials();
    // Without a session cookie nobody is signed in by one.
    if (credentials === '') return false;
    const known = this.#known.get(jar);
    return (
      anew || known === undefined || this.#ctx.clock.now() - known.at >= login.recheckMs || this.isUnknown(jar, jar)
    );
  }

  /** Whether the app can be asked about these session cookies, and has not said anything of them. */
  isUnknown(jar: Jar, cookies: Stood): boolean {
    const { login } = jar.app;
    if (login.whoami?.ask == null) return false;
    const credentials = cookies.credentials();
    if (credentials === '') return false;
    const known = this.#known.get(jar);
    const rolled = known !== undefined && login.rolling && jar.standing.kind === 'bound';
    return known?.credentials !== credentials && !rolled;
  }

  /** The app has just been asked in another way (a login step). */
  told(jar: Jar): void {
    const credentials = jar.credentials();
    this.#known.set(jar, { credentials, about: credentials, question: 0, at: this.#ctx.clock.now() });
  }

  /** Asks until what the app has said is of the cookies that there are: others may come while it is asked. */
  async #settled(jar: Jar, request: Asker): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      await this.#ask(jar, request);
      if (!this.isUnknown(jar, jar)) return;
    }
    throw new SallyportError('conflict', 'other cookies of the app with every question');
  }

  /** Puts the question, with these cookies. */
  async #put({ admission, session, context }: Asker, cookies: OwnCookies): Promise<Asked> {
    const name = (await nameAtApp(this.#ctx.store, admission.app, session)) ?? '';
    return { name, who: await askWho(this.#ctx, { admission, context, nameAtApp: name }, cookies) };
  }

  /**
   * What comes with the word that it is nobody's is not kept: a form that was just shown is good for the cookies that there are, and whatever
   * an app gives to strangers it gives again with the next page.
   */
  async #ask(jar: Jar, request: Asker): Promise<void> {
    const { jars, clock } = this.#ctx;
    const { generation } = jar;
    this.#questions += 1;
    const question = this.#questions;
    let about = '';
    let keep: (() => Promise<Received> | undefined) | undefined;
    const asked = await this.#put(request, {
      cookieFor: (target) => {
        about = jar.credentials();
        return jar.cookieFor(target);
      },
      receive: (target, setCookies) => {
        keep = () => jars.receive(jar, { generation, target, setCookies });
      },
    });
    const received = asked.who.kind === 'nobody' ? undefined : await keep?.();
    // A login step came between: what was asked about is gone.
    if (jar.generation !== generation) throw new SallyportError('conflict', 'signed in anew meanwhile');
    // What the answer itself renewed is whose the question was; what another answer brought meanwhile is not.
    const credentials = received?.before === about ? received.stood.credentials() : about;
    const verdict = await this.#judge(jar, request, asked);
    if (verdict === 'emptied') return;
    this.#known.set(jar, { credentials, about, question, at: clock.now() });
    if (!this.isUnknown(jar, jar)) await this.#stand(jar, request.session, verdict);
  }

  /** What was said of a jar; where it is another account's, or may be, the jar is emptied. */
  async #judge(jar: Jar, { admission, session }: Asker, { name, who }: Asked): Promise<'own' | 'nobody' | 'emptied'> {
    if (who.kind === 'unclear') throw new SallyportError('upstream-invalid', 'the app does not say who is signed in');
    if (who.kind === 'nobody') return 'nobody';
    // It may be anybody's: once it is thrown away it is nobody's, and the person can sign in.
    if (who.kind === 'both') {
      await this.#ctx.jars.clear(jar);
      this.#known.delete(jar);
      return 'emptied';
    }
    if (name !== '' && namesSame(admission.app, name, who.name)) return 'own';
    await this.seal(jar, admission, session, 'the app names another account');
    throw new SallyportError('wrong-account', 'the app names another account');
  }

  /** Notes whose the cookies are that the jar holds. */
  async #stand(jar: Jar, { accountName }: Session, verdict: 'own' | 'nobody'): Promise<void> {
    const { jars, clock } = this.#ctx;
    const { standing, generation } = jar;
    if (verdict === 'nobody') {
      if (standing.kind === 'bound') await jars.stand(jar, generation, { kind: 'open' });
      return;
    }
    const credentials = jar.credentials();
    if (standing.kind === 'bound' && standing.credentials === credentials) return;
    const checkedAt = clock.now();
    await jars.stand(jar, generation, { kind: 'bound', name: accountName, proof: 'whoami', credentials, checkedAt });
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
