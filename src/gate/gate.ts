import type { IncomingMessage } from 'node:http';
import type { Assertions } from '../assertions/assertions.ts';
import { record } from '../audit/audit.ts';
import type { AppConfig } from '../config/types.ts';
import { type ErrorCode, SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Client } from '../read/client.ts';
import type { Target } from '../read/target.ts';
import type { CompiledRules } from '../rules/compile.ts';
import { Session } from '../sessions/session.ts';
import type { Store } from '../store/types.ts';
import { Admission, type MintToken, mintToken } from './admission.ts';
import { decide, type SessionFacts } from './decide.ts';
import { identityHeaders } from './identity.ts';

const token: MintToken = mintToken();

/** A request as it was read: everything the gate judges, each part parsed once in read/. */
export interface Judged {
  readonly request: IncomingMessage;
  readonly app: AppConfig;
  readonly rules: CompiledRules;
  readonly method: string;
  readonly target: Target;
  readonly host: string;
  readonly client: Client;
  readonly session: Session | undefined;
  readonly upgrade: boolean;
  readonly originAllowed: boolean;
}

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
}

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
  pass(judged: Judged): Admission | Refusal | Promise<Admission | Refusal> {
    const now = this.#parts.clock.now();
    const { session } = judged;
    if (judged.target.reserved) return new Refusal('not-found', null, 'reserved prefix');
    if (session !== undefined && !Session.is(session)) throw new SallyportError('internal', 'not a session');
    const decision = decide({
      appId: judged.app.id,
      realm: judged.app.realm.id,
      now,
      session: session === undefined ? null : factsOf(session, now),
      rule: judged.rules.match(judged.target.path),
      exemption: judged.target.strict ? judged.rules.exemptionFor(judged.method, judged.target.path, now) : null,
      upgrade: judged.upgrade,
      originAllowed: judged.originAllowed,
    });
    switch (decision.kind) {
      case 'deny':
        return new Refusal(decision.code, null, decision.why);
      case 'challenge':
        if (decision.step === 'sign-in') return NO_SESSION;
        return new Refusal('step-up-required', decision.step, decision.why);
      case 'exempt':
        return this.#mint(judged, null, null, decision.exemption);
      case 'admit':
        return session === undefined ? NO_SESSION : this.#admit(judged, session);
      default:
        decision satisfies never;
        return NO_SESSION;
    }
  }

  #admit(judged: Judged, session: Session): Admission | Promise<Admission | Refusal> {
    const assertion = session.admitted ? this.#parts.assertions.for(session, judged.app) : undefined;
    if (typeof assertion === 'string') return this.#mint(judged, session, assertion, null);
    return this.#firstAdmission(judged, session, assertion);
  }

  async #firstAdmission(
    judged: Judged,
    session: Session,
    signing: Promise<string> | undefined,
  ): Promise<Admission | Refusal> {
    if (!session.admitted) await this.#recordAdmission(judged, session);
    const assertion = await (signing ?? this.#parts.assertions.for(session, judged.app));
    // It may have ended while we waited.
    if (!session.liveAt(this.#parts.clock.now())) return NO_SESSION;
    return this.#mint(judged, session, assertion, null);
  }

  async #recordAdmission(judged: Judged, session: Session): Promise<void> {
    const { store, clock } = this.#parts;
    await store.transaction(async (tx) => {
      if (!(await tx.sessions.markAdmitted(session.id, clock.now()))) return;
      await record(tx.audit, clock, {
        kind: 'session.admit',
        outcome: 'ok',
        actor: session.accountId,
        accountId: session.accountId,
        sessionId: session.id,
        appId: judged.app.id,
        source: judged.client.address,
        detail: { amr: session.strength.amr.join(' '), path: judged.target.path },
      });
    });
    session.admitted = true;
  }

  #mint(
    judged: Judged,
    session: Session | null,
    assertion: string | null,
    exemption: Admission['exemption'],
  ): Admission {
    return new Admission(token, {
      request: judged.request,
      app: judged.app,
      method: judged.method,
      target: judged.target.raw,
      host: judged.host,
      client: judged.client,
      session,
      exemption,
      assertion,
      identity: session === null || judged.app.headers.size === 0 ? NO_IDENTITY : identityHeaders(judged.app, session),
    });
  }
}

function factsOf(session: Session, now: number): SessionFacts {
  return {
    appId: session.appId,
    realm: session.realm,
    groups: session.groups,
    live: session.liveAt(now),
    opensSession: session.strength.opensSession,
    phishingResistant: session.strength.phishingResistant,
    lastFactorAt: session.strength.lastFactorAt,
    lastPasskeyAt: session.strength.lastPasskeyAt,
  };
}
