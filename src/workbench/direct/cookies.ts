import { CookieJar } from 'tough-cookie';
import type { HeaderFields } from '../../request/fields.ts';

/** An empty jar, as lenient about spelling as browsers are. */
export function emptyJar(): CookieJar {
  return new CookieJar(undefined, { looseMode: true, rejectPublicSuffixes: false, allowSpecialUseDomain: true });
}

/** Cookies are kept as at an address with TLS: the app's Secure cookies count, as they will behind a server with TLS. */
const PLACE = 'https://app.invalid';

/** Value of the Cookie header for a target; empty for none. */
export function cookiesFor(jar: CookieJar, target: string): string {
  return jar.getCookieStringSync(`${PLACE}${target}`);
}

/** What browsers keep of one place (RFC 6265bis §5.6, §5.7): bytes of a name and its value, and cookies. */
const [LONGEST, MOST] = [4096, 180];

/** Puts values of Set-Cookie into a jar that has one app in it, so that their domain says nothing; no more than a browser keeps. */
export function putCookies(jar: CookieJar, target: string, setCookies: readonly string[]): void {
  for (const line of setCookies) {
    if ((line.split(';', 1)[0] ?? '').length > LONGEST) continue;
    jar.setCookieSync(line.replace(/;\s*domain=[^;]*/gi, ''), `${PLACE}${target}`, { ignoreError: true });
  }
  if (setCookies.length > 0) evict(jar);
}

/** Lets the oldest go. */
function evict(jar: CookieJar): void {
  const kept = jar.serializeSync()?.cookies ?? [];
  if (kept.length <= MOST) return;
  const age = ({ creation }: (typeof kept)[number]): number => Date.parse(String(creation)) || 0;
  const oldest = kept.toSorted((a, b) => age(a) - age(b)).slice(0, kept.length - MOST);
  for (const { key, path } of oldest)
    if (typeof key === 'string')
      jar.setCookieSync(`${key}=; Max-Age=0; Path=${typeof path === 'string' ? path : '/'}`, `${PLACE}/`, {
        ignoreError: true,
      });
}

/** Those that an answer sets. */
export function takeCookies(jar: CookieJar, target: string, headers: HeaderFields): void {
  putCookies(jar, target, headers.all('set-cookie'));
}

/** Names of the cookies that go to a target. */
export function cookieNames(jar: CookieJar, target: string): readonly string[] {
  return jar.getCookiesSync(`${PLACE}${target}`).map((cookie) => cookie.key);
}

/** Names of all cookies of a jar, whatever their path. */
export function allCookieNames(jar: CookieJar): readonly string[] {
  return (jar.serializeSync()?.cookies ?? []).flatMap(({ key }) => (typeof key === 'string' ? [key] : []));
}

/** Every cookie of a jar with its value, whatever its path. */
export function cookiePairs(jar: CookieJar): ReadonlyMap<string, string> {
  const cookies = jar.serializeSync()?.cookies ?? [];
  return new Map(cookies.flatMap(({ key, value }) => (typeof key === 'string' ? [[key, String(value ?? '')]] : [])));
}

/** A copy of a jar, without the cookies whose names are refused. */
export function copyJar(jar: CookieJar, keep: (name: string) => boolean): CookieJar {
  const copy = emptyJar();
  for (const cookie of jar.serializeSync()?.cookies ?? []) {
    const { key, value, path } = cookie;
    if (typeof key !== 'string' || !keep(key)) continue;
    const line = `${key}=${String(value ?? '')}; Path=${typeof path === 'string' ? path : '/'}`;
    copy.setCookieSync(line, `${PLACE}/`, { ignoreError: true });
  }
  return copy;
}
