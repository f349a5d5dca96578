import assert from 'node:assert/strict';
import test from 'node:test';
import type { PasskeyFault } from '../../../src/factors/passkey.ts';
import { Authenticator } from '../../support/authenticator.ts';
import { ANY_USER, type Asserting, assertWith, b64, bytes, ORIGIN, refusal, register } from './passkey-support.ts';

for (const alg of ['ES256', 'EdDSA', 'RS256'] as const) {
  test(`a passkey that signs with ${alg} proves itself`, async () => {
    const authenticator = new Authenticator({ alg });
    const row = await register(authenticator);
    const proven = await assertWith(authenticator, row);
    assert.deepEqual(proven, {
      userVerified: true,
      signCount: 2,
      backedUp: false,
      deviceBound: true,
      counterWentBack: false,
    });
  });
}

test('a synced passkey without a counter proves itself as often as it likes', async () => {
  const authenticator = new Authenticator({ synced: true });
  const row = await register(authenticator);
  for (let i = 0; i < 3; i++) {
    const proven = await assertWith(authenticator, row);
    assert.deepEqual([proven.deviceBound, proven.backedUp, proven.counterWentBack], [false, true, false]);
  }
});

test('whether the passkey is backed up may change, and the answer tells', async () => {
  const authenticator = new Authenticator({ synced: true });
  const row = await register(authenticator);
  assert.equal((await assertWith(authenticator, row, { tweaks: { bs: false } })).backedUp, false);
});

test('a user who was not verified is accepted where that is only preferred, and the answer tells', async () => {
  const authenticator = new Authenticator({ uv: false });
  const row = await register(authenticator, { rp: ANY_USER });
  const proven = await assertWith(authenticator, row, { rp: ANY_USER, verification: 'preferred' });
  assert.equal(proven.userVerified, false);
});

test('the user handle may be missing only when the account was known before', async () => {
  const authenticator = new Authenticator();
  const row = await register(authenticator);
  await assertWith(authenticator, row, { named: true, tweaks: { userHandle: null } });
  await assert.rejects(assertWith(authenticator, row, { tweaks: { userHandle: null } }), refusal('user-handle'));
});

/** What is wrong, the reason, how it is brought about, and whether the answer still bears a good signature. */
const FAULTS: readonly (readonly [string, PasskeyFault, Asserting, boolean?])[] = [
  ['the challenge of another ceremony', 'challenge', { remembered: b64('x'.repeat(32)) }],
  ['no challenge on our side', 'challenge', { remembered: '', tweaks: { challenge: '' } }],
  ['the type of a registration', 'type', { tweaks: { type: 'webauthn.create' } }],
  ['a type of payments', 'type', { tweaks: { type: 'payment.get' } }],
  ['an origin of nobody here', 'origin', { origin: 'https://evil.example' }],
  ['a subdomain of the origin', 'origin', { origin: 'https://app.login.example.org' }],
  ['a page inside another site', 'cross-origin', { tweaks: { crossOrigin: true } }],
  ['a crossOrigin of null', 'cross-origin', { tweaks: { crossOrigin: null } }],
  ['a top origin', 'cross-origin', { tweaks: { crossOrigin: true, topOrigin: ORIGIN } }],
  ['a top origin beside crossOrigin false', 'cross-origin', { tweaks: { topOrigin: ORIGIN } }],
  ['another relying party', 'rp', { tweaks: { rpId: 'evil.example' } }],
  ['nobody present', 'presence', { tweaks: { up: false } }],
  ['a user who was not verified', 'verification', { tweaks: { uv: false } }],
  ['not verified, where this ceremony asks for it', 'verification', { rp: ANY_USER, tweaks: { uv: false } }],
  [
    'not verified, where the relying party asks for it',
    'verification',
    { verification: 'preferred', tweaks: { uv: false } },
  ],
  ['backed up but not eligible', 'backup-flags', { tweaks: { be: false, bs: true } }],
  ['eligible for backup since yesterday', 'backup-flags', { tweaks: { be: true, bs: false } }, true],
  ['a bad signature', 'signature', { tweaks: { badSignature: true } }],
  ['a counter that stands still', 'counter', { tweaks: { counter: 1 } }, true],
  ['a counter that went back to nothing', 'counter', { tweaks: { counter: 0 } }, true],
  ['a counter that stands still, with a bad signature', 'signature', { tweaks: { counter: 1, badSignature: true } }],
  ['a changed eligibility, with a bad signature', 'signature', { tweaks: { be: true, bs: true, badSignature: true } }],
  ['the user handle of another account', 'user-handle', { tweaks: { userHandle: b64('someone else') } }],
  ['a user handle of another account, named', 'user-handle', { named: true, tweaks: { userHandle: b64('other') } }],
  ['a credential of another account', 'user-handle', { accountId: 'another-account' }],
  ['a user handle of 65 bytes', 'malformed', { tweaks: { userHandle: b64('x'.repeat(65)) } }],
  ['an empty user handle', 'malformed', { tweaks: { userHandle: '' } }],
  ['bytes behind the authenticator data', 'malformed', { tweaks: { trailing: Buffer.from([0]) } }],
  [
    'an answer with a registration inside',
    'malformed',
    {
      spoil: (answer) => {
        const data = bytes(answer.response.authenticatorData);
        data[32] = (data[32] ?? 0) | 0x40;
        const key = Buffer.concat([Buffer.alloc(16), Buffer.from([0, 1, 7]), Buffer.from('a10102', 'hex')]);
        const authenticatorData = b64(Buffer.concat([data, key]));
        return { ...answer, response: { ...answer.response, authenticatorData } };
      },
    },
  ],
];

for (const [what, reason, how, signed] of FAULTS) {
  test(`an assertion is refused: ${what} (${reason})`, async () => {
    const authenticator = new Authenticator();
    const row = await register(authenticator);
    await assert.rejects(assertWith(authenticator, row, how), refusal(reason, signed));
  });
}

test('a key of another credential does not open this one, nor does its id', async () => {
  const authenticator = new Authenticator();
  const first = await register(authenticator);
  const second = await register(authenticator);
  await assert.rejects(assertWith(authenticator, first), refusal('unknown-credential'));
  const renamed = (answer: object) => ({ ...answer, id: first.credentialId, rawId: first.credentialId });
  await assert.rejects(assertWith(authenticator, first, { spoil: renamed }), refusal('signature'));
  await assertWith(authenticator, second);
});

test('a credential of another relying party is unknown here', async () => {
  const authenticator = new Authenticator();
  const row = await register(authenticator);
  await assert.rejects(
    assertWith(authenticator, { ...row, rpId: 'portal.example.net' }),
    refusal('unknown-credential'),
  );
});

test('a key on record that cannot be read refuses', async () => {
  const authenticator = new Authenticator();
  const row = await register(authenticator);
  for (const publicKey of ['', 'AAAA', b64('a'.repeat(77)), row.publicKey.slice(0, -8)]) {
    await assert.rejects(assertWith(authenticator, { ...row, publicKey }), refusal('library'));
  }
});

test('a copied key that is kept on its device is found out by its counter', async () => {
  const original = new Authenticator();
  const row = await register(original);
  const copy = original.clone();
  const { signCount } = await assertWith(original, row);
  await assert.rejects(assertWith(copy, { ...row, signCount }), refusal('counter', true));
});

test('a synced key whose counter stands still is accepted and told of; the stored count is never lowered', async () => {
  const authenticator = new Authenticator({ synced: true });
  const row = await register(authenticator, { tweaks: { counter: 7 } });
  const proven = await assertWith(authenticator, row, { tweaks: { counter: 5 } });
  assert.deepEqual([proven.counterWentBack, proven.signCount], [true, 7]);
  const later = await assertWith(authenticator, row, { tweaks: { counter: 9 } });
  assert.deepEqual([later.counterWentBack, later.signCount], [false, 9]);
});

test('a synced key cannot become one that is kept on its device', async () => {
  const authenticator = new Authenticator({ synced: true });
  const row = await register(authenticator);
  const how = { tweaks: { be: false, bs: false } };
  await assert.rejects(assertWith(authenticator, row, how), refusal('backup-flags', true));
});
