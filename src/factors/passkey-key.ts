import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { helpers } from './passkey-library.ts';
import { ALGORITHMS } from './passkey-options.ts';
import { PasskeyRefused } from './passkey-refused.ts';

/**
 * The public key of a new credential (RFC 9052 §7, RFC 9053 §7). Without a statement nothing signs a registration, so
 * a key that could never verify, or a weak one, would be found out only at the next sign-in.
 */

/** COSE labels: kty and alg of every key; crv, x, y of curves; n, e of RSA (RFC 8230 §4). */
const KTY = 1;
const ALG = 3;
const CRV_OR_N = -1;
const X_OR_E = -2;
const Y = -3;
/** Bytes: 2048 to 8192 bits (800-63B-4 §3.1.6.2 asks for 112 bits of strength; more only costs us time). */
const RSA_MIN = 256;
const RSA_MAX = 1024;
const EC_MEMBERS = 5;
const OTHER_MEMBERS = 4;

type Labels = ReadonlyMap<unknown, unknown>;

function bytes(key: Labels, label: number, min: number, max: number): string | undefined {
  const value = key.get(label);
  if (!(value instanceof Uint8Array) || value.length < min || value.length > max) return undefined;
  return Buffer.from(value).toString('base64url');
}

/** ECDSA algorithms, each with its curve (WebAuthn L3 §5.8.5): label, name, bytes of a coordinate. */
const CURVES: ReadonlyMap<unknown, readonly [number, string, number]> = new Map([
  [-7, [1, 'P-256', 32]],
  [-35, [2, 'P-384', 48]],
  [-36, [3, 'P-521', 66]],
]);

function jwkOf(key: Labels): JsonWebKey | undefined {
  const [kty, alg, crv] = [key.get(KTY), key.get(ALG), key.get(CRV_OR_N)];
  const [label, name, size] = CURVES.get(alg) ?? [undefined, '', 0];
  if (kty === 2 && label !== undefined && crv === label) {
    const [x, y] = [bytes(key, X_OR_E, size, size), bytes(key, Y, size, size)];
    return x === undefined || y === undefined ? undefined : { kty: 'EC', crv: name, x, y };
  }
  if (kty === 1 && alg === -8 && crv === 6) {
    const x = bytes(key, X_OR_E, 32, 32);
    return x === undefined ? undefined : { kty: 'OKP', crv: 'Ed25519', x };
  }
  if (kty === 3 && alg === -257) {
    const [n, e] = [bytes(key, CRV_OR_N, RSA_MIN, RSA_MAX), bytes(key, X_OR_E, 1, 4)];
    return n === undefined || e === undefined ? undefined : { kty: 'RSA', n, e };
  }
  return undefined;
}

/** The public key of a credential, and the COSE algorithm that it is for. */
export interface CredentialKey {
  readonly alg: number;
  readonly key: KeyObject;
}

/** RFC 8230 §4: both numbers in as few bytes as they need; an exponent is odd. */
function isWellWritten(key: Labels): boolean {
  const [n, e] = [key.get(CRV_OR_N), key.get(X_OR_E)];
  if (key.get(KTY) !== 3 || !(n instanceof Uint8Array) || !(e instanceof Uint8Array)) return true;
  return n[0] !== 0 && e[0] !== 0 && (e.at(-1) ?? 0) % 2 === 1 && !(e.length === 1 && e[0] === 1);
}

function decode(encoded: Uint8Array): Labels {
  // The library's type narrows a map of labels to four shapes; here nothing is known about it yet.
  const key = helpers().decodeCredentialPublicKey(Uint8Array.from(encoded)) as unknown;
  if (!(key instanceof Map)) throw new PasskeyRefused('algorithm', 'no key');
  return key;
}

/** A key on record, of any algorithm that can be verified. Throws PasskeyRefused `algorithm`. */
export function readPublicKey(encoded: Uint8Array): CredentialKey {
  try {
    const labels = decode(encoded);
    const jwk = jwkOf(labels);
    if (jwk === undefined) throw new PasskeyRefused('algorithm', 'the key does not fit its algorithm');
    // A cast: jwkOf knows no algorithm that is no number. createPublicKey refuses a point that is not on its curve.
    return { alg: labels.get(ALG) as number, key: createPublicKey({ key: jwk, format: 'jwk' }) };
  } catch (error) {
    throw error instanceof PasskeyRefused ? error : new PasskeyRefused('algorithm', 'no key');
  }
}

/**
 * A key that is to be registered: of an algorithm on offer, of sufficient strength, and with no member beside those that
 * it needs (WebAuthn L3 §6.5.1.1). Throws PasskeyRefused `algorithm`.
 */
export function readNewKey(encoded: Uint8Array): CredentialKey {
  const read = readPublicKey(encoded);
  if (!ALGORITHMS.includes(read.alg)) throw new PasskeyRefused('algorithm', 'not offered');
  const labels = decode(encoded);
  const members = read.key.asymmetricKeyType === 'ec' ? EC_MEMBERS : OTHER_MEMBERS;
  if (labels.size !== members || !isWellWritten(labels)) throw new PasskeyRefused('algorithm', 'more than a key');
  return read;
}
