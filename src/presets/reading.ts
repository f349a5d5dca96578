import type { BoundLogin, Door, LoginStep, Surface, WebSocketRule } from '../config/login-types.ts';
import type { Pattern } from '../lib/pattern.ts';
import type { HeaderFields } from '../request/fields.ts';
import { guardQuery } from '../request/login/watch.ts';
import type { Target } from '../request/target.ts';
import { isCookieless, sessionIdIn } from './identities.ts';
import { isKnownQuery } from './known-query.ts';
import { hasShortName, identityIn, lenientPaths } from './paths.ts';
import { type Prepared, prepare } from './prepared.ts';
import { queryFits, queryHas, queryTouches } from './queries.ts';
import { routedPaths } from './routed.ts';
import { rawPath, signInPlace } from './sign-in-place.ts';
import type { Reading } from './types.ts';

const PLAIN: Reading = { kind: 'plain' };
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** Methods whose requests have no body; what they say of another method in a header is said without one. */
const BODILESS: ReadonlySet<string> = new Set([...READS, 'OPTIONS']);

function isAt(door: Door, paths: readonly string[]): boolean {
  return paths.some((path) => door.path.test(path));
}

/** Whether a body is declared to be of a type by any line, with whatever stands around it: readers cut such lines where they like. */
function isDeclared(type: string, headers: HeaderFields): boolean {
  return headers.spelt('content-type').some((line) => line.toLowerCase().includes(type));
}

function takes({ method, header, type }: Door, asked: string, headers: HeaderFields): boolean {
  const same = method === null || method === asked || (method === 'GET' && asked === 'HEAD');
  return same && (header === null || headers.spelt(header).length > 0) && (type === null || isDeclared(type, headers));
}

/** Why a request is for a door, which one of these paths or the path in its query leads to; null when it is for none. */
function doorAt(
  login: BoundLogin,
  { method, headers }: { readonly method: string; readonly headers: HeaderFields },
  paths: readonly string[],
  query: string | null,
): string | null {
  const routed = routedPaths(login, query);
  const door = login.doors.find(
    (each) =>
      takes(each, method, headers) && ((isAt(each, paths) && queryTouches(each.query, query)) || isAt(each, routed)),
  );
  return door === undefined ? null : `another way to sign in: ${door.text}`;
}

function stepsAt(login: BoundLogin, method: string, target: Target): LoginStep[] {
  const path = rawPath(login, target.path);
  return login.steps.filter(
    ({ on }) =>
      on.method === method &&
      on.paths.some((pattern) => pattern.test(path)) &&
      queryFits(on.query, target.query, 'every'),
  );
}

function exactStepPath(login: BoundLogin, target: Target): boolean {
  const path = rawPath(login, target.path);
  return login.steps.some(({ on }) => on.paths.some((pattern) => pattern.test(path)));
}

/** Whether a path is one of these addresses. A reading has no trailing slash, the address of a step may have one. */
function touches(paths: readonly string[], addresses: readonly Pattern[]): boolean {
  return paths.some((path) => addresses.some((pattern) => pattern.test(path) || pattern.test(`${path}/`)));
}

/**
 * The sign-in addresses, in any spelling, that a request with that method could sign in at: servers that fold a spelling take it
 * for the address itself. At the very address other queries and methods are refused too, unless the app shares it.
 */
function signingIn(ready: Prepared, method: string, headers: HeaderFields): readonly Pattern[] {
  if (!READS.has(method)) return ready.near;
  return headers.has('authorization') ? ready.nearBasic : [];
}

function surfaceAt(login: BoundLogin, method: string, target: Target): Surface | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const path = rawPath(login, target.path);
  // Static parts are read without cookies, so their query cannot sign anybody in.
  return login.anon.find((each) => each.path.test(path) && queryFits(each.query, target.query, 'only'));
}

/** Why the query holds credentials; at a step only what the step lists has been let through. */
function credentialsIn(steps: readonly LoginStep[], query: string, ready: Prepared): string | null {
  if (query === '') return null;
  if (steps.length === 0) return guardQuery(query, ready.guard);
  return steps.some(({ on }) => on.query === 'any') ? guardQuery(query, ready.strictGuard) : null;
}

/** Why the query of a request may not be; null when it may. */
function queryRefused(steps: readonly LoginStep[], query: string | null, ready: Prepared): string | null {
  if (query === null || (steps.length === 0 && isKnownQuery(query, ready))) return null;
  return sessionIdIn(query, ready) ?? credentialsIn(steps, query, ready);
}

/**
 * Whether nothing of the preset is about that path: no door, sign-in, sign-out or surface, in any spelling, with any method,
 * query or header. `paths`: its readings.
 */
function isQuietPath(login: BoundLogin, path: string, paths: readonly string[], ready: Prepared): boolean {
  const raw = rawPath(login, path);
  if (path.includes(';') || path.includes('%') || hasShortName(paths, ready)) return false;
  if (paths.some((each) => isCookieless(each))) return false;
  if (login.doors.some((door) => isAt(door, paths)) || touches(paths, ready.near)) return false;
  const exact = [
    ...login.steps.flatMap(({ on }) => on.paths),
    ...[...login.logout, ...login.anon].map((at) => at.path),
  ];
  return !exact.some((pattern) => pattern.test(raw));
}

/** Whether that path is known to be nothing but a page of the app; false as long as it was not read. */
export function isQuiet(login: BoundLogin, path: string): boolean {
  return prepare(login).quiet.has(path);
}

/**
 * What the head of a request means to an app whose login is bound. Ways around the sign-in are found on every reading, the
 * sign-in itself and what may be seen before it on exact ones. The first request for a path costs its readings and a test
 * for each door and address of the preset, later ones a look-up; a query is taken apart only when there is one.
 */
export function readHeadOf(login: BoundLogin, method: string, target: Target, headers: HeaderFields): Reading {
  const ready = prepare(login);
  if (ready.quiet.has(target.path)) {
    const routed = login.routed.size === 0 ? null : doorAt(login, { method, headers }, [], target.query);
    if (routed !== null) return { kind: 'door', why: routed };
    const why = queryRefused([], target.query, ready);
    return why === null ? PLAIN : { kind: 'guarded', why };
  }
  const paths = lenientPaths(target.path);
  if (isQuietPath(login, target.path, paths, ready)) ready.quiet.add(target.path);
  const door = doorAt(login, { method, headers }, paths, target.query);
  if (door !== null) return { kind: 'door', why: door };
  if (hasShortName(paths, ready)) return { kind: 'door', why: 'a short name that may be a part of the sign-in' };
  const steps = stepsAt(login, method, target);
  const why = identityIn(target.path, paths) ?? queryRefused(steps, target.query, ready);
  if (why !== null) return { kind: 'guarded', why };
  if (steps.length > 0) return { kind: 'step', steps };
  if (touches(paths, signingIn(ready, method, headers)) && !exactStepPath(login, target))
    return { kind: 'door', why: 'another spelling of the sign-in address' };
  if (!BODILESS.has(method) && signInPlace(login, target) === 'own')
    return { kind: 'door', why: 'another method or query at the sign-in address' };
  const surface = surfaceAt(login, method, target);
  // People are sent to the entry from there, which is where everything else sends them too.
  return surface === undefined || surface.toEntry ? PLAIN : { kind: 'surface', surface };
}

/** Why a query names somebody else than the person, who is called `nameAtApp` there; null when it does not. */
export function checkQueryEquals(login: BoundLogin, query: string, nameAtApp: string | null): string | null {
  const guard = { fields: [], sets: [], query: [], headers: [], queryEquals: login.guard.queryEquals };
  return guardQuery(query, guard, nameAtApp);
}

export function isLogout(login: BoundLogin, target: Target): boolean {
  const path = rawPath(login, target.path);
  return login.logout.some((each) => each.path.test(path) && queryHas(each.query, target.query));
}

/** The rule for a WebSocket at that target; `any` when the preset lists none, null when it lists others. */
export function webSocketRule(login: BoundLogin, path: string): WebSocketRule | 'any' | null {
  if (login.webSockets.length === 0) return 'any';
  return login.webSockets.find((rule) => rule.path.test(rawPath(login, path))) ?? null;
}
