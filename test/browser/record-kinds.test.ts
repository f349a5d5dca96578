import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { parse } from 'yaml';
import { chromiumProgram } from '../support/browser.ts';
import { command } from '../support/command.ts';
import { type At, HOSTILE_PASSWORDS, HostileApp, type Mischief } from '../support/hostile-app.ts';
import { folder } from '../support/process.ts';

/** Kinds of sign-in that apps have whose pages are built by scripts: each is recorded, or told with what it needs. */

interface Written {
  readonly entry: string;
  readonly login: readonly { readonly need?: Readonly<Record<string, string>> }[];
  readonly whoami?: { readonly get: string; readonly anonymous: readonly object[] };
  readonly session: { readonly cookies: readonly string[]; readonly vault?: readonly object[] };
}

async function recorded(t: TestContext, app: HostileApp, within = 120) {
  t.after(() => app.close());
  const dir = folder(t);
  const file = (name: string): string => {
    writeFileSync(join(dir, name), HOSTILE_PASSWORDS[name] ?? '', { mode: 0o600 });
    return join(dir, name);
  };
  const out = join(dir, 'portal.yml');
  const ran = await command(
    ...['preset', 'record', '--unattended', '--upstream', app.origin, '--out', out, '--within', String(within)],
    ...['--browser', await chromiumProgram(), '--account', 'alice', '--password-file', file('alice')],
    ...['--second', 'bob', '--second-password-file', file('bob')],
  );
  const preset = existsSync(out) ? (parse(readFileSync(out, 'utf8')) as Written) : null;
  return { told: ran.out + ran.err, preset, code: ran.code };
}

const send = ({ response }: At, status: number, type: string, text: string, ...lines: readonly string[]): true => {
  response.writeHead(status, ['Content-Type', type, ...lines]).end(text);
  return true;
};

test('an address that a script asks for, and that answers with the name alone, says who is signed in', async (t) => {
  const mischief: Mischief = {
    said: () => 'somebody',
    inside: "<script>fetch('/who').then((answer) => answer.text()).then((name) => { document.title = name; })</script>",
    answer: (at) => at.path === '/who' && send(at, 200, 'text/plain', at.name ?? ''),
  };
  const { told, preset, code } = await recorded(t, await HostileApp.start(mischief));
  assert.equal(code, 0, told);
  assert.equal(preset?.whoami?.get, '/who', told);
  assert.deepEqual(preset.whoami.anonymous, [{ body: '^\\s*$' }]);
});

/** A page of scripts alone: it sends two words of its own with name and password, and keeps the token that it is given. */
const page = (header: string, before: string): string => `<!doctype html><title>Tool</title><div id="app"></div><script>
const app = document.querySelector('#app');
const ask = (path) => fetch(path, { headers: { '${header}': '${before}' + localStorage.getItem('token') } });
const form = () => {
  app.innerHTML = '<input name="u"><input name="p" type="pass' + 'word"><button>Sign in</button>';
  app.querySelector('button').onclick = async () => {
    const [name, secret] = [...app.querySelectorAll('input')].map((each) => each.value);
    const fields = new URLSearchParams({ client_id: 'tool-editor', grant_type: 'password', name, secret });
    const answer = await fetch('/token', { method: 'POST', body: fields });
    if (answer.status !== 200) return;
    localStorage.setItem('token', (await answer.json()).data.token);
    home();
  };
};
const home = () => ask('/things').then((answer) => answer.status === 200 ? app.innerHTML = '<h1>Things</h1>' : form());
localStorage.getItem('token') ? home() : form();
</script>`;

function tokenApp(header: string, before: string): Promise<HostileApp> {
  const tokens = new Set<string>();
  const answer = (at: At): boolean => {
    const { path, request } = at;
    if (path === '/') return send(at, 200, 'text/html', page(header, before));
    if (path === '/things') {
      const sent = request.headers[header.toLowerCase()];
      return send(at, tokens.has(String(sent).slice(before.length)) ? 200 : 401, 'application/json', '[]');
    }
    if (path !== '/token') return send(at, 404, 'text/html', 'Nothing.');
    const typed = new URLSearchParams(at.body);
    if (typed.get('client_id') !== 'tool-editor' || typed.get('grant_type') !== 'password')
      return send(at, 400, 'application/json', '{"error":"invalid_request"}');
    if (HOSTILE_PASSWORDS[typed.get('name') ?? ''] !== typed.get('secret'))
      return send(at, 403, 'application/json', '{"error":"invalid_grant"}');
    const token = `token-${tokens.size}-of-somebody-for-an-hour`;
    tokens.add(token);
    return send(at, 200, 'application/json', JSON.stringify({ data: { token } }));
  };
  return HostileApp.start({ answer });
}

test('a token that scripts keep and send in a header of its own is kept from them, and what else they send is needed', async (t) => {
  const { told, preset, code } = await recorded(t, await tokenApp('X-Token', ''));
  assert.equal(code, 0, told);
  assert.deepEqual(preset?.session, { cookies: [], vault: [{ json: '/data/token', send: { header: 'x-token' } }] });
  assert.deepEqual(preset.login[0]?.need, { client_id: 'tool-editor', grant_type: 'password' });
});

test('a token that scripts send as a bearer token is told with its place, and nothing is written', async (t) => {
  const { told, preset, code } = await recorded(t, await tokenApp('Authorization', 'Bearer '));
  assert.deepEqual([code, preset], [1, null], told);
  assert.match(told, /at \/data\/token in the header authorization, with other text beside it/);
});

test('name and password that a script sends with every request are told with the preset for that', async (t) => {
  const script = `<div id="app"></div><script>
const app = document.querySelector('#app');
app.innerHTML = '<input name="u"><input name="p" type="pass' + 'word"><button>Sign in</button>';
app.querySelector('button').onclick = async () => {
  const [name, secret] = [...app.querySelectorAll('input')].map((each) => each.value);
  const headers = { Authorization: 'Basic ' + btoa(name + ':' + secret) };
  const answer = await fetch('/dav/', { method: 'PROPFIND', headers });
  if (answer.status === 200) { await fetch('/dav/book', { method: 'PROPFIND', headers }); app.innerHTML = '<h1>Books</h1>'; }
};</script>`;
  const answer = (at: At): boolean => {
    if (at.path === '/') return send(at, 200, 'text/html', script);
    if (!at.path.startsWith('/dav/')) return send(at, 404, 'text/html', 'Nothing.');
    const sent = Buffer.from(String(at.request.headers.authorization).slice(6), 'base64').toString();
    const good = Object.entries(HOSTILE_PASSWORDS).some((pair) => pair.join(':') === sent);
    return send(at, good ? 200 : 401, 'text/xml', '<a/>');
  };
  const { told, preset, code } = await recorded(t, await HostileApp.start({ answer }));
  assert.deepEqual([code, preset], [1, null], told);
  assert.match(told, /as Basic with every request \(PROPFIND \/dav\/, and 1 more\).*use the preset apache-basic/);
});

test('a password that HTTP itself asks for is told with its scheme, and no browser is started for it', async (t) => {
  for (const [scheme, said] of [
    ['Basic realm="x"', /\(401, basic\).*use the preset apache-basic/],
    ['Digest realm="x", nonce="y"', /\(401, digest\).*use the preset apache-digest/],
    ['Negotiate', /\(401, negotiate\).*no preset can bind it/],
  ] as const) {
    const answer = (at: At): boolean => send(at, 401, 'text/html', 'Who are you?', 'WWW-Authenticate', scheme);
    const { told, preset, code } = await recorded(t, await HostileApp.start({ answer }));
    assert.deepEqual([code, preset], [1, null], told);
    assert.match(told, said);
    assert.doesNotMatch(told, /Chromium/);
  }
});

test('an app that takes no more sign-ins for now is told as that, and tried once more', async (t) => {
  let signIns = 0;
  const answer = (at: At): boolean => {
    if (at.request.method === 'POST') signIns += 1;
    return at.request.method === 'POST' && signIns > 6 && send(at, 429, 'text/html', 'Later.');
  };
  const { told, preset, code } = await recorded(t, await HostileApp.start({ answer }), 20);
  assert.deepEqual([code, preset], [1, null], told);
  assert.match(told, /takes no more sign-ins for now \(429\)/);
});

test('where the address of the sign-in page is good for one sign-in, people are sent to what leads there', async (t) => {
  const states = new Set<string>();
  const mischief: Mischief = {
    answer: (at) => {
      if (at.path === '/start') {
        const state = `_${'0123456789abcdef'.repeat(2)}${states.size}`;
        states.add(state);
        return send(
          at,
          302,
          'text/html',
          '',
          'Location',
          `/login?state=${encodeURIComponent(`${state}:http://x.test/?a=b`)}`,
        );
      }
      if (at.path === '/' || (at.path === '/home' && at.name === undefined))
        return send(at, 302, 'text/html', '', 'Location', '/start');
      if (at.path !== '/login' || at.request.method !== 'GET') return false;
      const state = new URL(at.request.url ?? '', 'http://x.test').searchParams.get('state')?.split(':')[0] ?? '';
      return !states.delete(state) && send(at, 400, 'text/html', 'That sign-in is over.');
    },
  };
  const { told, preset, code } = await recorded(t, await HostileApp.start(mischief));
  assert.equal(code, 0, told);
  assert.equal(preset?.entry, '/start', told);
  assert.ok(preset.whoami !== undefined, told);
});
