import type { ExemptionConfig } from '../../config/types.ts';
import type { Decision, Facts } from '../../gate/decide.ts';
import { ruleOfShape, type Shape, shapeKey, shapeOf } from './shapes.ts';
import { VISITORS } from './visitors.ts';

/** All that the decision can tell of a request, whoever sends it: finitely many values, however many requests there are. */
export interface Situation {
  /** `own`: an upgrade from an origin that may open it; `elsewhere`: from any other. */
  readonly upgrade: 'none' | 'own' | 'elsewhere';
  readonly unboundOver: boolean;
  readonly reading: Facts['reading'];
  readonly loginFirst: boolean;
  readonly exempt: boolean;
  /** Who holds the app's one account; `everybody`: the app has others. */
  readonly held: 'everybody' | 'some' | 'nobody';
  /** null: no rule; the floor holds. */
  readonly shape: Shape | null;
}

/** What one kind of visitor meets: an admission by its name, what is asked for, or a refusal with its code. */
export type Met = 'admit' | 'step' | 'surface' | 'exempt' | 'sign-in' | 'step-up' | 'passkey' | `refused ${string}`;

/** Whether something reaches the app. The answer to a step is held until its factor is passed. */
export function reaches(met: Met): boolean {
  return met === 'admit' || met === 'step' || met === 'surface' || met === 'exempt';
}

export function metBy(decision: Decision): Met {
  if (decision.kind === 'deny') return `refused ${decision.code}`;
  return decision.kind === 'challenge' ? decision.step : decision.kind;
}

/** An instant; the decision is told of differences alone. */
const NOW = 1e12;
const EXEMPTION: ExemptionConfig = { method: '', path: '', reason: '', owner: '', expires: '', expiresAt: 0 };
const HOLDERS = {
  everybody: null,
  some: { accounts: new Set(['holder']), groups: [] },
  nobody: { accounts: new Set<string>(), groups: [] },
};

function heldBy({ holders }: Facts): Situation['held'] {
  if (holders === null) return 'everybody';
  return holders.accounts.size + holders.groups.length > 0 ? 'some' : 'nobody';
}

export function situationOf(facts: Facts): Situation {
  return {
    upgrade: facts.upgrade ? (facts.originAllowed ? 'own' : 'elsewhere') : 'none',
    unboundOver: facts.unboundExpired,
    reading: facts.reading,
    loginFirst: facts.loginFirst,
    exempt: facts.exemption !== null,
    held: heldBy(facts),
    shape: facts.rule === null ? null : shapeOf(facts.rule),
  };
}

/** Facts of that situation, sent by nobody. */
export function factsIn({ upgrade, unboundOver, reading, loginFirst, exempt, held, shape }: Situation): Facts {
  return {
    ...{ appId: 'app', realm: 'realm', now: NOW, session: null, reading, loginFirst, unboundExpired: unboundOver },
    rule: shape === null ? null : ruleOfShape(shape),
    exemption: exempt ? EXEMPTION : null,
    upgrade: upgrade !== 'none',
    originAllowed: upgrade === 'own',
    holders: HOLDERS[held],
  };
}

/**
 * What the decision makes of a situation can only depend on this, whatever else is so there (proven by `uniform`). `classOf` names no
 * two such by one key.
 */
export function kindOf({ upgrade, unboundOver, reading, loginFirst, exempt, held, shape }: Situation): string {
  const rules = shape === null ? 'rest' : shapeKey(shape);
  const around = `${unboundOver ? ', unbound and over' : ''}${held === 'everybody' ? '' : `, held by ${held}`}`;
  const kind = (): string => {
    if (upgrade === 'elsewhere') return 'upgrade from elsewhere';
    if (reading === 'door' || reading === 'guarded') return reading;
    if (upgrade === 'own') return `upgrade: ${rules}`;
    if (reading === 'step') return `step${loginFirst ? ' before the factor' : ''}: ${rules}`;
    if (exempt) return `exempt: ${rules}`;
    return reading === 'surface' && loginFirst ? `surface: ${rules}` : rules;
  };
  return `${kind()}${around}`;
}

const FLAGS = [false, true] as const;
const READINGS: readonly Facts['reading'][] = [null, 'plain', 'door', 'guarded', 'step', 'surface'];

/** Every situation with one of these shapes. */
export function* everySituation(shapes: readonly (Shape | null)[]): Generator<Situation> {
  for (const upgrade of ['none', 'own', 'elsewhere'] as const)
    for (const unboundOver of FLAGS)
      for (const reading of READINGS)
        for (const loginFirst of FLAGS)
          for (const exempt of FLAGS)
            for (const held of ['everybody', 'some', 'nobody'] as const)
              for (const shape of shapes) yield { upgrade, unboundOver, reading, loginFirst, exempt, held, shape };
}

/** What every kind of visitor meets where these facts are, in the order of `VISITORS`; null: nobody there can be of that kind. */
export function metAt(verdict: (facts: Facts) => Decision, facts: Facts): readonly (Met | null)[] {
  return VISITORS.map((visitor) => {
    const session = visitor.facts(facts);
    return session === undefined ? null : metBy(verdict({ ...facts, session }));
  });
}
