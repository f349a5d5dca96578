import type { BoundLogin, Guard } from '../config/login-types.ts';
import type { BodyGuard } from '../request/login/guard.ts';
import { credentialsOf, isPart, wholeSignIn } from '../request/login/step-fields.ts';
import { isMetByChance } from '../request/login/watch.ts';

const guards = new WeakMap<BoundLogin, Guard>();

/**
 * What may stand in no body or query but a login step's. A preset that guards nothing by itself has the account and the
 * secrets of each of its steps guarded together: alone they may be common words. Of a sign-in that goes over several requests
 * each field is guarded alone, whatever the preset says, since there each alone is what signs in.
 */
export function guardOf(login: BoundLogin): Guard {
  const known = guards.get(login);
  if (known !== undefined) return known;
  const { guard, steps } = login;
  const own = guard.fields.length > 0 || guard.sets.length > 0;
  const together = steps
    .filter((step) => step.type !== 'basic' && step.account !== null && step.secret.length > 0)
    .map((step) => [step.account ?? '', ...step.secret]);
  // Where there is one account, there is nobody else to become: its password is looked for in addresses alone.
  if (login.one !== null) {
    const query = [...guard.query, ...steps.flatMap(credentialsOf)];
    const made = { ...guard, query };
    guards.set(login, made);
    return made;
  }
  const alone = steps.filter(isPart).flatMap(credentialsOf);
  const made = { ...guard, fields: [...guard.fields, ...alone], sets: own ? guard.sets : together };
  guards.set(login, made);
  return made;
}

const shared = new WeakMap<BoundLogin, BodyGuard>();

/**
 * The guard of bodies that are sent to the address of a sign-in, which serves for other things too: each field of its steps
 * alone, so that no two requests are a sign-in together. In what values hold, names that any text has by chance count together.
 */
export function sharedGuardOf(login: BoundLogin): BodyGuard {
  const known = shared.get(login);
  if (known !== undefined) return known;
  const { fields, sets } = guardOf(login);
  const steps = login.steps.filter(({ on }) => on.shared);
  const alone = steps.flatMap(credentialsOf);
  const within = {
    fields: [...fields, ...alone.filter((field) => !isMetByChance(field))],
    sets: [...sets, ...steps.flatMap((step) => wholeSignIn(step).sets)],
  };
  const made = { fields: [...fields, ...alone], sets, within };
  shared.set(login, made);
  return made;
}
