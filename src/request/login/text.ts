import { refuse } from './refused.ts';

/** Bytes of the largest login body. */
export const MAX_BODY = 64 * 1024;

/** Characters of the longest name of a field, member, element or attribute. */
export const MAX_FIELD_NAME = 1024;

/** Everything that prints nothing and moves the cursor: C0, DEL, C1. */
export const CONTROL = /\p{Cc}/u;
/** Controls but CR, LF and TAB, which a text area may hold. */
export const CONTROL_BUT_LINES = /[^\P{Cc}\t\r\n]/u;

/** Bytes as UTF-8, a byte order mark kept as a character. Refuses what is not UTF-8, and more than `most` bytes. */
export function utf8(bytes: Uint8Array, most: number = MAX_BODY): string {
  if (bytes.length > most) refuse('too-large', `more than ${most} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('encoding', 'not UTF-8');
  }
}
