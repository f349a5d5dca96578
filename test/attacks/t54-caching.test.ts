import assert from 'node:assert/strict';
import test from 'node:test';
import { Keyholder } from '../support/keyholder.ts';
import { Person } from '../support/person.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { startSallyport, withSallyport } from '../support/sallyport.ts';
import { answer, hangUp } from '../support/upstream.ts';

const on = withSallyport();
const HTML = [['Accept', 'text/html']] as const;
const UNKEYED = [
  ['X-Forwarded-Host', 'evil.test'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Port', '444'],
  ['X-Forwarded-Prefix', '/evil'],
  ['X-Original-URL', '/evil'],
  ['X-Host', 'evil.test'],
  ['Forwarded', 'host=evil.test'],
  ['X-HTTP-Method-Override', 'POST'],
  ['Accept-Language', 'evil'],
] as const;

function assertUncached(heard: ParsedAnswer, what: string): void {
  assert.equal(heard.header('cache-control'), 'no-store', what);
  assert.match(heard.header('vary') ?? '', /\bcookie\b/i, what);
  assert.equal(heard.header('etag'), undefined, what);
  assert.equal(heard.header('expires'), undefined, what);
}

test('what we answer ourselves is kept by nobody', async () => {
  const { sally } = on;
  const ada = new Person(sally, 'ada');
  const ticket = await ada.invited();
  const session = await sally.session('bob');
  sally.upstream.on('/down', hangUp);
  const cases: [string, string, string, Parameters<typeof sally.send>[2]][] = [
    ['redirect to sign-in', 'GET', '/admin/x.css', { headers: HTML }],
    ['401', 'GET', '/admin/x.css', {}],
    ['401 of a POST', 'POST', '/admin', { json: {} }],
    ['bad target', 'GET', '/..%2f', { headers: HTML }],
    ['wrong host', 'GET', '/', { host: 'evil.test' }],
    ['method', 'TRACE', '/', {}],
    ['sign-in page', 'GET', '/.sallyport/sign-in', { headers: HTML }],
    ['sign-in page over the app', 'GET', '/.sallyport/sign-in', { headers: HTML, cookie: session }],
    ['second step', 'GET', '/.sallyport/sign-in/totp', { headers: HTML }],
    ['session', 'GET', '/.sallyport/session', { cookie: session }],
    ['no session', 'GET', '/.sallyport/session', {}],
    ['account', 'GET', '/.sallyport/account', { headers: HTML, cookie: session }],
    ['ticket', 'GET', `/.sallyport/enrol/${ticket}`, { headers: HTML }],
    ['enrolment', 'GET', '/.sallyport/enrol', { headers: HTML }],
    ['no such page', 'GET', '/.sallyport/x.css', { headers: HTML }],
    ['no such asset', 'GET', '/.sallyport/assets/x.css', { headers: HTML }],
    ['wrong origin', 'POST', '/.sallyport/sign-in', { json: {}, origin: 'https://evil.test' }],
    ['wrong password', 'POST', '/.sallyport/sign-in', { json: { account: 'a', password: 'bbbbbbbbbbbbbbb' } }],
    ['signed out', 'GET', '/.sallyport/signed-out', { headers: HTML }],
    ['502', 'GET', '/down', { cookie: session }],
  ];
  for (const [what, method, target, how] of cases) assertUncached(await sally.send(method, target, how), what);
  await ada.enrol(ticket);
  assertUncached(await ada.send('POST', '/.sallyport/sign-out', { form: {} }), 'sign-out');
  assertUncached(await ada.begin(), 'first step');
  assertUncached(await ada.post('/.sallyport/sign-in/totp', { code: await ada.code() }), 'second step done');
});

test('health and a refused upgrade are kept by nobody either', async () => {
  const { sally } = on;
  const health = await sally.raw('GET /.sallyport/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  assert.match(health.text, /^cache-control: no-store\r$/im);
  const upgrade = await sally.raw(
    'GET /ws HTTP/1.1\r\nHost: app.test\r\nOrigin: http://app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  assert.match(upgrade.text, /^HTTP\/1\.1 401 /);
  assert.match(upgrade.text, /^cache-control: no-store\r$/im);
});

test('what a session sees is private unless the app says otherwise, whatever the path looks like', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  for (const path of ['/admin/x.css', '/account/logo.png', '/account.js', '/x.html']) {
    for (const status of ['200 OK', '404 Not Found', '301 Moved']) {
      sally.upstream.on(path, answer('secret', status, ['Content-Type: text/css']));
      const heard = await sally.send('GET', path, { cookie });
      assert.equal(heard.header('cache-control'), 'private', path);
    }
    sally.upstream.on(path, answer('secret', '200 OK', ['Cache-Control: max-age=600']));
    assert.match((await sally.send('GET', path, { cookie })).all('cache-control').join(), /private/);
    for (const own of ['public, max-age=600', 'no-store', 'private, no-cache', 's-maxage=3']) {
      sally.upstream.on(path, answer('theirs', '200 OK', [`Cache-Control: ${own}`]));
      assert.deepEqual((await sally.send('GET', path, { cookie })).all('cache-control'), [own]);
    }
  }
  sally.upstream.clear();
  // And a conditional or ranged request is no way round the gate.
  for (const header of ['If-None-Match: "x"', 'If-Modified-Since: Mon, 23 Nov 2099 00:00:00 GMT', 'Range: bytes=0-1']) {
    const [name = '', value = ''] = header.split(': ');
    assert.equal((await sally.send('GET', '/admin/x.css', { headers: [[name, value]] })).status, 401);
  }
  sally.upstream.silent();
});

test('what a cache would not look at changes not a byte of our pages', async () => {
  const { sally } = on;
  const jwks = await sally.send('GET', '/.sallyport/jwks.json');
  assert.match(jwks.header('cache-control') ?? '', /^public/);
  for (const target of ['/.sallyport/sign-in', '/admin', '/.sallyport/nowhere', '/.sallyport/jwks.json', '/..%2f']) {
    const plain = await sally.send('GET', target, { headers: HTML });
    for (const [name, value] of UNKEYED) {
      const tempted = await sally.send('GET', target, { headers: [...HTML, [name, value]] });
      const differing = (heard: ParsedAnswer) => heard.headers.filter(([field]) => field !== 'Date');
      assert.deepEqual(
        [tempted.status, tempted.body, differing(tempted)],
        [plain.status, plain.body, differing(plain)],
        name,
      );
    }
  }
  sally.upstream.silent();
});

test('nothing of a ceremony, a language or a form that was not sent is kept; what is for everybody is', async (t) => {
  const sally = await startSallyport({ host: 'portal.localhost' });
  t.after(() => sally.close());
  const P = '/.sallyport';
  const eve = new Keyholder(sally, 'eve');
  await eve.enrolling();
  assertUncached(await eve.post(`${P}/enrol/passkey/options`), 'options of a registration');
  assertUncached(await eve.register('{}'), 'a registration refused');
  assertUncached(await eve.register(eve.created(await eve.creation())), 'a registration');
  assertUncached(await eve.post(`${P}/enrol/finish`), 'codes');
  assertUncached(await eve.post(`${P}/session/extend`), 'a session extended');
  assertUncached(await eve.send('GET', `${P}/sign-in/passkey`, { headers: HTML }), 'confirmation');
  const form = { response: eve.answer(await eve.options({ start: 'yes' })), start: 'yes' };
  assertUncached(await eve.send('POST', `${P}/sign-in/passkey`, { form }), 'the page in between');
  const stranger = new Keyholder(sally, 'nobody');
  assertUncached(await stranger.post(`${P}/sign-in/passkey/options`, { start: 'yes' }), 'options of a sign-in');
  assertUncached(await stranger.say('{}', { start: 'yes' }), 'a passkey refused');
  assertUncached(await stranger.send('POST', `${P}/language`, { form: { language: 'cy', next: '/' } }), 'a language');
  const navigation = [...HTML, ['Sec-Fetch-Mode', 'navigate']] as const;
  assertUncached(await stranger.send('POST', '/orders', { form: { a: 'b' }, headers: navigation }), 'not sent');
  // The same bytes for everybody, whoever asks and in whatever language.
  const script = `${P}/session.js`;
  const plain = await sally.send('GET', script);
  const claims = [['Accept-Language', 'ar'], ...UNKEYED.slice(0, 4)] as const;
  const dressed = await sally.send('GET', script, { cookie: eve.cookie, headers: claims });
  assert.equal(dressed.body, plain.body);
  assert.match(plain.header('cache-control') ?? '', /^public, max-age=\d+$/);
  assert.deepEqual([plain.header('vary'), dressed.header('vary')], [undefined, undefined]);
  assert.deepEqual([...plain.all('set-cookie'), ...dressed.all('set-cookie')], []);
});
