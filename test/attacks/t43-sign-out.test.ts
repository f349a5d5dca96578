import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test from 'node:test';
import { Keyholder } from '../support/keyholder.ts';
import { Person } from '../support/person.ts';
import { PENDING, SESSION, withSallyport } from '../support/sallyport.ts';
import { ticks } from '../support/upstream.ts';

const on = withSallyport(() => ({ host: 'portal.localhost' }));

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
  stream.write(`GET /events HTTP/1.1\r\nHost: portal.localhost\r\nCookie: ${cookie}\r\n\r\n`);
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
  for (const origin of [null, 'null', 'https://evil.test', 'http://portal.localhost.evil']) {
    assert.equal((await sally.send('POST', '/.sallyport/sign-out', { cookie, json: {}, origin })).status, 403);
  }
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
});

test('what was begun in a session is over with it: confirmations, and passkeys that were to be added', async () => {
  const { sally } = on;
  const carol = new Keyholder(sally, 'carol');
  await carol.enrolKey();
  const P = '/.sallyport';
  const endings: readonly ((browser: Keyholder) => Promise<unknown>)[] = [
    (browser) => browser.expect(200, browser.post(`${P}/sign-out`)),
    (browser) => browser.expect(200, browser.post(`${P}/account/sign-out-everywhere`)),
    async () => {
      await carol.signInByKey();
      await carol.expect(200, carol.post(`${P}/account/sessions/end-others`));
    },
  ];
  for (const [n, end] of endings.entries()) {
    const browser = carol.another();
    await browser.signInByKey();
    const confirmation = browser.answer(await browser.options());
    await browser.expect(200, browser.post(`${P}/account/add`));
    const created = new Keyholder(sally, 'carol').created(await browser.creation());
    const [session, pending] = [browser.session ?? '', browser.pending ?? ''];
    assert.ok(pending !== '');
    await end(browser);
    sally.upstream.clear();
    const held = [`${SESSION}=${session}`, `${PENDING}=${pending}`];
    for (const cookie of [...held, held.join('; ')]) {
      const say = (path: string, json: object) => sally.send('POST', `${P}${path}`, { cookie, json });
      assert.equal((await say('/sign-in/passkey', { response: confirmation })).status, 401, `${n} confirm`);
      assert.equal((await say('/enrol/passkey', { response: created })).status, 401, `${n} add`);
      assert.equal((await say('/enrol/finish', {})).status, 401, `${n} finish`);
      assert.equal((await sally.send('GET', '/', { cookie })).status, 401);
    }
    sally.upstream.silent();
    // Nor does a session that is opened afterwards in the same browser take up what was begun before.
    browser.cookies.delete(SESSION);
    browser.cookies.delete(PENDING);
    await browser.signInByKey();
    assert.equal((await browser.say(confirmation)).status, 401);
    assert.equal((await sally.send('GET', '/', { cookie: browser.cookie })).status, 200);
  }
  const account = await sally.app.store.accounts.byName('staff', 'carol');
  assert.equal((await sally.app.store.authenticators.credentialsOf(account?.id ?? '')).length, 1);
});
