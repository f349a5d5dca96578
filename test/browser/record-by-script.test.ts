import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import test, { type TestContext } from 'node:test';
import { parse } from 'yaml';
import { recordAlone } from '../apps/alone.ts';
import { APP_PASSWORDS } from '../support/login-app.ts';

const FORM =
  '<form method="post" action="/in"><input name="user"><input type="password" name="pass"><button>Log in</button></form>';
const SCRIPT = `<script>document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await fetch('/in', { method: 'POST', body: new URLSearchParams(new FormData(event.target)) });
  location.href = answer.headers.get('x-go') ?? '/';
});</script>`;

/** `told`: by a header and the session's cookie, where a wrong password has the form again; `alike`: by the same page whatever was typed. */
type ByScript = 'told' | 'alike';

/** An app whose form works as it stands; `script`: a script sends it all the same, and is answered otherwise. */
async function app(t: TestContext, script: ByScript | undefined): Promise<string> {
  const sessions = new Map<string, string>();
  const shown = `${FORM}${script === undefined ? '' : SCRIPT}`;
  /** A cookie of the app, of the session of somebody, or of nobody's. */
  const own = (name?: string) => {
    const id = randomBytes(9).toString('hex');
    if (name !== undefined) sessions.set(id, name);
    return { 'set-cookie': `sid=${id}; Path=/; HttpOnly` };
  };
  const server = createServer(async (request, response) => {
    const who = sessions.get(/sid=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
    const page = (body: string, status = 200, more: Record<string, string> = {}) =>
      response.writeHead(status, { 'content-type': 'text/html', ...more }).end(body);
    if (request.method === 'POST') {
      const byScript = request.headers['sec-fetch-mode'] === 'cors';
      const [name = '', password] = [...new URLSearchParams(await text(request)).values()];
      if (APP_PASSWORDS[name] !== password)
        return byScript && script === 'alike'
          ? page('<p>See there.</p>', 200, { 'x-go': '/in', ...own() })
          : page(`<p>No.</p>${shown}`);
      const cookie = own(name);
      return byScript
        ? page(script === 'alike' ? '<p>See there.</p>' : '', 200, { 'x-go': '/home', ...cookie })
        : page('', 302, { location: '/home', ...cookie });
    }
    if (request.url === '/out') sessions.clear();
    return who === undefined || request.url === '/out'
      ? page(shown)
      : page(`<p class="user">Signed in as <b>${who}</b></p><a href="/out">Log out</a>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const of = (name: string) => ({ name, password: APP_PASSWORDS[name] ?? '' });

async function recorded(t: TestContext, script: ByScript | undefined) {
  const people = { mine: of('alice'), other: of('bob') };
  const found = await recordAlone({ origin: await app(t, script), publicOrigin: 'http://portal.example', ...people });
  assert.equal(found.alone, 'asked', found.told);
  const [step] = (parse(found.text) as { login: { script?: boolean; ok: unknown; fail: unknown }[] }).login;
  assert.ok(step);
  return { step, told: found.told };
}

const TO_MEND =
  /In a browser a script of the page sends the sign-in, and is answered with 200 where the form is with 302/;
const BOTH = /In a browser a script of the page sends the sign-in: what it is answered with is in the preset, too/;

test('a form that a script sends in a browser is taken with both of its answers', async (t) => {
  const { step, told } = await recorded(t, 'told');
  assert.deepEqual([BOTH.test(told), TO_MEND.test(told)], [true, false], told);
  assert.equal(step.script, true);
  assert.deepEqual([step.ok].flat().length, 2, JSON.stringify(step));
});

test('where the answers to a script do not tell, the form alone is taken, and what is to be mended is told', async (t) => {
  const { step, told } = await recorded(t, 'alike');
  assert.deepEqual([BOTH.test(told), TO_MEND.test(told), step.script], [false, true, undefined], told);
});

test('a form that a browser sends needs no word', async (t) => {
  const { step, told } = await recorded(t, undefined);
  assert.deepEqual([BOTH.test(told), TO_MEND.test(told), step.script], [false, false, undefined], told);
});
