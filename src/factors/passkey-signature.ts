import type { KeyObject } from 'node:crypto';

/**
 * The one form of a signature. The library reads ECDSA signatures by BER and skips what stands behind them, so that many
 * texts would be the same proof; here each proof has one spelling, whoever reads it.
 */

/** Orders of the curves (FIPS 186-5, SP 800-186 §3.2.1): r and s lie between 1 and the order. */
const ORDERS: ReadonlyMap<string, bigint> = new Map([
  ['prime256v1', 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n],
  ['secp384r1', 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n],
  [
    'secp521r1',
    0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  ],
]);
const ED25519_BYTES = 64;

/** A DER INTEGER of a positive number (X.690 §8.3). */
function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const body = (bytes[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([2, body.length]), body]);
}

/** Ecdsa-Sig-Value (RFC 3279 §2.2.3) in DER; no curve here has one of 256 bytes or more. */
function ecdsa(r: bigint, s: bigint): Buffer {
  const body = Buffer.concat([integer(r), integer(s)]);
  const head = body.length < 0x80 ? [0x30, body.length] : [0x30, 0x81, body.length];
  return Buffer.concat([Buffer.from(head), body]);
}

/** The number of the INTEGER that is said to begin at `at`, and where it ends. Whether it is one shows when it is written again. */
function numberAt(signature: Buffer, at: number): { value: bigint; end: number } {
  const end = at + 2 + (signature[at + 1] ?? 0);
  const hex = signature.toString('hex', at + 2, end);
  return { value: hex === '' ? 0n : BigInt(`0x${hex}`), end };
}

function isEcdsa(order: bigint, signature: Buffer): boolean {
  const r = numberAt(signature, signature[1] === 0x81 ? 3 : 2);
  const s = numberAt(signature, r.end);
  if (r.value < 1n || r.value >= order || s.value < 1n || s.value >= order) return false;
  return ecdsa(r.value, s.value).equals(signature);
}

/**
 * Whether these bytes are written as a signature by this public key must be: ECDSA in DER with r and s in range (RFC 3279
 * §2.2.3), Ed25519 in 64 bytes (RFC 8032 §5.1.6), RSA as long as the modulus (RFC 8017 §8.2.2). Any other key: no.
 */
export function isSignatureOf(key: KeyObject, bytes: Uint8Array): boolean {
  const signature = Buffer.from(bytes);
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ec': {
      const order = ORDERS.get(namedCurve ?? '');
      return order !== undefined && isEcdsa(order, signature);
    }
    case 'ed25519':
      return signature.length === ED25519_BYTES;
    case 'rsa':
      return signature.length === Math.ceil((modulusLength ?? 0) / 8);
    default:
      return false;
  }
}
