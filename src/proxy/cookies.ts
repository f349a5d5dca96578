import { isOurName } from '../request/cookies.ts';
import type { Passage } from './passage.ts';

/**
 * Whether a `name=value` pair bears a name of ours in any case, under any prefix, behind blanks of any kind (U+2000 and
 * the like, which some parsers trim), or as a nameless cookie, which browsers send back as if its value were a pair.
 */
export function isOurCookie(pair: string): boolean {
  return isOurName(pair.length > 256 ? pair.slice(0, 256) : pair);
}

function withoutOurs(value: string): string {
  if (!/sallyport/i.test(value)) return value;
  const kept = value.split(';').filter((pair) => !isOurCookie(pair));
  return kept.join(';').replace(/^[ \t;]+/, '');
}

/** For an app without a login of its own: its cookies pass, save those that bear a name of ours. */
export const passing: Passage = {
  outbound(values) {
    // Several fields come from HTTP/2 in front of us; one field in HTTP/1.1 (RFC 9113 §8.2.3).
    if (values.length === 0) return null;
    const only = values.length === 1 ? values[0] : undefined;
    const joined = withoutOurs(only ?? values.join('; '));
    return joined.trim() === '' ? null : joined;
  },
  inbound(setCookie) {
    const end = setCookie.indexOf(';');
    return isOurCookie(end === -1 ? setCookie : setCookie.slice(0, end)) ? null : setCookie;
  },
};
