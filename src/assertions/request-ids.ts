import { createCipheriv } from 'node:crypto';
import type { Random } from '../lib/random.ts';
import type { Seal } from '../store/seal.ts';

/** Ids of one block: one HMAC and one pass of AES make all of them. */
export const BLOCK = 512;

const PURPOSE = 'request ids';
const ID_FORM = /^[A-Za-z0-9_-]{32}$/;
/** Characters of an id that name its block, and of each that follows. */
const NAME = 12;
const REST = 20;
const TAG_BYTES = 12;
const ZEROS = Buffer.alloc(BLOCK * TAG_BYTES);
const IV = Buffer.alloc(16);

/**
 * What follows the name in each id of a block, end to end: the place of the id (3 bytes) and 12 bytes of the keystream of AES-256 in
 * counter mode (SP 800-38A §6.5) under the HMAC of the name. Each key is used for one keystream.
 */
function restsOf(seal: Pick<Seal, 'mac'>, name: string): string {
  const key = Buffer.from(seal.mac(PURPOSE, name), 'base64url');
  const stream = createCipheriv('aes-256-ctr', key, IV).update(ZEROS);
  const bytes = Buffer.alloc(BLOCK * (3 + TAG_BYTES));
  for (let i = 0; i < BLOCK; i += 1) {
    const at = i * (3 + TAG_BYTES);
    bytes[at + 1] = i >> 8;
    bytes[at + 2] = i & 0xff;
    for (let k = 0; k < TAG_BYTES; k += 1) bytes[at + 3 + k] = stream[i * TAG_BYTES + k] ?? 0;
  }
  return bytes.toString('base64url');
}

/**
 * Ids of the requests that leave for apps (`Sallyport-Request`), 32 characters of base64url: 72 random bits that name a block,
 * the place in it, and 96 bits that nobody can guess who does not hold the master key. No list of them is kept: whoever holds the key
 * knows one when they see it. To take the next costs no cryptography, but for one in 512.
 */
export class RequestIds {
  readonly #seal: Pick<Seal, 'mac'>;
  readonly #random: Random;
  #name = '';
  #rests = '';
  #next = BLOCK;

  constructor(seal: Pick<Seal, 'mac'>, random: Random) {
    this.#seal = seal;
    this.#random = random;
  }

  next(): string {
    if (this.#next === BLOCK) {
      this.#name = Buffer.from(this.#random(9)).toString('base64url');
      this.#rests = restsOf(this.#seal, this.#name);
      this.#next = 0;
    }
    const from = this.#next * REST;
    this.#next += 1;
    return this.#name + this.#rests.slice(from, from + REST);
  }
}

/** An id that is ours: the name of its block, and its place in it. */
export interface KnownId {
  readonly block: string;
  readonly place: number;
}

/** Blocks that are remembered while ids are looked at; the ids of one come close to one another. */
const MOST_BLOCKS = 256;

/** Knows ids of this installation when it sees them. */
export class IdReader {
  readonly #seal: Pick<Seal, 'mac'>;
  readonly #rests = new Map<string, string>();

  constructor(seal: Pick<Seal, 'mac'>) {
    this.#seal = seal;
  }

  /** null for a text that is no id of ours. */
  read(text: string): KnownId | null {
    if (!ID_FORM.test(text)) return null;
    const block = text.slice(0, NAME);
    const place = Buffer.from(text.slice(NAME, NAME + 4), 'base64url').readUIntBE(0, 3);
    if (place >= BLOCK) return null;
    const rests = this.#restsOf(block);
    // Not in constant time: whoever writes the app's log learns nothing by how long it takes to read.
    return rests.slice(place * REST, (place + 1) * REST) === text.slice(NAME) ? { block, place } : null;
  }

  #restsOf(block: string): string {
    const known = this.#rests.get(block);
    if (known !== undefined) return known;
    const rests = restsOf(this.#seal, block);
    if (this.#rests.size >= MOST_BLOCKS) this.#rests.clear();
    this.#rests.set(block, rests);
    return rests;
  }
}
