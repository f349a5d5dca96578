import type { IncomingMessage } from 'node:http';
import type { Assertions } from '../assertions/assertions.ts';
import { isOver } from '../config/over.ts';
import type { AppConfig, RuleConfig } from '../config/types.ts';
import { type ErrorCode, SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { withoutNotices } from '../operations/services.ts';
import { readHeadOf } from '../presets/reading.ts';
import type { Reading } from '../presets/types.ts';
import { whoamiTarget } from '../presets/whoami.ts';
import type { Client } from '../request/client.ts';
import { HeaderFields } from '../request/fields.ts';
import type { Target } from '../request/target.ts';
import type { CompiledRules } from '../rules/compile.ts';
import { actsAlone, reachOf } from '../rules/reach.ts';
import { strictest } from '../rules/strictest.ts';
import { Session } from '../sessions/session.ts';
import type { Store } from '../store/types.ts';
import { Admission, type AdmissionKind, type MintToken, mintToken, type Streamed } from './admission.ts';
import { type Decision, decide, type Facts, holds, type SessionFacts } from './decide.ts';
import { admitFirst } from './first-admission.ts';
import { identityHeaders } from './identity.ts';

const token: MintToken = mintToken();

/** A request as it was read: everything the gate judges, each part parsed once in request/. */
export interface Judged {
  readonly request: IncomingMessage;
  readonly headers: HeaderFields;
  readonly app: AppConfig;
  readonly rules: CompiledRules;
  readonly method: string;
  readonly target: Target;
  /** A second target that the request acts on; whatever is stricter of the two decides. */
  readonly destination: Target | null;
  readonly host: string;
  readonly client: Client;
  readonly session: Session | undefined;
  readonly upgrade: boolean;
  readonly originAllowed: boolean;
}

/** What of a request decides, whoever sends it. */
type Question = Pick<
  Judged,
  'headers' | 'app' | 'rules' | 'method' | 'target' | 'destination' | 'upgrade' | 'originAllowed'
>;

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
    return new Admission(token, 'probe', { ...parts, method, target });
  }

  #holds(judged: Judged, session: Session, now: number): boolean {
    return holds(factsOf(session, now), judged.app.id, judged.app.realm.id);
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
      identity: session === null || judged.app.headers.size === 0 ? NO_IDENTITY : identityHeaders(judged.app, session),
    });
  }
}

function mayBeExempt({ app, rules, method, target, destination, headers }: Question): boolean {
  if (app.exemptions.length === 0 || destination !== null) return false;
  return actsAlone(rules, method, target, headers);
}

/** `now` decides what has expired, `at` how fresh the factor was. */
function factsFor(judged: Question & Pick<Judged, 'session'>, reading: Reading | null, now: number, at: number): Facts {
  const { app, rules, method, target, destination, session } = judged;
  const alone = destination === null;
  const { login } = app;
  return {
    appId: app.id,
    realm: app.realm.id,
    now: at,
    session: session === undefined ? null : factsOf(session, now),
    rule: ruleOf(judged),
    exemption: mayBeExempt(judged) ? rules.exemptionFor(method, target.path, now) : null,
    upgrade: judged.upgrade,
    originAllowed: judged.originAllowed,
    reading: reading?.kind ?? null,
    loginFirst: login.kind === 'bound' && login.order === 'login-first' && alone,
    unboundExpired: login.kind === 'unbound' && isOver(login, now),
  };
}

function readingOf({ app, method, target, destination, headers }: Question): Reading | null {
  if (app.login.kind !== 'bound') return null;
  if (destination !== null) {
    const second = readHeadOf(app.login, method, destination, headers);
    if (second.kind === 'door' || second.kind === 'guarded') return second;
  }
  return readHeadOf(app.login, method, target, headers);
}

/** What the target requires, with all that the request acts on besides. */
function targetRuleOf({ app, rules, method, target, headers }: Question): RuleConfig | null {
  if (app.rules.length === 0) return null;
  return rules.holding(target.path, reachOf(method, headers, target.query ?? ''));
}

/** What both targets require together. */
function ruleOf(judged: Question): RuleConfig | null {
  const { rules, destination } = judged;
  const rule = targetRuleOf(judged);
  if (destination === null) return rule;
  const second = rules.within(destination.path);
  return rule === null || second === null ? (rule ?? second) : strictest(rule, second);
}

function whyOf(reading: Reading | null, why: string): string {
  return reading !== null && 'why' in reading ? reading.why : why;
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

/** A request by its line alone. */
export type RequestLine = Pick<Judged, 'app' | 'rules' | 'method' | 'target'>;

/**
 * What the gate says at `now` of such a request, sent by whoever these facts are of, or by nobody: for reports, which have no
 * opinion of their own. It lets nothing through.
 */
export function opinionOf(line: RequestLine, session: SessionFacts | null, now: number): Decision {
  const headers = HeaderFields.none;
  const asked = { ...line, headers, destination: null, upgrade: false, originAllowed: false, session: undefined };
  return decide({ ...factsFor(asked, readingOf(asked), now, now), session });
}

/** What a rule makes at `now` of whoever these facts are of, at an ordinary request to their own app. */
export function opinionUnder(rule: RuleConfig | null, session: SessionFacts, now: number): Decision {
  const { appId, realm } = session;
  const plain = { exemption: null, upgrade: false, originAllowed: false, reading: null, loginFirst: false } as const;
  return decide({ ...plain, appId, realm, now, session, rule, unboundExpired: false });
}
