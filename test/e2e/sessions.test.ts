import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { startSallyport, withSallyport } from '../support/sallyport.ts';

const MINUTE = 60_000;
const on = withSallyport(() => ({ realm: 'app', app: ['    rules: [{ path: /pay/**, max_age: 10m }]'] }));

test('a session lives while it is used, until its absolute limit', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  const started = sally.clock.now();
  for (;;) {
    await sally.advance(29 * MINUTE);
    const { status } = await alice.send('GET', '/');
    if (sally.clock.now() < started + 8 * 60 * MINUTE - 1000) assert.equal(status, 200);
    else {
      assert.equal(status, 401);
      break;
    }
  }
});

test('a session that is not used for half an hour is over', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  await sally.advance(29 * MINUTE + 50_000);
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  await sally.advance(30 * MINUTE);
  sally.upstream.clear();
  assert.equal((await sally.send('GET', '/', { cookie })).status, 401);
  sally.upstream.silent();
});

test('a page that asks for a recent factor gets one: step-up, then through', async () => {
  const { sally } = on;
  const carol = new Person(sally, 'carol');
  await carol.enrol();
  assert.equal((await carol.send('GET', '/pay/now')).status, 200);
  await sally.advance(11 * MINUTE);
  sally.upstream.clear();
  assert.equal((await carol.send('GET', '/pay/now')).status, 403);
  const page = await carol.send('GET', '/pay/now', { headers: [['Accept', 'text/html']] });
  assert.equal(page.status, 303);
  assert.equal(page.header('location'), '/.sallyport/sign-in/totp?next=%2Fpay%2Fnow');
  sally.upstream.silent();
  assert.equal((await carol.send('GET', '/')).status, 200);
  await carol.expect(200, carol.post('/.sallyport/sign-in/totp', { code: await carol.code(), next: '/pay/now' }));
  assert.equal((await carol.send('GET', '/pay/now')).status, 200);
});

test('the session’s address tells who, what was proven and until when, and only to its holder', async () => {
  const { sally } = on;
  const dora = new Person(sally, 'dora');
  await dora.enrol();
  const answer = await dora.send('GET', '/.sallyport/session');
  const seen = JSON.parse(answer.body) as Record<string, unknown> & { evidence: { amr: string[] } };
  assert.equal(seen['account'], 'dora');
  assert.deepEqual(seen.evidence.amr, ['otp']);
  assert.ok(Number(seen['idle_expires_at']) <= Number(seen['expires_at']));
  assert.equal(answer.header('cache-control'), 'no-store');
  assert.equal((await sally.send('GET', '/.sallyport/session')).status, 401);
});

test('the first admission of a session is on record, once, before the app hears of it', async () => {
  const { sally } = on;
  const cookie = await sally.session('erin');
  await Promise.all(Array.from({ length: 10 }, () => sally.send('GET', '/x', { cookie })));
  const rows = (await sally.audit('session.admit')).filter((row) => row.accountId === 'id-erin');
  assert.equal(rows.length, 1);
  assert.equal(sally.upstream.hits, 10);
});

test('activity is written back, so that a restart does not forget it', async () => {
  const first = await startSallyport({ realm: 'app' });
  const { data, clock, upstream } = first;
  const cookie = await first.session('frank');
  await first.send('GET', '/', { cookie });
  await first.advance(20 * MINUTE);
  await first.send('GET', '/', { cookie });
  await first.app.close();
  const second = await startSallyport({ realm: 'app', data, clock, upstream });
  try {
    await second.advance(20 * MINUTE);
    assert.equal((await second.send('GET', '/', { cookie })).status, 200);
  } finally {
    await second.close();
    await upstream.close();
    await rm(data, { recursive: true, force: true });
  }
});
