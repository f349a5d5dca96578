import { hash } from 'node:crypto';

/** Bytes of a salt, of an entry as of a field. */
export const SALT_BYTES = 16;
/** Bytes of a block, and of a hash, of SHA-256. */
const BLOCK = 64;
const HASH = 32;
const MAX_NAME = 64;

/** The bytes of a salt. A text that is none has those of its hash: whoever alters it in any way alters the leaf. */
function saltBytes(text: string): Buffer {
  if (/^[0-9a-f]{32}$/.test(text)) return Buffer.from(text, 'hex');
  return hash('sha256', `salt ${text}`, 'buffer').subarray(0, SALT_BYTES);
}

function pad(key: Uint8Array, byte: number, room: number): Buffer {
  const padded = Buffer.alloc(BLOCK + room, byte);
  for (const [i, each] of key.entries()) padded[i] = each ^ byte;
  return padded;
}

/**
 * The salts of the fields of one entry: the first 16 bytes of HMAC-SHA-256 (RFC 2104 §2) over the name, under the salt of the
 * entry. Written out, since an HMAC object for each field would take longer than all else that is done for an entry.
 */
export class FieldSalts {
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  constructor(salt: string) {
    const key = saltBytes(salt);
    this.#inner = pad(key, 0x36, MAX_NAME);
    this.#outer = pad(key, 0x5c, HASH);
  }

  /** The salt of a field, 16 bytes. */
  of(name: string): Buffer {
    const length = this.#inner.write(name, BLOCK, 'latin1');
    // As text: a Buffer of its own for each hash takes twice as long.
    this.#outer.write(hash('sha256', this.#inner.subarray(0, BLOCK + length), 'binary'), BLOCK, 'latin1');
    return Buffer.from(hash('sha256', this.#outer, 'binary'), 'latin1').subarray(0, SALT_BYTES);
  }
}
