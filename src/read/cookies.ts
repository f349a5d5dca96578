import { SallyportError } from '../errors.ts';
import { withoutEnds } from '../lib/trim.ts';

/** Our cookies. The `__Host-` prefix (RFC 6265bis §4.1.3.2) binds each to this host, https and the path `/`. */
export const SESSION_COOKIE = '__Host-sallyport';
export const PENDING_COOKIE = '__Host-sallyport-pending';
export const BROWSER_COOKIE = '__Host-sallyport-browser';

/** Binds a passkey ceremony that begins without a name to this browser; proves nothing. */
export const CEREMONY_COOKIE = '__Host-sallyport-ceremony';
/** Language and last method, `cy.passkey`; either may be `-`. */
export const PREFS_COOKIE = '__Host-sallyport-prefs';

/** Names the jar of somebody who has not signed in yet, where the app's own login comes first. */
export const VISITOR_COOKIE = '__Host-sallyport-visitor';
/** Which version of the jar this browser has seen the effects of; a hint between nodes, no secret. */
export const JAR_COOKIE = '__Host-sallyport-jar';

export interface OwnCookies {
  readonly session: string | null;
  readonly pending: string | null;
  readonly browser: string | null;
  readonly ceremony: string | null;
  readonly prefs: string | null;
  readonly visitor: string | null;
  readonly jar: string | null;
}

const NONE: OwnCookies = {
  session: null,
  pending: null,
  browser: null,
  ceremony: null,
  prefs: null,
  visitor: null,
  jar: null,
};
const VALUE = /^[A-Za-z0-9._-]{1,512}$/;
const PLACES: ReadonlyMap<string, keyof OwnCookies> = new Map([
  [SESSION_COOKIE, 'session'],
  [PENDING_COOKIE, 'pending'],
  [BROWSER_COOKIE, 'browser'],
  [CEREMONY_COOKIE, 'ceremony'],
  [PREFS_COOKIE, 'prefs'],
  [VISITOR_COOKIE, 'visitor'],
  [JAR_COOKIE, 'jar'],
]);

/** The values of ours among the pairs; malformed ones are null. Throws `bad-cookie` for one of ours that is there twice. */
function ours(pairs: readonly string[]): OwnCookies {
  const found = { ...NONE } as { -readonly [K in keyof OwnCookies]: string | null }; // a copy, filled in here
  let seen = '';
  for (const pair of pairs) {
    const text = withoutEnds(pair, ' \t');
    if (!text.startsWith(SESSION_COOKIE)) continue;
    const equals = text.indexOf('=');
    const place = PLACES.get(text.slice(0, equals === -1 ? 0 : equals));
    if (place === undefined) continue;
    if (seen.includes(place)) throw new SallyportError('bad-cookie', `two values of the ${place} cookie`);
    seen += `${place} `;
    const value = text.slice(equals + 1);
    if (VALUE.test(value)) found[place] = value;
  }
  return found;
}

/**
 * Reads our cookies out of the raw Cookie lines. Names are compared byte for byte; a value of ours twice is refused,
 * since one of the two was planted. Malformed values are no values.
 */
export function readCookies(rawHeaders: readonly string[]): OwnCookies {
  let joined = '';
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name !== undefined && name.length === 6 && name.toLowerCase() === 'cookie')
      joined += `;${rawHeaders[i + 1] ?? ''}`;
  }
  return joined.includes(SESSION_COOKIE) ? ours(joined.split(';')) : NONE;
}
