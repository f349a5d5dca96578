import { parseDate } from 'tough-cookie';
import type { HeaderFields } from '../request/fields.ts';

/** What applications write into a cookie that they take away (legacy-logins captures). */
const MARKERS: ReadonlySet<string> = new Set(['', '-del-', 'deleted', 'delete', 'discard', 'x']);

/** The two attributes that end a cookie. Of one that comes twice the last counts (RFC 6265 §5.3 step 3). */
function endsOf(attributes: string): { readonly maxAge?: string; readonly expires?: string } {
  const found: { maxAge?: string; expires?: string } = {};
  for (let at = 0; at < attributes.length; ) {
    const semicolon = attributes.indexOf(';', at);
    const end = semicolon < 0 ? attributes.length : semicolon;
    // Shorter ones are none of the two.
    const part = end - at < 8 ? '' : attributes.slice(at, end).trim();
    at = end + 1;
    if (/^max-age=/i.test(part)) found.maxAge = part.slice(8).trim();
    else if (/^expires=/i.test(part)) found.expires = part.slice(8).trim();
  }
  return found;
}

/** Whether a Set-Cookie gives a value that lasts: no marker of deletion, not expired at `now` (RFC 6265 §5.3; Max-Age before Expires). */
function lasts(value: string, attributes: string, now: number): boolean {
  if (MARKERS.has(value.replace(/^"(.*)"$/, '$1').toLowerCase())) return false;
  const { maxAge, expires } = endsOf(attributes);
  if (maxAge !== undefined && /^-?[0-9]+$/.test(maxAge)) return Number(maxAge) > 0;
  // Read as the jar reads it; a date that is none does not count.
  const date = parseDate(expires ?? '');
  return date === undefined || date.getTime() > now;
}

/** Cookies that an answer sets, by name: their value, or null for one that it takes away. The last of a name counts. */
export function cookiesSet(headers: HeaderFields, now: number): ReadonlyMap<string, string | null> {
  const cookies = new Map<string, string | null>();
  for (const line of headers.all('set-cookie')) {
    const semicolon = line.indexOf(';');
    const pair = semicolon < 0 ? line : line.slice(0, semicolon);
    const equals = pair.indexOf('=');
    if (equals < 1) continue;
    const value = pair.slice(equals + 1).trim();
    cookies.set(pair.slice(0, equals).trim(), lasts(value, line.slice(pair.length + 1), now) ? value : null);
  }
  return cookies;
}
