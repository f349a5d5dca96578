import assert from 'node:assert/strict';
import test from 'node:test';
import { PASSWORD, Person } from '../support/person.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ top: ['trusted_proxies: [127.0.0.1]'] }));

test('a browser is led from a page through both steps back to that page', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  await sally.advance(60_000);
  sally.upstream.clear();
  const browser = alice.elsewhere();
  const html = [
    ['Accept', 'text/html'],
    ['Sec-Fetch-Mode', 'navigate'],
  ] as const;
  const first = await browser.send('GET', '/inbox?id=7', { headers: html });
  assert.equal(first.status, 303);
  const page = await browser.send('GET', first.header('location') ?? '', { headers: html });
  assert.equal(page.status, 200);
  assert.match(page.body, /<form[^>]*method="post"/i);
  const form = { account: 'alice', password: PASSWORD, next: '/inbox?id=7' };
  const second = await browser.send('POST', '/.sallyport/sign-in', { form });
  assert.equal(second.status, 303);
  assert.match(second.header('location') ?? '', /^\/\.sallyport\/sign-in\/totp/);
  const wrong = await browser.send('POST', '/.sallyport/sign-in/totp', {
    form: { code: browser.wrongCode() },
    headers: html,
  });
  assert.equal(wrong.status, 401);
  assert.match(wrong.body, /did not match/);
  const third = await browser.send('POST', '/.sallyport/sign-in/totp', { form: { code: await browser.code() } });
  assert.equal(third.status, 303);
  assert.equal(third.header('location'), '/inbox?id=7');
  sally.upstream.silent();
  assert.equal((await browser.send('GET', '/inbox?id=7')).status, 200);
  assert.equal(sally.upstream.requests[0]?.target, '/inbox?id=7');
});

test('fetch, XHR and APIs get 401 problem+json and never a redirect', async () => {
  const { sally } = on;
  for (const headers of [
    [],
    [['Accept', 'application/json']],
    [
      ['Accept', 'text/html'],
      ['X-Requested-With', 'XMLHttpRequest'],
    ],
    [
      ['Accept', 'text/html'],
      ['Sec-Fetch-Mode', 'cors'],
    ],
  ] as const) {
    const answer = await sally.send('GET', '/api', { headers });
    assert.equal(answer.status, 401);
    assert.equal(answer.header('location'), undefined);
    assert.match(answer.header('content-type') ?? '', /^application\/problem\+json/);
  }
  assert.equal((await sally.send('POST', '/form', { body: 'a=b', headers: [['Accept', 'text/html']] })).status, 401);
  sally.upstream.silent();
});

test('every spelling of a name is one account; what is none is refused like a wrong password', async () => {
  const { sally } = on;
  const bob = new Person(sally, 'bob');
  await bob.enrol();
  for (const account of ['bob', 'BOB', ' bob ', 'CORP\\bob', 'corp\\BOB', 'bob@corp.test', 'Bob@CORP.TEST', 'ｂｏｂ']) {
    await sally.advance(60_000);
    const browser = bob.elsewhere();
    browser.lastStep = 0;
    await browser.expect(200, browser.begin({ account }));
    await browser.expect(200, browser.post('/.sallyport/sign-in/totp', { code: await browser.code() }));
    const session = JSON.parse((await browser.send('GET', '/.sallyport/session')).body) as { account: string };
    assert.equal(session.account, 'bob', account);
  }
  for (const account of [
    'bób',
    'b\u0000ob',
    'bob\u200b',
    'OTHER\\bob',
    'bob;',
    'b ob',
    'CORP\\CORP\\bob',
    'x'.repeat(600),
  ]) {
    const answer = await bob.elsewhere().begin({ account });
    assert.ok([400, 401].includes(answer.status), `${account}: ${answer.status}`);
  }
});

test('a recovery code opens a session once when the phone is lost', async () => {
  const { sally } = on;
  const carol = new Person(sally, 'carol');
  await carol.enrol();
  const browser = carol.elsewhere();
  await browser.begin();
  const code = (carol.recoveryCodes[0] ?? '').toLowerCase().replaceAll('-', ' ');
  await browser.expect(200, browser.post('/.sallyport/sign-in/recovery', { code }));
  assert.equal((await browser.send('GET', '/')).status, 200);
});

test('a sign-in that takes longer than ten minutes begins anew', async () => {
  const { sally } = on;
  const dora = new Person(sally, 'dora');
  await dora.enrol();
  const browser = dora.elsewhere();
  await browser.begin();
  await sally.advance(10 * 60_000);
  const answer = await browser.post('/.sallyport/sign-in/totp', { code: await browser.code() });
  assert.equal(answer.status, 401);
  assert.match(answer.body, /pending-expired/);
  assert.equal(browser.session, undefined);
});
