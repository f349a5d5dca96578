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

/** Puts values of Set-Cookie into a jar that has one app in it, so that their domain says nothing. */
export function putCookies(jar: CookieJar, target: string, setCookies: readonly string[]): void {
  for (const line of setCookies)
    jar.setCookieSync(line.replace(/;\s*domain=[^;]*/gi, ''), `${PLACE}${target}`, { ignoreError: true });
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
