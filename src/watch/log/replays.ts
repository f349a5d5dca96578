import { BLOCK, type KnownId } from '../../assertions/request-ids.ts';

/** Blocks whose ids are remembered: 100 million requests, in some 40 MB. */
export const MOST_BLOCKS = 200_000;

/** Which ids have been seen, a bit for each. */
export class Replays {
  readonly #blocks = new Map<string, Uint8Array>();
  readonly #most: number;
  /** Ids of blocks beyond the limit: of these it is not known whether one came twice. */
  unknown = 0;

  constructor(most = MOST_BLOCKS) {
    this.#most = most;
  }

  /** Whether it was seen before. */
  again({ block, place }: KnownId): boolean {
    const bits = this.#blocks.get(block) ?? this.#add(block);
    if (bits === undefined) {
      this.unknown += 1;
      return false;
    }
    const [at, bit] = [place >> 3, 1 << (place & 7)];
    const seen = ((bits[at] ?? 0) & bit) !== 0;
    bits[at] = (bits[at] ?? 0) | bit;
    return seen;
  }

  #add(block: string): Uint8Array | undefined {
    if (this.#blocks.size >= this.#most) return undefined;
    const bits = new Uint8Array(BLOCK / 8);
    this.#blocks.set(block, bits);
    return bits;
  }
}
