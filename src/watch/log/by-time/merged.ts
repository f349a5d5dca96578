import { basename } from 'node:path';
import { streamOf } from '../../../lib/streamed.ts';
import { batchesOf, type Line } from '../lines.ts';

/** Something that a line tells, and when. */
export interface Told<T> {
  readonly at: number;
  readonly what: T;
  /** File and number of the line. */
  readonly where: string;
}

/** What a line tells; null: nothing with a time. */
export type Teller<T> = (line: Line) => { readonly at: number; readonly what: T } | null;

/** One file, read as far as somebody has asked. */
class Cursor<T> {
  readonly #name: string;
  readonly #tell: Teller<T>;
  readonly #batches: AsyncGenerator<readonly Line[]>;
  #told: Told<T>[] = [];
  #next = 0;
  #number = 0;
  /** The latest moment that it has told of: lines are written in no strict order. */
  latest = Number.NEGATIVE_INFINITY;
  over = false;

  constructor(file: string, tell: Teller<T>) {
    this.#name = basename(file);
    this.#tell = tell;
    this.#batches = batchesOf(streamOf(file) as AsyncIterable<Buffer>); // bytes, since no encoding is set
  }

  get empty(): boolean {
    return this.#next === this.#told.length;
  }

  async fill(): Promise<void> {
    while (this.empty && !this.over) {
      const { value, done } = await this.#batches.next();
      this.over = done === true;
      const lines: readonly Line[] = this.over ? [] : value;
      [this.#told, this.#next] = [[], 0];
      for (const line of lines) {
        this.#number += 1;
        const told = this.#tell(line);
        if (told !== null) this.#told.push({ ...told, where: `${this.#name}:${this.#number}` });
      }
    }
    this.#look();
  }

  #look(): void {
    const told = this.#told[this.#next];
    if (told !== undefined) this.latest = Math.max(this.latest, told.at);
  }

  get head(): Told<T> | undefined {
    return this.#told[this.#next];
  }

  take(): void {
    this.#next += 1;
    this.#look();
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }
}

/** Files that are read side by side. */
export const MOST_FILES = 200;

/**
 * Files of one kind as one, in the order of time, whether they follow one another or are of several machines at the same time, and in which
 * order they were named. Each is roughly in order within itself. `tell` makes one reader for each file.
 */
export class Merged<T> {
  readonly #cursors: Cursor<T>[];
  #at: Cursor<T> | undefined;

  constructor(files: readonly string[], tell: () => Teller<T>) {
    this.#cursors = files.map((file) => new Cursor(file, tell()));
  }

  /** Whether the next is known; else it is to be filled. */
  get ready(): boolean {
    return this.#at !== undefined && !this.#at.empty;
  }

  /** Reads on until the next is known, or there is nothing more. */
  async fill(): Promise<void> {
    for (const cursor of this.#cursors) if (cursor.empty && !cursor.over) await cursor.fill();
    this.#choose();
  }

  get head(): Told<T> | undefined {
    return this.#at?.head;
  }

  take(): Told<T> | undefined {
    const told = this.#at?.head;
    this.#at?.take();
    if (this.#cursors.length > 1 && !(this.#at?.empty ?? true)) this.#choose();
    return told;
  }

  #choose(): void {
    this.#at = undefined;
    for (const cursor of this.#cursors)
      if (!cursor.empty && cursor.latest < (this.#at?.latest ?? Number.POSITIVE_INFINITY)) this.#at = cursor;
  }

  async close(): Promise<void> {
    for (const cursor of this.#cursors) await cursor.close();
  }
}
