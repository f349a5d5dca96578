import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { SallyportError } from '../errors.ts';
import type { Random } from '../lib/random.ts';
import type { Store } from './types.ts';

/** Where a sealed value stands. It opens nowhere else. */
export interface Place {
  readonly table: string;
  readonly column: string;
  readonly row: string;
}

export interface Seal {
  /** Encrypts a text for one place. */
  seal(plain: string, place: Place): string;
  /** Throws `sealed-value-invalid` for anything that this key did not seal for this very place. */
  open(sealed: string, place: Place): string;
  /** HMAC-SHA256 of the text as base64url, under a key of its own for each purpose. */
  mac(purpose: string, text: string): string;
}

/** What every sealed value begins with. */
export const FORMAT = 'v1.';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** As an object of its own: Node makes one of bytes at each use, which takes longer than what the key is used for. */
function deriveKey(masterKey: Uint8Array, purpose: string): KeyObject {
  // RFC 5869: `info` keeps the keys of different purposes independent. The master key is uniformly random; no salt needed.
  return createSecretKey(new Uint8Array(hkdfSync('sha256', masterKey, '', `sallyport ${purpose}`, 32)));
}

/** Lengths stand before the parts, so that no two places give the same bytes whatever characters their parts hold. */
function associatedData({ table, column, row }: Place): Buffer {
  return Buffer.from([FORMAT, table, column, row].map((part) => `${Buffer.byteLength(part)}:${part}`).join(','));
}

function decode(sealed: string): Buffer | undefined {
  if (!sealed.startsWith(FORMAT)) return undefined;
  const text = sealed.slice(FORMAT.length);
  const bytes = Buffer.from(text, 'base64url');
  // Buffer skips what is not base64url; one value has one spelling.
  if (bytes.toString('base64url') !== text || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  return bytes;
}

/**
 * Seals texts with AES-256-GCM under a key derived from the master key; table, column and row are authenticated with it
 * (SP 800-38D), so that a value that was moved to another row does not open. Nonces are 96 random bits; the 2^32
 * values that SP 800-38D §8.3 allows for one key are far beyond what a store of sign-ins ever seals.
 */
export function createSeal(masterKey: Uint8Array, random: Random): Seal {
  if (masterKey.length !== 32) throw new SallyportError('keys-unavailable', 'The master key is not 32 bytes long.');
  const sealingKey = deriveKey(masterKey, 'seal aes-256-gcm');
  const macKeys = new Map<string, KeyObject>();
  return {
    seal(plain, place) {
      const nonce = random(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(associatedData(place));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return FORMAT + Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
    },
    open(sealed, place) {
      const bytes = decode(sealed);
      const where = `${place.table}.${place.column}`;
      if (bytes === undefined)
        throw new SallyportError('sealed-value-invalid', `A value of ${where} is not in sealed form.`);
      try {
        const nonce = bytes.subarray(0, NONCE_BYTES);
        const decipher = createDecipheriv('aes-256-gcm', sealingKey, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(associatedData(place));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      } catch (cause) {
        throw new SallyportError(
          'sealed-value-invalid',
          `A value of ${where} was not sealed for its row with this key.`,
          {
            cause,
          },
        );
      }
    },
    mac(purpose, text) {
      const key = macKeys.get(purpose) ?? deriveKey(masterKey, `mac ${purpose}`);
      macKeys.set(purpose, key);
      return createHmac('sha256', key).update(text).digest('base64url');
    },
  };
}

export const KEY_CHECK = 'key-check';
const KEY_CHECK_PLACE: Place = { table: 'meta', column: 'value', row: KEY_CHECK };
const KEY_CHECK_TEXT = 'This database is sealed with the right key.';

/**
 * Checks that the database is sealed with this key, or makes it so when it is sealed with none. Throws
 * `keys-unavailable` when it is another's.
 */
export async function verifyMasterKey(store: Pick<Store, 'meta'>, seal: Seal): Promise<void> {
  let value = await store.meta.get(KEY_CHECK);
  if (value === undefined) {
    await store.meta.putIfAbsent(KEY_CHECK, seal.seal(KEY_CHECK_TEXT, KEY_CHECK_PLACE));
    // Read back: another process may have been first, with another key.
    value = await store.meta.get(KEY_CHECK);
  }
  try {
    if (value !== undefined && seal.open(value, KEY_CHECK_PLACE) === KEY_CHECK_TEXT) return;
  } catch (cause) {
    throw mismatch(cause);
  }
  throw mismatch();
}

function mismatch(cause?: unknown): SallyportError {
  const detail = 'The master key is not the one that the database was sealed with; restore the right key file.';
  return new SallyportError('keys-unavailable', detail, { cause });
}
