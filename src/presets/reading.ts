import { fold } from '../config/fold.ts';
import type {
  Allowed,
  BoundLogin,
  Door,
  Guard,
  LoginStep,
  QueryRule,
  Surface,
  WebSocketRule,
} from '../config/login-types.ts';
import { foldField } from '../read/login/names.ts';
import { guardQuery, laxPairs } from '../read/login/watch.ts';
import type { Target } from '../read/target.ts';
import type { Reading } from './types.ts';

/** Session ids that products take from the query (legacy-logins L7), besides those of the preset's own cookies. */
const SESSION_IDS = [
  'jsessionid',
  'jsessionidsso',
  'phpsessid',
  'asp.net_sessionid',
  'sessionid',
  'session_id',
  'cfid',
  'cftoken',
];
const OVERRIDES = ['_method', 'x-http-method-override', 'x-http-method', '_httpmethod'];
/** ASP.NET without cookies: `/(S(id))/`, and with tickets. */
const COOKIELESS = /\/\((?:[a-z]\([^)]*\))+\)(?:\/|$)/i;
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What is worked out once for each configuration. */
interface Prepared {
  readonly guard: Guard;
  readonly sessionNames: ReadonlySet<string>;
}

const prepared = new WeakMap<BoundLogin, Prepared>();
const NO_EQUALS: ReadonlyMap<string, string> = new Map();

function prepare(login: BoundLogin): Prepared {
  const known = prepared.get(login);
  if (known !== undefined) return known;
  const made = {
    guard: { ...login.guard, queryEquals: NO_EQUALS },
    sessionNames: new Set([...SESSION_IDS, ...OVERRIDES].map(foldField)),
  };
  prepared.set(login, made);
  return made;
}

function admits(allowed: Allowed, value: string): boolean {
  return allowed === 'any' || allowed.includes(value);
}

/** The pairs of a query as a strict reader sees them; undefined when it can be read in two ways. */
function strictPairs(query: string | null): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>();
  if (query === null || query === '') return pairs;
  if (query.includes(';')) return undefined;
  for (const pair of query.split('&')) {
    const mark = pair.indexOf('=');
    try {
      const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
      const name = decode(mark < 0 ? pair : pair.slice(0, mark));
      if (name === '' || pairs.has(name)) return undefined;
      pairs.set(name, mark < 0 ? '' : decode(pair.slice(mark + 1)));
    } catch {
      return undefined;
    }
  }
  return pairs;
}

/** Every parameter is listed with its value; `complete`: and each that has a list of values is there. */
function queryFits(rule: QueryRule, query: string | null, complete: boolean): boolean {
  if (rule === 'any') return true;
  const pairs = strictPairs(query);
  if (pairs === undefined) return false;
  for (const [name, value] of pairs) {
    const allowed = rule.get(name);
    if (allowed === undefined || !admits(allowed, value)) return false;
  }
  if (!complete) return true;
  for (const [name, allowed] of rule) if (allowed !== 'any' && !pairs.has(name)) return false;
  return true;
}

/** A door is open to any spelling of its query, so it is closed to any. */
function queryTouches(rule: QueryRule, query: string | null): boolean {
  if (rule === 'any' || rule.size === 0) return true;
  const pairs = [...laxPairs(query ?? '')];
  return [...rule].every(([name, allowed]) =>
    pairs.some(
      ([given, value]) =>
        foldField(given) === foldField(name) &&
        (allowed === 'any' || allowed.some((each) => each.toLowerCase() === value.trim().toLowerCase())),
    ),
  );
}

function hasHeader(rawHeaders: readonly string[], name: string): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === name) return true;
  return false;
}

/** The folded path, and what is left of it where a script takes the rest for itself (`/x.php/more` is `/x.php`). */
function foldedPaths(path: string): readonly string[] {
  const segments = fold(path);
  const whole = `/${segments.join('/')}`;
  const script = segments.findIndex((segment) =>
    /\.(?:php\d?|phtml|cgi|pl|aspx?|asmx|ashx|svc|dll|jspx?|do|action)$/.test(segment),
  );
  if (script < 0 || script === segments.length - 1) return [whole];
  return [whole, `/${segments.slice(0, script + 1).join('/')}`];
}

function doorAt(
  doors: readonly Door[],
  method: string,
  paths: readonly string[],
  query: string | null,
  rawHeaders: readonly string[],
): Door | undefined {
  return doors.find(
    (door) =>
      (door.method === null || door.method === method) &&
      paths.some((path) => door.path.test(path)) &&
      queryTouches(door.query, query) &&
      (door.header === null || hasHeader(rawHeaders, door.header)),
  );
}

/** Why the target holds a session's identity, which belongs into no address. */
function identityIn({ path, query }: Target, { sessionNames }: Prepared, login: BoundLogin): string | null {
  if (path.includes(';')) return 'a path parameter, which may be a session id';
  if (COOKIELESS.test(path)) return 'a session id in the path';
  if (query === null) return null;
  for (const [name] of laxPairs(query)) {
    if (sessionNames.has(foldField(name))) return 'a session id or another method in the query';
    if (login.sessionCookies.some((pattern) => pattern.test(name))) return 'a session id in the query';
  }
  return null;
}

function rawPath(login: BoundLogin, path: string): string {
  return login.nocase ? path.toLowerCase() : path;
}

function stepsAt(login: BoundLogin, method: string, target: Target): LoginStep[] {
  const path = rawPath(login, target.path);
  return login.steps.filter(
    ({ on }) =>
      on.method === method && on.paths.some((pattern) => pattern.test(path)) && queryFits(on.query, target.query, true),
  );
}

/** Another spelling of a sign-in address: servers that fold it sign in there too. */
function nearStep(login: BoundLogin, method: string, paths: readonly string[]): boolean {
  return login.steps.some(
    ({ on, type }) =>
      type !== 'basic' && on.method === method && paths.some((path) => on.paths.some((pattern) => pattern.test(path))),
  );
}

function surfaceAt(login: BoundLogin, method: string, target: Target): Surface | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const path = rawPath(login, target.path);
  // Static parts are read without cookies, so their query cannot sign anybody in.
  return login.anon.find((each) => each.path.test(path) && queryFits(each.query, target.query, false));
}

/**
 * What the head of a request means to an app whose login is bound. Ways around the sign-in are found on folded forms, the
 * sign-in itself and what may be seen before it on exact ones. An ordinary request costs a fold of its path and a few
 * patterns; a query is taken apart only when there is one.
 */
export function readHeadOf(login: BoundLogin, method: string, target: Target, rawHeaders: readonly string[]): Reading {
  const ready = prepare(login);
  const paths = foldedPaths(target.path);
  const door = doorAt(login.doors, method, paths, target.query, rawHeaders);
  if (door !== undefined) return { kind: 'door', why: `another way to sign in: ${door.text}` };
  const identity = identityIn(target, ready, login);
  if (identity !== null) return { kind: 'guarded', why: identity };
  const steps = stepsAt(login, method, target);
  if (target.query !== null && steps.length === 0) {
    const why = guardQuery(target.query, ready.guard);
    if (why !== null) return { kind: 'guarded', why };
  }
  if (steps.length > 0) return { kind: 'step', steps };
  if (!READS.has(method) && !exactStepPath(login, method, target) && nearStep(login, method, paths))
    return { kind: 'door', why: 'another spelling of a sign-in address' };
  const surface = surfaceAt(login, method, target);
  return surface === undefined ? { kind: 'plain' } : { kind: 'surface', surface };
}

/** At a sign-in address with another query: other uses of the same script. */
function exactStepPath(login: BoundLogin, method: string, target: Target): boolean {
  const path = rawPath(login, target.path);
  return login.steps.some(({ on }) => on.method === method && on.paths.some((pattern) => pattern.test(path)));
}

/** Why a query names somebody else than the person, who is called `nameAtApp` there; null when it does not. */
export function checkQueryEquals(login: BoundLogin, query: string, nameAtApp: string | null): string | null {
  const guard = { fields: [], sets: [], query: [], headers: [], queryEquals: login.guard.queryEquals };
  return guardQuery(query, guard, nameAtApp);
}

export function isLogout(login: BoundLogin, target: Target): boolean {
  const path = rawPath(login, target.path);
  return login.logout.some((each) => each.path.test(path) && logoutQuery(each.query, target.query));
}

/** What is listed must be there; there may be more (tokens). */
function logoutQuery(rule: QueryRule, query: string | null): boolean {
  if (rule === 'any') return true;
  const pairs = strictPairs(query);
  return (
    pairs !== undefined &&
    [...rule].every(([name, allowed]) => pairs.has(name) && admits(allowed, pairs.get(name) ?? ''))
  );
}

/** The rule for a WebSocket at that target; `any` when the preset lists none, null when it lists others. */
export function webSocketRule(login: BoundLogin, path: string): WebSocketRule | 'any' | null {
  if (login.webSockets.length === 0) return 'any';
  return login.webSockets.find((rule) => rule.path.test(rawPath(login, path))) ?? null;
}
