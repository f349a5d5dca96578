import assert from 'node:assert/strict';
import test from 'node:test';
import { Keyholder } from '../support/keyholder.ts';
import { Person } from '../support/person.ts';
import { PENDING, SESSION, withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ host: 'portal.localhost' }));
const CEREMONY = '__Host-sallyport-ceremony';
/** In the form of a value of ours. */
const CHOSEN = 'chosen-by-somebody-else-0123456789abcdefghi';

test('every change of state makes a new value, the old one is dead, and none is ever chosen by the client', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  const values = new Set<string>();
  const browser = alice.elsewhere();
  browser.cookies.set(SESSION, CHOSEN);
  browser.cookies.set(PENDING, CHOSEN);
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

test('a passkey makes new values too, at each of its ceremonies, and the old ones are dead', async () => {
  const { sally } = on;
  const dora = new Keyholder(sally, 'dora');
  await dora.enrolKey();
  const browser = dora.another();
  browser.cookies.set(SESSION, CHOSEN);
  browser.cookies.set(PENDING, CHOSEN);
  await browser.signInByKey();
  const values = [browser.session ?? ''];
  assert.equal(browser.pending, undefined);
  // In a browser that has a session another sign-in replaces it; a confirmation renews it; so does a second step.
  await browser.signInByKey();
  values.push(browser.session ?? '');
  await browser.expect(200, browser.say(browser.answer(await browser.options())));
  values.push(browser.session ?? '');
  await browser.expect(200, browser.begin());
  values.push(browser.pending ?? '');
  await browser.expect(200, browser.say(browser.answer(await browser.options())));
  values.push(browser.session ?? '');
  assert.equal(new Set([...values, CHOSEN, dora.session]).size, 7);
  for (const value of values) assert.match(value, /^[\w-]{43}$/);
  sally.upstream.clear();
  for (const dead of [CHOSEN, ...values.slice(0, -1)]) {
    assert.equal((await sally.send('GET', '/', { cookie: `${SESSION}=${dead}` })).status, 401);
    const again = { cookie: `${PENDING}=${dead}`, json: { code: '000000' } };
    assert.equal((await sally.send('POST', '/.sallyport/sign-in/totp', again)).status, 401);
  }
  sally.upstream.silent();
  assert.equal((await browser.send('GET', '/')).status, 200);
});

test('who chose the cookie of somebody’s ceremony has nothing of what comes of it', async () => {
  const { sally } = on;
  const erin = new Keyholder(sally, 'erin');
  await erin.enrolKey();
  const mallory = new Keyholder(sally, 'mallory');
  mallory.cookies.set(CEREMONY, CHOSEN);
  const planted = (await mallory.options({ start: 'yes' })) as { challenge: string };
  const browser = erin.another();
  browser.cookies.set(CEREMONY, CHOSEN);
  const options = (await browser.options({ start: 'yes' })) as { challenge: string };
  assert.notEqual(options.challenge, planted.challenge);
  const response = browser.answer(options);
  await browser.expect(200, browser.say(response, { start: 'yes' }));
  assert.notEqual(browser.session, CHOSEN);
  sally.upstream.clear();
  for (const name of [SESSION, PENDING, CEREMONY])
    assert.equal((await sally.send('GET', '/', { cookie: `${name}=${CHOSEN}` })).status, 401, name);
  assert.equal((await mallory.say(response, { start: 'yes' })).status, 401, 'the answer was used');
  assert.equal(mallory.session, undefined);
  sally.upstream.silent();
});

test('a ceremony’s cookie that is not in the form of ours is replaced', async () => {
  for (const value of ['', 'x', `${CHOSEN}x`, CHOSEN.slice(1), CHOSEN.replace('c', '.'), '"><svg>']) {
    const browser = new Keyholder(on.sally, 'frank');
    browser.cookies.set(CEREMONY, value);
    await browser.options({ start: 'yes' });
    const given = browser.cookies.get(CEREMONY) ?? '';
    assert.match(given, /^[\w-]{43}$/);
    assert.notEqual(given, value);
  }
});
