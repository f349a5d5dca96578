import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { PENDING, SESSION, withSallyport } from '../support/sallyport.ts';

const on = withSallyport();

test('every change of state makes a new value, the old one is dead, and none is ever chosen by the client', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  const values = new Set<string>();
  const browser = alice.elsewhere();
  browser.cookies.set(SESSION, 'chosen-by-somebody-else-0123456789abcdefghi');
  browser.cookies.set(PENDING, 'chosen-by-somebody-else-0123456789abcdefghi');
  await browser.begin();
  const first = browser.pending ?? '';
  values.add(first);
  assert.doesNotMatch(first, /chosen/);
  assert.equal((await browser.post('/.sallyport/sign-in/totp', { code: await browser.code() })).status, 200);
  const second = browser.session ?? '';
  assert.doesNotMatch(second, /chosen/);
  assert.equal(browser.pending, undefined);
  values.add(second);
  assert.match(second, /^[\w-]{43}$/);
  // Stepping up rotates once more.
  assert.equal((await browser.post('/.sallyport/sign-in/totp', { code: await browser.code() })).status, 200);
  const third = browser.session ?? '';
  values.add(third);
  assert.equal(values.size, 3);
  sally.upstream.clear();
  for (const dead of [first, second])
    assert.equal((await sally.send('GET', '/', { cookie: `${SESSION}=${dead}` })).status, 401);
  sally.upstream.silent();
  assert.equal((await sally.send('GET', '/', { cookie: `${SESSION}=${third}` })).status, 200);
});

test('signing in again ends the session that the browser had', async () => {
  const { sally } = on;
  const bob = new Person(sally, 'bob');
  await bob.enrol();
  const before = bob.session ?? '';
  await bob.signIn();
  assert.notEqual(bob.session, before);
  sally.upstream.clear();
  assert.equal((await sally.send('GET', '/', { cookie: `${SESSION}=${before}` })).status, 401);
  sally.upstream.silent();
});

test('a finished sign-in cannot be finished again, nor its cookie serve an enrolment', async () => {
  const { sally } = on;
  const carol = new Person(sally, 'carol');
  await carol.enrol();
  const browser = carol.elsewhere();
  await browser.begin();
  const pending = `${PENDING}=${browser.pending}`;
  assert.equal((await browser.post('/.sallyport/sign-in/totp', { code: await browser.code() })).status, 200);
  const again = await sally.send('POST', '/.sallyport/sign-in/totp', {
    cookie: pending,
    json: { code: await browser.code() },
  });
  assert.equal(again.status, 401);
  const enrol = await sally.send('POST', '/.sallyport/enrol/totp', { cookie: pending, json: {} });
  assert.ok([401, 403].includes(enrol.status));
});
