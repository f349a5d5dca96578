import { type HeadLines, octets } from './lines.ts';
import { type FieldName, fieldName, foldName } from './names.ts';

/**
 * The header fields of one message, a request or an answer (RFC 9110 §5), as they are judged and as they are sent on: names and
 * values in the order of their lines. It cannot be changed, so that two who ask are told the same. Names are asked for in lower
 * case.
 */
export class HeaderFields {
  readonly #names: readonly FieldName[];
  readonly #values: readonly string[];
  /** Fields that may be there once and are there more often, by their bits. */
  readonly doubled: number;

  private constructor(names: readonly FieldName[], values: readonly string[]) {
    this.#names = names;
    this.#values = values;
    let seen = 0;
    let doubled = 0;
    for (const { single } of names) {
      doubled |= seen & single;
      seen |= single;
    }
    this.doubled = doubled;
  }

  /** What of a request is to be cleaned is cleaned before (request/clean.ts). */
  static of(lines: HeadLines): HeaderFields {
    const names: FieldName[] = [];
    const values: string[] = [];
    for (let i = 0; i + 1 < lines.length; i += 2) {
      names.push(fieldName(octets(lines[i] ?? '')));
      values.push(octets(lines[i + 1] ?? ''));
    }
    return new HeaderFields(names, values);
  }

  /** Of a message without any. */
  static readonly none = new HeaderFields([], []);

  /** Where a line of that name stands, at or after `from`; -1 for none. */
  #find(name: string, from: number): number {
    const names = this.#names;
    for (let at = from; at < names.length; at += 1) if (names[at]?.lower === name) return at;
    return -1;
  }

  has(name: string): boolean {
    return this.#find(name, 0) >= 0;
  }

  /** The value of the first line of that name. */
  first(name: string): string | undefined {
    const at = this.#find(name, 0);
    return at < 0 ? undefined : this.#values[at];
  }

  /** The value of its last line. */
  last(name: string): string | undefined {
    return this.all(name).at(-1);
  }

  /** The value of its only line; undefined for none, or several. */
  only(name: string): string | undefined {
    return this.twice(name) ? undefined : this.first(name);
  }

  /** Whether there is more than one line of that name. */
  twice(name: string): boolean {
    const at = this.#find(name, 0);
    return at >= 0 && this.#find(name, at + 1) >= 0;
  }

  /** The values of all its lines. */
  all(name: string): readonly string[] {
    const found: string[] = [];
    for (let at = this.#find(name, 0); at >= 0; at = this.#find(name, at + 1)) found.push(this.#values[at] ?? '');
    return found;
  }

  /** The values of all lines whose name CGI, PHP or IIS take for that one: for fields that presets name, in any spelling. */
  spelt(name: string): readonly string[] {
    const folded = foldName(name);
    return this.#values.filter((_, at) => this.#names[at]?.folded === folded);
  }

  /** Calls `visit` with each line, in order: the name as it came, its value, the name in lower case. */
  each(visit: (name: string, value: string, lower: string) => void): void {
    this.into(visit, (to, { spelt, lower }, value) => to(spelt, value, lower));
  }

  /** Calls `take` with each line, in order. `to` is handed through, so that who reads every request needs no closure. */
  into<To>(to: To, take: (to: To, name: FieldName, value: string) => void): void {
    const names = this.#names;
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at];
      if (name !== undefined) take(to, name, this.#values[at] ?? '');
    }
  }

  /** All lines, names and values in turn: a copy, to be sent on or kept. */
  lines(): string[] {
    return this.#names.flatMap(({ spelt }, at) => [spelt, this.#values[at] ?? '']);
  }

  /** Whether they announce a body (RFC 9112 §6.3). */
  get framed(): boolean {
    if (this.has('transfer-encoding')) return true;
    return this.all('content-length').some((length) => !/^[ \t]*0+[ \t]*$/.test(length));
  }
}
