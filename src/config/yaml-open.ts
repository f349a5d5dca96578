import { Lexer } from 'yaml';

/** A bracket or a quote that is not closed, by where it begins. */
export interface Opened {
  readonly offset: number;
  readonly message: string;
}

/** Lexemes of the library that stand for nothing in the text: the begin of a document, the next one is plain, a list broken off. */
const DOCUMENT = '\u0002';
const PLAIN = '\u001f';
const BROKEN_OFF = '\u0018';

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '{': '}' };
const NAMES: Readonly<Record<string, string>> = { '"': 'double quote "', "'": "single quote '" };
const CLOSED: Readonly<Record<string, RegExp>> = {
  '"': /^"[^"\\]*(?:\\[\s\S][^"\\]*)*"$/,
  "'": /^'[^']*(?:''[^']*)*'$/,
};
/** What may follow a quoted value on its line. */
const AFTER = /^(?:[,\]}:#\r\n]|\u0018|$)/;

interface Begun {
  readonly offset: number;
  readonly bracket: string;
}

const bracketFault = ({ offset, bracket }: Begun): Opened => ({
  offset,
  message: `The ${bracket} that begins here is not closed: a ${CLOSING[bracket]} is missing, or what is inside is indented less than it should be.`,
});

const quoteFault = (offset: number, quote: string): Opened => ({
  offset,
  message: `The ${NAMES[quote]} that begins here is not closed where its value ends.`,
});

/** Reads lexemes one after another; answers at the first that shows something to be open. */
class Reader {
  readonly #begun: Begun[] = [];
  #offset = 0;
  #plain = false;
  /** A quoted value over several lines, until it is seen what follows it. */
  #long: { readonly offset: number; readonly quote: string } | undefined;

  take(lexeme: string): Opened | undefined {
    const offset = this.#offset;
    if (lexeme === DOCUMENT) return undefined;
    if (this.#long !== undefined && !/^[ \t]*$/.test(lexeme)) {
      const { offset: from, quote } = this.#long;
      this.#long = undefined;
      if (!AFTER.test(lexeme)) return quoteFault(from, quote);
    }
    if (lexeme === BROKEN_OFF) return this.end();
    if (lexeme === PLAIN) {
      this.#plain = true;
      return undefined;
    }
    this.#offset += lexeme.length;
    const plain = this.#plain;
    this.#plain = false;
    return plain ? undefined : this.#mark(lexeme, offset);
  }

  /** The innermost that is open where nothing can close it any more. */
  end(): Opened | undefined {
    const last = this.#begun.at(-1);
    return last === undefined ? undefined : bracketFault(last);
  }

  #mark(lexeme: string, offset: number): Opened | undefined {
    const first = lexeme.charAt(0);
    if (Object.hasOwn(CLOSING, lexeme)) this.#begun.push({ offset, bracket: lexeme });
    else if (lexeme === CLOSING[this.#begun.at(-1)?.bracket ?? '']) this.#begun.pop();
    else if (Object.hasOwn(CLOSED, first) && CLOSED[first]?.test(lexeme) === false) return quoteFault(offset, first);
    else if (Object.hasOwn(CLOSED, first) && lexeme.includes('\n')) this.#long = { offset, quote: first };
    return undefined;
  }
}

/**
 * The bracket or quote that makes what stands at an offset a fault: the library tells where it noticed, which is lines
 * below. undefined where none is open. Linear in the length of the text.
 */
export function openedBefore(text: string, offset: number): Opened | undefined {
  const reader = new Reader();
  let found: Opened | undefined;
  for (const lexeme of new Lexer().lex(text)) {
    found = reader.take(lexeme);
    if (found !== undefined) break;
  }
  found ??= reader.end();
  return found !== undefined && found.offset <= offset ? found : undefined;
}
