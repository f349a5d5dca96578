import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a string's UTF-8 bytes, as unpadded base64url (43 characters). */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** The same as 64 hexadecimal digits. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Compares two strings without telling by time where they differ; unequal lengths are unequal. */
export function equalSecret(a: string, b: string): boolean {
  const x = Buffer.from(a);
  const y = Buffer.from(b);
  return x.length === y.length && timingSafeEqual(x, y);
}
