import type { LoginStep, Predicate } from '../config/login-types.ts';
import { holds } from './predicates.ts';
import type { Outcome, WholeAnswer } from './types.ts';

/** Of alternatives: one that holds and says so by itself, one that leaves it to the app's word, or none. */
function judge(alternatives: readonly Predicate[], answer: WholeAnswer, now: number): 'yes' | 'probe' | 'no' {
  let verdict: 'probe' | 'no' = 'no';
  for (const each of alternatives) {
    if (!holds(each, answer, now)) continue;
    if (each.probe === null) return 'yes';
    verdict = 'probe';
  }
  return verdict;
}

/** Whether an answer bears a sign of success, whatever else it bears. */
export function looksIn(step: LoginStep, answer: WholeAnswer, now: number): boolean {
  return judge(step.ok, answer, now) === 'yes';
}

/**
 * What came of a step: fail, then ok, then the next step, else unknown, which never passes. `probe`: the preset leaves it to
 * `whoami` (products whose success and failure look alike).
 */
export function outcomeOf(step: LoginStep, answer: WholeAnswer, now: number): Outcome | 'probe' {
  const fail = judge(step.fail, answer, now);
  if (fail === 'yes') return { kind: 'fail' };
  const ok = judge(step.ok, answer, now);
  // A sign of failure that the app must confirm comes before a sign of success.
  if (ok === 'yes') return fail === 'probe' ? 'probe' : { kind: 'ok' };
  if (step.next !== null && judge(step.next.when, answer, now) === 'yes') return { kind: 'next', step: step.next.step };
  return fail === 'probe' || ok === 'probe' ? 'probe' : { kind: 'unknown' };
}
