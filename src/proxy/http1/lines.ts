import { COLON, CR, LF, SPACE, TAB, TEXT, TOKEN } from './bytes.ts';
import { invalid } from './invalid.ts';

/** What the next byte belongs to. */
const FIRST = 0;
const FIRST_LF = 1;
const LINE = 2;
const NAME = 3;
const LEAD = 4;
const VALUE = 5;
const VALUE_LF = 6;
const LAST_LF = 7;

/** What every answer begins with; whatever does not is refused at its first other byte. */
const VERSION = Buffer.from('HTTP/1.');

const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === TAB;

/**
 * Finds the lines of a head, or of trailers, byte by byte and each byte once; what is not exactly a field line of RFC 9112 §5
 * is refused where it stands: a bare CR or LF, NUL and other controls, a line that goes on in the next (obs-fold), a blank before the colon, a
 * line without a name. Stops anywhere and goes on there.
 */
export class Lines {
  /** Of each field: where its name begins and ends, where its value begins and its line ends; counted from the head's first byte. */
  readonly marks: number[] = [];
  /** Where the first line ends, counted in the same way. */
  first = 0;
  #state = FIRST;

  /** From the first line of a head. */
  head(): void {
    this.marks.length = 0;
    this.#state = FIRST;
  }

  /** From the first of the lines of fields, of which there may be none. */
  trailers(): void {
    this.marks.length = 0;
    this.#state = LINE;
  }

  /**
   * Reads `bytes` from `from` to `to`; those of this head began at `base`. Returns where the head ended, after its empty line, or -1
   * when it goes on. Throws `upstream-invalid`.
   */
  scan(bytes: Uint8Array, base: number, from: number, to: number): number {
    let at = from;
    while (at < to) {
      switch (this.#state) {
        case NAME:
          at = this.#name(bytes, base, at, to);
          break;
        case VALUE:
          at = this.#value(bytes, base, at, to);
          break;
        case LEAD:
          while (at < to && isBlank(bytes[at])) at += 1;
          if (at < to) this.#mark(at - base, VALUE);
          break;
        case LINE:
          if (bytes[at] === CR) {
            this.#state = LAST_LF;
            at += 1;
          } else this.#mark(at - base, NAME);
          break;
        case FIRST:
          at = this.#firstLine(bytes, base, at, to);
          break;
        default:
          if (bytes[at] !== LF) throw invalid('a bare CR in its head');
          at += 1;
          if (this.#state === LAST_LF) return at;
          this.#state = LINE;
      }
    }
    return -1;
  }

  #mark(at: number, next: number): void {
    this.marks.push(at);
    this.#state = next;
  }

  #firstLine(bytes: Uint8Array, base: number, from: number, to: number): number {
    let at = from;
    for (; at < to && at - base < VERSION.length; at += 1)
      if (bytes[at] !== VERSION[at - base]) throw invalid('something other than HTTP/1');
    while (at < to && TEXT[bytes[at] ?? 0] === 1) at += 1;
    if (at === to) return at;
    if (bytes[at] !== CR) throw invalid('a control character or a bare LF in its status line');
    this.first = at - base;
    this.#state = FIRST_LF;
    return at + 1;
  }

  #name(bytes: Uint8Array, base: number, from: number, to: number): number {
    let at = from;
    while (at < to && TOKEN[bytes[at] ?? 0] === 1) at += 1;
    if (at === to) return at;
    if (bytes[at] !== COLON || this.marks[this.marks.length - 1] === at - base)
      throw invalid('a line in its head that is no field');
    this.#mark(at - base, LEAD);
    return at + 1;
  }

  #value(bytes: Uint8Array, base: number, from: number, to: number): number {
    let at = from;
    while (at < to && TEXT[bytes[at] ?? 0] === 1) at += 1;
    if (at === to) return at;
    if (bytes[at] !== CR) throw invalid('a control character or a bare LF in its head');
    this.#mark(at - base, VALUE_LF);
    return at + 1;
  }
}
