import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { TestContext } from 'node:test';
import test from 'node:test';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JWTVerifyOptions, jwtVerify } from 'jose';
import { ASSERTION_LIFE_S, Assertions } from '../../../src/assertions/assertions.ts';
import { addSigningKey, Keyring, LEAD_MS, TAIL_MS } from '../../../src/assertions/keyring.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { openStore } from '../../../src/store/open.ts';
import { createSeal } from '../../../src/store/seal.ts';
import { StillClock } from '../../support/clock.ts';
import { testApp, testSession } from '../../support/guarded.ts';
import { freshConfig } from '../../support/stores.ts';

const NOW = Date.UTC(2027, 0, 1);
const app = testApp('http://127.0.0.1:1');

async function stand(t: TestContext) {
  const clock = new StillClock(NOW);
  const store = await openStore(await freshConfig(t, 'sqlite'), { clock });
  t.after(() => store.close());
  const seal = createSeal(systemRandom(32), systemRandom);
  const ring = new Keyring(clock, seal);
  const assertions = new Assertions(ring, clock, systemRandom);
  const rotate = async (leadMs: number) => {
    const row = await store.transaction((tx) => addSigningKey(tx, seal, clock, leadMs));
    await ring.load(store);
    return row;
  };
  const verify = (token: string, set: JWTVerifyOptions = {}) =>
    jwtVerify(token, createLocalJWKSet(ring.jwks()), {
      algorithms: ['ES256'],
      typ: 'sallyport-assertion+jwt',
      issuer: app.origin,
      audience: app.id,
      requiredClaims: ['exp', 'iat', 'nbf', 'sub', 'jti', 'sid', 'amr', 'auth_time'],
      currentDate: new Date(clock.wall),
      ...set,
    });
  return { clock, store, seal, ring, assertions, rotate, verify };
}

test('a token says who passed, how and when, for one app, for a minute', async (t) => {
  const s = await stand(t);
  const key = await s.rotate(0);
  const session = testSession();
  const token = await s.assertions.for(session, app);
  const { payload, protectedHeader } = await s.verify(token);
  assert.deepEqual(protectedHeader, { alg: 'ES256', typ: 'sallyport-assertion+jwt', kid: key.id });
  const { jti, ...claims } = payload;
  assert.match(jti ?? '', /^[A-Za-z0-9_-]{22}$/);
  assert.deepEqual(claims, {
    iss: 'http://app.test',
    aud: 'portal',
    sub: 'id-alice',
    name: 'alice',
    realm: 'staff',
    sid: 'sid-alice',
    amr: ['mfa', 'otp', 'pwd'],
    acr: 'mfa',
    auth_time: Math.floor(session.strength.authTime / 1000),
    iat: NOW / 1000,
    nbf: NOW / 1000,
    exp: NOW / 1000 + 60,
  });
  assert.equal(ASSERTION_LIFE_S, 60);
});

test('a token serves until half its life, one session and one app only', async (t) => {
  const s = await stand(t);
  await s.rotate(0);
  const session = testSession();
  const first = await s.assertions.for(session, app);
  s.clock.advance(29_999);
  assert.equal(s.assertions.for(session, app), first, 'at once');
  assert.notEqual(await s.assertions.for(testSession(), app), first);
  const payroll = testApp('http://127.0.0.1:1', {}, { id: 'payroll' });
  const other = await s.assertions.for(session, payroll);
  await assert.rejects(s.verify(other), { code: 'ERR_JWT_CLAIM_VALIDATION_FAILED' });
  const again = await s.assertions.for(session, app);
  s.clock.advance(30_000);
  const later = await s.assertions.for(session, app);
  assert.notEqual(later, again);
  assert.ok((decodeJwt(later).exp ?? 0) * 1000 - s.clock.wall >= 30_000);
});

test('a token that was being signed when the keys changed is not kept', async (t) => {
  const s = await stand(t);
  const first = await s.rotate(0);
  const session = testSession();
  const signing = s.assertions.for(session, app);
  assert.ok(signing instanceof Promise);
  s.assertions.clear();
  assert.equal(decodeProtectedHeader(await signing).kid, first.id);
  s.clock.wall += 1;
  const second = await s.rotate(0);
  const next = s.assertions.for(session, app);
  assert.ok(next instanceof Promise, 'answered with the token of the key that went');
  assert.equal(decodeProtectedHeader(await next).kid, second.id);
});

test('a clock that was set back does not revive a token', async (t) => {
  const s = await stand(t);
  await s.rotate(0);
  s.clock.advance(7_200_000);
  const session = testSession();
  const first = await s.assertions.for(session, app);
  s.clock.wall -= 3_600_000;
  const second = await s.assertions.for(session, app);
  assert.notEqual(second, first);
  assert.equal(decodeJwt(second).iat, s.clock.wall / 1000);
});

test('a key is published before it signs, and stays until its last token is dead', async (t) => {
  const s = await stand(t);
  const old = await s.rotate(0);
  s.clock.advance(3_600_000);
  const next = await s.rotate(LEAD_MS);
  const kids = () => s.ring.jwks().keys.map((key) => key.kid);
  assert.deepEqual(new Set(kids()), new Set([old.id, next.id]));
  assert.equal(s.ring.signing().id, old.id);
  s.clock.advance(LEAD_MS - 1);
  assert.equal(s.ring.signing().id, old.id);
  const last = await s.assertions.for(testSession(), app);
  s.clock.advance(1);
  assert.equal(s.ring.signing().id, next.id);
  s.clock.advance(58_000);
  await s.verify(last);
  s.clock.advance(TAIL_MS - 58_001);
  assert.ok(kids().includes(old.id));
  s.clock.advance(1);
  assert.deepEqual(kids(), [next.id]);
});

test('no private member of a key is published', async (t) => {
  const s = await stand(t);
  await s.rotate(0);
  await s.rotate(LEAD_MS);
  for (const key of s.ring.jwks().keys) {
    assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  }
});

test('without a key that may sign nothing is signed', async (t) => {
  const s = await stand(t);
  assert.throws(() => s.ring.signing(), { code: 'keys-unavailable' });
  await assert.rejects(async () => s.assertions.for(testSession(), app), { code: 'keys-unavailable' });
  await s.rotate(LEAD_MS);
  assert.throws(() => s.ring.signing(), { code: 'keys-unavailable' });
});

test('a key row that was changed, or moved from another row, stops the ring until it is read well', async (t) => {
  const s = await stand(t);
  await s.rotate(0);
  const [row] = await s.store.keys.list();
  assert.ok(row !== undefined);
  const token = await s.assertions.for(testSession(), app);
  for (const broken of [
    { ...row, privateJwk: `${row.privateJwk.slice(0, -4)}AAAA` },
    { ...row, id: 'another' },
    { ...row, privateJwk: '' },
    { ...row, publicJwk: '{' },
  ]) {
    await assert.rejects(s.ring.load({ ...s.store, keys: { ...s.store.keys, list: async () => [broken] } }));
    assert.equal(s.ring.failed, true);
    assert.throws(() => s.ring.signing(), { code: 'keys-unavailable' });
  }
  await s.ring.load(s.store);
  assert.equal(s.ring.failed, false);
  await s.verify(token);
});

test('forged tokens do not verify with our published keys', async (t) => {
  const s = await stand(t);
  await s.rotate(0);
  const token = await s.assertions.for(testSession(), app);
  const [head = '', claims = '', signature = ''] = token.split('.');
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const kid = decodeProtectedHeader(token).kid;
  const pem = JSON.stringify(s.ring.jwks().keys[0]);
  const hmac = (input: string) => createHmac('sha256', pem).update(input).digest('base64url');
  const hs = `${part({ alg: 'HS256', typ: 'sallyport-assertion+jwt', kid })}.${claims}`;
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  const forged = [
    `${part({ alg: 'none', typ: 'sallyport-assertion+jwt' })}.${claims}.`,
    `${hs}.${hmac(hs)}`,
    `${part({ alg: 'ES256', typ: 'JWT', kid })}.${claims}.${signature}`,
    `${part({ alg: 'ES256', typ: 'sallyport-assertion+jwt', kid: 'x' })}.${claims}.${signature}`,
    `${part({ alg: 'ES256', typ: 'sallyport-assertion+jwt', kid, jwk: stranger })}.${claims}.${signature}`,
    `${head}.${part({ ...decodeJwt(token), sub: 'root' })}.${signature}`,
    `${head}.${claims}.${signature.slice(0, -2)}`,
  ];
  for (const bad of forged) await assert.rejects(s.verify(bad), bad);
  await assert.rejects(s.verify(token, { audience: 'payroll' }));
  await assert.rejects(s.verify(token, { issuer: 'http://evil.test' }));
  s.clock.advance(60_000);
  await assert.rejects(s.verify(token), { code: 'ERR_JWT_EXPIRED' });
});
