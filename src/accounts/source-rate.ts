import { randomBytes } from 'node:crypto';
import { networksOf, type Width } from '../lib/networks.ts';

/** How much wider networks may do than one source. */
const SHARES: Readonly<Record<Exclude<Width, 'region'>, number>> = { own: 1, block: 4, site: 8, carrier: 32 };
const SLOTS = 1 << 14;
/** Of one source within a window, and so many times that of wider networks: who has done no more is a newcomer. */
const FEW = 4;

/** What all sources together may do within a window. */
export interface InAll {
  /** Whoever it is. */
  readonly anybody: number;
  /** From here on only those whose networks have hardly come yet, and known browsers. */
  readonly newcomers: number;
  /** From here on known browsers alone. */
  readonly known: number;
}

/** A network of a source: its share, and where it is counted. */
interface Counted {
  readonly share: number;
  readonly at: readonly number[];
}

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
  readonly #inAll: InAll;
  #taken = 0;
  #endsAt = 0;

  /** At most `most` of one address (of IPv6: one /64) within `windowMs`; of a network that is wider a multiple. */
  constructor(most: number, windowMs: number, inAll: InAll) {
    this.#most = most;
    this.#windowMs = windowMs;
    this.#inAll = inAll;
  }

  /**
   * Takes one; returns 0 when it was free, else the milliseconds until the window ends. `now` is monotonic. `known`: from a
   * browser that is known, for which room is kept when all together do too much.
   */
  take(source: string, now: number, known = false): number {
    const counted = this.#countedOf(source);
    const wait = this.#waitOf(counted, now, known);
    if (wait > 0) return wait;
    this.#taken += 1;
    for (const { at } of counted) this.#add(at);
    return 0;
  }

  /** What `take` would return; takes nothing. */
  look(source: string, now: number, known = false): number {
    return this.#waitOf(this.#countedOf(source), now, known);
  }

  #countedOf(source: string): Counted[] {
    return networksOf(source).flatMap(({ width, key }) =>
      width === 'region' ? [] : [{ share: SHARES[width], at: this.#seeds.map((seed) => slotOf(seed, key)) }],
    );
  }

  #waitOf(counted: readonly Counted[], now: number, known: boolean): number {
    if (now >= this.#endsAt) {
      for (const slots of this.#slots) slots.fill(0);
      this.#taken = 0;
      this.#endsAt = now + this.#windowMs;
    }
    const within = (most: number) => counted.every(({ share, at }) => this.#count(at) < most * share);
    const room = within(this.#most) && this.#taken < this.#roomFor(known, () => within(FEW));
    return room ? 0 : this.#endsAt - now;
  }

  #roomFor(known: boolean, isNew: () => boolean): number {
    if (known) return this.#inAll.known;
    const { anybody, newcomers } = this.#inAll;
    return this.#taken >= anybody && isNew() ? newcomers : anybody;
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
