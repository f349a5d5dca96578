import type { Clock } from './clock.ts';

/** A jump beyond this is not NTP slewing, ms. */
const TOLERANCE_MS = 30_000;
/** A clock that has run evenly this long after a jump is believed again: it was set on purpose, or the machine slept. */
const SETTLE_MS = 10 * 60_000;

/**
 * Watches the wall clock against the monotonic one. While the wall clock is off by more than half a minute from where it
 * should be, nothing that depends on time is trustworthy: limits of sessions, one-time codes, expiry dates.
 */
export class ClockGuard {
  readonly #clock: Clock;
  readonly #onJump: (offsetMs: number) => void;
  #offset = 0;
  #lastWall: number;
  #lastMono: number;
  #jumpedAt = 0;
  /** What has been, by a record from before the start; the clock must not be behind it. */
  #known = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, onJump: (offsetMs: number) => void) {
    this.#clock = clock;
    this.#onJump = onJump;
    this.#lastWall = clock.now();
    this.#lastMono = clock.monotonic();
  }

  /**
   * Tells of a moment that has been, ms since the epoch: at the start there is no earlier reading to compare with, and a
   * clock that is behind its own record is as wrong as one that has jumped back.
   */
  startedAfter(known: number): void {
    if (this.#clock.now() >= known - TOLERANCE_MS) return;
    this.#known = known;
    this.#jumpedAt = this.#clock.monotonic();
    this.#onJump(Math.round(this.#clock.now() - known));
  }

  /** Compares the clocks; call it at least every second and before every decision. Cheap: two readings and a subtraction. */
  trusted(): boolean {
    const wall = this.#clock.now();
    const mono = this.#clock.monotonic();
    const drift = wall - this.#lastWall - (mono - this.#lastMono);
    this.#lastWall = wall;
    this.#lastMono = mono;
    if (!(Math.abs(drift) < 1000)) this.#jump(drift, mono);
    const behind = wall < this.#known - TOLERANCE_MS;
    if (!behind && Math.abs(this.#offset) < TOLERANCE_MS) return true;
    if (mono - this.#jumpedAt < SETTLE_MS) return false;
    return this.#believe();
  }

  #believe(): true {
    this.#offset = 0;
    this.#known = Number.NEGATIVE_INFINITY;
    return true;
  }

  #jump(drift: number, mono: number): void {
    // Set right after a start behind the record: that is no jump away from the truth.
    const righted = drift > 0 && this.#lastWall >= this.#known - TOLERANCE_MS && Number.isFinite(this.#known);
    this.#offset = righted ? 0 : this.#offset + drift;
    this.#jumpedAt = mono;
    this.#onJump(Math.round(this.#offset));
  }
}
