import { randomBytes, randomFillSync } from 'node:crypto';

/** A cryptographically secure source: `n` bytes. Injected, so that tests can be repeated. */
export type Random = (n: number) => Uint8Array;

/** Bytes that are fetched at once, and the most that are given from them: what is short costs more to fetch than to use. */
const POOL_BYTES = 4096;
const SHORT_BYTES = 64;

const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/**
 * Short ones from bytes that were fetched together; each byte is given once, and nothing of it stays. Throws `RangeError` or `TypeError`
 * for what is no number of bytes.
 */
export const systemRandom: Random = (n) => {
  // Not from the pool: its place would be lost, and all that is given afterwards be nothing, or the same.
  if (!(Number.isInteger(n) && n >= 0 && n <= SHORT_BYTES)) return randomBytes(n);
  if (used + n > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const given = new Uint8Array(pool.subarray(used, used + n));
  pool.fill(0, used, used + n);
  used += n;
  return given;
};

/** `bytes` random bytes as unpadded base64url (RFC 4648 §5); 32 bytes make 43 characters. */
export function randomToken(random: Random, bytes: number): string {
  return Buffer.from(random(bytes)).toString('base64url');
}
