import type { KeyObject } from 'node:crypto';
import type { RelyingParty } from '../config/types.ts';
import { equalSecret } from '../lib/bytes.ts';
import type { CredentialRow } from '../store/types.ts';
import type { AssertionAnswer, RegistrationAnswer } from './passkey-answer.ts';
import { type Attestation, checkModel, readAttestation } from './passkey-attestation.ts';
import {
  type AuthenticatorData,
  checkAuthenticatorData,
  checkClientData,
  readAuthenticatorData,
} from './passkey-checks.ts';
import { type CredentialKey, readNewKey, readPublicKey } from './passkey-key.ts';
import { webauthn } from './passkey-library.ts';
import { ALGORITHMS, mustVerify, userHandleOf } from './passkey-options.ts';
import { detailOf, type PasskeyFault, PasskeyRefused } from './passkey-refused.ts';
import { isSignatureOf } from './passkey-signature.ts';
import { checkForm } from './passkey-statement.ts';

/**
 * Passkeys (WebAuthn L3 §7): the library behind one door. It judges signatures and statements; what it leaves to its
 * caller is judged here, and what it judges too is judged here first, so that a refusal has a reason. Single use of
 * challenges, uniqueness of credential ids and whose credential it is need the store: they are its callers' part.
 */
export {
  type AssertionAnswer,
  challengeOf,
  parseAssertion,
  parseRegistration,
  type RegistrationAnswer,
} from './passkey-answer.ts';
export { creationOptions, newChallenge, requestOptions, userHandleOf } from './passkey-options.ts';
export { type PasskeyFault, PasskeyRefused } from './passkey-refused.ts';

/** A credential record, before it belongs to an authenticator. */
export type RegisteredPasskey = Omit<CredentialRow, 'authenticatorId'>;

export interface VerifiedAssertion {
  readonly userVerified: boolean;
  /** To be stored: never lower than it was. */
  readonly signCount: number;
  readonly backedUp: boolean;
  readonly deviceBound: boolean;
  /** A synced passkey whose counter did not advance: worth a line in the audit, no proof of a copy. */
  readonly counterWentBack: boolean;
}

/** Every failure becomes a refusal, whatever the library threw. */
async function judged<T>(fault: PasskeyFault, judge: () => Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    throw error instanceof PasskeyRefused ? error : new PasskeyRefused(fault, detailOf(error));
  }
}

function aaguidText(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

interface Attested {
  readonly aaguid: string;
  readonly publicKey: Uint8Array;
  readonly credential: CredentialKey;
}

/** The attested credential data must be there and be about the credential that the answer names. */
function checkAttested(answer: RegistrationAnswer, data: AuthenticatorData): Attested {
  const { aaguid, credentialID, credentialPublicKey } = data;
  if (aaguid?.length !== 16 || credentialID === undefined || credentialPublicKey === undefined) {
    throw new PasskeyRefused('malformed', 'no attested credential data');
  }
  if (Buffer.from(credentialID).toString('base64url') !== answer.id) {
    throw new PasskeyRefused('credential-id', 'not the one that was attested');
  }
  const credential = readNewKey(credentialPublicKey);
  return { aaguid: aaguidText(aaguid), publicKey: credentialPublicKey, credential };
}

async function checkStatement(rp: RelyingParty, answer: RegistrationAnswer, challenge: string): Promise<void> {
  const { verified } = await webauthn().verifyRegistrationResponse({
    response: {
      id: answer.id,
      rawId: answer.id,
      type: 'public-key',
      response: { clientDataJSON: answer.clientDataJSON, attestationObject: answer.attestationObject },
      clientExtensionResults: {},
    },
    expectedChallenge: challenge,
    expectedOrigin: [...rp.origins],
    expectedRPID: rp.id,
    requireUserPresence: true,
    requireUserVerification: rp.verification === 'required',
    supportedAlgorithmIDs: [...ALGORITHMS],
  });
  if (verified !== true) throw new PasskeyRefused('attestation', 'statement');
}

/**
 * Judges the answer to a creation (WebAuthn L3 §7.1). A statement that was not asked for is not demanded, but a false
 * one refuses. `now`: ms since the epoch, for the validity of certificates. Throws PasskeyRefused.
 */
export async function verifyRegistration(
  rp: RelyingParty,
  answer: RegistrationAnswer,
  challenge: string,
  now: number = Date.now(),
): Promise<RegisteredPasskey> {
  return judged('library', async () => {
    checkClientData(rp, answer.clientData, 'webauthn.create', challenge);
    const attestation: Attestation = readAttestation(Buffer.from(answer.attestationObject, 'base64url'));
    const data = readAuthenticatorData(attestation.authData);
    checkAuthenticatorData(rp, data, rp.verification === 'required');
    const { aaguid, publicKey, credential } = checkAttested(answer, data);
    await judged('attestation', async () => checkForm(attestation, credential));
    checkModel(rp, attestation, aaguid, now);
    await judged('attestation', () => checkStatement(rp, answer, challenge));
    return {
      credentialId: answer.id,
      rpId: rp.id,
      publicKey: Buffer.from(publicKey).toString('base64url'),
      signCount: data.counter,
      transports: answer.transports,
      backupEligible: data.flags.be,
      backedUp: data.flags.bs,
      userVerified: data.flags.uv,
      aaguid,
    };
  });
}

export interface AssertionExpected {
  readonly challenge: string;
  /** The record that the answer's id names. */
  readonly credential: CredentialRow;
  /** The account that the record belongs to, by our store. */
  readonly accountId: string;
  readonly verification: 'required' | 'preferred';
  /** The account was known before the ceremony; when it was not, the user handle has to name it. */
  readonly named: boolean;
}

function checkHolder(rp: RelyingParty, answer: AssertionAnswer, expected: AssertionExpected): void {
  const { credential, accountId, named } = expected;
  if (answer.id !== credential.credentialId) throw new PasskeyRefused('unknown-credential', 'another id');
  if (credential.rpId !== rp.id) throw new PasskeyRefused('unknown-credential', 'of another relying party');
  if (answer.userHandle === null) {
    if (!named) throw new PasskeyRefused('user-handle', 'missing');
    return;
  }
  if (!equalSecret(answer.userHandle, userHandleOf(accountId)))
    throw new PasskeyRefused('user-handle', 'of another account');
}

/** A key that cannot be read is our fault, or the store's, and none of the answer's. */
function keyOnRecord(publicKey: Uint8Array): KeyObject {
  try {
    return readPublicKey(publicKey).key;
  } catch (error) {
    throw new PasskeyRefused('library', detailOf(error));
  }
}

async function checkSignature(rp: RelyingParty, answer: AssertionAnswer, expected: AssertionExpected): Promise<void> {
  const publicKey = Uint8Array.from(Buffer.from(expected.credential.publicKey, 'base64url'));
  if (!isSignatureOf(keyOnRecord(publicKey), Buffer.from(answer.signature, 'base64url')))
    throw new PasskeyRefused('signature', 'not in its one form');
  const { verified } = await webauthn().verifyAuthenticationResponse({
    response: {
      id: answer.id,
      rawId: answer.id,
      type: 'public-key',
      response: {
        clientDataJSON: answer.clientDataJSON,
        authenticatorData: answer.authenticatorData,
        signature: answer.signature,
      },
      clientExtensionResults: {},
    },
    expectedChallenge: expected.challenge,
    expectedOrigin: [...rp.origins],
    expectedRPID: rp.id,
    requireUserVerification: mustVerify(rp, expected.verification),
    credential: {
      id: expected.credential.credentialId,
      publicKey,
      // It would throw before it looks at the signature: the counter is ours to judge, once the answer is proven.
      counter: 0,
    },
  });
  if (verified !== true) throw new PasskeyRefused('signature');
}

/**
 * A counter that does not advance can mean that the key was copied (WebAuthn L3 §6.1.1). A key bound to its device has
 * one counter, so it is refused; a synced one has a counter per device or none, so it is only reported.
 */
function checkCounter(data: AuthenticatorData, credential: CredentialRow): boolean {
  const counted = data.counter !== 0 || credential.signCount !== 0;
  const wentBack = counted && data.counter <= credential.signCount;
  if (wentBack && !data.flags.be)
    throw new PasskeyRefused('counter', `${data.counter} after ${credential.signCount}`, true);
  return wentBack;
}

/** Judges the answer to a request (WebAuthn L3 §7.2), for one credential on record. Throws PasskeyRefused. */
export async function verifyAssertion(
  rp: RelyingParty,
  answer: AssertionAnswer,
  expected: AssertionExpected,
): Promise<VerifiedAssertion> {
  return judged('library', async () => {
    const { credential } = expected;
    checkHolder(rp, answer, expected);
    checkClientData(rp, answer.clientData, 'webauthn.get', expected.challenge);
    const data = readAuthenticatorData(Buffer.from(answer.authenticatorData, 'base64url'));
    // WebAuthn L3 §6.1: attested credential data belongs to registrations alone.
    if (data.flags.at) throw new PasskeyRefused('malformed', 'attested credential data in an assertion');
    checkAuthenticatorData(rp, data, mustVerify(rp, expected.verification));
    await checkSignature(rp, answer, expected);
    if (data.flags.be !== credential.backupEligible)
      throw new PasskeyRefused('backup-flags', 'eligibility changed', true);
    const counterWentBack = checkCounter(data, credential);
    return {
      userVerified: data.flags.uv,
      signCount: Math.max(data.counter, credential.signCount),
      backedUp: data.flags.bs,
      deviceBound: !data.flags.be,
      counterWentBack,
    };
  });
}
