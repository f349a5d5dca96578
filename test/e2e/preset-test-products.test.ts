import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { folder, type Ran, run } from '../support/process.ts';

const PASSWORDS: Readonly<Record<string, string>> = { alice: 'first-password', bob: 'second-password' };

interface Line {
  readonly what: string;
  readonly found: string;
  readonly verdict: 'ok' | 'fail' | 'note';
}

type Handler = (request: IncomingMessage, body: URLSearchParams, response: ServerResponse) => void;

/** Tries a preset of ours with alice and bob on an app that answers so. */
async function tryOn(t: TestContext, preset: string, handler: Handler): Promise<Ran & { line(what: RegExp): Line }> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => handler(request, new URLSearchParams(Buffer.concat(pieces).toString()), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const dir = folder(t);
  for (const [name, password] of Object.entries(PASSWORDS)) writeFileSync(join(dir, name), password, { mode: 0o600 });
  const ran = await run(
    ...['preset', 'test', preset, '--upstream', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--json'],
    ...['--account', 'alice', '--password-file', join(dir, 'alice')],
    ...['--second', 'bob', '--second-password-file', join(dir, 'bob')],
  );
  const { lines } = JSON.parse(ran.out) as { lines: Line[] };
  const line = (what: RegExp): Line => {
    const found = lines.find((each) => what.test(each.what));
    assert.ok(found, `${what} was not tried: ${ran.out}`);
    return found;
  };
  return { ...ran, line };
}

/** As Django's admin: a token against forged requests, and no sign-in page for whoever is signed in. */
function django({ formWhenSignedIn }: { readonly formWhenSignedIn: boolean }): Handler {
  const sessions = new Map<string, string>();
  const send = (response: ServerResponse, status: number, headers: Record<string, string>, body = '') =>
    response.writeHead(status, { 'Content-Type': 'text/html', ...headers }).end(body);
  return ({ url = '/', method, headers: { cookie = '' } }, body, response) => {
    const who = sessions.get(/sessionid=(\w+)/.exec(cookie)?.[1] ?? '');
    const { pathname } = new URL(url, 'http://app.test');
    if (method === 'POST' && pathname === '/admin/login/') {
      const token = /csrftoken=(\w+)/.exec(cookie)?.[1];
      if (token === undefined || body.get('csrfmiddlewaretoken') !== token) return send(response, 403, {}, 'CSRF');
      const name = body.get('username') ?? '';
      if (PASSWORDS[name] === undefined || PASSWORDS[name] !== body.get('password'))
        return send(response, 200, {}, '<form id="login-form"><p class="errornote">Wrong</p></form>');
      const id = randomBytes(8).toString('hex');
      sessions.set(id, name);
      return send(response, 302, { Location: '/admin/', 'Set-Cookie': `sessionid=${id}; Path=/` });
    }
    if (pathname === '/admin/login/' && (who === undefined || formWhenSignedIn)) {
      const token = randomBytes(8).toString('hex');
      const fields = ['username', 'password'].map((field) => `<input name="${field}">`).join('');
      const page = `<form method="post" id="login-form"><input type="hidden" name="csrfmiddlewaretoken" value="${token}">${fields}</form>`;
      return send(response, 200, { 'Set-Cookie': `csrftoken=${token}; Path=/` }, page);
    }
    if (pathname === '/admin/login/') return send(response, 302, { Location: '/admin/' });
    if (!pathname.startsWith('/admin/')) return send(response, 404, {});
    if (who === undefined) return send(response, 302, { Location: `/admin/login/?next=${pathname}` });
    return send(response, 200, {}, `<div id="user-tools">Welcome, <strong>${who}</strong></div>`);
  };
}

const WITHIN = /^second sign-in, as bob, in the session of alice$/;

test('a second sign-in for which the app shows no form is told as not tried, not as what became of it', async (t) => {
  const ran = await tryOn(t, 'django-admin', django({ formWhenSignedIn: false }));
  assert.equal(ran.code, 0, ran.out + ran.err);
  assert.equal(ran.line(/^right password of bob$/).verdict, 'ok');
  const { verdict, found } = ran.line(WITHIN);
  assert.deepEqual([verdict, found], ['note', 'not tried: the app shows no sign-in form to somebody who is signed in']);
});

test('where the app shows the form, the second sign-in is sent with its token, and the app’s word is told', async (t) => {
  const ran = await tryOn(t, 'django-admin', django({ formWhenSignedIn: true }));
  assert.equal(ran.code, 0, ran.out + ran.err);
  assert.match(ran.line(WITHIN).found, /^refused before it is sent.*taken, 302; whoami says "bob"$/);
});

test('a refusal for another reason than the account is no proof that a second sign-in is refused', async (t) => {
  const inner = django({ formWhenSignedIn: true });
  const ran = await tryOn(t, 'django-admin', (request, body, response) => {
    const signedIn = /sessionid=/.test(request.headers.cookie ?? '');
    if (request.method === 'POST' && signedIn) response.writeHead(403).end('CSRF');
    else inner(request, body, response);
  });
  const { verdict, found } = ran.line(WITHIN);
  assert.equal(verdict, 'note');
  assert.match(
    found,
    /^refused before it is sent, since it names another account; the app answers 403, and whoami says "alice": neither taken nor clearly refused$/,
  );
});

/** As Apache's mod_auth_digest (RFC 7616) to whoever cannot speak it. */
function digest(open: 'to nobody' | 'by Basic' | 'to everybody'): Handler {
  return ({ headers: { authorization = '' } }, _, response) => {
    if (open === 'to everybody' || (open === 'by Basic' && /^Basic /.test(authorization)))
      response.writeHead(200).end('<p>files');
    else response.writeHead(401, { 'WWW-Authenticate': 'Digest realm="files", nonce="x", qop="auth"' }).end();
  };
}

test('of a sign-in by Digest it is said that it cannot be tried, and what can be is', async (t) => {
  const ran = await tryOn(t, 'apache-digest', digest('to nobody'));
  assert.equal(ran.code, 0, ran.out + ran.err);
  assert.deepEqual(
    [/^no password$/, /^wrong password, by Basic$/, /^sign-in by Digest$/].map((what) => ran.line(what).verdict),
    ['ok', 'ok', 'note'],
  );
  assert.match(ran.line(/^sign-in by Digest$/).found, /^Digest cannot be tried from here: /);
  assert.match(ran.line(/^Basic credentials/).found, /does not take them/);
  for (const password of Object.values(PASSWORDS)) assert.ok(!ran.out.includes(password));
});

test('an app that lets anybody in where Digest was expected fails', async (t) => {
  for (const [open, what] of [
    ['by Basic', /^wrong password, by Basic$/],
    ['to everybody', /^no password$/],
  ] as const) {
    const ran = await tryOn(t, 'apache-digest', digest(open));
    assert.equal(ran.code, 1);
    assert.equal(ran.line(what).verdict, 'fail', open);
  }
});
