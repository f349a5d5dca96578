/** Counts by key within a window of time; bounded in memory, so that many keys cannot fill it. */
export class RateWindow {
  readonly #most: number;
  readonly #windowMs: number;
  readonly #maxKeys: number;
  #counts = new Map<string, number>();
  #endsAt = 0;

  /** At most `most` per key within `windowMs`; of more than `maxKeys` keys in one window, the later ones share a count. */
  constructor(most: number, windowMs: number, maxKeys = 10_000) {
    this.#most = most;
    this.#windowMs = windowMs;
    this.#maxKeys = maxKeys;
  }

  /** Takes one; returns 0 when it was free, else the milliseconds until the window ends. `now` is monotonic. */
  take(key: string, now: number): number {
    if (now >= this.#endsAt) {
      this.#counts = new Map();
      this.#endsAt = now + this.#windowMs;
    }
    const counted = this.#counts.has(key) || this.#counts.size < this.#maxKeys ? key : '';
    const count = (this.#counts.get(counted) ?? 0) + 1;
    this.#counts.set(counted, count);
    return count <= this.#most ? 0 : this.#endsAt - now;
  }
}
