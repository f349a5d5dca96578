import { X509Certificate } from 'node:crypto';
import type { isoCBOR } from '@simplewebauthn/server/helpers';
import type { RelyingParty } from '../config/types.ts';
import { helpers } from './passkey-library.ts';
import { detailOf, PasskeyRefused } from './passkey-refused.ts';

/**
 * Attestation (WebAuthn L3 §6.5, §8). The library judges the statement's signature; which statements are taken, and
 * whose certificates count, is judged here, without fetching anything: a certificate names addresses of its sender's
 * choosing, and a sign-in server must not call them.
 */

/**
 * Not among them, because the library follows the revocation addresses in their certificates: `android-key` (before it
 * knows who issued them), `apple` and `android-safetynet`. Browsers send none of them when no statement was asked for.
 * For the others it has no roots, and so never walks a path; see checkModel.
 */
const FORMATS: ReadonlySet<unknown> = new Set(['none', 'packed', 'tpm', 'fido-u2f']);

export interface Attestation {
  readonly format: string;
  readonly statement: ReadonlyMap<unknown, unknown>;
  readonly authData: Uint8Array;
}

/** The attestation object, when it is one CBOR map of three members in its only shortest form, with nothing behind it. */
export function readAttestation(bytes: Uint8Array): Attestation {
  let map: unknown;
  let again: Uint8Array;
  try {
    const decoded = helpers().decodeAttestationObject(Uint8Array.from(bytes));
    map = decoded;
    // The decoder stops at the end of the first item and takes a byte string that is cut short; comparing finds both.
    again = helpers().isoCBOR.encode(decoded as unknown as Parameters<typeof isoCBOR.encode>[0]); // a Map of CBOR values
  } catch (error) {
    throw new PasskeyRefused('malformed', detailOf(error));
  }
  if (!(map instanceof Map) || map.size !== 3 || !Buffer.from(again).equals(bytes)) {
    throw new PasskeyRefused('malformed', 'attestation object');
  }
  const [format, statement, authData] = [map.get('fmt'), map.get('attStmt'), map.get('authData')];
  if (typeof format !== 'string' || !(statement instanceof Map) || !(authData instanceof Uint8Array)) {
    throw new PasskeyRefused('malformed', 'attestation object');
  }
  if (!FORMATS.has(format)) throw new PasskeyRefused('attestation', 'a format that is not taken');
  return { format, statement, authData };
}

function certificatesOf(statement: ReadonlyMap<unknown, unknown>): X509Certificate[] {
  const x5c = statement.get('x5c');
  if (!Array.isArray(x5c) || !x5c.every((der) => der instanceof Uint8Array)) return [];
  return x5c.map((der) => new X509Certificate(der));
}

function validAt(cert: X509Certificate, now: number): boolean {
  return cert.validFromDate.getTime() <= now && now <= cert.validToDate.getTime();
}

function issued(issuer: X509Certificate, cert: X509Certificate): boolean {
  return issuer.ca && cert.checkIssued(issuer) && cert.verify(issuer.publicKey);
}

/**
 * Whether each certificate is issued by the next and the last by a root. The root itself stays at home (WebAuthn L3
 * §8.2), unless it is the attestation certificate, which an operator may pin alone.
 */
function leadsTo(roots: readonly X509Certificate[], chain: readonly X509Certificate[], now: number): boolean {
  const [leaf] = chain;
  const last = chain.at(-1);
  if (leaf === undefined || last === undefined || !chain.every((cert) => validAt(cert, now))) return false;
  if (chain.length === 1 && roots.some((root) => root.raw.equals(leaf.raw))) return true;
  if (chain.some((cert) => roots.some((root) => root.raw.equals(cert.raw)))) return false;
  for (const [i, cert] of chain.slice(0, -1).entries()) {
    const next = chain[i + 1];
    if (next === undefined || !issued(next, cert)) return false;
  }
  return roots.some((root) => validAt(root, now) && issued(root, last));
}

/**
 * Where models are limited: the statement must lead to a root on record and the model be on the list. The AAGUID alone
 * is only a claim, so that no statement, or one signed by the new key itself, is refused. `now` in ms.
 */
export function checkModel(rp: RelyingParty, attestation: Attestation, aaguid: string, now: number): void {
  if (rp.models.length === 0) return;
  let proven = false;
  try {
    const roots = rp.roots.map((pem) => new X509Certificate(pem));
    proven = leadsTo(roots, certificatesOf(attestation.statement), now);
  } catch (error) {
    throw new PasskeyRefused('attestation', detailOf(error));
  }
  if (!proven) throw new PasskeyRefused('attestation', 'no certificate path to a root on record');
  if (!rp.models.some((model) => model.toLowerCase() === aaguid.toLowerCase()))
    throw new PasskeyRefused('model', aaguid);
}
