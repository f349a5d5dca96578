import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import test, { type TestContext } from 'node:test';
import { recordAlone } from '../apps/alone.ts';
import { APP_PASSWORDS } from '../support/login-app.ts';

const FORM =
  '<form method="post" action="/in"><input name="user"><input type="password" name="pass"><button>Log in</button></form>';
const SCRIPT = `<script>document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await fetch('/in', { method: 'POST', body: new URLSearchParams(new FormData(event.target)) });
  location.href = answer.headers.get('x-go') ?? '/';
});</script>`;

/** An app whose form works as it stands; `script`: a script sends it all the same, and is answered otherwise. */
async function app(t: TestContext, script: boolean): Promise<string> {
  const sessions = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const who = sessions.get(/sid=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
    const page = (body: string, status = 200, more: Record<string, string> = {}) =>
      response.writeHead(status, { 'content-type': 'text/html', ...more }).end(body);
    if (request.method === 'POST') {
      const [name = '', password] = [...new URLSearchParams(await text(request)).values()];
      if (APP_PASSWORDS[name] !== password) return page(`<p>No.</p>${FORM}${script ? SCRIPT : ''}`);
      const id = randomBytes(9).toString('hex');
      sessions.set(id, name);
      const cookie = { 'set-cookie': `sid=${id}; Path=/; HttpOnly` };
      return request.headers['sec-fetch-mode'] === 'cors'
        ? page('', 200, { 'x-go': '/home', ...cookie })
        : page('', 302, { location: '/home', ...cookie });
    }
    if (request.url === '/out') sessions.clear();
    return who === undefined || request.url === '/out'
      ? page(`${FORM}${script ? SCRIPT : ''}`)
      : page(`<p class="user">Signed in as <b>${who}</b></p><a href="/out">Log out</a>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

for (const script of [true, false])
  test(`a form that ${script ? 'a script sends in a browser is told as that, with how it is answered' : 'a browser sends needs no word'}`, async (t) => {
    const of = (name: string) => ({ name, password: APP_PASSWORDS[name] ?? '' });
    const found = await recordAlone({
      origin: await app(t, script),
      publicOrigin: 'http://portal.example',
      mine: of('alice'),
      other: of('bob'),
    });
    assert.equal(found.alone, 'asked', found.told);
    const said =
      /In a browser a script of the page sends the sign-in, and is answered with 200 where the form is with 302/;
    assert.equal(said.test(found.told), script, found.told);
  });
