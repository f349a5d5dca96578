import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a string's UTF-8 bytes, as unpadded base64url (43 characters). */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Compares two strings without telling by time where they differ; unequal lengths are unequal. */
export function equalSecret(a: string, b: string): boolean {
  const x = Buffer.from(a);
  const y = Buffer.from(b);
  return x.length === y.length && timingSafeEqual(x, y);
}
