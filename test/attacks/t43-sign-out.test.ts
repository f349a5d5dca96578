import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { SESSION, withSallyport } from '../support/sallyport.ts';
import { ticks } from '../support/upstream.ts';

const on = withSallyport();

test('signing out ends the session, cuts what is open, and leaves nothing in the browser', async () => {
  const { sally } = on;
  sally.upstream.on('/events', ticks(50));
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  const cookie = `${SESSION}=${alice.session}`;
  const stream = connect(sally.port, '127.0.0.1');
  let received = 0;
  stream.on('data', (chunk) => {
    received += chunk.length;
  });
  const closed = new Promise<void>((resolve) => stream.on('close', () => resolve()).on('error', () => {}));
  stream.write(`GET /events HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\n\r\n`);
  await sally.upstream.until(() => received > 200);
  const answer = await alice.post('/.sallyport/sign-out');
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.all('clear-site-data'), ['"cache", "storage"']);
  assert.equal(answer.all('cache-control')[0], 'no-store');
  assert.equal(alice.session, undefined);
  await closed;
  const before = received;
  sally.upstream.clear();
  assert.equal((await sally.send('GET', '/', { cookie })).status, 401);
  sally.upstream.silent();
  assert.equal(received, before);
});

test('only the page itself signs somebody out: no GET, no other origin', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  assert.equal((await sally.send('GET', '/.sallyport/sign-out', { cookie })).status, 405);
  for (const origin of [null, 'null', 'https://evil.test', 'http://app.test.evil']) {
    assert.equal((await sally.send('POST', '/.sallyport/sign-out', { cookie, json: {}, origin })).status, 403);
  }
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
});
