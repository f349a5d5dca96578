import { SallyportError } from '../../../errors.ts';

/** Requests of one asker: so many at once, and so many within a minute. */
const PER_MINUTE = 600;
const MINUTE = 60_000;
const MOST_ASKERS = 10_000;

interface Bucket {
  left: number;
  /** Monotonic, ms. */
  at: number;
}

/** A bucket for each asker; in memory, on this node. Of more askers than are kept the one that asked longest ago begins anew. */
export class AskerRate {
  readonly #buckets = new Map<string, Bucket>();

  /** Takes one. Throws `too-many-attempts`. `now` is monotonic, ms. */
  take(asker: string, now: number): void {
    const old = this.#buckets.get(asker);
    const grown = old === undefined ? PER_MINUTE : old.left + ((now - old.at) * PER_MINUTE) / MINUTE;
    const left = Math.min(PER_MINUTE, grown);
    // Last in the map is who asked last.
    this.#buckets.delete(asker);
    this.#buckets.set(asker, { left: left < 1 ? left : left - 1, at: now });
    if (this.#buckets.size > MOST_ASKERS) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    if (left >= 1) return;
    const retryAfter = ((1 - left) * MINUTE) / PER_MINUTE / 1000;
    throw new SallyportError('too-many-attempts', 'requests of one asker', { retryAfter });
  }
}
