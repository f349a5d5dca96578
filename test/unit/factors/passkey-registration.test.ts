import assert from 'node:assert/strict';
import test from 'node:test';
import type { PasskeyFault } from '../../../src/factors/passkey.ts';
import { Authenticator } from '../../support/authenticator.ts';
import { ANY_USER, b64, bytes, ORIGIN, type Registering, RP, refusal, register } from './passkey-support.ts';

for (const alg of ['ES256', 'EdDSA', 'RS256'] as const) {
  test(`a passkey that signs with ${alg} is registered, with and without signing its own statement`, async () => {
    const plain = await register(new Authenticator({ alg }));
    assert.equal(plain.rpId, RP.id);
    assert.equal(plain.userVerified, true);
    assert.equal(plain.signCount, 1);
    assert.equal(plain.aaguid, '00000000-0000-0000-0000-000000000000');
    assert.deepEqual(plain.transports, ['internal']);
    await register(new Authenticator({ alg }), { tweaks: { attestation: 'self' } });
  });
}

test('a synced passkey and one kept on its device are told apart', async () => {
  const synced = await register(new Authenticator({ synced: true }));
  assert.deepEqual([synced.backupEligible, synced.backedUp, synced.signCount], [true, true, 0]);
  const kept = await register(new Authenticator());
  assert.deepEqual([kept.backupEligible, kept.backedUp], [false, false]);
  const notYet = await register(new Authenticator({ synced: true }), { tweaks: { bs: false } });
  assert.deepEqual([notYet.backupEligible, notYet.backedUp], [true, false]);
});

test('every origin of the relying party may register', async () => {
  const row = await register(new Authenticator(), { origin: 'https://portal.example.net' });
  assert.equal(row.rpId, RP.id);
});

test('a user who was not verified is accepted where that is only preferred, and it is on record', async () => {
  const row = await register(new Authenticator({ uv: false }), { rp: ANY_USER });
  assert.equal(row.userVerified, false);
});

test('members of the client data that nobody knows are tolerated; so is a missing crossOrigin', async () => {
  await register(new Authenticator(), { tweaks: { extra: { extraData: 'of a later edition', nested: { type: 1 } } } });
  await register(new Authenticator(), { tweaks: { crossOrigin: undefined } });
});

test('a credential id of 1023 bytes is accepted', async () => {
  const row = await register(new Authenticator(), { tweaks: { idLength: 1023 } });
  assert.equal(bytes(row.credentialId).length, 1023);
});

test('what is hinted about transports is kept when it looks like one', async () => {
  const transports = ['usb', 'hybrid', 'usb', '<script>', 'x'.repeat(200)];
  const row = await register(new Authenticator(), { tweaks: { transports } });
  assert.deepEqual(row.transports, ['usb', 'hybrid']);
});

const OTHER_ID = b64('another credential');

/** What is wrong, how it is brought about, and the reason that goes on record. */
const FAULTS: readonly (readonly [string, PasskeyFault, Registering])[] = [
  ['the challenge of another ceremony', 'challenge', { remembered: b64('x'.repeat(32)) }],
  ['a challenge that was never sent', 'challenge', { tweaks: { challenge: 'AAAA' } }],
  ['no challenge on our side', 'challenge', { remembered: '', tweaks: { challenge: '' } }],
  ['the type of an assertion', 'type', { tweaks: { type: 'webauthn.get' } }],
  ['a type in other letters', 'type', { tweaks: { type: 'WebAuthn.create' } }],
  ['a credential of another type', 'type', { spoil: (answer) => ({ ...answer, type: 'password' }) }],
  ['an origin of nobody here', 'origin', { origin: 'https://evil.example' }],
  ['a subdomain of the origin', 'origin', { origin: 'https://app.login.example.org' }],
  ['the origin without TLS', 'origin', { origin: 'http://login.example.org' }],
  ['the origin with another port', 'origin', { origin: `${ORIGIN}:8443` }],
  ['the origin with a slash', 'origin', { origin: `${ORIGIN}/` }],
  ['a page inside another site', 'cross-origin', { tweaks: { crossOrigin: true } }],
  ['a crossOrigin that is no boolean', 'cross-origin', { tweaks: { crossOrigin: 'false' } }],
  ['a top origin', 'cross-origin', { tweaks: { crossOrigin: true, topOrigin: 'https://evil.example' } }],
  ['a top origin beside crossOrigin false', 'cross-origin', { tweaks: { topOrigin: ORIGIN } }],
  ['an empty top origin', 'cross-origin', { tweaks: { topOrigin: '' } }],
  ['another relying party', 'rp', { tweaks: { rpId: 'example.org' } }],
  ['nobody present', 'presence', { tweaks: { up: false } }],
  ['a user who was not verified', 'verification', { tweaks: { uv: false } }],
  ['backed up but not eligible', 'backup-flags', { tweaks: { be: false, bs: true } }],
  ['a credential id of 1024 bytes', 'credential-id', { tweaks: { idLength: 1024 } }],
  [
    'an id that was not attested',
    'credential-id',
    { spoil: (answer) => ({ ...answer, id: OTHER_ID, rawId: OTHER_ID }) },
  ],
  ['two ids', 'credential-id', { spoil: (answer) => ({ ...answer, rawId: OTHER_ID }) }],
  ['bytes behind the authenticator data', 'malformed', { tweaks: { trailing: Buffer.from([0]) } }],
  ['a second key behind the first', 'malformed', { tweaks: { trailing: Buffer.from('a10102', 'hex') } }],
  ['ES384', 'algorithm', { tweaks: { cose: [[3, -35]] } }],
  ['RS1', 'algorithm', { tweaks: { cose: [[3, -65535]] } }],
  ['an algorithm that is no number', 'algorithm', { tweaks: { cose: [[3, 'ES256']] } }],
  ['an algorithm of another kind of key', 'algorithm', { tweaks: { cose: [[3, -257]] } }],
  ['another curve', 'algorithm', { tweaks: { cose: [[-1, 2]] } }],
  ['a point off the curve', 'algorithm', { tweaks: { cose: [[-3, Buffer.alloc(32, 1)]] } }],
  ['half a point', 'algorithm', { tweaks: { cose: [[-3, Buffer.alloc(31, 1)]] } }],
  [
    'an RSA key of 1024 bits',
    'algorithm',
    {
      tweaks: {
        cose: [
          [1, 3],
          [3, -257],
          [-1, Buffer.alloc(128, 0xff)],
          [-2, Buffer.from([1, 0, 1])],
        ],
      },
    },
  ],
  ['a format that nobody knows', 'attestation', { tweaks: { object: { fmt: 'compound' } } }],
  ['a format of a service that has ended', 'attestation', { tweaks: { object: { fmt: 'android-safetynet' } } }],
  ['a format in other letters', 'attestation', { tweaks: { object: { fmt: 'None' } } }],
  ['no format, but a statement', 'attestation', { tweaks: { object: { attStmt: new Map([['alg', -7]]) } } }],
  ['a statement with a bad signature', 'attestation', { tweaks: { attestation: 'self', badSignature: true } }],
  ['one member more in the attestation object', 'malformed', { tweaks: { object: { more: 1 } } }],
  ['authenticator data that are text', 'malformed', { tweaks: { object: { authData: 'text' } } }],
  ['authenticator data that are too short', 'malformed', { tweaks: { object: { authData: Buffer.alloc(36) } } }],
  [
    'bytes behind the attestation object',
    'malformed',
    {
      spoil: (answer) => {
        const attestationObject = b64(Buffer.concat([bytes(answer.response.attestationObject), Buffer.from([0xf6])]));
        return { ...answer, response: { ...answer.response, attestationObject } };
      },
    },
  ],
  [
    'an attestation object that is cut off',
    'malformed',
    {
      spoil: (answer) => {
        const attestationObject = b64(bytes(answer.response.attestationObject).subarray(0, -1));
        return { ...answer, response: { ...answer.response, attestationObject } };
      },
    },
  ],
  [
    'thousands of nested lists',
    'malformed',
    {
      spoil: (answer) => ({
        ...answer,
        response: { ...answer.response, attestationObject: b64(Buffer.alloc(20_000, 0x81)) },
      }),
    },
  ],
];

for (const [what, reason, how] of FAULTS) {
  test(`registering is refused: ${what} (${reason})`, () =>
    assert.rejects(register(new Authenticator(), how), refusal(reason)));
}

test('an assertion cannot pass for a registration', async () => {
  const authenticator = new Authenticator();
  await register(authenticator);
  const challenge = b64('c'.repeat(32));
  const assertion = authenticator.get({ options: { challenge, rpId: RP.id }, origin: ORIGIN });
  await assert.rejects(register(new Authenticator(), { spoil: () => assertion }), refusal('malformed'));
});

test('an authenticator that holds an excluded credential says so', async () => {
  const authenticator = new Authenticator();
  const row = await register(authenticator);
  const options = {
    challenge: 'AAAA',
    rp: { id: RP.id },
    user: { id: 'AAAA' },
    excludeCredentials: [{ id: row.credentialId }],
  };
  assert.throws(() => authenticator.create({ options, origin: ORIGIN }), { name: 'InvalidStateError' });
});
