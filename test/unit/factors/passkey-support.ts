import assert from 'node:assert/strict';
import type { RelyingParty } from '../../../src/config/types.ts';
import { publicMessageOf } from '../../../src/errors.ts';
import {
  creationOptions,
  newChallenge,
  type PasskeyFault,
  PasskeyRefused,
  parseAssertion,
  parseRegistration,
  requestOptions,
  type VerifiedAssertion,
  verifyAssertion,
  verifyRegistration,
} from '../../../src/factors/passkey.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import type { CredentialRow } from '../../../src/store/types.ts';
import type {
  AssertionResponse,
  Authenticator,
  CreateTweaks,
  GetTweaks,
  RegistrationResponse,
} from '../../support/authenticator.ts';

export const ORIGIN = 'https://login.example.org';
export const RP: RelyingParty = {
  id: 'login.example.org',
  name: 'Example',
  origins: [ORIGIN, 'https://portal.example.net'],
  verification: 'required',
  models: [],
  roots: [],
};
export const ANY_USER: RelyingParty = { ...RP, verification: 'preferred' };
export const ACCOUNT = 'Zm9yLXRoZS10ZXN0cw';

/** A refusal with this reason, which the client cannot tell from any other. */
export function refusal(reason: PasskeyFault, signed = false): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof PasskeyRefused, `a PasskeyRefused, not ${error}`);
    assert.equal(error.reason, reason, error.message);
    assert.equal(error.signed, signed);
    assert.equal(error.status, 401);
    assert.equal(error.publicMessage, publicMessageOf('passkey-refused'));
    return true;
  };
}

export interface Registering {
  readonly rp?: RelyingParty;
  readonly origin?: string;
  readonly tweaks?: CreateTweaks;
  /** Changes the answer on its way. */
  readonly spoil?: (answer: RegistrationResponse) => unknown;
  /** The challenge that the server remembers, in place of the one it sent. */
  readonly remembered?: string;
  readonly now?: number;
}

/** A whole registration: options, authenticator, verification. */
export async function register(authenticator: Authenticator, how: Registering = {}): Promise<CredentialRow> {
  const rp = how.rp ?? RP;
  const challenge = newChallenge(systemRandom);
  const options = await creationOptions(rp, {
    challenge,
    accountId: ACCOUNT,
    accountName: 'alex',
    exclude: [],
    discoverable: 'required',
  });
  const answer = authenticator.create({ options, origin: how.origin ?? ORIGIN, ...how.tweaks });
  const sent = JSON.stringify(how.spoil === undefined ? answer : how.spoil(answer));
  const registered = await verifyRegistration(rp, parseRegistration(sent), how.remembered ?? challenge, how.now);
  return { authenticatorId: 'authenticator', ...registered };
}

export interface Asserting {
  readonly rp?: RelyingParty;
  readonly origin?: string;
  readonly tweaks?: GetTweaks;
  readonly spoil?: (answer: AssertionResponse) => unknown;
  readonly remembered?: string;
  readonly accountId?: string;
  readonly verification?: 'required' | 'preferred';
  readonly named?: boolean;
}

/** A whole assertion with the credential on record. */
export async function assertWith(
  authenticator: Authenticator,
  credential: CredentialRow,
  how: Asserting = {},
): Promise<VerifiedAssertion> {
  const rp = how.rp ?? RP;
  const challenge = newChallenge(systemRandom);
  const verification = how.verification ?? 'required';
  const options = await requestOptions(rp, { challenge, allow: [], verification });
  const answer = authenticator.get({ options, origin: how.origin ?? ORIGIN, ...how.tweaks });
  const sent = JSON.stringify(how.spoil === undefined ? answer : how.spoil(answer));
  return verifyAssertion(rp, parseAssertion(sent), {
    challenge: how.remembered ?? challenge,
    credential,
    accountId: how.accountId ?? ACCOUNT,
    verification,
    named: how.named ?? false,
  });
}

export const b64 = (data: string | Uint8Array): string => Buffer.from(data).toString('base64url');
export const bytes = (text: string): Buffer => Buffer.from(text, 'base64url');

/** Repeatable numbers from 0 to below 2³² (mulberry32); the property tests print their seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
