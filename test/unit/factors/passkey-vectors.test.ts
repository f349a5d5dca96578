import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { decodeAttestationObject, parseAuthenticatorData } from '@simplewebauthn/server/helpers';
import type { RelyingParty } from '../../../src/config/types.ts';
import {
  type PasskeyFault,
  PasskeyRefused,
  parseAssertion,
  parseRegistration,
  verifyAssertion,
  verifyRegistration,
} from '../../../src/factors/passkey.ts';
import type { CredentialRow } from '../../../src/store/types.ts';
import { b64 } from './passkey-support.ts';

/** The fifteen test vectors of WebAuthn Level 3 §16, and what becomes of each here. */

interface Vector {
  readonly name: string;
  readonly credentialId: string;
  readonly registration: {
    readonly challenge: string;
    readonly clientDataJSON: string;
    readonly attestationObject: string;
  };
  readonly assertion: {
    readonly challenge: string;
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
  };
}

const FILE = JSON.parse(readFileSync(new URL('passkey-vectors.json', import.meta.url), 'utf8')) as {
  readonly rpId: string;
  readonly origin: string;
  readonly attestationRoot: string;
  readonly vectors: readonly Vector[];
}; // the file beside this one, which nothing else writes

type Outcome = PasskeyFault | 'accepted';

/**
 * Registration and assertion where the user must be verified (the default), then where that is only preferred. In many
 * of them nobody was verified (UV = 0), which the default must refuse. Under `preferred` whatever is refused is
 * refused for the reason given.
 */
const EXPECTED: Readonly<Record<string, readonly [Outcome, Outcome, Outcome, Outcome, string?]>> = {
  'none.ES256': ['verification', 'verification', 'accepted', 'accepted'],
  'packed-self.ES256': ['accepted', 'verification', 'accepted', 'accepted'],
  'none.ES256.crossOrigin': ['cross-origin', 'cross-origin', 'cross-origin', 'cross-origin', 'we embed nowhere'],
  'none.ES256.topOrigin': ['cross-origin', 'cross-origin', 'cross-origin', 'cross-origin', 'we embed nowhere'],
  'none.ES256.long-credential-id': ['verification', 'accepted', 'accepted', 'accepted'],
  'packed.ES256': ['accepted', 'accepted', 'accepted', 'accepted'],
  'packed.ES384': ['verification', 'accepted', 'algorithm', 'accepted', 'ES384 is not offered'],
  'packed.ES512': ['algorithm', 'verification', 'algorithm', 'accepted', 'ES512 is not offered'],
  'packed.RS256': ['accepted', 'verification', 'accepted', 'accepted'],
  'packed.EdDSA': ['verification', 'verification', 'accepted', 'accepted'],
  'packed.Ed448': ['verification', 'library', 'algorithm', 'library', 'Ed448 is not offered, nor known to the library'],
  'tpm.ES256': ['attestation', 'accepted', 'attestation', 'accepted', 'the vector names a maker of TPMs that is none'],
  'android-key.ES256': ['attestation', 'verification', 'attestation', 'accepted', 'its format is not taken'],
  'apple.ES256': ['attestation', 'verification', 'attestation', 'accepted', 'its format is not taken'],
  'fido-u2f.ES256': [
    'verification',
    'verification',
    'attestation',
    'accepted',
    'U2F keys have no AAGUID, the vector has',
  ],
};

const hex = (text: string): string => b64(Buffer.from(text, 'hex'));

function party(verification: 'required' | 'preferred'): RelyingParty {
  return { id: FILE.rpId, name: 'Example', origins: [FILE.origin], verification, models: [], roots: [] };
}

function answerText(vector: Vector, response: object): string {
  const id = hex(vector.credentialId);
  return JSON.stringify({ id, rawId: id, type: 'public-key', clientExtensionResults: {}, response });
}

async function outcome(judge: () => Promise<unknown>): Promise<Outcome> {
  try {
    await judge();
    return 'accepted';
  } catch (error) {
    if (error instanceof PasskeyRefused) return error.reason;
    throw error;
  }
}

function registering(vector: Vector, rp: RelyingParty): Promise<Outcome> {
  const { challenge, clientDataJSON, attestationObject } = vector.registration;
  const text = answerText(vector, {
    clientDataJSON: b64(clientDataJSON),
    attestationObject: hex(attestationObject),
  });
  return outcome(async () => verifyRegistration(rp, parseRegistration(text), hex(challenge)));
}

function attested(vector: Vector): ReturnType<typeof parseAuthenticatorData> {
  const object = Uint8Array.from(Buffer.from(vector.registration.attestationObject, 'hex'));
  return parseAuthenticatorData(decodeAttestationObject(object).get('authData'));
}

/** The credential record, as it would be had the registration been accepted. */
function recordOf(vector: Vector): CredentialRow {
  const data = attested(vector);
  return {
    authenticatorId: 'authenticator',
    credentialId: hex(vector.credentialId),
    rpId: FILE.rpId,
    publicKey: b64(data.credentialPublicKey ?? new Uint8Array()),
    signCount: data.counter,
    transports: [],
    backupEligible: data.flags.be,
    backedUp: data.flags.bs,
    userVerified: data.flags.uv,
    aaguid: '00000000-0000-0000-0000-000000000000',
  };
}

function asserting(vector: Vector, rp: RelyingParty): Promise<Outcome> {
  const { challenge, clientDataJSON, authenticatorData, signature } = vector.assertion;
  const text = answerText(vector, {
    clientDataJSON: b64(clientDataJSON),
    authenticatorData: hex(authenticatorData),
    signature: hex(signature),
  });
  const credential = recordOf(vector);
  return outcome(async () =>
    verifyAssertion(rp, parseAssertion(text), {
      challenge: hex(challenge),
      credential,
      accountId: 'account',
      verification: rp.verification,
      named: true,
    }),
  );
}

test('every vector of the section is here once', () => {
  assert.equal(FILE.vectors.length, 15);
  assert.deepEqual(FILE.vectors.map(({ name }) => name).sort(), Object.keys(EXPECTED).sort());
});

for (const vector of FILE.vectors) {
  const expected = EXPECTED[vector.name];
  const why = expected?.[4] === undefined ? '' : `: ${expected[4]}`;
  test(`WebAuthn L3 §16 ${vector.name}${why}`, async () => {
    const results = [
      await registering(vector, party('required')),
      await asserting(vector, party('required')),
      await registering(vector, party('preferred')),
      await asserting(vector, party('preferred')),
    ];
    assert.deepEqual(results, expected?.slice(0, 4));
  });
}

const ROOT = `-----BEGIN CERTIFICATE-----\n${Buffer.from(FILE.attestationRoot, 'hex').toString('base64')}\n-----END CERTIFICATE-----\n`;

for (const name of ['packed.ES256', 'packed.RS256', 'packed.EdDSA']) {
  test(`WebAuthn L3 §16 ${name}: its model is proven by the root of §16.1`, async () => {
    const vector = FILE.vectors.find((one) => one.name === name);
    assert.ok(vector);
    const digits = Buffer.from(attested(vector).aaguid ?? []).toString('hex');
    const aaguid = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    const rp = { ...party('preferred'), models: [aaguid], roots: [ROOT] };
    assert.equal(await registering(vector, rp), 'accepted');
    const other = { ...rp, models: ['00000000-0000-0000-0000-000000000000'] };
    assert.equal(await registering(vector, other), 'model');
  });
}

for (const name of ['none.ES256', 'packed-self.ES256']) {
  test(`WebAuthn L3 §16 ${name}: proves no model`, async () => {
    const vector = FILE.vectors.find((one) => one.name === name);
    assert.ok(vector);
    const digits = Buffer.from(attested(vector).aaguid ?? []).toString('hex');
    const aaguid = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    assert.equal(await registering(vector, { ...party('preferred'), models: [aaguid], roots: [ROOT] }), 'attestation');
  });
}
