import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { linksIn, mayAct } from '../../../src/workbench/record/links.ts';
import { command } from '../../support/command.ts';
import { APP_PASSWORDS } from '../../support/login-app.ts';
import { folder } from '../../support/process.ts';

/** No Chromium of this machine takes part. */
process.env['PATH'] = '';

/** Links of a page that lead to a page, and such as do something: by their words, or by a value that says they were meant. */
const READING = [
  '/profile',
  '/users/7',
  '?do=profile',
  '/index.php?title=Special:Preferences',
  '/list.php?table=admin&page=2',
];
const ACTS = [
  '/users/7/deactivate',
  '/?action=delete',
  '/editactive.php?id=7&active=0',
  '/cart/add',
  '/queue?do=resend',
];
const values = () => ({
  hex: randomBytes(16).toString('hex'),
  base64url: randomBytes(24).toString('base64url'),
  uuid: crypto.randomUUID(),
});

test('a link is followed when neither its words nor its values say that it does something', () => {
  for (const target of READING) assert.equal(mayAct(target, 'Open'), false, target);
  for (const target of ACTS) assert.equal(mayAct(target, 'YES'), true, target);
  for (const said of ['Delete', 'Deactivate', 'Approve this']) assert.equal(mayAct('/x/7', said), true, said);
  for (const target of READING)
    for (let n = 0; n < 20; n += 1)
      for (const value of Object.values(values()))
        for (const name of ['token', '_wpnonce', 'csrf_token', 'sectok', 'authenticity_token', 'k']) {
          const meant = `${target}${target.includes('?') ? '&' : '?'}${name}=${value}`;
          assert.equal(mayAct(meant, 'YES'), true, meant);
        }
  assert.equal(mayAct(`/profile?PHPSESSID=${values().hex}`, 'Profile'), false, 'a session in every link');
  assert.deepEqual([...linksIn('<a href="/x" title="Remove">x</a><a href="/y">Y</a>').acting], ['/x']);
});

test('the recorder does nothing at an app whose lists have links that act', async (t) => {
  const done: string[] = [];
  const sessions = new Map<string, string>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://app.test');
    const who = sessions.get(/SID=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
    const html = (body: string, status = 200, more: Record<string, string> = {}) =>
      response.writeHead(status, { 'content-type': 'text/html', ...more }).end(body);
    if (url.pathname === '/set.php' || url.searchParams.has('t')) done.push(request.url ?? '');
    if (request.method === 'POST') {
      let text = '';
      request.on('data', (piece) => {
        text += String(piece);
      });
      request.on('end', () => {
        const [name = '', password] = [...new URLSearchParams(text).values()];
        if (APP_PASSWORDS[name] !== password) return html('<form method="post"><p>wrong</p>', 200);
        const id = randomBytes(9).toString('hex');
        sessions.set(id, name);
        return html('', 302, { location: '/', 'set-cookie': `SID=${id}; Path=/` });
      });
      return;
    }
    if (url.pathname === '/logout') sessions.clear();
    if (who === undefined || url.pathname === '/logout')
      return html('<form method="post" action="/"><input name="user"><input type="password" name="pass"></form>');
    const token = randomBytes(16).toString('hex');
    const acts = ['alice', 'bob'].map(
      (name) => `<a href="/people?user=${name}&on=0&t=${token}">YES</a><a href="/set.php?user=${name}">x</a>`,
    );
    html(`<p>Signed in as <b>${who}</b></p><a href="/people">People</a>${acts.join('')}<a href="/logout">Log out</a>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const dir = folder(t);
  const file = (name: string) => {
    writeFileSync(join(dir, name), APP_PASSWORDS[name] ?? '', { mode: 0o600 });
    return join(dir, name);
  };
  const ran = await command(
    ...['preset', 'record', '--unattended', '--upstream', `http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    ...[
      '--account',
      'alice',
      '--password-file',
      file('alice'),
      '--second',
      'bob',
      '--second-password-file',
      file('bob'),
    ],
    ...['--out', join(dir, 'app.yml')],
  );
  assert.equal(ran.code, 0, ran.out + ran.err);
  assert.deepEqual(done, [], 'something was done at the app');
});
