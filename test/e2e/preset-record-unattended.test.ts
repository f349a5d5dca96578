import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { parse } from 'yaml';
import { command } from '../support/command.ts';
import { APP_PASSWORDS, type LoginApp, startLoginApp } from '../support/login-app.ts';
import { folder } from '../support/process.ts';
import { answer, startUpstream } from '../support/upstream.ts';

interface Written {
  readonly login: readonly { readonly account?: string; readonly secret: readonly string[] }[];
  readonly whoami?: { readonly get: string };
  readonly account: { readonly fold?: readonly string[]; readonly one?: string };
}

/** No Chromium of this machine takes part. */
process.env['PATH'] = '';

function bench(t: TestContext, origin: string) {
  const dir = folder(t);
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const people = [
    ...['--account', 'alice', '--password-file', file('a', `${APP_PASSWORDS['alice']}\n`)],
    ...['--second', 'bob', '--second-password-file', file('b', `${APP_PASSWORDS['bob']}\n`)],
  ];
  const out = join(dir, 'portal.yml');
  return {
    out,
    written: () => parse(readFileSync(out, 'utf8')) as Written,
    record: (...argv: readonly string[]) =>
      command('preset', 'record', '--unattended', '--upstream', origin, ...people, '--out', out, ...argv),
  };
}

async function loginApp(t: TestContext): Promise<LoginApp> {
  const app = await startLoginApp();
  t.after(() => app.close());
  return app;
}

test('an app with a sign-in page is recorded without a browser, and the preset is proven on it', async (t) => {
  const app = await loginApp(t);
  const { record, written, out } = bench(t, app.origin);
  const ran = await record();
  assert.equal(ran.code, 0, ran.out + ran.err);
  const { login, whoami } = written();
  assert.deepEqual([login[0]?.account, login[0]?.secret], ['username', ['password']]);
  assert.ok(whoami !== undefined, readFileSync(out, 'utf8'));
  for (const password of Object.values(APP_PASSWORDS))
    assert.ok(!(ran.out + ran.err + readFileSync(out, 'utf8')).includes(password), 'a password was written down');
});

test('a name on the first page and a password on the next are two steps', async (t) => {
  const app = await loginApp(t);
  app.steps = 2;
  const { record, written, out } = bench(t, app.origin);
  const ran = await record();
  assert.equal(ran.code, 0, ran.out + ran.err);
  const { login, whoami } = written();
  assert.deepEqual([login.length, login[1]?.secret], [2, ['password']]);
  assert.ok(whoami !== undefined, readFileSync(out, 'utf8'));
});

test('what a robot cannot see is told with what to do, and nothing is written', async (t) => {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const pages: readonly (readonly [page: string, said: RegExp])[] = [
    ['<div id="app"></div><script src="/app.js"></script>', /a script builds it/],
    [
      '<form method="post" action="https://elsewhere.test/"><input type="password" name="p"></form>',
      /leads to another address/,
    ],
    ['<form method="post"><input name="user"><input type="password" name="p"></form>', /still asks for one/],
    ['<meta http-equiv="refresh" content="0; url=/">', /No page with a form/],
    [`${'<a href="/login?x">'.repeat(9000)}<form`, /No page with a form/],
  ];
  for (const [page, said] of pages) {
    upstream.on('*', answer(page, '200 OK', ['Content-Type: text/html']));
    upstream.clear();
    const { record, out } = bench(t, upstream.origin);
    const ran = await record();
    assert.equal(ran.code, 1, page.slice(0, 80));
    assert.equal(existsSync(out), false);
    assert.match(ran.err, /none was found on this machine; install one, or name its program with --browser/);
    assert.match(ran.err, said, page.slice(0, 80));
    assert.ok(upstream.requests.length < 200, 'it does not go about without end');
  }
  upstream.on('*', answer('', '401 Unauthorized', ['WWW-Authenticate: Basic realm="x"']));
  assert.match((await bench(t, upstream.origin).record()).err, /by HTTP itself \(401, basic\).*apache-basic/);
});

test('its options are for it alone, and are what they must be', async (t) => {
  const app = await loginApp(t);
  const { record, out } = bench(t, app.origin);
  for (const argv of [
    ['--start', 'https://elsewhere.test/'],
    ['--start', '//elsewhere.test/'],
    ['--fill', 'nothing'],
    ['--look', 'https://elsewhere.test/'],
  ])
    assert.equal((await record(...argv)).code, 2, String(argv));
  const attended = await command('preset', 'record', '--upstream', app.origin, '--out', out, '--start', '/x');
  assert.match(attended.err, /--start, --fill, --look and --browser are for --unattended/);
  assert.equal(app.served.length, 0);
});

/** An app with one password and no names. */
async function nameless(t: TestContext) {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const html = ['Content-Type: text/html'];
  const form =
    '<form method="post" action="/login"><input type="hidden" name="_xsrf" value="x"><input type="password" name="password"></form>';
  upstream.on('*', (socket, request) => {
    const inside = request.all('cookie').join(';').includes('sess=right');
    const later = () => {
      if (!request.complete) return setTimeout(later, 2);
      if (request.method === 'POST' && request.target === '/login') {
        const right = new URLSearchParams(request.body).get('password') === APP_PASSWORDS['alice'];
        return right
          ? answer('', '302 Found', ['Location: /', 'Set-Cookie: sess=right; Path=/; HttpOnly'])(socket, request)
          : answer(form, '401 Unauthorized', html)(socket, request);
      }
      return inside
        ? answer('<a href="/logout">out</a><h1>Boiler</h1>', '200 OK', html)(socket, request)
        : request.target === '/login'
          ? answer(form, '200 OK', html)(socket, request)
          : answer('', '302 Found', ['Location: /login'])(socket, request);
    };
    queueMicrotask(later);
  });
  return upstream;
}

test('an app that asks for one password and for no name becomes one account, and held_by is left to the operator', async (t) => {
  const { origin } = await nameless(t);
  const { record, written } = bench(t, origin);
  const ran = await record();
  assert.match(ran.err, /The sign-in has no name: the app has one account, and held_by says who holds it\./);
  const { login, account } = written();
  assert.deepEqual([login.length, login[0]?.account, login[0]?.secret], [1, undefined, ['password']]);
  assert.deepEqual(account, { one: 'alice' });
  assert.equal(ran.code, 0, ran.out + ran.err);
});
