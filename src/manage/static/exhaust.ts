import type { Decision, Facts, SessionFacts } from '../../gate/decide.ts';
import { everyShape } from './shapes.ts';
import { everySituation, factsIn, kindOf, metAt, metBy, reaches, type Situation } from './situations.ts';

/**
 * The decision, asked of every value that it can tell apart where there is no session. It is a function of its facts alone (the
 * lint forbids it store, server and clock), so its answer follows from the values it reads. Whatever is not among those that are gone
 * through here notes that it was read: where nothing did, the answers stand for all requests, and not for those that were asked.
 */

const FLAGS = [false, true] as const;
/** Read without a session, each gone through in all its values; of the other three it may ask whether they are there. */
const GONE_THROUGH: ReadonlySet<PropertyKey> = new Set<keyof Facts>([
  ...(['appId', 'realm', 'session', 'upgrade', 'originAllowed', 'unboundExpired', 'reading', 'loginFirst'] as const),
  ...(['exemption', 'rule', 'holders'] as const),
]);
const OF_SESSION: ReadonlySet<PropertyKey> = new Set<keyof SessionFacts>(['live', 'opensSession', 'appId', 'realm']);

function noting<T extends object>(value: T, known: ReadonlySet<PropertyKey>, read: Set<string>): T {
  const noted = (key: PropertyKey, target: T): T => {
    if (!known.has(key)) read.add(String(key));
    return target;
  };
  return new Proxy(value, {
    get: (target, key) => Reflect.get(noted(key, target), key),
    has: (target, key) => Reflect.has(noted(key, target), key),
    ownKeys: (target) => Reflect.ownKeys(noted('all its keys', target)),
    getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(noted(key, target), key),
  });
}

const NOTHING: ReadonlySet<PropertyKey> = new Set();

/** Sessions that are none here: each way in which one can fail to hold, and all of them together. */
function* notHeld(facts: Facts): Generator<SessionFacts | null> {
  yield null;
  const rest = {
    accountName: 'a',
    groups: [],
    phishingResistant: true,
    lastFactorAt: facts.now,
    lastPasskeyAt: facts.now,
  };
  for (const live of FLAGS)
    for (const opensSession of FLAGS)
      for (const appId of [facts.appId, 'another'])
        for (const realm of [facts.realm, 'another'])
          if (!(live && opensSession && appId === facts.appId && realm === facts.realm))
            yield { ...rest, live, opensSession, appId, realm, barred: null, passkeyOnly: false };
}

/** Whether something may reach the app there without a session: what is listed and exact. */
export function mayReach(situation: Situation, met: ReturnType<typeof metBy>): boolean {
  const { upgrade, unboundOver, reading, loginFirst, exempt } = situation;
  if (upgrade !== 'none' || unboundOver || reading === 'door' || reading === 'guarded') return false;
  if (met === 'exempt') return exempt && reading !== 'step';
  return (met === 'step' || met === 'surface') && loginFirst && reading === met;
}

export interface Exhausted {
  /** Facts that were gone through. */
  readonly cases: number;
  /** What was found wanting, in sentences; empty: proven. */
  readonly holes: readonly string[];
}

function watched(facts: Facts, session: SessionFacts | null, read: Set<string>): Facts {
  const inner = <T extends object>(value: T | null) => (value === null ? null : noting(value, NOTHING, read));
  const own = session === null ? null : noting(session, OF_SESSION, read);
  const parts = { exemption: inner(facts.exemption), rule: inner(facts.rule), holders: inner(facts.holders) };
  return noting({ ...facts, ...parts, session: own }, GONE_THROUGH, read);
}

function holesAt(verdict: (facts: Facts) => Decision, situation: Situation): { cases: number; holes: string[] } {
  const facts = factsIn(situation);
  const holes: string[] = [];
  let cases = 0;
  for (const session of notHeld(facts)) {
    const read = new Set<string>();
    const asked = watched(facts, session, read);
    const decision = verdict(asked);
    const met = metBy(decision);
    const where = `${JSON.stringify(situation)}, session ${JSON.stringify(session)}`;
    cases += 1;
    if (reaches(met) && !mayReach(situation, met)) holes.push(`the decision is ${met} without a session: ${where}`);
    if (decision.kind === 'exempt' && decision.exemption !== asked.exemption)
      holes.push(`the decision names an exemption that it was not given: ${where}`);
    for (const name of read) holes.push(`the decision reads ${name} where there is no session: ${where}`);
  }
  return { cases, holes };
}

/** A rule, and none: without a session the decision may ask no more than whether there is one. */
const ONE_RULE = [null, { passkey: true, aged: true, groups: 'some' }] as const;

/** Asks the decision of all that it can be told where nobody holds a session. */
export function exhaust(verdict: (facts: Facts) => Decision): Exhausted {
  let cases = 0;
  const holes: string[] = [];
  for (const situation of everySituation(ONE_RULE)) {
    const at = holesAt(verdict, situation);
    cases += at.cases;
    holes.push(...at.holes);
  }
  return { cases, holes };
}

/** Asks whether all situations of one kind are met alike, by every kind of visitor. */
export function uniform(verdict: (facts: Facts) => Decision): Exhausted {
  const first = new Map<string, string>();
  const holes: string[] = [];
  let cases = 0;
  for (const situation of everySituation([null, ...everyShape()])) {
    const met = metAt(verdict, factsIn(situation)).join(', ');
    const kind = kindOf(situation);
    const before = first.get(kind) ?? met;
    first.set(kind, before);
    cases += 1;
    if (before !== met) holes.push(`requests of one kind are not met alike (${kind}): ${JSON.stringify(situation)}`);
  }
  return { cases, holes };
}
