import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { parse } from 'yaml';
import { command } from '../../support/command.ts';
import { APP_PASSWORDS } from '../../support/login-app.ts';
import { folder } from '../../support/process.ts';

/** No Chromium of this machine takes part. */
process.env['PATH'] = '';

const FORM = '<form method="post"><input name="user"><input type="password" name="pass"></form>';

/** An app with one session from its first page on, which a sign-in takes over. `inside`: what it says of whoever is signed in, at any address. */
async function app(t: TestContext, cookie: string, inside: (who: string) => string): Promise<string> {
  const sessions = new Map<string, string>();
  const server = createServer((request, response) => {
    const found = new RegExp(`${cookie}=(\\w+)`).exec(request.headers.cookie ?? '')?.[1];
    const id = found ?? randomBytes(9).toString('hex');
    const answer = (status: number, body: string, more: Record<string, string> = {}) =>
      response
        .writeHead(status, {
          'content-type': 'text/html',
          ...(found === undefined ? { 'set-cookie': `${cookie}=${id}; Path=/; HttpOnly` } : {}),
          ...more,
        })
        .end(body);
    if (request.url === '/out') sessions.delete(id);
    if (request.method !== 'POST') {
      const who = sessions.get(id);
      return answer(
        200,
        who === undefined ? FORM : `${inside(who)}<a href="/portal/about">About</a><a href="/out">Log out</a>`,
      );
    }
    let text = '';
    request.on('data', (piece) => {
      text += String(piece);
    });
    request.on('end', () => {
      const [name = '', password] = [...new URLSearchParams(text).values()];
      if (APP_PASSWORDS[name] !== password) return answer(200, FORM);
      sessions.set(id, name);
      return answer(302, '', { location: '/portal/index' });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Recorded {
  readonly session: { readonly cookies: readonly string[] };
  readonly whoami: { readonly get: string; readonly find: string };
}

async function recorded(t: TestContext, upstream: string): Promise<Recorded> {
  const dir = folder(t);
  const file = (name: string) => {
    writeFileSync(join(dir, name), APP_PASSWORDS[name] ?? '', { mode: 0o600 });
    return join(dir, name);
  };
  const out = join(dir, 'app.yml');
  const ran = await command(
    ...['preset', 'record', '--unattended', '--upstream', upstream, '--out', out],
    ...['--account', 'alice', '--password-file', file('alice')],
    ...['--second', 'bob', '--second-password-file', file('bob')],
  );
  assert.equal(ran.code, 0, ran.out + ran.err);
  return parse(readFileSync(out, 'utf8')) as Recorded;
}

test('a session that the sign-in takes over is found, whatever its cookie is called', async (t) => {
  for (const cookie of ['Harbour', `q${randomBytes(3).toString('hex')}`]) {
    const { session } = await recorded(t, await app(t, cookie, (who) => `<p>User: <b>${who}</b></p>`));
    assert.deepEqual(session.cookies, [cookie]);
  }
});

test('who is signed in is asked where the app leads, and read without words of one language where it can be', async (t) => {
  const page = (who: string) =>
    `<div class="infoBar">Signed in: <span id="user" class="menu item">${who}</span></div><ul><li class="user-name">Logged in as ${who}</li></ul>`;
  const { whoami } = await recorded(t, await app(t, 'SID', page));
  // Any address shows the same; to those that the recorder made up nothing leads.
  assert.ok(whoami.get.startsWith('/portal/'), whoami.get);
  assert.doesNotMatch(whoami.find, /Logged/);
});
