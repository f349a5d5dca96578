/** Memory that is lent for one write, and used again for another. */
export interface Slab {
  readonly bytes: Buffer;
  /** To be called when the bytes have been written; after a failed write they are left to the collector. */
  readonly written: (error?: Error | null) => void;
}

class Slabs {
  readonly size: number;
  readonly #most: number;
  readonly #free: Slab[] = [];

  constructor(size: number, most: number) {
    this.size = size;
    this.#most = most;
  }

  take(): Slab {
    return this.#free.pop() ?? this.#make();
  }

  #make(): Slab {
    const slab: Slab = {
      bytes: Buffer.allocUnsafeSlow(this.size),
      written: (error) => {
        // What the system still holds of a write that failed is not known.
        if (error == null && this.#free.length < this.#most) this.#free.push(slab);
      },
    };
    return slab;
  }
}

/** At most 3 MB are kept. */
const SIZES = [new Slabs(16 * 1024, 64), new Slabs(128 * 1024, 16)];

/** A copy of `bytes` to be written, and what to call when it has been; null: too large for any. */
export function lend(bytes: Buffer): { readonly copy: Buffer; readonly written: Slab['written'] } | null {
  const { length } = bytes;
  const slabs = SIZES.find(({ size }) => length <= size);
  if (slabs === undefined) return null;
  const slab = slabs.take();
  bytes.copy(slab.bytes);
  return { copy: slab.bytes.subarray(0, length), written: slab.written };
}
