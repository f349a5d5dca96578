import type { DraftPredicate } from './draft.ts';
import { isLed, outcomes } from './outcomes.ts';
import { pathOf } from './paths.ts';
import type { Attempts, Exchange, Recording } from './recording.ts';

/** All that both say; undefined where they contradict each other, or where only the app's own word tells. */
function joined(one: DraftPredicate | undefined, other: DraftPredicate | undefined): DraftPredicate | undefined {
  if (one === undefined || other === undefined) return undefined;
  const all = new Map<string, unknown>(Object.entries(one));
  for (const [part, value] of Object.entries(other)) {
    const known = all.get(part) ?? value;
    if (JSON.stringify(known) !== JSON.stringify(value)) return undefined;
    all.set(part, value);
  }
  return all.has('probe') ? undefined : Object.fromEntries(all);
}

/** What holds of one answer and of none of two others. */
const apart = (tell: (from: Exchange) => DraftPredicate | undefined, [one, other]: readonly [Exchange, Exchange]) =>
  joined(tell(one), tell(other));

function distinct(each: readonly (DraftPredicate | undefined)[]): readonly DraftPredicate[] | undefined {
  const all = each.filter((predicate) => predicate !== undefined);
  if (all.length < each.length) return undefined;
  return [...new Map(all.map((predicate) => [JSON.stringify(predicate), predicate])).values()];
}

/** Whether a script sends what the form sends, to where it does. */
function isSame(form: Exchange, script: Exchange): boolean {
  const names = ({ target }: Exchange) => [...new URLSearchParams(target.split('?')[1] ?? '').keys()].sort().join();
  const alike = pathOf(form.target) === pathOf(script.target) && names(form) === names(script);
  return alike && form.method === script.method && form.type === script.type;
}

/**
 * What tells success from failure where a sign-in is sent as a form and by a script of the page, and each is answered in a way of its own:
 * what says that the one succeeded is never said by the other's failure. Undefined where it is sent in one way, where the script does
 * not send what the form does, or where the answers do not tell.
 */
export function bothWays({
  right,
  wrong,
  byScript,
}: Pick<Recording, 'right' | 'wrong' | 'byScript'>):
  | { readonly ok: readonly DraftPredicate[]; readonly fail: readonly DraftPredicate[] }
  | undefined {
  if (right === undefined || wrong === undefined || byScript === undefined || !isSame(right, byScript.right))
    return undefined;
  const ways: readonly [Attempts, Attempts] = [{ right, wrong }, byScript];
  const told = (good: Exchange, bad: Exchange) => outcomes(good.answer, bad.answer, isLed(good));
  const ok = ways.map((way) => apart((bad) => told(way.right, bad).ok, [wrong, byScript.wrong]));
  const fail = ways.map((way) => apart((good) => told(good, way.wrong).fail, [right, byScript.right]));
  const [whenOk, whenNot] = [distinct(ok), distinct(fail)];
  return whenOk === undefined || whenNot === undefined ? undefined : { ok: whenOk, fail: whenNot };
}
