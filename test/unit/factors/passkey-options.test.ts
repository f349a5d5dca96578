import assert from 'node:assert/strict';
import test from 'node:test';
import { creationOptions, newChallenge, requestOptions, userHandleOf } from '../../../src/factors/passkey.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { Authenticator } from '../../support/authenticator.ts';
import { ACCOUNT, ANY_USER, bytes, RP, register } from './passkey-support.ts';

const CHALLENGE = newChallenge(systemRandom);
const CREATE = {
  challenge: CHALLENGE,
  accountId: ACCOUNT,
  accountName: 'alex',
  exclude: [],
  discoverable: 'required',
} as const;

test('a challenge is 32 random bytes, new each time', () => {
  assert.match(CHALLENGE, /^[A-Za-z0-9_-]{43}$/);
  assert.notEqual(newChallenge(systemRandom), CHALLENGE);
});

test('the user handle is the account id, of 1 to 64 bytes', () => {
  assert.equal(bytes(userHandleOf(ACCOUNT)).toString(), ACCOUNT);
  assert.throws(() => userHandleOf(''), RangeError);
  assert.throws(() => userHandleOf('x'.repeat(65)), RangeError);
  assert.throws(() => userHandleOf('é'.repeat(33)), RangeError);
});

test('creation options ask for what is verified later', async () => {
  const options = await creationOptions(RP, CREATE);
  assert.equal(options.challenge, CHALLENGE);
  assert.deepEqual(options.rp, { id: RP.id, name: RP.name });
  assert.deepEqual(options.user, { id: userHandleOf(ACCOUNT), name: 'alex', displayName: 'alex' });
  assert.deepEqual(
    options.pubKeyCredParams,
    [-8, -7, -257].map((alg) => ({ alg, type: 'public-key' })),
  );
  assert.equal(options.timeout, 300_000);
  assert.equal(options.attestation, 'none');
  assert.deepEqual(options.authenticatorSelection, {
    residentKey: 'required',
    requireResidentKey: true,
    userVerification: 'required',
  });
  assert.deepEqual(JSON.parse(JSON.stringify(options)).excludeCredentials, []);
});

test('a statement is asked for only where models are limited', async () => {
  const options = await creationOptions({ ...RP, models: ['d8522d9f-575b-4866-88a9-ba99fa02f35b'] }, CREATE);
  assert.equal(options.attestation, 'direct');
});

test('a passkey that the account has is excluded, with its transports', async () => {
  const row = await register(new Authenticator());
  const options = await creationOptions(ANY_USER, { ...CREATE, exclude: [row], discoverable: 'preferred' });
  assert.deepEqual(options.excludeCredentials, [
    { id: row.credentialId, transports: ['internal'], type: 'public-key' },
  ]);
  assert.deepEqual(options.authenticatorSelection, {
    residentKey: 'preferred',
    requireResidentKey: false,
    userVerification: 'preferred',
  });
});

test('request options name the relying party and what may answer', async () => {
  const row = { ...(await register(new Authenticator())), transports: [] };
  const options = await requestOptions(RP, { challenge: CHALLENGE, allow: [row], verification: 'preferred' });
  assert.equal(options.rpId, RP.id);
  assert.equal(options.challenge, CHALLENGE);
  assert.equal(options.timeout, 300_000);
  assert.deepEqual(options.allowCredentials, [{ id: row.credentialId, type: 'public-key' }]);
});

test('a ceremony can ask for more verification than the relying party, never for less', async () => {
  const asked = async (rp: typeof RP, verification: 'required' | 'preferred') =>
    (await requestOptions(rp, { challenge: CHALLENGE, allow: [], verification })).userVerification;
  assert.equal(await asked(RP, 'preferred'), 'required');
  assert.equal(await asked(ANY_USER, 'required'), 'required');
  assert.equal(await asked(ANY_USER, 'preferred'), 'preferred');
});
