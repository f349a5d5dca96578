import { SallyportError } from '../../errors.ts';
import { isLongName } from './names.ts';
import type { Watch } from './watch.ts';

/** Looks at the bytes of a body as they come, in pieces of any size. */
export interface Judge {
  /** How many of the last bytes so far may not be sent on yet. Throws to refuse the request. */
  look(chunk: Buffer): number;
  /** The body has ended. Throws to refuse. */
  end(): void;
}

/** Bytes of the longest name that is looked at. */
export const MAX_NAME = 8 * 1024;
/** Bytes that are held back at most: a name and the blanks after it. */
export const MAX_HELD = 2 * MAX_NAME;

export function unreadable(why: string): never {
  throw new SallyportError('bad-body', why);
}

/** Throws `forbidden` for a name that may not stand here, `bad-body` for one that is too long to be folded. */
export function judge(watch: Watch, name: string): void {
  if (isLongName(name)) unreadable('a name that is too long');
  const why = watch.see(name);
  if (why !== null) throw new SallyportError('forbidden', why);
}

/** Bytes of a name that is too long, at its beginning and at its end, by which it is judged. */
export const EDGE = 1024;

/** Throws `bad-body` for a name that is too long to be looked at and begins or ends as one that may not stand here. */
export function judgeEdges(watch: Watch, head: string, tail: string): void {
  if (watch.begins(utf8Of(head)) || watch.ends(utf8Of(tail))) unreadable('a name that is too long');
}

/** Spellings of one body that are remembered, and characters of the longest. */
const MOST_SPELLINGS = 512;
const LONGEST_SPELLING = 64;

/** The names of one body: each spelling is read and judged once, however often it comes. */
export class Names {
  readonly #watch: Watch;
  readonly #read: (raw: string) => string | null;
  readonly #seen = new Set<string>();

  /** `read`: what a spelling says to the laxest reader; null: nothing. Throws to refuse. */
  constructor(watch: Watch, read: (raw: string) => string | null) {
    this.#watch = watch;
    this.#read = read;
  }

  /** Throws `forbidden` for a name that may not stand here. */
  judge(raw: string): void {
    if (this.#seen.has(raw)) return;
    const name = this.#read(raw);
    if (name !== null) judge(this.#watch, name);
    // What was let pass is let pass again: a set that it belongs to lacks it no more.
    if (raw.length <= LONGEST_SPELLING && this.#seen.size < MOST_SPELLINGS) this.#seen.add(raw);
  }
}

/** Bytes, a character each, as UTF-8; what is none is replaced. */
export function utf8Of(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The blanks of RFC 8259 and XML. */
export function isBlank(byte: number): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}
