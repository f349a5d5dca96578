import { RE2JS } from 're2js';

/** A regular expression that takes time linear in its input, whoever wrote it and whatever it is matched against. */
export interface Pattern {
  readonly source: string;
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean;
  /**
   * The first group of the first match, or the whole match where there is no group; undefined for none. In a text of more than
   * 2,048 characters a match of more than 1,024 is never given: such a first match is none, or, of more than 2,048, may be passed over
   * for one that begins behind its beginning. A pattern that decides who somebody is says how long a name may be.
   */
  capture(text: string): string | undefined;
}

/** Longest pattern that is taken, characters. */
const MAX_SOURCE = 512;
/** Longer texts are tested by an automaton that is built as it goes; for short ones that takes memory and gains nothing. */
const LONG = 1024;
/** Characters of a long text that a match may begin in, and of the longest match that is taken from one. */
const PART = 1024;
const WIDE_PART = 16 * PART;
const LONGEST_MATCH = 1024;

function groupOf(found: ReturnType<RE2JS['matcher']>): string | undefined {
  return found.group(found.groupCount() > 0 ? 1 : 0) ?? undefined;
}

/** What a match that begins within `size` characters from `from` on is found in, and what it begins and ends at. */
function around(text: string, from: number, size: number): string {
  return text.slice(Math.max(0, from - 1), from + size + LONGEST_MATCH + 1);
}

/** The group of the first match that begins in the part at `from`; null: there is none. */
function captureAt(compiled: RE2JS, text: string, from: number): string | undefined | null {
  const part = around(text, from, PART);
  if (!compiled.test(part)) return null;
  const found = compiled.matcher(part);
  const first = Math.min(1, from);
  if (!found.find(first) || found.start() >= first + PART) return null;
  return found.end() - found.start() > LONGEST_MATCH ? undefined : groupOf(found);
}

/**
 * The group of the first match in a long text. To say where a match is takes a hundred times longer than to say whether there is
 * one, seconds for a page of 256 KiB: so that is asked first, of wide parts and of those within.
 */
function captureInParts(compiled: RE2JS, text: string): string | undefined {
  for (let wide = 0; wide <= text.length; wide += WIDE_PART) {
    if (!compiled.test(around(text, wide, WIDE_PART))) continue;
    for (let from = wide; from < wide + WIDE_PART && from <= text.length; from += PART) {
      const found = captureAt(compiled, text, from);
      if (found !== null) return found;
    }
  }
  return undefined;
}

/**
 * Compiles a pattern of RE2's syntax: no look-around, no back-references, no exponential time. Throws `SyntaxError`
 * with a sentence for what is not such a pattern.
 */
export function compilePattern(source: string, options: { readonly ignoreCase?: boolean } = {}): Pattern {
  if (source.length > MAX_SOURCE) throw new SyntaxError(`longer than ${MAX_SOURCE} characters`);
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source, options.ignoreCase === true ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    throw new SyntaxError(error instanceof Error ? error.message : 'not a regular expression', { cause: error });
  }
  // Closures, so that freezing a configuration does not freeze what the library keeps inside.
  return {
    source,
    test: (text) => (text.length > LONG ? compiled.test(text) : compiled.matcher(text).find()),
    capture(text) {
      if (text.length > PART + LONGEST_MATCH) return captureInParts(compiled, text);
      const found = compiled.matcher(text);
      return found.find() ? groupOf(found) : undefined;
    },
  };
}
