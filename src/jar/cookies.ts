import { Cookie, defaultPath, domainMatch, getPublicSuffix, pathMatch } from 'tough-cookie';
import { SallyportError } from '../errors.ts';
import { isOurName } from '../request/cookies.ts';
import { pathOf } from '../request/target.ts';
import type { Brought } from './types.ts';

/** One cookie of an app, as it is kept. */
export interface Kept {
  readonly name: string;
  readonly value: string;
  /** A domain above the host, as the app named it; empty: the host itself. Part of the identity (RFC 6265 §5.3 step 11). */
  readonly domain: string;
  readonly path: string;
  /** ms since the epoch; null: for as long as the jar. */
  readonly expiresAt: number | null;
  /** When it was set first, for the order in which cookies are sent (RFC 6265 §5.4). */
  readonly createdAt: number;
}

const MAX_LINE = 8192;
/** Attributes of one cookie: there are some ten. */
const MAX_ATTRIBUTES = 16;
/** RFC 6265 §6.1 asks for at least 50 of 4096 bytes each; what is more than this is no session. */
const MAX_COOKIES = 100;
const MAX_BYTES = 64 * 1024;
/** Set-Cookie lines of one answer: five for every cookie that is kept. */
export const MOST_SET = 500;
/** RFC 6265 §5.3 steps 3, Max-Age before Expires; null for a session cookie. */
function expiryOf(cookie: Cookie, now: number): number | null {
  const { maxAge, expires } = cookie;
  if (maxAge === 'Infinity') return null;
  if (maxAge === '-Infinity') return 0;
  if (typeof maxAge === 'number') return maxAge <= 0 ? 0 : now + maxAge * 1000;
  return expires instanceof Date ? expires.getTime() : null;
}

/**
 * The domain of a cookie for answers of `host`: empty for the host itself; undefined when the app may not set it (RFC 6265
 * §5.3 steps 5 and 6): a neighbour's, or one under which strangers have their hosts.
 */
function domainOf(cookie: Cookie, host: string): string | undefined {
  if (cookie.domain === null || cookie.domain === '') return '';
  const domain = cookie.cdomain() ?? '';
  if (domain === host) return '';
  if (domain === '' || domainMatch(host, domain) !== true) return undefined;
  const suffix = getPublicSuffix(domain, { allowSpecialUseDomain: true, ignoreError: true });
  return suffix === undefined ? undefined : domain;
}

/** The promises that a name makes (RFC 6265bis §4.1.3) are kept, as browsers do, whatever its case. */
function breaksPrefix({ key, secure, domain, path }: Cookie): boolean {
  const name = key.toLowerCase();
  if (name.startsWith('__host-')) return !secure || domain !== null || path !== '/';
  return name.startsWith('__secure-') && !secure;
}

function hasTooMany(line: string): boolean {
  let count = 0;
  for (let at = line.indexOf(';'); at >= 0; at = line.indexOf(';', at + 1)) if (++count > MAX_ATTRIBUTES) return true;
  return false;
}

/** A Set-Cookie value by RFC 6265 §5.2 and §5.3 for a request to `host` and `target`; undefined when it is to be ignored. */
export function readSetCookie(line: string, host: string, target: string, now: number): Kept | undefined {
  if (line.length > MAX_LINE || hasTooMany(line)) return undefined;
  const cookie = Cookie.parse(line, { loose: false });
  if (cookie === undefined || cookie.key === '' || isOurName(cookie.key)) return undefined;
  const domain = domainOf(cookie, host);
  if (domain === undefined || breaksPrefix(cookie)) return undefined;
  const path = cookie.path?.startsWith('/') === true ? cookie.path : defaultPath(pathOf(target));
  return { name: cookie.key, value: cookie.value, domain, path, expiresAt: expiryOf(cookie, now), createdAt: now };
}

export function isLive(cookie: Kept, now: number): boolean {
  return cookie.expiresAt === null || cookie.expiresAt > now;
}

/** Whether a cookie set anew is the one that is there: the same value, and an end not moved by more than a tenth. */
function same(a: Kept, b: Kept, now: number): boolean {
  if (a.value !== b.value) return false;
  if (a.expiresAt === null || b.expiresAt === null) return a.expiresAt === b.expiresAt;
  return Math.abs(b.expiresAt - a.expiresAt) <= Math.max(0, b.expiresAt - now) / 10;
}

/** What tells one cookie from another (RFC 6265 §5.3 step 11); none of the three can hold a line end. */
function keyOf({ name, domain, path }: Kept): string {
  return `${name}\n${domain}\n${path}`;
}

/** Puts a cookie in place of that of its name, domain and path, or takes that away when it has expired. Whether anything changed. */
function put(cookies: Map<string, Kept>, next: Kept, now: number): boolean {
  const key = keyOf(next);
  const old = cookies.get(key);
  if (!isLive(next, now)) return cookies.delete(key);
  if (old !== undefined && same(old, next, now)) return false;
  cookies.set(key, old === undefined ? next : { ...next, createdAt: old.createdAt });
  return true;
}

function sizeOf({ name, value, path }: Kept): number {
  return name.length + value.length + path.length;
}

/** Characters of names, values and paths. */
export function size(cookies: readonly Kept[]): number {
  return cookies.reduce((sum, each) => sum + sizeOf(each), 0);
}

/** The last of the cookies that are not too many. */
function youngest(cookies: readonly Kept[]): readonly Kept[] {
  let from = Math.max(0, cookies.length - MAX_COOKIES);
  let size = 0;
  for (let i = cookies.length - 1; i >= from; i -= 1) {
    size += sizeOf(cookies[i] as Kept); // an index within the list
    if (size > MAX_BYTES) from = i + 1;
  }
  return from === 0 ? cookies : cookies.slice(from);
}

/** Throws `upstream-invalid` for an answer that sets more cookies than anybody keeps. */
export function needFew({ setCookies }: Pick<Brought, 'setCookies'>): void {
  if (setCookies.length > MOST_SET)
    throw new SallyportError('upstream-invalid', `the upstream sent more than ${MOST_SET} Set-Cookie lines`);
}

/**
 * The cookies after an answer; the very same list when it changes nothing. The oldest go when there are too many. Throws as
 * `needFew` does.
 */
export function withSetCookies(
  cookies: readonly Kept[],
  { target, setCookies }: Pick<Brought, 'target' | 'setCookies'>,
  host: string,
  now: number,
): readonly Kept[] {
  needFew({ setCookies });
  const next = new Map(cookies.map((each) => [keyOf(each), each]));
  let changed = false;
  for (const line of setCookies) {
    const cookie = readSetCookie(line, host, target, now);
    if (cookie !== undefined && put(next, cookie, now)) changed = true;
  }
  return changed ? youngest([...next.values()].filter((each) => isLive(each, now))) : cookies;
}

/** Value of the Cookie header for a target (RFC 6265 §5.4): longer paths first, then older ones; null for none. */
export function cookieHeader(cookies: readonly Kept[], target: string, now: number): string | null {
  const path = pathOf(target);
  const matching = cookies.filter((each) => isLive(each, now) && pathMatch(path, each.path));
  if (matching.length === 0) return null;
  if (matching.length > 1) matching.sort((a, b) => b.path.length - a.path.length || a.createdAt - b.createdAt);
  return matching.map(({ name, value }) => `${name}=${value}`).join('; ');
}
