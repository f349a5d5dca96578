import { SallyportError } from '../errors.ts';

/** Nothing to decode, no parameters, no capitals, nothing that a file system drops. */
const PLAIN = /^[/a-z0-9_~-]*$/;
const TRIPLET = /%[0-9A-Fa-f]{2}/;
/** Decodings that some server in front of or inside the app may do one after the other. */
const ROUNDS = 3;

function refuse(why: string): never {
  throw new SallyportError('bad-target', why);
}

/** Decodes as a server that decodes several times would; a later round that is not UTF-8 is plain text. */
function decode(path: string): string {
  let text = path;
  for (let round = 0; round < ROUNDS && TRIPLET.test(text); round++) {
    try {
      text = decodeURIComponent(text);
    } catch {
      if (round === 0) refuse('not UTF-8');
      return text;
    }
  }
  return text;
}

/** One segment as the laxest server sees it: no parameters, no trailing dots and blanks (Windows), one case. */
function foldSegment(segment: string): string {
  const semicolon = segment.indexOf(';');
  const bare = semicolon < 0 ? segment : segment.slice(0, semicolon);
  if (bare === '.' || bare === '..') refuse('dot segment');
  return bare
    .replace(/[. ]+$/, '')
    .toUpperCase()
    .toLowerCase();
}

/**
 * Folds a path to the segments that the laxest server would make of it: percent-decoded, compatibility forms unified
 * (NFKC), backslash as slash, `;parameters`, empty segments and a trailing slash dropped, one case. What *tightens* is
 * matched on this form, so that no other spelling of a path escapes its rule. What *loosens* never is.
 * Throws `bad-target` for dot segments and broken UTF-8, which the target parser has refused before.
 */
export function fold(path: string): string[] {
  if (PLAIN.test(path)) return path.split('/').filter((segment) => segment !== '');
  return decode(path)
    .normalize('NFKC')
    .split(/[/\\]/)
    .map(foldSegment)
    .filter((segment) => segment !== '');
}
