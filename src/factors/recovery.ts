import type { Random } from '../lib/random.ts';

/** Crockford's base32: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const COUNT = 10;
const LENGTH = 16;

function newCode(random: Random): string {
  // 256 is a multiple of 32, so the low five bits of a byte are uniform.
  const letters = Array.from(random(LENGTH), (byte) => ALPHABET[byte & 31] ?? '0').join('');
  return letters.replace(/.{4}(?=.)/g, '$&-');
}

/** Ten codes of 80 bits (800-63B-4 §4.2.1.1 asks for 64), as people read them: `7K2M-9QXC-…`. Shown once. */
export function newRecoveryCodes(random: Random): string[] {
  return Array.from({ length: COUNT }, () => newCode(random));
}

/** The code as it was made, however it was typed (case, blanks, dashes, O for 0, I or L for 1); undefined when it is none. */
export function parseRecoveryCode(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > 64) return undefined;
  const code = typed
    .replace(/[\s\-‐-―−]/g, '')
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(code) ? code : undefined;
}

/** What keeps a keyed hash: `seal.mac` of the store. */
export interface Keyed {
  mac(purpose: string, text: string): string;
}

/**
 * What is stored of a code. 800-63B-4 §3.1.2 wants codes under 112 bits hashed like passwords, against guessing by whoever
 * reads the store. A MAC under the master key, which is not in the store, is stronger against that reader than any
 * salt, and costs nothing at sign-in; the authenticator's id binds it to its row.
 */
export function recoveryHash(keyed: Keyed, authenticatorId: string, code: string): string {
  return keyed.mac('recovery', `${authenticatorId}:${code}`);
}
