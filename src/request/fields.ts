import { type HeadLines, octets } from './lines.ts';
import { foldName } from './names.ts';

/** In lower case, for the names that come again and again; a text that is known is not made anew for every request. */
const LOWER = new Map<string, string>();
const MOST_KNOWN = 1024;
const LONGEST_KNOWN = 64;

function lower(name: string): string {
  const known = LOWER.get(name);
  if (known !== undefined) return known;
  const made = name.toLowerCase();
  if (name.length > LONGEST_KNOWN) return made;
  if (LOWER.size >= MOST_KNOWN) LOWER.clear();
  // Its own copy: a part of a request would keep the whole of it in memory.
  LOWER.set(Buffer.from(name, 'latin1').toString('latin1'), made);
  return made;
}

/**
 * The header fields of one message, a request or an answer (RFC 9110 §5), as they are judged and as they are sent on: names and
 * values in the order of their lines. It cannot be changed, so that two who ask are told the same. Names are asked for in lower
 * case.
 */
export class HeaderFields {
  readonly #lines: readonly string[];
  readonly #names: string[] = [];

  private constructor(lines: HeadLines) {
    this.#lines = lines.map(octets);
    for (let i = 0; i + 1 < lines.length; i += 2) this.#names.push(lower(this.#lines[i] ?? ''));
  }

  /** What of a request is to be cleaned is cleaned before (request/clean.ts). */
  static of(lines: HeadLines): HeaderFields {
    return new HeaderFields(lines);
  }

  /** Of a message without any. */
  static readonly none = new HeaderFields([]);

  has(name: string): boolean {
    return this.#names.includes(name);
  }

  /** The value of the first line of that name. */
  first(name: string): string | undefined {
    const at = this.#names.indexOf(name);
    return at < 0 ? undefined : this.#lines[2 * at + 1];
  }

  /** The value of its last line. */
  last(name: string): string | undefined {
    const at = this.#names.lastIndexOf(name);
    return at < 0 ? undefined : this.#lines[2 * at + 1];
  }

  /** The value of its only line; undefined for none, or several. */
  only(name: string): string | undefined {
    return this.twice(name) ? undefined : this.first(name);
  }

  /** Whether there is more than one line of that name. */
  twice(name: string): boolean {
    const at = this.#names.indexOf(name);
    return at >= 0 && this.#names.includes(name, at + 1);
  }

  /** The values of all its lines. */
  all(name: string): readonly string[] {
    const found: string[] = [];
    for (let at = this.#names.indexOf(name); at >= 0; at = this.#names.indexOf(name, at + 1))
      found.push(this.#lines[2 * at + 1] ?? '');
    return found;
  }

  /** The values of all lines whose name CGI, PHP or IIS take for that one: for fields that presets name, in any spelling. */
  spelt(name: string): readonly string[] {
    const folded = foldName(name);
    const found: string[] = [];
    this.each((each, value) => {
      if (foldName(each) === folded) found.push(value);
    });
    return found;
  }

  /** Calls `visit` with each line, in order: the name as it came, its value, the name in lower case. */
  each(visit: (name: string, value: string, lower: string) => void): void {
    for (let i = 0; i < this.#names.length; i += 1)
      visit(this.#lines[2 * i] ?? '', this.#lines[2 * i + 1] ?? '', this.#names[i] ?? '');
  }

  /** All lines, names and values in turn: a copy, to be sent on or kept. */
  lines(): string[] {
    return [...this.#lines];
  }

  /** Whether they announce a body (RFC 9112 §6.3). */
  get framed(): boolean {
    if (this.has('transfer-encoding')) return true;
    return this.all('content-length').some((length) => !/^[ \t]*0+[ \t]*$/.test(length));
  }
}
