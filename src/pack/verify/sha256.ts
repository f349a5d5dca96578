/** SHA-256 (FIPS 180-4 §6.2), at once and in pieces: what browsers have of it is neither. */

const BLOCK = 64;
export const HASH_BYTES = 32;

/** FIPS 180-4 §4.2.2 and §5.3.3: the first 32 bits of the fractions of the cube and square roots of the first primes. */
function constants(): { rounds: Int32Array; start: Int32Array } {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((p) => n % p !== 0)) primes.push(n);
  const fraction = (root: (scaled: bigint) => bigint, power: bigint) => (prime: number) =>
    Number(BigInt.asIntN(32, root(BigInt(prime) << (32n * power))));
  const root = (power: bigint) => (scaled: bigint) => {
    let [low, high] = [0n, 1n << 40n];
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** power <= scaled) low = middle;
      else high = middle;
    }
    return low;
  };
  return {
    rounds: Int32Array.from(primes, fraction(root(3n), 3n)),
    start: Int32Array.from(primes.slice(0, 8), fraction(root(2n), 2n)),
  };
}

const { rounds: K, start: START } = constants();
/** One for all: a block is reckoned before anybody else can come. */
const W = new Int32Array(BLOCK);

function schedule(bytes: Uint8Array, from: number): void {
  for (let i = 0; i < 16; i += 1) {
    const at = from + 4 * i;
    W[i] =
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number);
  }
  for (let i = 16; i < BLOCK; i += 1) {
    const [x, y] = [W[i - 15] as number, W[i - 2] as number];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = ((W[i - 16] as number) + s0 + (W[i - 7] as number) + s1) | 0;
  }
}

/** One block (FIPS 180-4 §6.2.2). Indexes are within, so that casts say what the loop does. */
function compress(state: Int32Array, bytes: Uint8Array, from: number): void {
  schedule(bytes, from);
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let i = 0; i < BLOCK; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] as number) + (W[i] as number)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = ((state[0] as number) + a) | 0;
  state[1] = ((state[1] as number) + b) | 0;
  state[2] = ((state[2] as number) + c) | 0;
  state[3] = ((state[3] as number) + d) | 0;
  state[4] = ((state[4] as number) + e) | 0;
  state[5] = ((state[5] as number) + f) | 0;
  state[6] = ((state[6] as number) + g) | 0;
  state[7] = ((state[7] as number) + h) | 0;
}

/** The hash of what is given piece by piece. */
export class Sha256 {
  readonly #state = new Int32Array(START);
  readonly #rest = new Uint8Array(BLOCK);
  #length = 0;

  update(bytes: Uint8Array): this {
    let at = 0;
    let held = this.#length % BLOCK;
    this.#length += bytes.length;
    if (held > 0) {
      const taken = Math.min(BLOCK - held, bytes.length);
      this.#rest.set(bytes.subarray(0, taken), held);
      at = taken;
      held += taken;
      if (held < BLOCK) return this;
      compress(this.#state, this.#rest, 0);
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) compress(this.#state, bytes, at);
    this.#rest.set(bytes.subarray(at));
    return this;
  }

  /** FIPS 180-4 §5.1.1: a one, zeros, and the length in bits. Begins anew. */
  digest(): Uint8Array {
    const held = this.#length % BLOCK;
    const end = new Uint8Array(held < 56 ? BLOCK : 2 * BLOCK);
    end.set(this.#rest.subarray(0, held));
    end[held] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(this.#length / 2 ** 29));
    view.setUint32(end.length - 4, (this.#length * 8) >>> 0);
    for (let at = 0; at < end.length; at += BLOCK) compress(this.#state, end, at);
    const hash = new Uint8Array(HASH_BYTES);
    const words = new DataView(hash.buffer);
    for (let i = 0; i < 8; i += 1) words.setInt32(4 * i, this.#state[i] as number);
    this.#state.set(START);
    this.#length = 0;
    return hash;
  }
}

const one = new Sha256();

/** The hash of these bytes, one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  for (const part of parts) one.update(part);
  return one.digest();
}
