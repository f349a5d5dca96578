import { SallyportError } from '../../errors.ts';
import { normalised } from '../normal.ts';
import { letterings } from './best-fit.ts';
import { decoded, decodings, isWellFormed } from './decode.ts';

/** One reading: segments in plain letters, without parameters and what file systems drop, none empty. */
export type Reading = readonly string[];

/** Nothing that any server could read in two ways but its case: no escape, parameter, stream, short name, nor foreign letter. */
const SINGLE = /^[A-Za-z0-9/_.,!$&'()*=@[\]^|~-]*$/;
const SHORT_NAME = /~\d/;
const END = /[;?#\0]/;
const MOST = 192;

function refuse(why: string): never {
  throw new SallyportError('bad-target', why);
}

/** A segment without parameters, and without the dots and blanks around it that Windows or a careful app takes off. */
export function bareSegment(segment: string): string {
  const end = segment.search(END);
  let from = 0;
  let to = end < 0 ? segment.length : end;
  const isBlank = (at: number): boolean => /\s/.test(segment.charAt(at));
  while (to > from && (segment.charCodeAt(to - 1) === 46 || isBlank(to - 1))) to--;
  while (from < to && isBlank(from)) from++;
  if (from === to && /^\s*\./.test(segment)) refuse('dot segment');
  return segment.slice(from, to);
}

/** The segments of a text in plain letters. */
function segmentsOf(text: string): Reading {
  return text
    .split(/[/\\]/)
    .map(bareSegment)
    .filter((segment) => segment !== '');
}

/** Other texts that a server may take this one for: letters of Windows, a plus for a blank. */
function spellings(text: string): Set<string> {
  const found = new Set(letterings(text));
  for (const each of [...found]) if (each.includes('+')) found.add(each.replaceAll('+', ' '));
  return found;
}

/** Those, and what is left of them where nothing behind a parameter counts. */
function forms(text: string): ReadonlySet<string> {
  const found = spellings(text);
  for (const each of [...found]) {
    const end = each.search(END);
    if (end >= 0) found.add(each.slice(0, end));
  }
  return found;
}

function readAnew(path: string, formsOf: (text: string) => Iterable<string>): readonly Reading[] {
  if (!isWellFormed(path)) refuse('not UTF-8');
  const texts = decodings(path);
  if (texts === undefined) refuse('too many ways to read it');
  const found = new Map<string, Reading>();
  for (const text of new Set(texts.flatMap((each) => [...formsOf(each)]))) {
    const segments = segmentsOf(text);
    found.set(segments.join('/'), segments);
  }
  if (found.size > MOST) refuse('too many ways to read it');
  return [...found.values()];
}

/** One request's path is looked at from several sides, one after the other. */
let last: { readonly path: string; readonly all: readonly Reading[] } = { path: '/', all: [[]] };

/** Whether a path reads as one thing, whoever reads it. */
export function isSingle(path: string): boolean {
  return SINGLE.test(path) && !(path.includes('~') && SHORT_NAME.test(path));
}

/**
 * All that a path may be to a server: not decoded, and decoded up to three times as leniently as any does; Windows' letters
 * and none but ASCII's; parameters cut, backslash as slash, empty segments dropped, dots and blanks at the end of a segment
 * too, one case. What *tightens* holds when it matches any of these. What *loosens* looks at none of them. Streams and short
 * names are for the one who compares: `streamsOf`, `mayBeShortFor`.
 *
 * Bounded: a path with more readings than anybody could mean is refused (`bad-target`), as is one with a dot segment in any
 * of them, and one that is not UTF-8 when it is decoded once.
 */
export function readings(path: string): readonly Reading[] {
  if (last.path !== path)
    last = { path, all: isSingle(path) ? [segmentsOf(path.toLowerCase())] : readAnew(path, forms) };
  return last.all;
}

/**
 * The readings of a path that an operator has written: all that `readings` has but what begins at a parameter, so that a path
 * is compared with it as its server would. Throws `bad-target` like `readings`.
 */
export function writtenReadings(path: string): readonly Reading[] {
  return isSingle(path) ? [segmentsOf(path.toLowerCase())] : readAnew(path, spellings);
}

/** A path as a careful server reads it, for people: decoded, one case, one width. Throws `bad-target` for dot segments. */
export function carefulReading(path: string): Reading {
  if (!isWellFormed(path)) refuse('not UTF-8');
  return segmentsOf(normalised(decoded(path), 'NFKC').toUpperCase().toLowerCase());
}

/** All that a text in a query may be to a server, in the same letters. Undefined when there are too many. */
export function textReadings(text: string): ReadonlySet<string> | undefined {
  const texts = decodings(text);
  return texts === undefined ? undefined : new Set(texts.flatMap(letterings));
}
