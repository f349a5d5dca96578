import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { folder } from '../support/process.ts';
import { startSallyport } from '../support/sallyport.ts';

const PASSWORD = 'PasswordOfA';

const PRESET = `preset: 1
id: keyed
title: Keyed
tested: []
entry: /enter
anon: [{ path: /enter }]
login:
  - { id: password, on: { method: POST, path: /in }, type: form, account: user, secret: [pass], ok: { status: 302 }, fail: { status: 403 } }
whoami: { get: /me, find: "name: (\\\\w+);", anonymous: [{ body: nobody }] }
account: { fold: [] }
session: { cookies: [SID, KEY] }
`;

/** Its sign-in page ends the session and gives a key with the form; whoever asks it and is nobody is given a key that is good for nothing. */
function keyed() {
  const sessions = new Map<string, { key: string; who: string | null }>();
  const happened: string[] = [];
  const server = createServer((request, response) => {
    const of = (name: string) => new RegExp(`${name}=(\\w+)`).exec(request.headers.cookie ?? '')?.[1] ?? '';
    const session = sessions.get(of('SID'));
    const answer = (status: number, body: string, cookies: readonly string[] = []) =>
      response.writeHead(status, { 'content-type': 'text/html', location: '/', 'set-cookie': [...cookies] }).end(body);
    if (request.url === '/me') {
      if (session?.who != null) return answer(200, `name: ${session.who};`);
      happened.push('asked');
      return answer(200, 'nobody', ['KEY=void; Path=/']);
    }
    if (request.url === '/enter') {
      sessions.delete(of('SID'));
      const [id, key] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
      sessions.set(id, { key, who: null });
      return answer(
        200,
        '<form method="post" action="/in"><input name="user"><input type="password" name="pass"></form>',
        [`SID=${id}; Path=/`, `KEY=${key}; Path=/`],
      );
    }
    if (request.url !== '/in') return answer(200, `page of ${session?.who}`);
    let text = '';
    request.on('data', (piece) => {
      text += String(piece);
    });
    request.on('end', () => {
      const fields = new URLSearchParams(text);
      const good = session !== undefined && of('KEY') === session.key && fields.get('pass') === PASSWORD;
      happened.push(good ? 'in' : `refused, ${of('KEY') === 'void' ? 'with another key' : 'no key'}`);
      if (!good) return answer(403, 'no');
      session.who = fields.get('user');
      return answer(302, '');
    });
  });
  return { server, happened };
}

test('what an app gives with the word that somebody is nobody does not spoil the form that was shown just before', async (t) => {
  const { server, happened } = keyed();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const file = join(folder(t), 'keyed.yml');
  writeFileSync(file, PRESET);
  const host = 'keyed.test';
  const sally = await startSallyport({
    realm: 'app',
    apps: [
      ...['  keyed:', `    hosts: [${host}]`, `    origin: http://${host}`],
      ...[`    upstream: http://127.0.0.1:${(server.address() as AddressInfo).port}`, '    realm: staff'],
      `    login: ${JSON.stringify({ preset: file })}`,
    ],
  });
  t.after(() => sally.close());
  const cookie = await sally.session('alice', { appId: 'keyed' });
  const page = (target: string) => sally.send('GET', target, { host, cookie, headers: [['Accept', 'text/html']] });
  const signIn = () =>
    sally.send('POST', '/in', {
      ...{ host, cookie, origin: `http://${host}` },
      headers: [
        ['Accept', 'text/html'],
        ['Content-Type', 'application/x-www-form-urlencoded'],
      ],
      body: `user=alice&pass=${PASSWORD}`,
    });
  for (const round of ['first', 'again', 'and again']) {
    assert.equal((await page('/enter')).status, 200, round);
    const { status, body } = await signIn();
    assert.equal(status, 302, `${round}: ${status} ${body} ${happened.join('; ')}`);
    assert.match((await page('/')).body, /page of alice/, round);
  }
  assert.ok(happened.includes('asked'), 'it was asked in between');
});
