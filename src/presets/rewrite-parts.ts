import type { Rewriting } from './rewrite.ts';

/** Head of a part that is looked at, bytes. What is longer is passed on as it is, whole. */
const MAX_HEAD = 8 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const EMPTY = Buffer.alloc(0);

/**
 * Changes what fields of a `multipart/form-data` body hold (RFC 7578); files, heads and whatever is not built like such a body
 * pass byte for byte. Each field gets an edit of its own from `edit`. Holds at most 8 KiB, and what the edit holds.
 */
export class PartsEdit implements Rewriting {
  readonly #delimiter: Buffer;
  readonly #make: () => Rewriting;
  #rest: Buffer = EMPTY;
  /** Up to here no head ends in `#rest`; a head that comes in small pieces is looked through once. */
  #looked = 0;
  #place: 'head' | 'field' | 'file' = 'head';
  #edit: Rewriting | null = null;

  constructor(boundary: string, edit: () => Rewriting) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
    this.#make = edit;
  }

  push(chunk: Buffer): Buffer {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const out: Buffer[] = [];
    while (this.#place === 'head' ? this.#head(out) : this.#content(out));
    // A copy: what is kept must not keep a large piece alive.
    this.#rest = Buffer.from(this.#rest);
    return Buffer.concat(out);
  }

  end(): Buffer {
    const last = this.#passed(this.#rest);
    this.#rest = EMPTY;
    return Buffer.concat([last, this.#edit?.end() ?? EMPTY]);
  }

  #passed(bytes: Buffer): Buffer {
    return this.#edit === null ? bytes : this.#edit.push(bytes);
  }

  /** Whether a head was whole. What comes before the first delimiter, and after the last, is taken for one. */
  #head(out: Buffer[]): boolean {
    const end = this.#rest.indexOf(HEAD_END, this.#looked);
    this.#looked = Math.max(0, this.#rest.length - HEAD_END.length + 1);
    if (end < 0 && this.#rest.length <= MAX_HEAD) return false;
    this.#looked = 0;
    const known = end >= 0 && end <= MAX_HEAD;
    const to = known ? end + HEAD_END.length : 0;
    const field = known && !/;[ \t]*filename/i.test(this.#rest.toString('latin1', 0, end));
    out.push(this.#rest.subarray(0, to));
    this.#rest = this.#rest.subarray(to);
    this.#place = field ? 'field' : 'file';
    this.#edit = field ? this.#make() : null;
    return true;
  }

  /** Whether the content ended. */
  #content(out: Buffer[]): boolean {
    const at = this.#rest.indexOf(this.#delimiter);
    const to = at < 0 ? Math.max(0, this.#rest.length - this.#delimiter.length + 1) : at;
    out.push(this.#passed(this.#rest.subarray(0, to)));
    this.#rest = this.#rest.subarray(to);
    if (at < 0) return false;
    if (this.#edit !== null) out.push(this.#edit.end());
    this.#edit = null;
    out.push(this.#delimiter);
    this.#rest = this.#rest.subarray(this.#delimiter.length);
    this.#place = 'head';
    return true;
  }
}
