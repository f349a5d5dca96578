import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { consoleRoutes } from '../../src/web/console/routes/table.ts';
import { everything, Faults } from '../support/faults.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { type Sallyport, type Send, startSallyport } from '../support/sallyport.ts';
import { until } from '../support/shut.ts';

const CONSOLE = 'origin: "http://console.test", require: mfa';
const NAVIGATES = [
  ['Accept', 'text/html'],
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-Dest', 'document'],
] as const;

let sally: Sallyport;
before(async () => {
  sally = await startSallyport({ console: CONSOLE, top: ['help: { contact: desk@corp.test }'] });
});
after(() => sally.close());

/** At the console, as a browser or as a program. */
function ask(method: string, target: string, how: Send = {}): Promise<ParsedAnswer> {
  return sally.send(method, target, { door: 'console', ...how });
}

function code(answer: ParsedAnswer): unknown {
  return (JSON.parse(answer.body) as { code?: unknown }).code;
}

test('each door serves its own host and no other; health answers at both', async () => {
  for (const [door, host, status] of [
    ['console', 'console.test', 303],
    ['console', 'app.test', 421],
    ['console', 'localhost', 421],
    ['apps', 'app.test', 303],
    ['apps', 'console.test', 421],
  ] as const) {
    const answer = await sally.send('GET', '/', { door, host, headers: NAVIGATES });
    assert.equal(answer.status, status, `${host} at the door of the ${door}`);
  }
  for (const door of ['console', 'apps'] as const)
    assert.equal((await sally.send('GET', '/.sallyport/health', { door, host: 'x' })).status, 200);
  sally.upstream.silent();
});

test('without a session nothing of the console answers: people are sent to sign in, programs are told', async () => {
  for (const path of ['/', '/me', '/nothing', '/api/v1/accounts', '/scim/v2/Users']) {
    const page = await ask('GET', path, { headers: NAVIGATES });
    assert.deepEqual(
      [page.status, page.header('location')],
      [303, `/.sallyport/sign-in?next=${encodeURIComponent(path)}`],
      path,
    );
    const told = await ask('GET', path);
    assert.deepEqual([told.status, code(told), told.header('cache-control')], [401, 'sign-in-required', 'no-store']);
  }
  const sent = await ask('POST', '/me', { json: {} });
  assert.deepEqual([sent.status, code(sent)], [401, 'sign-in-required']);
});

test('a session of an app is none at the console, and one of the console is none at an app', async () => {
  const portal = await sally.session('root', { admin: true });
  const own = await sally.session('root', { appId: 'console' });
  assert.equal((await ask('GET', '/me', { cookie: own })).status, 200);
  assert.equal((await ask('GET', '/me', { cookie: portal })).status, 401);
  assert.equal((await sally.send('GET', '/', { cookie: own })).status, 401);
  sally.upstream.silent();
  assert.equal((await sally.send('GET', '/', { cookie: portal })).status, 200);
  sally.upstream.clear();
  assert.equal((await ask('GET', '/.sallyport/session', { cookie: portal })).status, 401);
  const seen = await ask('GET', '/.sallyport/session', { cookie: own });
  assert.equal((JSON.parse(seen.body) as { app: string }).app, 'console');
});

test('what the console sends is kept by nobody, runs no foreign script and is framed by nobody', async () => {
  const cookie = await sally.session('root', { appId: 'console' });
  for (const path of ['/', '/me', '/nothing']) {
    const answer = await ask('GET', path, { cookie, headers: NAVIGATES });
    assert.equal(answer.header('cache-control'), 'no-store', path);
    const policy = answer.header('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src http:\/\/console\.test\/\.sallyport\/assets\//);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(answer.header('x-frame-options'), 'DENY');
    assert.equal(answer.header('x-content-type-options'), 'nosniff');
    assert.doesNotMatch(answer.body, /<script>|<style|\son\w+=|style="/);
  }
  assert.equal((await ask('GET', '/nothing', { cookie })).status, 404);
  const wrong = await ask('PUT', '/me', { cookie });
  assert.deepEqual([wrong.status, wrong.header('allow')], [405, 'GET, HEAD']);
});

test('an account without a role is told so, whatever it asks for, and that is on record', async () => {
  const cookie = await sally.session('visitor', { appId: 'console' });
  for (const path of ['/', '/me', '/nothing']) {
    const page = await ask('GET', path, { cookie, headers: NAVIGATES });
    assert.equal(page.status, 403, path);
    assert.match(page.body, /You have no role here/);
    assert.match(page.body, /ask here:[\s\S]*desk@corp\.test/);
    const told = await ask('GET', path, { cookie });
    assert.deepEqual([told.status, code(told)], [403, 'forbidden'], path);
  }
  const rows = await sally.audit('request.refused');
  const row = rows.find(({ accountId }) => accountId === 'id-visitor');
  assert.deepEqual([row?.appId, row?.outcome], ['console', 'refused']);
});

test('a program shows a token and no session: both at once are refused, and no token opens anything yet', async () => {
  const token = ['Authorization', 'Bearer 0123456789'] as const;
  const cookie = await sally.session('root', { appId: 'console' });
  for (const path of ['/api/v1', '/api/v1/accounts', '/scim/v2/Users']) {
    const alone = await ask('GET', path, { headers: [token] });
    assert.deepEqual([alone.status, alone.header('www-authenticate')], [401, 'Bearer'], path);
    const type = path.startsWith('/scim') ? 'application/scim+json' : 'application/problem+json';
    assert.equal(alone.header('content-type'), `${type}; charset=utf-8`);
    const both = await ask('GET', path, { headers: [token], cookie });
    assert.deepEqual([both.status, code(both)], [400, 'bad-request'], path);
  }
  for (const path of ['/', '/me', '/api/v10', '/api/v1x', '/scim/v2x'])
    assert.equal((await ask('GET', path, { headers: [token] })).status, 401, path);
  assert.equal(
    (await sally.send('GET', '/api/v1/accounts', { headers: [token] })).status,
    401,
    'an app has no such way',
  );
  sally.upstream.silent();
});

test('an upgrade at the console opens nothing', async () => {
  const cookie = await sally.session('root', { appId: 'console' });
  const headers = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
    ['Sec-WebSocket-Version', '13'],
  ] as const;
  const own = { headers, origin: 'http://console.test' };
  assert.equal((await ask('GET', '/me', own)).status, 401);
  assert.equal((await ask('GET', '/me', { ...own, cookie })).status, 404);
  assert.equal((await ask('GET', '/me', { ...own, cookie, origin: 'http://app.test' })).status, 403);
  sally.upstream.silent();
});

test('sessions of the console are listed and ended like those of an app', async () => {
  const cookie = await sally.session('other', { appId: 'console', admin: true });
  assert.equal((await ask('GET', '/me', { cookie })).status, 200);
  const { listSessions, revokeAppSessions } = await import('../../src/manage/sessions.ts');
  const live = await listSessions.ask(sally.manage, { appId: 'console' });
  assert.ok(live.some(({ account, appId }) => account === 'other' && appId === 'console'));
  await revokeAppSessions.perform(sally.manage, { app: 'console' });
  assert.equal((await ask('GET', '/me', { cookie })).status, 401);
});

test('a state change comes from the console itself', async () => {
  const cookie = await sally.session('leaver', { appId: 'console', admin: true });
  for (const origin of ['http://app.test', 'null', null, 'http://console.test:81']) {
    const answer = await ask('POST', '/.sallyport/sign-out', { cookie, origin, form: {} });
    assert.equal(answer.status, 403, String(origin));
  }
  assert.equal((await ask('GET', '/me', { cookie })).status, 200);
  assert.equal((await ask('POST', '/.sallyport/sign-out', { cookie, form: {} })).status, 303);
  assert.equal((await ask('GET', '/me', { cookie })).status, 401);
});

test('every address of the console that changes something wants its own origin, one body that it knows, and a session', async () => {
  const cookie = await sally.session('root', { appId: 'console' });
  const changing = consoleRoutes().filter(({ post }) => post !== undefined);
  assert.ok(changing.length > 0);
  for (const { path } of changing) {
    for (const origin of ['http://app.test', 'null', null]) {
      const foreign = await ask('POST', path, { cookie, origin, form: {} });
      assert.equal(foreign.status, 403, `${path} from ${origin}`);
      const told = await ask('POST', path, { cookie, origin, json: {} });
      assert.deepEqual([told.status, code(told)], [403, 'wrong-origin'], path);
    }
    const unknown = await ask('POST', path, { cookie, json: { 'no such field': 'x' } });
    assert.deepEqual([unknown.status, code(unknown)], [400, 'bad-body'], path);
    const odd = await ask('POST', path, { cookie, body: 'x', headers: [['Content-Type', 'text/plain']] });
    assert.equal(odd.status, 415, path);
    const large = await ask('POST', path, { cookie, json: { x: 'x'.repeat(2_000_000) } });
    assert.equal(large.status, 413, path);
    assert.equal((await ask('POST', path, { json: {} })).status, 401, path);
  }
  assert.equal((await sally.audit('session.revoke')).filter(({ appId }) => appId !== 'console').length, 0);
});

test('listen and TLS of the console cannot change while running, nor can it come or go; the rest is in force at once', async () => {
  const { config } = sally;
  const own = config.console;
  assert.ok(own !== null);
  for (const set of [
    null,
    { ...own, listen: { host: '127.0.0.1', port: 1 } },
    { ...own, tls: { cert: 'a', key: 'b' } },
  ])
    await assert.rejects(sally.app.reload({ ...config, console: set }), { code: 'config-invalid' });
  const cookie = await sally.session('root', { appId: 'console' });
  assert.equal((await ask('GET', '/me', { cookie })).status, 200);
  const strict = { ...own.app, rules: [{ path: '/**', require: 'passkey', maxAgeMs: null, groups: [] }] } as const;
  await sally.app.reload({ ...config, console: { ...own, app: strict } });
  const challenged = await ask('GET', '/me', { cookie });
  assert.deepEqual([challenged.status, code(challenged)], [403, 'step-up-required']);
  const led = await ask('GET', '/me', { cookie, headers: NAVIGATES });
  assert.equal(led.header('location'), '/.sallyport/sign-in/passkey?next=%2Fme&only=yes');
  const passkey = await sally.session('root', { appId: 'console', factor: 'passkey' });
  assert.equal((await ask('GET', '/me', { cookie: passkey })).status, 200);
  await sally.app.reload(config);
});

test('with the store gone the console refuses all, and answers again with it', async () => {
  const faults = new Faults();
  const faulty = await startSallyport({ console: CONSOLE, store: faults.wrap });
  try {
    const cookie = await faulty.session('root', { appId: 'console', admin: true });
    const at = () => faulty.send('GET', '/me', { door: 'console', cookie });
    assert.equal((await at()).status, 200);
    faults.broken = everything;
    assert.equal((await at()).status, 503);
    await until(async () => (await faulty.send('GET', '/.sallyport/health', { door: 'console' })).status === 503);
    for (const path of ['/', '/me', '/.sallyport/sign-in', '/api/v1']) {
      const headers = path === '/api/v1' ? ([['Authorization', 'Bearer x']] as const) : [];
      assert.equal((await faulty.send('GET', path, { door: 'console', headers })).status, 503, path);
    }
    faults.broken = null;
    await faulty.healthy();
    assert.equal((await at()).status, 200);
  } finally {
    await faulty.close();
  }
});
