import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { APP_PASSWORDS } from '../support/login-app.ts';
import { recordAlone } from './alone.ts';

/** A page whose script shows the form once its button was pressed: there is no address with the form in it. */
const DIALOG = `<h1>Harbour</h1><div id="at"></div><button onclick="document.getElementById('at').innerHTML = FORM">Sign in</button>
<script>const FORM = '<form method="post" action="/enter"><input name="user"><input type="password" name="pass"><input type="submit" value="Go"></form>';</script>`;

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

test('a form without an address of its own is recorded with what becomes of a wrong password', async (t) => {
  const sessions = new Map<string, string>();
  const wrong: string[] = [];
  const server = createServer(async (request, response) => {
    const who = sessions.get(/SID=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
    const answer = (status: number, body: string, more: Record<string, string> = {}) =>
      response.writeHead(status, { 'content-type': 'text/html', ...more }).end(body);
    if (request.method === 'POST') {
      const fields = await bodyOf(request);
      const name = fields.get('user') ?? '';
      if (APP_PASSWORDS[name] !== fields.get('pass')) {
        wrong.push(name);
        return answer(302, '', { location: '/?failed=1' });
      }
      const id = randomBytes(9).toString('hex');
      sessions.set(id, name);
      return answer(302, '', { location: '/?welcome=1', 'set-cookie': `SID=${id}; Path=/; HttpOnly` });
    }
    if (request.url === '/logout') sessions.clear();
    if (who === undefined || request.url === '/logout') return answer(200, DIALOG);
    return answer(200, `<p>Signed in as <b>${who}</b></p><a href="/logout">Log out</a>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const person = (name: string) => ({ name, password: APP_PASSWORDS[name] ?? '' });
  const found = await recordAlone({
    origin,
    publicOrigin: 'http://portal.example',
    mine: person('alice'),
    other: person('bob'),
  });
  assert.equal(found.alone, 'asked', found.told);
  assert.match(found.text, /fail:\n\s+status: 302\n\s+location: .*failed=1/, found.text);
  assert.ok(wrong.length > 0);
});
