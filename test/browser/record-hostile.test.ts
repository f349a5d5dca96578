import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { parse } from 'yaml';
import { chromiumProgram } from '../support/browser.ts';
import { command } from '../support/command.ts';
import { HOSTILE_PASSWORDS, HostileApp, type Mischief } from '../support/hostile-app.ts';
import { folder } from '../support/process.ts';

/** The form is built by a script, so that a browser goes about the app; the plain one of the page is none to a robot. */
const BUILT: Mischief = {
  answer: ({ path, request, response }) => {
    if (path !== '/login' || request.method === 'POST') return false;
    const parts = [
      '<for',
      'm action="/login" method="post"><input name="user"><input name="pass',
      'word" type="password"><button>Sign in</button></form>',
    ];
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(
      `<title>Harbour</title><div id="a"></div><script>document.querySelector('#a').innerHTML = ${JSON.stringify(parts)}.join('')</script>`,
    );
    return true;
  },
};

async function recorded(t: TestContext, mischief: Mischief, within = 90) {
  const app = await HostileApp.start({ ...BUILT, ...mischief });
  t.after(() => app.close());
  const dir = folder(t);
  const file = (name: string, content: string): string => {
    writeFileSync(join(dir, name), content, { mode: 0o600 });
    return join(dir, name);
  };
  const out = join(dir, 'portal.yml');
  const began = Date.now();
  const ran = await command(
    ...['preset', 'record', '--unattended', '--upstream', app.origin, '--out', out, '--within', String(within)],
    ...['--browser', await chromiumProgram(), '--account', 'alice'],
    ...['--password-file', file('a', HOSTILE_PASSWORDS['alice'] ?? '')],
    ...['--second', 'bob', '--second-password-file', file('b', HOSTILE_PASSWORDS['bob'] ?? '')],
  );
  assert.ok(Date.now() - began < (within + 10) * 1000, `${(Date.now() - began) / 1000} s`);
  const told = ran.out + ran.err;
  const text = existsSync(out) ? readFileSync(out, 'utf8') : '';
  for (const password of Object.values(HOSTILE_PASSWORDS)) assert.ok(!(told + text).includes(password), told);
  const preset =
    text === ''
      ? null
      : (parse(text) as { readonly whoami?: unknown; readonly session: { readonly cookies: readonly string[] } });
  return { told, preset, code: ran.code, app };
}

const script = (text: string): string => `<script>${text}</script>`;

/** What pages of whoever is signed in do. */
const INSIDE: Readonly<Record<string, string>> = {
  nothing: '',
  'windows without end': script("setInterval(() => { open('/home'); open('about:blank', '_blank', 'noopener'); }, 30)"),
  'a word before anybody leaves': script(
    "addEventListener('beforeunload', (event) => { event.preventDefault(); event.returnValue = 'x'; })",
  ),
  'questions now and then': script("setInterval(() => { alert('x'); confirm('y'); prompt('z'); }, 300)"),
  'downloads without end': script(
    "setInterval(() => { const a = document.createElement('a'); a.href = 'data:application/x-y,z'; a.download = 'x.exe'; a.click(); }, 50)",
  ),
  'a WebSocket that stays open': script("new WebSocket('ws://' + location.host + '/socket')"),
  'requests without end': script("setInterval(() => fetch('/nothing?' + Math.random()), 20)"),
  'a service worker': script("navigator.serviceWorker?.register('/worker.js')"),
  'names of its own for what pages have': '<form name="querySelectorAll"><input name="body"></form>',
};

for (const [what, inside] of Object.entries(INSIDE))
  test(`an app whose pages have ${what} is recorded with a browser all the same`, async (t) => {
    const { told, preset, code, app } = await recorded(t, { inside });
    assert.equal(code, 0, told);
    assert.ok(preset?.whoami !== undefined, told);
    assert.deepEqual(preset.session.cookies, ['sid']);
    assert.ok(!app.received.some((line) => line.startsWith('GET /worker.js')), 'a service worker was fetched');
  });

test('a page that keeps the browser busy without end ends the recording with a word', async (t) => {
  for (const inside of [script('for (;;);'), script("for (;;) alert('x')")]) {
    const { code, preset, told } = await recorded(t, { inside }, 60);
    assert.deepEqual([code, preset], [1, null], told);
    assert.match(told, /keeps the browser busy without end|took longer than|does not answer/);
  }
});

test('no page reaches another port of this machine, by form, script, frame, picture or WebSocket', async (t) => {
  const other = await HostileApp.start();
  t.after(() => other.close());
  const ways = `fetch('${other.origin}/a', { method: 'POST', mode: 'no-cors', body: 'x' }); new WebSocket('${other.origin.replace('http', 'ws')}/b'); navigator.sendBeacon('${other.origin}/c', 'x'); new EventSource('${other.origin}/d');`;
  const tags = `<img src="${other.origin}/e"><iframe src="${other.origin}/f"></iframe><link rel="prefetch" href="${other.origin}/g"><a href="${other.origin}/h">Profile</a>`;
  const inside = await recorded(t, { inside: `${script(ways)}${tags}` });
  assert.equal(inside.code, 0, inside.told);
  const elsewhere = `<form action="${other.origin}/login" method="post"><input name="user"><input name="password" type="password"><button>Sign in</button></form>`;
  const posted = await recorded(t, {
    answer: ({ path, request, response }) => {
      if (path !== '/login' || request.method === 'POST') return false;
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end(
        `<div id="a"></div>${script(`document.querySelector('#a').innerHTML = ${JSON.stringify(elsewhere)}`)}`,
      );
      return true;
    },
  });
  assert.deepEqual([posted.code, posted.preset], [1, null], posted.told);
  assert.match(posted.told, /which is another address than that of the app: people sign in there/);
  assert.deepEqual(other.received, []);
});
