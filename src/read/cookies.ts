import { SallyportError } from '../errors.ts';

/** Our cookies. The `__Host-` prefix (RFC 6265bis §4.1.3.2) binds each to this host, https and the path `/`. */
export const SESSION_COOKIE = '__Host-sallyport';
export const PENDING_COOKIE = '__Host-sallyport-pending';
export const BROWSER_COOKIE = '__Host-sallyport-browser';

/** Binds a passkey ceremony that begins without a name to this browser; proves nothing. */
export const CEREMONY_COOKIE = '__Host-sallyport-ceremony';
/** Language and last method, `cy.passkey`; either may be `-`. */
export const PREFS_COOKIE = '__Host-sallyport-prefs';

export interface OwnCookies {
  readonly session: string | null;
  readonly pending: string | null;
  readonly browser: string | null;
  readonly ceremony: string | null;
  readonly prefs: string | null;
}

const NONE: OwnCookies = { session: null, pending: null, browser: null, ceremony: null, prefs: null };
const VALUE = /^[A-Za-z0-9._-]{1,512}$/;

/** Value of one cookie over all Cookie lines; null when absent or malformed (no session). Two values: 400. */
function only(pairs: readonly string[], name: string): string | null {
  let found: string | null = null;
  let seen = false;
  for (const pair of pairs) {
    const text = pair.replace(/^[ \t]+|[ \t]+$/g, '');
    if (!text.startsWith(name) || text.charCodeAt(name.length) !== 61) continue;
    if (seen) throw new SallyportError('bad-cookie', `two values of ${name}`);
    seen = true;
    const value = text.slice(name.length + 1);
    found = VALUE.test(value) ? value : null;
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
  if (!joined.includes(SESSION_COOKIE)) return NONE;
  const pairs = joined.split(';');
  return {
    session: only(pairs, SESSION_COOKIE),
    pending: only(pairs, PENDING_COOKIE),
    browser: only(pairs, BROWSER_COOKIE),
    ceremony: only(pairs, CEREMONY_COOKIE),
    prefs: only(pairs, PREFS_COOKIE),
  };
}
