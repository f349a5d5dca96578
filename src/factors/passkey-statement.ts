import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Attestation } from './passkey-attestation.ts';
import type { CredentialKey } from './passkey-key.ts';
import { PasskeyRefused } from './passkey-refused.ts';
import { isSignatureOf } from './passkey-signature.ts';

/**
 * The form of an attestation statement (WebAuthn L3 §8). The library checks the signature with whatever hash `alg` names
 * and the key that it finds; that the two belong together, and that nothing else stands there, is judged here.
 */

/** Certificates in a statement. */
export const MAX_CHAIN = 5;
const ES256 = -7;

/** COSE algorithms of a statement, with the kind of key that each is for (WebAuthn L3 §5.8.5). */
const SIGNERS: ReadonlyMap<unknown, string> = new Map([
  [ES256, 'ec prime256v1'],
  [-35, 'ec secp384r1'],
  [-36, 'ec secp521r1'],
  [-8, 'ed25519'],
  [-257, 'rsa'],
  [-258, 'rsa'],
  [-259, 'rsa'],
]);
/** RS1: what older TPMs sign with; taken of them alone. */
const SHA1 = -65535;

const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['none', ['']],
  ['packed', ['alg sig', 'alg sig x5c']],
  ['fido-u2f', ['sig x5c']],
  ['tpm', ['alg certInfo pubArea sig ver x5c']],
]);

function refused(why: string): PasskeyRefused {
  return new PasskeyRefused('attestation', why);
}

function kindOf(key: KeyObject): string {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return curve === undefined ? `${key.asymmetricKeyType}` : `${key.asymmetricKeyType} ${curve}`;
}

function leafKey(x5c: unknown): KeyObject {
  if (!Array.isArray(x5c) || x5c.length === 0 || x5c.length > MAX_CHAIN) throw refused('certificates');
  const chain = x5c.map((der) => {
    const cert = der instanceof Uint8Array ? new X509Certificate(der) : undefined;
    if (cert?.raw.equals(der as Uint8Array) !== true) throw refused('a certificate with bytes behind it');
    return cert;
  });
  const [leaf] = chain;
  if (leaf === undefined) throw refused('certificates');
  return leaf.publicKey;
}

/** What a FIDO U2F statement leaves unsaid: one certificate, and P-256 on both sides (WebAuthn L3 §8.6). */
function checkU2f(statement: ReadonlyMap<unknown, unknown>, credential: CredentialKey): void {
  const x5c = statement.get('x5c');
  if (credential.alg !== ES256 || !Array.isArray(x5c) || x5c.length !== 1) throw refused('not of U2F');
}

/** Throws PasskeyRefused `attestation`; whatever else it throws refuses too. */
export function checkForm({ format, statement }: Attestation, credential: CredentialKey): void {
  const members = [...statement.keys()].map(String).sort().join(' ');
  if (MEMBERS.get(format)?.includes(members) !== true) throw refused('members of the statement');
  if (format === 'none') return;
  if (format === 'fido-u2f') checkU2f(statement, credential);
  const alg = format === 'fido-u2f' ? ES256 : statement.get('alg');
  const signer = statement.has('x5c') ? leafKey(statement.get('x5c')) : credential.key;
  if (!statement.has('x5c') && alg !== credential.alg) throw refused('alg is not the one of the key');
  const expected = format === 'tpm' && alg === SHA1 ? 'rsa' : SIGNERS.get(alg);
  if (expected !== kindOf(signer)) throw refused('alg is not one of the signing key');
  const sig = statement.get('sig');
  if (!(sig instanceof Uint8Array) || !isSignatureOf(signer, sig)) throw refused('form of the signature');
}
