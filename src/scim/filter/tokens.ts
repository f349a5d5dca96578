import { fault, quoted } from '../error.ts';

/** A bracket, a JSON string with its value, or a word: all that stands between blanks, brackets and quotes. */
export interface Token {
  readonly kind: '(' | ')' | '[' | ']' | 'string' | 'word' | 'end';
  readonly text: string;
  /** Whether a blank, or nothing, stands before it. */
  readonly apart: boolean;
}

const BRACKETS = '()[]';
const ENDS_WORD = new Set([...BRACKETS, ' ', '"']);

/** Where the string that begins at `from` ends: behind its closing quote. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  throw fault('invalidFilter', 'a quoted text has no end');
}

function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !ENDS_WORD.has(text[at] ?? '')) at += 1;
  return at;
}

/** The value of a string, by the rules of JSON (RFC 7644 §3.4.2.2: compValue). */
function stringOf(literal: string): string {
  let value: unknown;
  try {
    value = JSON.parse(literal);
  } catch {
    throw fault('invalidFilter', `${quoted(literal)} is not a text as JSON has it`);
  }
  if (typeof value !== 'string' || !value.isWellFormed()) throw fault('invalidFilter', 'a text is not Unicode');
  return value;
}

/** The tokens of a filter or a path, the last one of kind `end`. One pass. Throws `invalidFilter`. */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  let apart = true;
  while (at < text.length) {
    const letter = text[at] ?? '';
    if (letter === ' ') {
      apart = true;
      at += 1;
      continue;
    }
    const from = at;
    if (letter === '"') {
      at = stringEnd(text, from);
      found.push({ kind: 'string', text: stringOf(text.slice(from, at)), apart });
    } else if (letter === '(' || letter === ')' || letter === '[' || letter === ']') {
      at += 1;
      found.push({ kind: letter, text: letter, apart });
    } else {
      at = wordEnd(text, from);
      found.push({ kind: 'word', text: text.slice(from, at), apart });
    }
    apart = false;
  }
  found.push({ kind: 'end', text: '', apart: true });
  return found;
}
