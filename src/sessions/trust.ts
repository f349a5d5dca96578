import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/types.ts';

type Feed = Awaited<ReturnType<Store['watch']>>;

/** Whether what is in memory may be believed: who cannot hear of a revocation cannot obey it. */
export class Trust {
  readonly #clock: Clock;
  /** A look that comes later than this, ms, tells of this process, not of the feed. */
  readonly #stoodStillMs: number;
  #feed: Feed | null = null;
  #lookedAt = 0;

  constructor(clock: Clock, stoodStillMs: number) {
    this.#clock = clock;
    this.#stoodStillMs = stoodStillMs;
  }

  begin(feed: Feed): void {
    this.#feed = feed;
    this.#lookedAt = this.#clock.monotonic();
  }

  async end(): Promise<void> {
    await this.#feed?.stop();
  }

  /** Throws `store-unavailable` unless the feed has been complete within the time that memory is trusted. */
  check(): void {
    if (!this.#fresh()) throw new SallyportError('store-unavailable', 'the feed of changes is stale');
  }

  /** The feed first: it may look now, and a look takes time. */
  #fresh(): boolean {
    const feed = this.#feed;
    if (feed === null) return false;
    const at = feed.freshAt();
    return this.#clock.monotonic() - at < feed.trustMs;
  }

  /**
   * Asked at every sweep. A process that itself stood still hears first and is judged at the next one: meanwhile `check`
   * refuses.
   */
  blind(): boolean {
    const at = this.#clock.monotonic();
    const stoodStill = at - this.#lookedAt > this.#stoodStillMs;
    this.#lookedAt = at;
    return !stoodStill && !this.#fresh();
  }
}
