import type { BoundLogin, Guard } from '../config/login-types.ts';
import { KnownNames } from '../lib/known-names.ts';
import { compilePattern, type Pattern } from '../lib/pattern.ts';

/** What is worked out once for each configuration. */
export interface Prepared {
  readonly guard: Guard;
  /** The guard, and every field of the steps: for steps whose own query may be anything. */
  readonly strictGuard: Guard;
  /** Names of the app's session cookies, in any case. */
  readonly sessionNames: readonly Pattern[];
  /** Names of parameters that are no identity. */
  readonly plainNames: KnownNames;
  /** Paths that have been read and are nothing but pages of the app, whatever the headers: see `isQuiet`. */
  readonly quiet: KnownNames;
  /** Sign-in addresses in any case. */
  readonly near: readonly Pattern[];
  readonly nearBasic: readonly Pattern[];
}

const prepared = new WeakMap<BoundLogin, Prepared>();
const NO_EQUALS: ReadonlyMap<string, string> = new Map();
function anyCase(patterns: readonly Pattern[]): readonly Pattern[] {
  return patterns.map(({ source }) => compilePattern(source, { ignoreCase: true }));
}

/** Works out what the hot path needs of a login, once. */
export function prepare(login: BoundLogin): Prepared {
  const known = prepared.get(login);
  if (known !== undefined) return known;
  const guard = { ...login.guard, queryEquals: NO_EQUALS };
  const fields = login.steps.flatMap(({ account, realm, secret }) => [account, realm, ...secret]);
  const basic = login.steps.filter(({ type }) => type === 'basic');
  const made = {
    guard,
    strictGuard: { ...guard, fields: [...guard.fields, ...fields.filter((field) => field !== null)] },
    sessionNames: anyCase(login.sessionCookies),
    plainNames: new KnownNames(),
    quiet: new KnownNames(),
    near: anyCase(login.steps.flatMap(({ on }) => on.paths)),
    nearBasic: anyCase(basic.flatMap(({ on }) => on.paths)),
  };
  prepared.set(login, made);
  return made;
}
