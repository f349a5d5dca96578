import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import test from 'node:test';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { withSallyport } from '../support/sallyport.ts';

/** What the product sends, as an app sees it. The shipped verifiers are held against forgeries in test/e2e/verify.test.ts. */
const on = withSallyport(() => ({
  apps: ['  payroll: { hosts: [pay.test], origin: http://pay.test, upstream: http://127.0.0.1:9, realm: staff }'],
}));

async function tokenOf(cookie: string): Promise<string> {
  on.sally.upstream.clear();
  assert.equal((await on.sally.send('GET', '/', { cookie })).status, 200);
  const tokens = on.sally.upstream.requests[0]?.all('sallyport-assertion') ?? [];
  assert.equal(tokens.length, 1);
  return tokens[0] ?? '';
}

async function keys(): Promise<JSONWebKeySet> {
  const answer = await on.sally.send('GET', '/.sallyport/jwks.json');
  assert.equal(answer.status, 200);
  return JSON.parse(answer.body) as JSONWebKeySet;
}

async function verify(token: string, set: JWTVerifyOptions = {}) {
  return jwtVerify(token, createLocalJWKSet(await keys()), {
    algorithms: ['ES256'],
    typ: 'sallyport-assertion+jwt',
    issuer: 'http://app.test',
    audience: 'portal',
    requiredClaims: ['exp', 'iat', 'nbf', 'sub', 'jti'],
    currentDate: new Date(on.sally.clock.now()),
    ...set,
  });
}

test('the token carries what an app needs to decide and verifies with the published keys', async () => {
  const token = await tokenOf(await on.sally.session('bob', { groups: ['ops', 'staff'] }));
  const { payload, protectedHeader } = await verify(token);
  assert.equal(protectedHeader.alg, 'ES256');
  assert.equal(protectedHeader.typ, 'sallyport-assertion+jwt');
  assert.equal(payload.sub, 'id-bob');
  assert.deepEqual(payload['amr'], ['mfa', 'otp', 'pwd']);
  assert.deepEqual(payload['groups'], ['ops', 'staff']);
  assert.equal(typeof payload['auth_time'], 'number');
  assert.ok((payload.exp ?? Number.POSITIVE_INFINITY) - (payload.iat ?? 0) <= 60);
  assert.doesNotMatch(JSON.stringify(await keys()), /"d"|"p"|"q"|"k":/);
});

test('a token that the client sends, even a good one of somebody else, never reaches the app', async () => {
  const { sally } = on;
  const alices = await tokenOf(await sally.session('alice'));
  const bob = await sally.session('bob');
  sally.upstream.clear();
  const names = ['Sallyport-Assertion', 'sallyport_assertion', 'SALLYPORT-ASSERTION', 'Sallyport.Assertion'];
  await sally.send('GET', '/', { cookie: bob, headers: names.map((name) => [name, alices] as const) });
  assert.equal(decodeJwt(sally.upstream.requests[0]?.all('sallyport-assertion')[0] ?? '').name, 'bob');
  assert.ok(!sally.upstream.bytes.join('').includes(alices));
  // Nor is it a key to our own door.
  assert.equal((await sally.send('GET', '/', { headers: [['Sallyport-Assertion', alices]] })).status, 401);
  assert.equal((await sally.send('GET', '/', { cookie: `__Host-sallyport=${alices}` })).status, 401);
});

test('forged and stale tokens do not verify', async () => {
  const { sally } = on;
  const token = await tokenOf(await sally.session('carol'));
  const [head = '', claims = '', signature = ''] = token.split('.');
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const { kid } = decodeProtectedHeader(token);
  const [jwk] = (await keys()).keys;
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const header = { alg: 'ES256', typ: 'sallyport-assertion+jwt', kid };
  const hs = `${part({ ...header, alg: 'HS256' })}.${claims}`;
  const byStranger = (set: object) => {
    const input = `${part({ ...header, ...set })}.${claims}`;
    return `${input}.${sign('sha256', Buffer.from(input), { key: stranger.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  const forged = [
    `${part({ ...header, alg: 'none' })}.${claims}.`,
    `${part({ ...header, alg: 'none' })}.${claims}.${signature}`,
    `${hs}.${createHmac('sha256', JSON.stringify(jwk)).update(hs).digest('base64url')}`,
    byStranger({}),
    byStranger({ kid: 'other' }),
    byStranger({ jwk: stranger.publicKey.export({ format: 'jwk' }) }),
    `${part({ ...header, crit: ['exp'] })}.${claims}.${signature}`,
    `${part({ ...header, typ: 'JWT' })}.${claims}.${signature}`,
    ...[{ sub: 'root' }, { exp: 9e9 }, { aud: 'payroll' }, { amr: ['hwk'] }].map(
      (set) => `${head}.${part({ ...decodeJwt(token), ...set })}.${signature}`,
    ),
  ];
  for (const bad of forged) await assert.rejects(verify(bad), bad.slice(0, 60));
  await verify(token);
  await assert.rejects(verify(token, { audience: 'payroll' }), 'at another app');
  await assert.rejects(verify(token, { issuer: 'http://pay.test' }));
  await sally.advance(60_000);
  await assert.rejects(verify(token), 'after its minute');
});
