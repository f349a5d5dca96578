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

  constructor(clock: Clock, onJump: (offsetMs: number) => void) {
    this.#clock = clock;
    this.#onJump = onJump;
    this.#lastWall = clock.now();
    this.#lastMono = clock.monotonic();
  }

  /** Compares the clocks; call it at least every second and before every decision. Cheap: two readings and a subtraction. */
  trusted(): boolean {
    const wall = this.#clock.now();
    const mono = this.#clock.monotonic();
    const drift = wall - this.#lastWall - (mono - this.#lastMono);
    this.#lastWall = wall;
    this.#lastMono = mono;
    if (!(Math.abs(drift) < 1000)) this.#jump(drift, mono);
    if (Math.abs(this.#offset) < TOLERANCE_MS) return true;
    if (mono - this.#jumpedAt < SETTLE_MS) return false;
    this.#offset = 0;
    return true;
  }

  #jump(drift: number, mono: number): void {
    this.#offset += drift;
    this.#jumpedAt = mono;
    this.#onJump(Math.round(this.#offset));
  }
}
