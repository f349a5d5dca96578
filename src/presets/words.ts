import type { Pattern } from '../lib/pattern.ts';
import { plainLetters } from '../lib/readings/best-fit.ts';

/** Texts that one pattern is taken apart into; what has more is left at a wildcard. */
const MOST = 256;

interface Parsed {
  readonly texts: readonly string[];
  readonly at: number;
}

/** A part of a translated glob (config/preset/glob.ts) at `at`, as text with `*`: a group, a wildcard or one character. */
function part(source: string, at: number): Parsed {
  if (source[at] === '(') return group(source, at);
  if (source.startsWith('[^/]*', at)) return { texts: ['*'], at: at + 5 };
  if (source.startsWith('.*', at)) return { texts: ['*/*'], at: at + 2 };
  if (source[at] === '\\') return { texts: [source.charAt(at + 1)], at: at + 2 };
  return { texts: [/[\^$]/.test(source.charAt(at)) ? '' : source.charAt(at)], at: at + 1 };
}

/** `(?:a|b)`, `(?s:a)`, and either with `?` behind it. */
function group(source: string, start: number): Parsed {
  const texts: string[] = [];
  let at = /^\((?:\?\w*:)?/.exec(source.slice(start, start + 8))?.[0].length ?? 1;
  for (at += start; at < source.length; at++) {
    const inner = sequence(source, at);
    texts.push(...inner.texts);
    at = inner.at;
    if (source[at] !== '|') break;
  }
  const optional = source[at + 1] === '?';
  return { texts: optional ? [...texts, ''] : texts, at: at + (optional ? 2 : 1) };
}

function sequence(source: string, start: number): Parsed {
  let texts: readonly string[] = [''];
  let at = start;
  while (at < source.length && source[at] !== '|' && source[at] !== ')') {
    const next = part(source, at);
    const { texts: ends } = next;
    texts = texts.length * ends.length > MOST ? ['*'] : texts.flatMap((text) => ends.map((end) => text + end));
    at = next.at;
  }
  return { texts, at };
}

/** The names that patterns of paths are made of, in plain letters, `*` for any text: `xmlrpc.php`, `saml-*`. */
export function wordsOf(patterns: readonly Pattern[]): readonly string[] {
  const words = patterns.flatMap(({ source }) => sequence(source, 0).texts.flatMap((text) => text.split('/')));
  return [...new Set(words.map(plainLetters))].filter((word) => /[^*]/.test(word));
}
