import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { startSallyport, withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ app: ['    rules: [{ path: /pay/**, max_age: 5m }]'] }));
const FORM = { form: { amount: '12' }, origin: 'http://app.test' } as const;
const BY_PERSON = {
  ...FORM,
  headers: [
    ['Accept', 'text/html'],
    ['Sec-Fetch-Mode', 'navigate'],
    ['Referer', 'http://app.test/orders/new?from=a'],
  ],
} as const;

test('a form sent after the session has ended is told that nothing was sent, and where to go on', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  await sally.advance(31 * 60_000);
  sally.upstream.clear();
  const page = await alice.send('POST', '/orders', BY_PERSON);
  assert.equal(page.status, 401);
  assert.match(page.header('content-type') ?? '', /^text\/html/);
  assert.equal(page.header('cache-control'), 'no-store');
  assert.match(page.body, /Nothing was sent/);
  assert.match(
    page.body,
    /href="\/\.sallyport\/sign-in\?next=%2Forders%2Fnew%3Ffrom%3Da" target="_blank" rel="noopener"/,
  );
  const foreign = {
    ...BY_PERSON,
    headers: [...BY_PERSON.headers.slice(0, 2), ['Referer', 'http://evil.test/x']],
  } as const;
  assert.match((await alice.send('POST', '/orders', foreign)).body, /sign-in\?next=%2F"/);
  const fetched = await alice.send('POST', '/orders', { ...FORM, headers: [['Sec-Fetch-Mode', 'cors']] });
  assert.deepEqual([fetched.status, fetched.header('content-type')], [401, 'application/problem+json; charset=utf-8']);
  sally.upstream.silent();
});

test('a form for a page that wants a fresh factor is told the same, and is sent once that was used', async () => {
  const { sally } = on;
  const bob = new Person(sally, 'bob');
  await bob.enrol();
  await sally.advance(6 * 60_000);
  sally.upstream.clear();
  const page = await bob.send('POST', '/pay/now', BY_PERSON);
  assert.equal(page.status, 403);
  assert.match(page.body, /Nothing was sent/);
  assert.match(page.body, /href="\/\.sallyport\/sign-in\/totp\?next=/);
  sally.upstream.silent();
  await bob.expect(200, bob.post('/.sallyport/sign-in/totp', { code: await bob.code() }));
  assert.equal((await bob.send('POST', '/pay/now', BY_PERSON)).status, 200);
  assert.equal(sally.upstream.hits, 1);
});

test('asking how long a session lasts does not lengthen it; saying that one is there does, to the limit', async () => {
  const { sally } = on;
  const carol = new Person(sally, 'carol');
  await carol.enrol();
  const idle = async (sent = carol.send('GET', '/.sallyport/session')) =>
    (JSON.parse((await carol.expect(200, sent)).body) as { idle_expires_at: number }).idle_expires_at;
  const begun = await idle();
  await sally.advance(20 * 60_000);
  assert.equal(await idle(), begun);
  // The test's clock goes on besides being moved.
  const later = (await idle(carol.post('/.sallyport/session/extend'))) - begun - 20 * 60;
  assert.ok(later >= 0 && later < 60, String(later));
  await sally.advance(20 * 60_000);
  assert.equal((await carol.send('GET', '/')).status, 200, 'without it the session would be over');
  for (let hours = 0; hours < 15; hours += 1) {
    await carol.post('/.sallyport/session/extend');
    await sally.advance(29 * 60_000);
  }
  await carol.post('/.sallyport/session/extend');
  await sally.advance(29 * 60_000);
  assert.equal((await carol.send('GET', '/')).status, 401, 'eight hours are the end');
});

test('one session is ended from another; all others are ended and this one stays', async () => {
  const { sally } = on;
  const dora = new Person(sally, 'dora');
  await dora.enrol();
  const others = [dora.elsewhere(), dora.elsewhere(), dora.elsewhere()];
  for (const other of others) {
    other.lastStep = dora.lastStep;
    await other.signIn();
    dora.lastStep = other.lastStep;
  }
  const [one, two, three] = others;
  const store = sally.app.store.sessions;
  const account = await sally.app.store.accounts.byName('staff', 'dora');
  const live = await store.listLive(sally.clock.now(), { accountId: account?.id ?? '' });
  assert.equal(live.length, 4);
  const target = live[1]?.id ?? '';
  await dora.expect(200, dora.post('/.sallyport/account/sessions/end', { id: target }));
  assert.deepEqual(
    await Promise.all([one, two, three, dora].map(async (each) => (await each?.send('GET', '/'))?.status)),
    [401, 200, 200, 200],
  );
  const stranger = new Person(sally, 'eve');
  await stranger.enrol();
  assert.equal((await stranger.post('/.sallyport/account/sessions/end', { id: live[2]?.id ?? '' })).status, 404);
  const ended = await dora.expect(200, dora.post('/.sallyport/account/sessions/end-others'));
  assert.match(ended.body, /"sessions":2/);
  assert.deepEqual(
    await Promise.all([two, three, dora, stranger].map(async (each) => (await each?.send('GET', '/'))?.status)),
    [401, 401, 200, 200],
  );
});

test('origins that share passkeys are listed at the host of the relying party, for anybody, and nowhere else', async () => {
  const sally = await startSallyport({
    tls: false,
    host: 'id.localhost',
    top: [],
    app: [],
    apps: [
      '  shop:',
      '    hosts: [shop.localhost]',
      '    origin: http://shop.localhost',
      '    upstream: http://127.0.0.1:9',
      '    realm: staff',
    ],
    realmLines: 'passkeys: { id: id.localhost, related: ["http://shop.localhost"] }',
  });
  try {
    const at = (host: string, method = 'GET') => sally.send(method, '/.well-known/webauthn', { host });
    const answer = await at('id.localhost');
    assert.deepEqual([answer.status, answer.header('content-type')], [200, 'application/json']);
    const { origins } = JSON.parse(answer.body) as { origins: string[] };
    assert.deepEqual(origins, ['http://shop.localhost', 'http://id.localhost']);
    assert.deepEqual(answer.all('set-cookie'), []);
    const head = await at('id.localhost', 'HEAD');
    assert.deepEqual([head.status, head.body, head.header('content-length')], [200, '', String(answer.body.length)]);
    assert.equal((await at('shop.localhost')).status, 401, 'an address of the app like any other');
    assert.equal((await at('shop.localhost', 'HEAD')).status, 401);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      assert.equal((await at('id.localhost', method)).status, 401);
    for (const path of ['/.well-known/webauthn/', '/.well-known/Webauthn', '/.well-known'])
      assert.equal((await sally.send('GET', path, { host: 'id.localhost' })).status, 401, path);
    const queried = await sally.send('GET', '/.well-known/webauthn?x', { host: 'id.localhost' });
    assert.equal(queried.body, answer.body);
    sally.upstream.silent();
  } finally {
    await sally.close();
  }
});

test('a label that holds markup is shown as it was typed, in every language', async () => {
  const frank = new Person(on.sally, 'frank');
  await frank.enrol();
  const account = await on.sally.app.store.accounts.byName('staff', 'frank');
  const rows = await on.sally.app.store.authenticators.ofAccount(account?.id ?? '');
  const id = rows.find(({ kind }) => kind === 'totp')?.id ?? '';
  const label = '<svg onload=alert(1)>"\'&';
  await frank.expect(200, frank.post('/.sallyport/account/authenticators/rename', { id, label }));
  for (const language of ['en', 'cy', 'ar']) {
    await frank.expect(200, frank.post('/.sallyport/language', { language, next: '/.sallyport/account' }));
    const { body } = await frank.send('GET', '/.sallyport/account', { headers: [['Accept', 'text/html']] });
    assert.match(body, new RegExp(`<html lang="${language}"`));
    assert.match(body, /&lt;svg onload=alert\(1\)&gt;&quot;&#39;&amp;/);
    assert.doesNotMatch(body, /<svg onload/);
  }
});
