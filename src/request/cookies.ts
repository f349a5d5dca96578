import { SallyportError } from '../errors.ts';
import { withoutEnds } from '../lib/trim.ts';
import type { HeaderFields } from './fields.ts';

/**
 * Our cookies, as they are called at a scheme's own port. The `__Host-` prefix (RFC 6265bis §4.1.3.2) binds each to this
 * host, https and the path `/`.
 */
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

interface Values {
  readonly session: string | null;
  readonly pending: string | null;
  readonly browser: string | null;
  readonly ceremony: string | null;
  readonly prefs: string | null;
  readonly visitor: string | null;
  readonly jar: string | null;
}

export interface OwnCookies extends Values {
  /** What their names end in at this address: nothing, or `-` and the port. */
  readonly suffix: string;
}

const NONE: OwnCookies = {
  session: null,
  pending: null,
  browser: null,
  ceremony: null,
  prefs: null,
  visitor: null,
  jar: null,
  suffix: '',
};
const VALUE = /^[A-Za-z0-9._-]+$/;
const MAX_VALUE = 512;
/** They carry what is not kept here: what an app has given to a visitor, a sign-in of which nothing is proven. */
const MAX_CARRIED = 3900;
const PLACES: ReadonlyMap<string, keyof Values> = new Map([
  [SESSION_COOKIE, 'session'],
  [PENDING_COOKIE, 'pending'],
  [BROWSER_COOKIE, 'browser'],
  [CEREMONY_COOKIE, 'ceremony'],
  [PREFS_COOKIE, 'prefs'],
  [VISITOR_COOKIE, 'visitor'],
  [JAR_COOKIE, 'jar'],
]);

/** The values of ours among the pairs; malformed ones are null. Throws `bad-cookie` for one of ours that is there twice. */
function ours(pairs: readonly string[], suffix: string): OwnCookies {
  const found = { ...NONE, suffix } as { -readonly [K in keyof OwnCookies]: OwnCookies[K] }; // a copy, filled in here
  let seen = '';
  for (const pair of pairs) {
    const text = withoutEnds(pair, ' \t');
    if (!text.startsWith(SESSION_COOKIE)) continue;
    const name = text.slice(0, Math.max(0, text.indexOf('=')));
    const here = suffix !== '' && name.endsWith(suffix);
    const place = PLACES.get(here ? name.slice(0, -suffix.length) : name);
    if (place === undefined) continue;
    if (seen.includes(`;${name};`)) throw new SallyportError('bad-cookie', `two values of the ${place} cookie`);
    seen += `;${name};`;
    // What is called by this address counts, wherever it stands.
    if (!here && suffix !== '' && (place === 'jar' || seen.includes(`;${name}${suffix};`))) continue;
    const value = text.slice(name.length + 1);
    const most = place === 'visitor' || place === 'pending' ? MAX_CARRIED : MAX_VALUE;
    found[place] = value.length <= most && VALUE.test(value) ? value : null;
  }
  return found;
}

/**
 * What the names of our cookies end in at an address with this port, which is empty where it is the scheme's own. A browser
 * keeps cookies by host name and not by port (RFC 6265 §8.5), so that two instances on one name would end each other's
 * sessions under one name.
 */
export function cookieSuffix(port: string): string {
  return port === '' ? '' : `-${port}`;
}

/**
 * Reads our cookies out of the raw Cookie lines. Names are compared byte for byte; a value of ours twice is refused,
 * since one of the two was planted. Malformed values are no values. Where the names end in a port, a value without one is
 * read when there is none with it, since clients may know the name alone; but for the jar's, which counts in one store.
 */
export function readCookies(headers: HeaderFields, suffix = ''): OwnCookies {
  const lines = headers.all('cookie');
  const joined = lines.length === 1 ? (lines[0] ?? '') : lines.join(';');
  if (joined.includes(SESSION_COOKIE)) return ours(joined.split(';'), suffix);
  return suffix === '' ? NONE : { ...NONE, suffix };
}

const OURS = /^(?:host|secure|http|hosthttp)?sallyport/;
/** Letters and digits of which it takes no more to say so. */
const ENOUGH = 'hosthttpsallyport'.length;

/** Whether a name is one of ours to the laxest reader, in any case and under any prefix: nothing of an app has one. */
export function isOurName(name: string): boolean {
  const lower = name.toLowerCase();
  let folded = '';
  for (let at = 0; at < lower.length && folded.length < ENOUGH; at += 1) {
    const code = lower.charCodeAt(at);
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) folded += lower[at];
    // Hardly any other name begins so.
    if (folded.length === 1 && folded !== 'h' && folded !== 's') return false;
  }
  return OURS.test(folded);
}
