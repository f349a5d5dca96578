import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({
  app: ['    exemptions: [{ method: GET, path: /public, reason: probe, owner: ops, expires: 2099-12-31 }]'],
}));

const SPOOFS: readonly (readonly [string, string])[] = [
  ['X-Forwarded-For', 'a'],
  ['X-Forwarded-For', '127.0.0.1'],
  ['X-Forwarded-For', '203.0.113.66'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Host', 'evil.test'],
  ['X-Forwarded-Port', '443'],
  ['X-Forwarded-Prefix', '/public'],
  ['X-Forwarded-Uri', '/public'],
  ['X-Forwarded-Method', 'GET'],
  ['Forwarded', 'for=203.0.113.66;proto=https;host=evil.test'],
  ['X-Real-IP', '203.0.113.66'],
  ['X-Original-URI', '/.sallyport/health'],
  ['X-Original-URL', '/public'],
  ['X-Rewrite-URL', '/public'],
  ['X_Forwarded_For', '203.0.113.66'],
  ['X_Original_URL', '/public'],
  ['X.Rewrite.Url', '/public'],
  ['True-Client-IP', '203.0.113.66'],
  ['CF-Connecting-IP', '203.0.113.66'],
  ['Client-IP', '203.0.113.66'],
  ['X-HTTP-Method-Override', 'GET'],
];

test('without a session none of them opens anything', async () => {
  const { sally } = on;
  for (const header of SPOOFS) {
    assert.equal((await sally.send('GET', '/admin', { headers: [header] })).status, 401, header[0]);
    const page = await sally.send('GET', '/admin', { headers: [header, ['Accept', 'text/html']] });
    assert.equal(page.status, 303);
    assert.equal(page.header('location'), '/.sallyport/sign-in?next=%2Fadmin');
  }
  assert.equal((await sally.send('GET', '/admin', { headers: SPOOFS })).status, 401);
  sally.upstream.silent();
});

test('the record and the log show the address of the socket', async () => {
  const { sally } = on;
  await sally.send('GET', '/admin', { headers: SPOOFS });
  const rows = await sally.audit('request.refused');
  assert.ok(rows.length > 0);
  for (const row of rows) assert.equal(row.source, '127.0.0.1');
  assert.ok(!JSON.stringify([rows, sally.log]).includes('203.0.113.66'));
});

test('with a session the app sees our values alone', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  assert.equal((await sally.send('GET', '/admin', { cookie, headers: SPOOFS })).status, 200);
  const [arrived] = sally.upstream.requests;
  assert.equal(arrived?.target, '/admin');
  assert.deepEqual(arrived?.all('x-forwarded-for'), ['127.0.0.1']);
  assert.deepEqual(arrived?.all('x-forwarded-proto'), ['http']);
  assert.deepEqual(arrived?.all('x-forwarded-host'), ['app.test']);
  assert.deepEqual(arrived?.all('forwarded'), ['for=127.0.0.1;host="app.test";proto=http']);
  assert.doesNotMatch(sally.upstream.bytes.join(''), /evil\.test|203\.0\.113|\/public|health|override/i);
});
