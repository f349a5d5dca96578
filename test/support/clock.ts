import { type Clock, systemClock } from '../../src/lib/clock.ts';

/** Real clocks that a test moves forward, or lets disagree. */
export class TestClock implements Clock {
  #wall = 0;
  #mono = 0;

  now(): number {
    return systemClock.now() + this.#wall;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#mono;
  }

  /** Time passes: both clocks move. */
  advance(ms: number): void {
    this.#wall += ms;
    this.#mono += ms;
  }

  /** Somebody sets the wall clock. */
  jump(ms: number): void {
    this.#wall += ms;
  }
}

/** Clocks that stand still unless moved. */
export class StillClock implements Clock {
  wall: number;
  mono = 1_000_000;

  constructor(wall: number) {
    this.wall = wall;
  }

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.mono;
  }

  advance(ms: number): void {
    this.wall += ms;
    this.mono += ms;
  }
}
