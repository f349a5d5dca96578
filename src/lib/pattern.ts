import { RE2JS } from 're2js';

/** A regular expression that takes time linear in its input, whoever wrote it and whatever it is matched against. */
export interface Pattern {
  readonly source: string;
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean;
  /** The first group of the first match, or the whole match where there is no group; undefined for none. */
  capture(text: string): string | undefined;
}

/** Longest pattern that is taken, characters. */
const MAX_SOURCE = 512;
/** Longer texts are tested by an automaton that is built as it goes; for short ones that takes memory and gains nothing. */
const LONG = 1024;

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
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return undefined;
      return matcher.group(matcher.groupCount() > 0 ? 1 : 0) ?? undefined;
    },
  };
}
