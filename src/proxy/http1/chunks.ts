import { BACKSLASH, CR, EQUALS, HEX, LF, QUOTE, SEMICOLON, TEXT, TOKEN } from './bytes.ts';
import { invalid } from './invalid.ts';
import { Lines } from './lines.ts';

/** What the next byte belongs to. */
const SIZE = 0;
const SIZE_LF = 1;
const DATA = 2;
const DATA_CR = 3;
const DATA_LF = 4;
const NAME = 5;
const VALUE_FIRST = 6;
const VALUE = 7;
const QUOTED = 8;
const ESCAPED = 9;
const QUOTED_END = 10;
const TRAILERS = 11;
const OVER = 12;
const NAME_FIRST = 13;

/** Digits of a size: 2^52 - 1 is counted exactly, and nobody sends more. */
const MOST_DIGITS = 13;
/** Bytes of the extensions of one chunk. */
const MOST_EXTENSION = 1024;
/** Bytes of all trailers. */
const MOST_TRAILERS = 16 * 1024;

/** Names of fields that say how a message is read; in trailers they would say it too late (RFC 9110 §6.5.1). */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);

/**
 * A body in chunks (RFC 9112 §7.1). Extensions are read strictly and dropped, and so are trailers: no part of either goes anywhere. Stops
 * anywhere and goes on there; memory is a few numbers and the trailers.
 */
export class Chunks {
  readonly #lines = new Lines();
  #state = SIZE;
  #digits = 0;
  /** Bytes to come of the chunk. */
  #left = 0;
  #extension = 0;
  /** Trailers so far. */
  #held = '';

  begin(): void {
    this.#state = SIZE;
    this.#digits = 0;
    this.#left = 0;
    this.#extension = 0;
    this.#held = '';
  }

  get over(): boolean {
    return this.#state === OVER;
  }

  /**
   * Reads on until a piece of data has been found or the bytes end. Returns where it stopped; the piece found is `bytes` from
   * there, `pieceAt(…)` long. Throws `upstream-invalid`.
   */
  skip(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && this.#state !== DATA && this.#state !== OVER) {
      if (this.#state === TRAILERS) at = this.#trailers(bytes, at, to);
      else {
        this.#step(bytes[at] ?? 0);
        at += 1;
      }
    }
    return at;
  }

  /** How many of the `most` bytes that follow are data; they are taken. */
  take(most: number): number {
    if (this.#state !== DATA) return 0;
    const taken = Math.min(most, this.#left);
    this.#left -= taken;
    if (this.#left === 0) this.#state = DATA_CR;
    return taken;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case SIZE:
        this.#size(byte);
        return;
      case SIZE_LF:
        if (byte !== LF) throw invalid('a bare CR after the size of a chunk');
        this.#sized();
        return;
      case DATA_CR:
        if (byte !== CR) throw invalid('a chunk that is longer than it says');
        this.#state = DATA_LF;
        return;
      case DATA_LF:
        if (byte !== LF) throw invalid('a bare CR after a chunk');
        this.#state = SIZE;
        return;
      default:
        this.#extend(byte);
    }
  }

  #size(byte: number): void {
    const digit = HEX[byte] ?? 255;
    if (digit !== 255) {
      this.#digits += 1;
      if (this.#digits > MOST_DIGITS) throw invalid('a chunk of a questionable size');
      this.#left = this.#left * 16 + digit;
      return;
    }
    if (this.#digits === 0) throw invalid('a chunk without a size');
    if (byte === CR) this.#state = SIZE_LF;
    else if (byte === SEMICOLON) this.#state = NAME_FIRST;
    else throw invalid('a chunk of a questionable size');
  }

  #sized(): void {
    if (this.#left === 0) this.#lines.trailers();
    this.#state = this.#left === 0 ? TRAILERS : DATA;
    this.#digits = 0;
    this.#extension = 0;
  }

  /** `;name`, `;name=value` or `;name="value"`, without blanks. */
  #extend(byte: number): void {
    this.#extension += 1;
    if (this.#extension > MOST_EXTENSION) throw invalid('an extension of a chunk that is too long');
    const token = TOKEN[byte] === 1;
    switch (this.#state) {
      case NAME_FIRST:
        if (!token) throw invalid('a questionable extension of a chunk');
        this.#state = NAME;
        return;
      case NAME:
        if (token) return;
        if (byte === EQUALS) this.#state = VALUE_FIRST;
        else this.#extended(byte);
        return;
      case VALUE_FIRST:
        if (!token && byte !== QUOTE) throw invalid('a questionable extension of a chunk');
        this.#state = token ? VALUE : QUOTED;
        return;
      case VALUE:
        if (!token) this.#extended(byte);
        return;
      case QUOTED:
        if (TEXT[byte] !== 1) throw invalid('a questionable extension of a chunk');
        if (byte === QUOTE) this.#state = QUOTED_END;
        else if (byte === BACKSLASH) this.#state = ESCAPED;
        return;
      case ESCAPED:
        if (TEXT[byte] !== 1) throw invalid('a questionable extension of a chunk');
        this.#state = QUOTED;
        return;
      default:
        this.#extended(byte);
    }
  }

  #extended(byte: number): void {
    if (byte === CR) this.#state = SIZE_LF;
    else if (byte === SEMICOLON) this.#state = NAME_FIRST;
    else throw invalid('a questionable extension of a chunk');
  }

  #trailers(bytes: Buffer, from: number, to: number): number {
    const before = this.#held.length;
    const end = this.#lines.scan(bytes, from - before, from, to);
    const until = end === -1 ? to : end;
    if (before + until - from > MOST_TRAILERS) throw invalid('trailers that are too long');
    this.#held += bytes.toString('latin1', from, until);
    if (end === -1) return to;
    const { marks } = this.#lines;
    for (let i = 0; i + 1 < marks.length; i += 4)
      if (FRAMING.has(this.#held.slice(marks[i], marks[i + 1]).toLowerCase())) throw invalid('framing in its trailers');
    this.#held = '';
    this.#state = OVER;
    return end;
  }
}
