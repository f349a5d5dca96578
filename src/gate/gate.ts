import type { Assertions } from '../assertions/assertions.ts';
import type { RequestIds } from '../assertions/request-ids.ts';
import { type ErrorCode, SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { withoutNotices } from '../operations/services.ts';
import { whoamiTarget } from '../presets/whoami.ts';
import { Session } from '../sessions/session.ts';
import type { Store } from '../store/types.ts';
import { Admission, type AdmissionKind, type MintToken, mintToken, type Streamed } from './admission.ts';
import { decide, holds } from './decide.ts';
import { factsFor, factsOf, type Judged, readingOf, whyOf } from './facts.ts';
import { admitFirst } from './first-admission.ts';
import { identityHeaders } from './identity.ts';

export type { Judged } from './facts.ts';

const token: MintToken = mintToken();

/** Why nothing is forwarded, and what the person can do about it. */
export class Refusal {
  readonly code: ErrorCode;
  readonly challenge: 'sign-in' | 'step-up' | 'passkey' | null;
  readonly why: string;
  constructor(code: ErrorCode, challenge: 'sign-in' | 'step-up' | 'passkey' | null, why: string) {
    this.code = code;
    this.challenge = challenge;
    this.why = why;
  }
}

export interface GateParts {
  readonly clock: Clock;
  readonly store: Store;
  readonly assertions: Assertions;
  readonly ids: Pick<RequestIds, 'next'>;
}

/** What is streamed through, and what is judged as a whole. */
export type Passed = Admission<Streamed> | Admission<'step'> | Refusal;

const NO_SESSION = new Refusal('sign-in-required', 'sign-in', 'no session');
const NO_IDENTITY: readonly (readonly [string, string])[] = [];

/** The second door: the only place where admissions are minted. */
export class Gate {
  readonly #parts: GateParts;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /**
   * Judges one request or upgrade. Answers at once for a session that is known and holds an assertion; else once the
   * store has recorded its first admission and the assertion is signed. Rejects, and so refuses, when either fails.
   */
  pass(judged: Judged): Passed | Promise<Passed> {
    const now = this.#parts.clock.now();
    const { session } = judged;
    if (judged.target.reserved || judged.destination?.reserved === true)
      return new Refusal('not-found', null, 'reserved prefix');
    if (session !== undefined && !Session.is(session)) throw new SallyportError('internal', 'not a session');
    const reading = readingOf(judged);
    const decision = decide(factsFor(judged, reading, now, now));
    switch (decision.kind) {
      case 'deny':
        return new Refusal(decision.code, null, whyOf(reading, decision.why));
      case 'challenge':
        if (decision.step === 'sign-in') return NO_SESSION;
        return new Refusal('step-up-required', decision.step, decision.why);
      case 'exempt':
        return this.#mint('exemption', judged, { exemption: decision.exemption });
      case 'surface':
        return this.#mint('surface', judged, { surface: reading?.kind === 'surface' ? reading.surface : null });
      case 'step':
        // Without a session where the sign-in comes first: the step is all that it may be.
        return session === undefined || !this.#holds(judged, session, now)
          ? this.#mint('step', judged)
          : this.#admit('step', judged, session);
      case 'admit':
        return session === undefined ? NO_SESSION : this.#admit('session', judged, session);
      default:
        decision satisfies never;
        return NO_SESSION;
    }
  }

  /**
   * Whether what was admitted at `at` and is open still would be: by the rules, the configuration and the session as they
   * are now, and by the freshness of the factor at that time.
   */
  stands(judged: Judged, kind: AdmissionKind, at: number): boolean {
    const { kind: outcome } = decide(factsFor(judged, readingOf(judged), this.#parts.clock.now(), at));
    if (kind === 'session' || kind === 'probe') return outcome === 'admit' || outcome === 'step';
    return outcome === (kind === 'exemption' ? 'exempt' : kind);
  }

  /**
   * A request that looked like a login step and carries no credentials: it is one of the session's, like any other.
   * Spends the step. Throws `sign-in-required` for one without a session.
   */
  plain(step: Admission<'step'>): Admission<'session'> {
    if (step.session === null) throw new SallyportError('sign-in-required', 'not a sign-in, and no session');
    if (!Admission.spend(step, ['step'])) throw new SallyportError('internal', 'an admission is good for one request');
    return new Admission(token, 'session', step);
  }

  /** The question who is signed in at the app, asked on behalf of a request that was let through. */
  probe(on: Admission, nameAtApp: string): Admission<'probe'> {
    const { login } = on.app;
    if (!(on instanceof Admission) || login.kind !== 'bound' || login.whoami?.ask == null)
      throw new SallyportError('internal', 'no way to ask the app');
    const { method } = login.whoami.ask;
    const target = whoamiTarget(login.whoami, nameAtApp);
    const { request, headers, app, at, upgrade, host, client, session, assertion, identity } = on;
    const asker = { request, headers, app, at, upgrade, host, client };
    const parts = { ...asker, session, assertion, identity, exemption: null, surface: null };
    return new Admission(token, 'probe', { ...parts, method, target, requestId: this.#parts.ids.next() });
  }

  #holds(judged: Judged, session: Session, now: number): boolean {
    return holds(factsOf(session, now, judged), judged.app.id, judged.app.realm.id);
  }

  #admit<K extends 'session' | 'step'>(
    kind: K,
    judged: Judged,
    session: Session,
  ): Admission<K> | Promise<Admission<K> | Refusal> {
    const assertion = session.admitted ? this.#parts.assertions.for(session, judged.app) : undefined;
    if (typeof assertion === 'string') return this.#mint(kind, judged, { session, assertion });
    return this.#firstAdmission(kind, judged, session, assertion);
  }

  async #firstAdmission<K extends 'session' | 'step'>(
    kind: K,
    judged: Judged,
    session: Session,
    signing: Promise<string> | undefined,
  ): Promise<Admission<K> | Refusal> {
    if (!session.admitted) await this.#recordAdmission(judged, session);
    const assertion = await (signing ?? this.#parts.assertions.for(session, judged.app));
    // It may have ended while we waited.
    if (!session.liveAt(this.#parts.clock.now())) return NO_SESSION;
    return this.#mint(kind, judged, { session, assertion });
  }

  async #recordAdmission(judged: Judged, session: Session): Promise<void> {
    const { app, client, target } = judged;
    const who = { as: 'owner', actor: session.accountId, appId: app.id, source: client.address } as const;
    const asked = { ctx: withoutNotices(this.#parts), by: { ...who, session } };
    await admitFirst.perform(asked, { path: target.path });
    session.admitted = true;
  }

  #mint<K extends AdmissionKind>(
    kind: K,
    judged: Judged,
    of: Partial<Pick<Admission, 'session' | 'assertion' | 'exemption' | 'surface'>> = {},
  ): Admission<K> {
    const session = of.session ?? null;
    return new Admission(token, kind, {
      request: judged.request,
      headers: judged.headers,
      app: judged.app,
      at: this.#parts.clock.now(),
      upgrade: judged.upgrade,
      method: judged.method,
      target: judged.target.raw,
      host: judged.host,
      client: judged.client,
      session,
      exemption: of.exemption ?? null,
      surface: of.surface ?? null,
      assertion: of.assertion ?? null,
      requestId: this.#parts.ids.next(),
      identity: session === null || judged.app.headers.size === 0 ? NO_IDENTITY : identityHeaders(judged.app, session),
    });
  }
}
