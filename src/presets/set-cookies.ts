import { parseDate } from 'tough-cookie';

/** What applications write into a cookie that they take away (legacy-logins captures). */
const MARKERS: ReadonlySet<string> = new Set(['', '-del-', 'deleted', 'delete', 'discard', 'x']);

function attribute(parts: readonly string[], name: string): string | undefined {
  // Of an attribute that comes twice the last counts (RFC 6265 §5.3 step 3).
  return parts
    .map((part) => part.trim())
    .filter((part) => part.toLowerCase().startsWith(`${name}=`))
    .at(-1)
    ?.slice(name.length + 1)
    .trim();
}

/** Whether a Set-Cookie gives a value that lasts: no marker of deletion, not expired at `now` (RFC 6265 §5.3; Max-Age before Expires). */
function lasts(value: string, attributes: readonly string[], now: number): boolean {
  if (MARKERS.has(value.replace(/^"(.*)"$/, '$1').toLowerCase())) return false;
  const maxAge = attribute(attributes, 'max-age');
  if (maxAge !== undefined && /^-?[0-9]+$/.test(maxAge)) return Number(maxAge) > 0;
  // Read as the jar reads it; a date that is none does not count.
  const expires = parseDate(attribute(attributes, 'expires') ?? '');
  return expires === undefined || expires.getTime() > now;
}

/** Cookies that an answer sets, by name: their value, or null for one that it takes away. The last of a name counts. */
export function cookiesSet(headers: readonly string[], now: number): ReadonlyMap<string, string | null> {
  const cookies = new Map<string, string | null>();
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() !== 'set-cookie') continue;
    const [pair = '', ...attributes] = (headers[i + 1] ?? '').split(';');
    const equals = pair.indexOf('=');
    if (equals < 1) continue;
    const value = pair.slice(equals + 1).trim();
    cookies.set(pair.slice(0, equals).trim(), lasts(value, attributes, now) ? value : null);
  }
  return cookies;
}
