const MAX = 2 ** 33;

/** Whole numbers that have been met, a bit each: a million in 125 kB. Of numbers beyond 2^33 it remembers none. */
export class Seen {
  #bits = new Uint8Array(1024);

  /** Remembers it; whether it was there already. */
  add(number: number): boolean {
    if (!Number.isSafeInteger(number) || number < 0 || number >= MAX) return false;
    const [at, bit] = [Math.floor(number / 8), 1 << (number % 8)];
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(at + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    const byte = this.#bits[at] ?? 0;
    this.#bits[at] = byte | bit;
    return (byte & bit) !== 0;
  }
}
