import type { Cut } from '../store/types.ts';

/** Cuts that follow each other within so many ms are one, at the moment of the last. */
const TOGETHER_MS = 10;
const MOST = 64;
/** Whoever asks does so while what they have ended comes into force; ms. */
const KEPT_MS = 60_000;

interface Counted {
  count: number;
  readonly first: number;
  last: number;
}

/** What was cut of late because something was ended, for whoever ended it and asks how much that was, and when. */
export class Cuts {
  #counted: Counted[] = [];

  /** So many requests, streams and sockets were cut just now. */
  add(count: number): void {
    if (count === 0) return;
    const at = performance.now();
    const newest = this.#counted.at(-1);
    if (newest !== undefined && at - newest.first < TOGETHER_MS) {
      newest.count += count;
      newest.last = at;
      return;
    }
    this.#counted.push({ count, first: at, last: at });
    if (this.#counted.length > MOST) this.#join();
  }

  /** The two oldest become one: nothing is left out of the count. */
  #join(): void {
    const [first, second, ...rest] = this.#counted;
    if (first === undefined || second === undefined) return;
    this.#counted = [{ ...second, count: first.count + second.count, first: first.first }, ...rest];
  }

  /** Oldest first. */
  list(): readonly Cut[] {
    const now = performance.now();
    this.#counted = this.#counted.filter(({ last }) => now - last < KEPT_MS);
    return this.#counted.map(({ count, last }) => ({ count, agoMs: now - last }));
  }
}
