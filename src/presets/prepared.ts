import type { BoundLogin, Guard } from '../config/login-types.ts';
import { quoted } from '../config/preset/glob.ts';
import { KnownNames } from '../lib/known-names.ts';
import { compilePattern, type Pattern } from '../lib/pattern.ts';
import { plainLetters } from '../lib/readings/best-fit.ts';
import { decoded } from '../lib/readings/decode.ts';
import { credentialsOf } from '../request/login/step-fields.ts';
import { guardOf } from './guarded.ts';
import { wordsOf } from './words.ts';

/** What is worked out once for each configuration. */
export interface Prepared {
  readonly guard: Guard;
  /** The guard, and every field of the steps: for steps whose own query may be anything. */
  readonly strictGuard: Guard;
  /** Names of the app's session cookies, in any case. */
  readonly sessionNames: readonly Pattern[];
  /** Parameters that are called like a session id and are none. */
  readonly noIds: ReadonlySet<string>;
  /** Names of parameters that are no identity. */
  readonly plainNames: KnownNames;
  /** Paths that have been read and are nothing but pages of the app, whatever the headers: see `isQuiet`. */
  readonly quiet: KnownNames;
  /** Sign-in addresses in any case. */
  readonly near: readonly Pattern[];
  readonly nearBasic: readonly Pattern[];
  /** Names in the addresses of doors and sign-ins, to be known by their short names too. */
  readonly words: readonly string[];
}

const prepared = new WeakMap<BoundLogin, Prepared>();
const NO_EQUALS: ReadonlyMap<string, string> = new Map();
function anyCase(patterns: readonly Pattern[]): readonly Pattern[] {
  return patterns.map(({ source }) => compilePattern(source, { ignoreCase: true }));
}

/** Addresses in any case, as readings have them: what is percent-encoded is decoded. */
function lenient(patterns: readonly Pattern[]): readonly Pattern[] {
  const plain = (run: string): string => quoted(plainLetters(decoded(run)));
  return patterns.map(({ source }) =>
    compilePattern(source.replace(/(?:%[0-9A-Fa-f]{2})+/g, plain), { ignoreCase: true }),
  );
}

/** Works out what the hot path needs of a login, once. */
export function prepare(login: BoundLogin): Prepared {
  const known = prepared.get(login);
  if (known !== undefined) return known;
  const guard = { ...guardOf(login), queryEquals: NO_EQUALS };
  const basic = login.steps.filter(({ type }) => type === 'basic');
  const made = {
    guard,
    strictGuard: { ...guard, fields: [...guard.fields, ...login.steps.flatMap(credentialsOf)] },
    sessionNames: anyCase(login.sessionCookies),
    noIds: new Set(login.noSessionIds),
    plainNames: new KnownNames(),
    quiet: new KnownNames(),
    near: lenient(login.steps.flatMap(({ on }) => on.paths)),
    nearBasic: lenient(basic.flatMap(({ on }) => on.paths)),
    words: wordsOf([...login.doors.map(({ path }) => path), ...login.steps.flatMap(({ on }) => on.paths)]),
  };
  prepared.set(login, made);
  return made;
}
