import type { BoundLogin, LoginStep, QueryRule } from '../config/login-types.ts';
import type { Target } from '../request/target.ts';
import { queryTouches } from './queries.ts';

/** What a target is to the sign-in: an address of it alone, one that serves for other things too, or none of its. */
export type SignInPlace = 'own' | 'shared' | 'elsewhere';

/** What of a query tells the address of a step from others of the same path: parameters with listed values. */
function tells(rule: QueryRule): QueryRule {
  return rule === 'any' ? rule : new Map([...rule].filter(([, allowed]) => allowed !== 'any'));
}

/** A path as the steps of a login are written. */
export function rawPath(login: BoundLogin, path: string): string {
  return login.nocase ? path.toLowerCase() : path;
}

/** Steps whose address that is, on the very path, whatever the method and whatever else the query holds. */
export function stepsOfAddress(login: BoundLogin, target: Target): readonly LoginStep[] {
  const path = rawPath(login, target.path);
  return login.steps.filter(
    ({ on }) => on.paths.some((pattern) => pattern.test(path)) && queryTouches(tells(on.query), target.query),
  );
}

/**
 * Whether that is the address of a sign-in. Where several steps have it, it is shared only if all of them say so: what one
 * of them takes is no other form of the app.
 */
export function signInPlace(login: BoundLogin, target: Target): SignInPlace {
  const steps = stepsOfAddress(login, target);
  if (steps.length === 0) return 'elsewhere';
  return steps.every(({ on }) => on.shared) ? 'shared' : 'own';
}
