import { foldName } from './names.ts';

/**
 * Where cookies of the app cross between browser and app, for requests and upgrades alike. Today they pass, save those
 * that bear a name of ours; a jar that keeps them here is another implementation of the same interface.
 */
export interface CookiePolicy {
  /** The values of all inbound Cookie fields → the one value for the app, or null for none. */
  outbound(values: readonly string[]): string | null;
  /** The value of one Set-Cookie of the app → what the browser gets, or null for nothing. */
  inbound(setCookie: string): string | null;
}

const OURS = /^(?:host|secure|http|hosthttp)?sallyport/;

/**
 * Whether a `name=value` pair bears a name of ours in any case, under any prefix, behind blanks of any kind (U+2000 and
 * the like, which some parsers trim), or as a nameless cookie, which browsers send back as if its value were a pair.
 */
export function isOurCookie(pair: string): boolean {
  return OURS.test(foldName(pair.length > 256 ? pair.slice(0, 256) : pair));
}

function withoutOurs(value: string): string {
  if (!/sallyport/i.test(value)) return value;
  const kept = value.split(';').filter((pair) => !isOurCookie(pair));
  return kept.join(';').replace(/^[ \t;]+/, '');
}

export const passingCookies: CookiePolicy = {
  outbound(values) {
    // Several fields come from HTTP/2 in front of us; one field in HTTP/1.1 (RFC 9113 §8.2.3).
    const only = values.length === 1 ? values[0] : undefined;
    const joined = withoutOurs(only ?? values.join('; '));
    return joined.trim() === '' ? null : joined;
  },
  inbound(setCookie) {
    const end = setCookie.indexOf(';');
    return isOurCookie(end === -1 ? setCookie : setCookie.slice(0, end)) ? null : setCookie;
  },
};
