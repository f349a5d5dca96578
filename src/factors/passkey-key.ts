import { createPublicKey, type JsonWebKey } from 'node:crypto';
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

type Labels = ReadonlyMap<unknown, unknown>;

function bytes(key: Labels, label: number, min: number, max: number): string | undefined {
  const value = key.get(label);
  if (!(value instanceof Uint8Array) || value.length < min || value.length > max) return undefined;
  return Buffer.from(value).toString('base64url');
}

function jwkOf(key: Labels): JsonWebKey | undefined {
  const [kty, alg, crv] = [key.get(KTY), key.get(ALG), key.get(CRV_OR_N)];
  if (kty === 2 && alg === -7 && crv === 1) {
    const [x, y] = [bytes(key, X_OR_E, 32, 32), bytes(key, Y, 32, 32)];
    return x === undefined || y === undefined ? undefined : { kty: 'EC', crv: 'P-256', x, y };
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

/** Throws PasskeyRefused `algorithm` unless the key is whole, of sufficient strength, and of an algorithm on offer. */
export function checkPublicKey(encoded: Uint8Array): void {
  try {
    // The library's type narrows a map of labels to four shapes; here nothing is known about it yet.
    const key = helpers().decodeCredentialPublicKey(Uint8Array.from(encoded)) as unknown;
    if (!(key instanceof Map) || !ALGORITHMS.includes(key.get(ALG)))
      throw new PasskeyRefused('algorithm', 'not offered');
    const jwk = jwkOf(key);
    if (jwk === undefined) throw new PasskeyRefused('algorithm', 'the key does not fit its algorithm');
    createPublicKey({ key: jwk, format: 'jwk' }); // refuses a point that is not on its curve
  } catch (error) {
    throw error instanceof PasskeyRefused ? error : new PasskeyRefused('algorithm', 'no key');
  }
}
