import { randomBytes } from 'node:crypto';
import { networksOf, type Width } from '../lib/networks.ts';

/** How much wider networks may do than one source. */
const SHARES: Readonly<Record<Exclude<Width, 'region'>, number>> = { own: 1, block: 4, site: 8, carrier: 32 };
const SLOTS = 1 << 14;

/** FNV-1a, begun with a number that nobody outside knows, so that nobody can aim at a slot. */
function slotOf(seed: number, text: string): number {
  let hash = seed >>> 0;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}

/**
 * Counts what sources do within a window of time, by each network that they are in; the narrowest reaches its limit first, and
 * what is refused counts nowhere. A fixed number of slots, two for each network, of which the lesser counts: however many
 * sources there are, they take no memory, and a newcomer shares a count with a few of them at the most.
 */
export class SourceRate {
  readonly #most: number;
  readonly #windowMs: number;
  readonly #slots = [new Uint32Array(SLOTS), new Uint32Array(SLOTS)] as const;
  readonly #seeds = [randomBytes(4).readUInt32LE(), randomBytes(4).readUInt32LE()] as const;
  #endsAt = 0;

  /** At most `most` of one address (of IPv6: one /64) within `windowMs`; of a network that is wider a multiple. */
  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** Takes one; returns 0 when it was free, else the milliseconds until the window ends. `now` is monotonic. */
  take(source: string, now: number): number {
    if (now >= this.#endsAt) {
      for (const slots of this.#slots) slots.fill(0);
      this.#endsAt = now + this.#windowMs;
    }
    const counted = networksOf(source).flatMap(({ width, key }) =>
      width === 'region'
        ? []
        : [{ most: this.#most * SHARES[width], at: this.#seeds.map((seed) => slotOf(seed, key)) }],
    );
    const full = counted.some(({ most, at }) => this.#count(at) >= most);
    if (full) return this.#endsAt - now;
    for (const { at } of counted) this.#add(at);
    return 0;
  }

  #count(at: readonly number[]): number {
    return Math.min(...this.#slots.map((slots, i) => slots[at[i] ?? 0] ?? 0));
  }

  #add(at: readonly number[]): void {
    for (const [i, slots] of this.#slots.entries()) {
      const slot = at[i] ?? 0;
      slots[slot] = (slots[slot] ?? 0) + 1;
    }
  }
}
