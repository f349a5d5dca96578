/** Dice that fall the same for the same seed (xorshift32, Marsaglia 2003). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
  }

  /** 0 ≤ x < 1. */
  roll(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state / 2 ** 32;
  }

  /** `from` ≤ n < `to`, whole. */
  between(from: number, to: number): number {
    return from + Math.floor(this.roll() * (to - from));
  }

  chance(of: number): boolean {
    return this.roll() < of;
  }

  one<T>(of: readonly [T, ...T[]]): T {
    return of[this.between(0, of.length)] ?? of[0];
  }
}
