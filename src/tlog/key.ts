import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { fromBase64 } from './base64.ts';
import { LogFault } from './fault.ts';

/** C2SP signed-note, "Signature types": of Ed25519 as such, and of cosignatures with their time (C2SP tlog-cosignature). */
export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;
export type KeyType = typeof ED25519 | typeof COSIGNATURE;

const KEY_BYTES = 32;
/** Bytes of an Ed25519 signature (RFC 8032 §5.1.6). */
export const SIGNATURE_BYTES = 64;
/** Of a name, characters. */
const MAX_NAME = 255;
const MAX_KEY_TEXT = 1024;

/** A public key that signs notes, by its name. */
export interface VerifierKey {
  readonly name: string;
  /** C2SP signed-note: the first 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key), as 8 hexadecimal digits. */
  readonly id: string;
  readonly type: KeyType;
  /** RFC 8032 §5.1.5. */
  readonly publicKey: Uint8Array;
}

/** A key that signs, with what verifies it. */
export interface Signer extends VerifierKey {
  /** Ed25519 over the bytes of the message (RFC 8032 §5.1.6). */
  sign(message: string): Buffer;
}

/** C2SP signed-note, "Format": not empty, without Unicode spaces and plus signs; and nothing that a note may not hold. */
export function isKeyName(name: string): boolean {
  return name.length <= MAX_NAME && name.isWellFormed() && /^[^\p{White_Space}+\u0000-\u001f]+$/u.test(name);
}

function idOf(name: string, type: KeyType, publicKey: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicKey]), 'hex').slice(0, 8);
}

/** A key by its parts. Throws `LogFault`. */
export function verifierKey(name: string, type: KeyType, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw new LogFault('key', 'The name of a key has no spaces and no plus sign.');
  if (publicKey.length !== KEY_BYTES) throw new LogFault('key', 'An Ed25519 public key is 32 bytes long.');
  return { name, type, publicKey, id: idOf(name, type, publicKey) };
}

/** `NAME+ID+BASE64`, by which readers know a key: what is in base64 is the type and the public key. */
export function formatVerifierKey({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${id}+${Buffer.concat([Buffer.of(type), publicKey]).toString('base64')}`;
}

/** The key that such a text is of. Throws `LogFault`. */
export function parseVerifierKey(text: string): VerifierKey {
  const wrong = () => new LogFault('key', 'A verifier key is NAME+ID+KEY: eight hexadecimal digits, and base64.');
  const [first, second] = [text.indexOf('+'), text.indexOf('+', text.indexOf('+') + 1)];
  if (text.length > MAX_KEY_TEXT || first < 0 || second < 0) throw wrong();
  const bytes = fromBase64(text.slice(second + 1), 1 + KEY_BYTES);
  const type = bytes?.[0];
  if (bytes === undefined || (type !== ED25519 && type !== COSIGNATURE)) throw wrong();
  const key = verifierKey(text.slice(0, first), type, bytes.subarray(1));
  if (key.id !== text.slice(first + 1, second))
    throw new LogFault('key', 'The verifier key is damaged: its id is not that of its name and key.');
  return key;
}

const imported = new WeakMap<VerifierKey, KeyObject>();

/** RFC 8032 §5.1.7. */
export function verifies(key: VerifierKey, message: string, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  let object = imported.get(key);
  if (object === undefined) {
    const x = Buffer.from(key.publicKey).toString('base64url');
    object = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    imported.set(key, object);
  }
  return verify(null, Buffer.from(message), object, signature);
}

/** The 32 bytes of an Ed25519 public key, of the private one or of itself. */
export function rawPublicKey(key: KeyObject): Buffer {
  const { crv, x } = (key.type === 'public' ? key : createPublicKey(key)).export({ format: 'jwk' });
  if (crv !== 'Ed25519' || x === undefined) throw new LogFault('key', 'The key is no Ed25519 key.');
  return Buffer.from(x, 'base64url');
}

/** A private key that signs under a name. Throws `LogFault` unless it is an Ed25519 key. */
export function signer(name: string, type: KeyType, privateKey: KeyObject): Signer {
  return {
    ...verifierKey(name, type, rawPublicKey(privateKey)),
    sign: (message) => sign(null, Buffer.from(message), privateKey),
  };
}

/** The private key of a seed of 32 bytes (RFC 8032 §5.1.5). */
export function privateKeyOf(seed: Uint8Array): KeyObject {
  if (seed.length !== KEY_BYTES) throw new LogFault('key', 'The seed of an Ed25519 key is 32 bytes long.');
  // RFC 8410 §7: PKCS #8, of which all but the seed is the same for every key.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}
