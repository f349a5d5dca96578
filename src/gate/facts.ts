import type { IncomingMessage } from 'node:http';
import { isOver } from '../config/over.ts';
import type { AppConfig, RuleConfig } from '../config/types.ts';
import { readHeadOf } from '../presets/reading.ts';
import type { Reading } from '../presets/types.ts';
import type { Client } from '../request/client.ts';
import type { HeaderFields } from '../request/fields.ts';
import type { Target } from '../request/target.ts';
import type { CompiledRules } from '../rules/compile.ts';
import { actsAlone, reachOf } from '../rules/reach.ts';
import { strictest } from '../rules/strictest.ts';
import type { Session } from '../sessions/session.ts';
import type { Facts, SessionFacts } from './decide.ts';
import { holdersOf } from './holders.ts';

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
export type Question = Pick<
  Judged,
  'headers' | 'app' | 'rules' | 'method' | 'target' | 'destination' | 'upgrade' | 'originAllowed'
>;

function mayBeExempt({ app, rules, method, target, destination, headers }: Question): boolean {
  if (app.exemptions.length === 0 || destination !== null) return false;
  return actsAlone(rules, method, target, headers);
}

/** `now` decides what has expired, `at` how fresh the factor was. */
export function factsFor(
  judged: Question & Pick<Judged, 'session' | 'client'>,
  reading: Reading | null,
  now: number,
  at: number,
): Facts {
  const { app, rules, method, target, destination, session } = judged;
  const alone = destination === null;
  const { login } = app;
  return {
    appId: app.id,
    realm: app.realm.id,
    now: at,
    session: session === undefined ? null : factsOf(session, now, judged),
    rule: ruleOf(judged),
    exemption: mayBeExempt(judged) ? rules.exemptionFor(method, target.path, now) : null,
    upgrade: judged.upgrade,
    originAllowed: judged.originAllowed,
    reading: reading?.kind ?? null,
    holders: holdersOf(app),
    loginFirst: login.kind === 'bound' && login.order === 'login-first' && alone,
    unboundExpired: login.kind === 'unbound' && isOver(login, now),
  };
}

export function readingOf({ app, method, target, destination, headers }: Question): Reading | null {
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

export function whyOf(reading: Reading | null, why: string): string {
  return reading !== null && 'why' in reading ? reading.why : why;
}

export function factsOf(session: Session, now: number, { app, client }: Pick<Judged, 'app' | 'client'>): SessionFacts {
  const { policy } = session;
  return {
    appId: session.appId,
    realm: session.realm,
    accountName: session.accountName,
    groups: session.groups,
    live: session.liveAt(now),
    opensSession: session.strength.opensSession,
    phishingResistant: session.strength.phishingResistant,
    lastFactorAt: session.strength.lastFactorAt,
    lastPasskeyAt: session.strength.lastPasskeyAt,
    barred: policy === null ? null : policy.barred(app.id, client.address),
    passkeyOnly: policy?.passkeyOnly === true,
  };
}
