import type { RelyingParty } from '../config/types.ts';
import { type Random, randomToken } from '../lib/random.ts';
import type { CredentialRow } from '../store/types.ts';
import { webauthn } from './passkey-library.ts';

/**
 * COSE algorithms, best first: EdDSA with Ed25519, ES256, RS256. Listed here and not left to the library, whose default
 * grows with the runtime: a key registered on a newer Node must not fail on an older one.
 */
export const ALGORITHMS: readonly number[] = [-8, -7, -257];
/** Milliseconds; the recommended default of WebAuthn L3 §15.1, and the life of a challenge. */
const TIMEOUT = 300_000;
/** WebAuthn L3 §13.4.3 asks for 16 bytes at least. */
const CHALLENGE_BYTES = 32;

/** A new challenge: 32 random bytes as base64url. */
export function newChallenge(random: Random): string {
  return randomToken(random, CHALLENGE_BYTES);
}

/** The account as the authenticator keeps it: the id's bytes as base64url. Random, and tells nothing about the person. */
export function userHandleOf(accountId: string): string {
  const bytes = Buffer.from(accountId);
  if (bytes.length < 1 || bytes.length > 64) throw new RangeError('an account id has 1 to 64 bytes');
  return bytes.toString('base64url');
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, 'base64url'));
}

interface Descriptor {
  readonly id: string;
  // biome-ignore format: one line
  readonly transports?: ('ble' | 'cable' | 'hybrid' | 'internal' | 'nfc' | 'smart-card' | 'usb')[];
}

function descriptorOf(row: CredentialRow): Descriptor {
  // Browsers ignore words that they do not know (WebAuthn L3 §5.8.3), so whatever was stored may be sent.
  const transports = [...row.transports] as NonNullable<Descriptor['transports']>;
  return transports.length === 0 ? { id: row.credentialId } : { id: row.credentialId, transports };
}

/** PublicKeyCredentialCreationOptionsJSON (WebAuthn L3 §5.1.9). `exclude`: the passkeys that the account has already. */
export async function creationOptions(
  rp: RelyingParty,
  options: {
    readonly challenge: string;
    readonly accountId: string;
    readonly accountName: string;
    readonly exclude: readonly CredentialRow[];
    readonly discoverable: 'required' | 'preferred';
  },
): Promise<Record<string, unknown>> {
  const made = await webauthn().generateRegistrationOptions({
    rpName: rp.name,
    rpID: rp.id,
    userName: options.accountName,
    userDisplayName: options.accountName,
    userID: bytesOf(userHandleOf(options.accountId)),
    challenge: bytesOf(options.challenge),
    timeout: TIMEOUT,
    // A statement identifies the model: asked for only where models are limited (800-63B-4 §4.1.3).
    attestationType: rp.models.length > 0 ? 'direct' : 'none',
    excludeCredentials: options.exclude.map(descriptorOf),
    authenticatorSelection: { residentKey: options.discoverable, userVerification: rp.verification },
    supportedAlgorithmIDs: [...ALGORITHMS],
  });
  return { ...made };
}

/** Whether the user must be verified: what the relying party demands can be raised by a ceremony, not lowered. */
export function mustVerify(rp: RelyingParty, verification: 'required' | 'preferred'): boolean {
  return rp.verification === 'required' || verification === 'required';
}

/** PublicKeyCredentialRequestOptionsJSON (WebAuthn L3 §5.1.10). `allow` empty: any discoverable passkey may answer. */
export async function requestOptions(
  rp: RelyingParty,
  options: {
    readonly challenge: string;
    readonly allow: readonly CredentialRow[];
    readonly verification: 'required' | 'preferred';
  },
): Promise<Record<string, unknown>> {
  const made = await webauthn().generateAuthenticationOptions({
    rpID: rp.id,
    challenge: bytesOf(options.challenge),
    timeout: TIMEOUT,
    allowCredentials: options.allow.map(descriptorOf),
    userVerification: mustVerify(rp, options.verification) ? 'required' : 'preferred',
  });
  return { ...made };
}
