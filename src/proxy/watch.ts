import { Linked, type Place } from '../lib/linked.ts';

/** Something that may stand still for a limited time. */
export interface Watched {
  /** Ticks without activity; set to 0 by whoever sees some. */
  idle: number;
  /** Ticks allowed; Infinity for no limit at the moment. */
  limit: number;
  /** Called once, when the limit is passed. Must not throw. */
  expire(): void;
}

/**
 * Idle limits of many transfers by one coarse timer: activity costs one assignment instead of a timer's refresh, which
 * at two limits per request is the difference between noise and a tenth of the hot path. The timer runs only while
 * something is watched, and keeps no process alive.
 */
export class Watch {
  readonly #tickMs: number;
  readonly #watched = new Linked<Watched>();
  #timer: NodeJS.Timeout | null = null;

  /** `smallestMs`: the shortest limit that must be kept, to within a quarter of it. */
  constructor(smallestMs: number) {
    this.#tickMs = Math.min(1000, Math.max(10, Math.floor(smallestMs / 4)));
  }

  /** A duration in ms as ticks, never shorter than asked. */
  ticks(ms: number): number {
    return Math.ceil(ms / this.#tickMs);
  }

  /** Watches it until it leaves its place, or has expired. */
  add(entry: Watched): Place<Watched> {
    if (this.#timer === null) {
      this.#timer = setInterval(() => this.#sweep(), this.#tickMs);
      this.#timer.unref();
    }
    return this.#watched.add(entry);
  }

  #sweep(): void {
    if (this.#watched.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
      return;
    }
    this.#watched.forEach((entry, place) => {
      entry.idle += 1;
      if (entry.idle <= entry.limit) return;
      place.leave();
      entry.expire();
    });
  }
}
