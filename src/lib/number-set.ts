/** Numbers of one block. */
const BLOCK = 65_536;
const BITS = 32;

/**
 * Whole numbers from 0 on, up to 2^53, each once, which come out by growing: without comparing any two. Made for numbers that lie close
 * together: a block of 8 KiB for each 65,536 of them of which any is there.
 */
export class NumberSet {
  readonly #blocks = new Map<number, Uint32Array>();

  add(number: number): void {
    const at = Math.floor(number / BLOCK);
    let block = this.#blocks.get(at);
    if (block === undefined) {
      block = new Uint32Array(BLOCK / BITS);
      this.#blocks.set(at, block);
    }
    const bit = number - at * BLOCK;
    const word = bit >>> 5;
    block[word] = (block[word] ?? 0) | (1 << (bit & 31));
  }

  /** Those of one block after another. */
  *inOrder(): Generator<readonly number[]> {
    const blocks = [...this.#blocks].sort(([a], [b]) => a - b);
    for (const [at, words] of blocks) {
      const found: number[] = [];
      for (const [word, bits] of words.entries())
        for (let left = bits; left !== 0; left &= left - 1)
          // The lowest bit that is left.
          found.push(at * BLOCK + word * BITS + (BITS - 1 - Math.clz32(left & -left)));
      yield found;
    }
  }
}
