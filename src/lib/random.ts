import { randomBytes } from 'node:crypto';

/** A cryptographically secure source: `n` bytes. Injected, so that tests can be repeated. */
export type Random = (n: number) => Uint8Array;

export const systemRandom: Random = (n) => randomBytes(n);

/** `bytes` random bytes as unpadded base64url (RFC 4648 §5); 32 bytes make 43 characters. */
export function randomToken(random: Random, bytes: number): string {
  return Buffer.from(random(bytes)).toString('base64url');
}
