import type { BoundLogin, LoginStep } from '../login-types.ts';
import type { WrittenPreset } from './schema.ts';

/** What stands against `order: login-first` with a preset: `fault`, it cannot work; `finding`, people would be stuck. */
export interface OrderObjections {
  readonly faults: readonly string[];
  readonly findings: readonly string[];
}

/** Steps that can end a sign-in; an answer to any other is passed on, whatever the order. */
function lastSteps({ steps }: BoundLogin): readonly LoginStep[] {
  return steps.filter(({ ok }) => ok.length > 0);
}

/** Ids of the steps whose sign-in a script or a program sends, not a form of a page: no redirect leads it anywhere. */
export function stepsByScript({ login: written }: WrittenPreset, login: BoundLogin): readonly string[] {
  const said = new Set(written.filter(({ script }) => script === true).map(({ id }) => id));
  return lastSteps(login)
    .filter(({ id, type, on }) => type !== 'form' || on.method !== 'POST' || said.has(id))
    .map(({ id }) => id);
}

/**
 * Whether a sign-in that comes before the second factor can be held, and its answer be given out: by GET of the address that
 * a form was sent to (docs/decisions/0011).
 */
export function objectionsToLoginFirst(preset: WrittenPreset, login: BoundLogin): OrderObjections {
  const needs = 'login-first needs a sign-in that a page sends by POST';
  const refused = (why: string): OrderObjections => ({ faults: [`${needs}; ${why}. Use factor-first.`], findings: [] });
  if (login.steps.length === 0) return refused('with this preset the password goes with every request');
  if (login.one !== null)
    return refused('with this preset all have one account there, so that nobody could tell whose factor to ask for');
  const byGet = lastSteps(login).find(({ on }) => on.method === 'GET');
  if (byGet !== undefined) return refused(`the step ${byGet.id} is a GET`);
  const unseen = 'The preset does not say what may be seen before signing in. List it in anon, or use factor-first.';
  const byScript = stepsByScript(preset, login);
  const steps = byScript.length === 1 ? `step ${byScript[0]} is` : `steps ${byScript.join(' and ')} are`;
  const stuck = `The ${steps} sent by a script or a program, which cannot show the second factor: after the right password people would see an error. Use factor-first.`;
  return {
    faults: login.anon.length === 0 ? [unseen] : [],
    findings: byScript.length === 0 ? [] : [stuck],
  };
}
