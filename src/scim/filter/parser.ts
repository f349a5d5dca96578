import { fault, quoted } from '../error.ts';
import { attributePath, isName } from './name.ts';
import { type Token, tokens } from './tokens.ts';
import { type AttributePath, COMPARE, type Compare, type Filter } from './types.ts';

/** Characters of a filter or a path. */
const MAX_LENGTH = 2048;
/** Brackets within brackets. */
const MAX_DEPTH = 16;
/** Comparisons, negations and brackets. */
const MAX_NODES = 128;

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * Reads the grammar of RFC 7644 §3.4.2.2 (figure 1) from tokens, each looked at once. `not` binds closer than `and`, `and` than
 * `or`; operators may be written in any case.
 */
export class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #nodes = 0;

  /** Throws `invalidFilter`. */
  constructor(text: string) {
    if (text.length > MAX_LENGTH) throw fault('invalidFilter', `more than ${MAX_LENGTH} characters`);
    this.#tokens = tokens(text);
  }

  peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', apart: true };
  }

  take(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** A filter, as far as it goes. */
  filter(): Filter {
    return this.#chain('or', () => this.#chain('and', () => this.#unary()));
  }

  #chain(kind: 'and' | 'or', part: () => Filter): Filter {
    const all = [part()];
    while (this.#isWord(kind)) {
      const word = this.take();
      if (!word.apart || !this.peek().apart) throw this.#unexpected(word);
      all.push(part());
    }
    const [first] = all;
    return all.length === 1 && first !== undefined ? first : { kind, all };
  }

  #isWord(word: string): boolean {
    return this.peek().kind === 'word' && this.peek().text.toLowerCase() === word;
  }

  #unary(): Filter {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES) throw fault('invalidFilter', `more than ${MAX_NODES} comparisons`);
    const token = this.take();
    if (token.kind === '(') return this.bracketed(')');
    if (token.kind !== 'word') throw this.#unexpected(token);
    if (token.text.toLowerCase() === 'not' && this.peek().kind === '(') {
      this.take();
      return { kind: 'not', of: this.bracketed(')') };
    }
    const path = attributePath(token.text);
    if (path === undefined) throw fault('invalidFilter', `${quoted(token.text)} is not the name of an attribute`);
    return this.peek().kind === '[' && !this.peek().apart ? this.#values(path) : this.#expression(path);
  }

  /** What stands in brackets, the opening one taken already. */
  bracketed(close: ')' | ']'): Filter {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw fault('invalidFilter', `more than ${MAX_DEPTH} brackets in brackets`);
    const inside = this.filter();
    const token = this.take();
    if (token.kind !== close) throw this.#unexpected(token);
    this.#depth -= 1;
    return inside;
  }

  /** `emails[…]`; and `emails[…].value eq "x"`, which no grammar has and Microsoft Entra sends: both of one value. */
  #values(path: AttributePath): Filter {
    this.take();
    if (path.sub !== undefined) throw fault('invalidFilter', 'a part of an attribute has no values to choose from');
    const where = this.bracketed(']');
    if (hasValues(where)) throw fault('invalidFilter', 'values within values cannot be chosen');
    const next = this.peek();
    if (next.apart || next.kind !== 'word' || !next.text.startsWith('.')) return { kind: 'values', path, where };
    const sub = this.take().text.slice(1);
    if (!isName(sub)) throw this.#unexpected(next);
    this.#nodes += 1;
    const also = this.#expression({ schema: undefined, name: sub, sub: undefined });
    return { kind: 'values', path, where: { kind: 'and', all: [where, also] } };
  }

  #expression(path: AttributePath): Filter {
    const word = this.take();
    const op = word.text.toLowerCase();
    if (word.kind !== 'word' || !word.apart) throw this.#unexpected(word);
    if (op === 'pr') return { kind: 'present', path };
    if (!isCompare(op)) throw fault('invalidFilter', `${quoted(word.text)} is not an operator`);
    return { kind: 'compare', path, op, value: this.#value() };
  }

  #value(): string | number | boolean | null {
    const token = this.take();
    if (!token.apart) throw this.#unexpected(token);
    if (token.kind === 'string') return token.text;
    const constant = CONSTANTS.get(token.text.toLowerCase());
    if (token.kind === 'word' && constant !== undefined) return constant;
    const number = token.kind === 'word' && NUMBER.test(token.text) ? Number(token.text) : Number.NaN;
    if (!Number.isFinite(number))
      throw fault('invalidFilter', `${quoted(token.text)} is not a value; texts need quotes`);
    return number;
  }

  /** Asserts that nothing follows. */
  end(): void {
    if (this.peek().kind !== 'end') throw this.#unexpected(this.peek());
  }

  #unexpected(token: Token) {
    if (token.kind === 'end') return fault('invalidFilter', 'the filter ends too early');
    return fault('invalidFilter', `${quoted(token.text)} is not expected there`);
  }
}

function isCompare(text: string): text is Compare {
  return (COMPARE as readonly string[]).includes(text);
}

function hasValues(filter: Filter): boolean {
  switch (filter.kind) {
    case 'values':
      return true;
    case 'not':
      return hasValues(filter.of);
    case 'and':
    case 'or':
      return filter.all.some(hasValues);
    case 'present':
    case 'compare':
      return false;
    default:
      return filter satisfies never;
  }
}

/** A filter of RFC 7644 §3.4.2.2, in linear time. Throws `invalidFilter`, also for one that is too long, deep or wide. */
export function parseFilter(text: string): Filter {
  const parser = new Parser(text);
  const filter = parser.filter();
  parser.end();
  return filter;
}
