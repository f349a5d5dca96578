import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { parse } from 'yaml';
import { harmless } from '../../src/terminal/output.ts';
import { command } from '../support/command.ts';
import { type At, HOSTILE_PASSWORDS, HostileApp, type Mischief } from '../support/hostile-app.ts';
import { folder } from '../support/process.ts';

/** No Chromium of this machine takes part. */
process.env['PATH'] = '';

interface Written {
  readonly title: string;
  readonly anon: readonly { readonly path: string }[];
  readonly login: readonly {
    readonly account: string;
    readonly secret: readonly string[];
    readonly pass?: readonly string[];
  }[];
  readonly whoami?: { readonly get: string; readonly find?: string };
  readonly session: { readonly cookies: readonly string[] };
  readonly browser_cookies?: readonly string[];
  readonly logout?: readonly { readonly path: string }[];
}

interface Recorded {
  readonly told: string;
  readonly text: string;
  readonly preset: Written | null;
  readonly code: number;
  readonly app: HostileApp;
}

/** Records an app without anybody's help, in the time that it is given, and looks that no password is anywhere. */
async function recorded(t: TestContext, mischief: Mischief, within = 40): Promise<Recorded> {
  const app = await HostileApp.start(mischief);
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
    ...['--account', 'alice', '--password-file', file('a', HOSTILE_PASSWORDS['alice'] ?? '')],
    ...['--second', 'bob', '--second-password-file', file('b', HOSTILE_PASSWORDS['bob'] ?? '')],
  );
  assert.ok(Date.now() - began < (within + 5) * 1000, `${(Date.now() - began) / 1000} s`);
  const text = existsSync(out) ? readFileSync(out, 'utf8') : '';
  const told = ran.out + ran.err;
  for (const password of Object.values(HOSTILE_PASSWORDS))
    assert.ok(!(told + text).includes(password), `a password was told: ${told}${text}`);
  return { told, text, preset: text === '' ? null : (parse(text) as Written), code: ran.code, app };
}

/** It was recorded as if there were no mischief. */
function assertSound({ preset, told, code, text }: Recorded): Written {
  assert.equal(code, 0, told + text);
  assert.ok(preset !== null, told);
  assert.deepEqual([preset.login.length, preset.login[0]?.account, preset.login[0]?.secret], [1, 'user', ['password']]);
  assert.ok(preset.whoami !== undefined, told + text);
  return preset;
}

const stream = ({ response }: At, every: number, piece: string): true => {
  response.writeHead(200, { 'Content-Type': 'text/html' });
  const timer = setInterval(() => response.write(piece), every);
  response.on('close', () => clearInterval(timer));
  return true;
};

const PLACE = '/profile';
const LINK = `<a href="${PLACE}">Profile</a>`;

/** At a page that a link leads to, once somebody is signed in; none of it keeps anybody from being recorded. */
const BESIDE: Readonly<Record<string, (at: At) => boolean>> = {
  'an endless page': (at) => stream(at, 1, 'a'.repeat(64 * 1024)),
  'a page that drips': (at) => stream(at, 500, '.'),
  'a page that never answers': () => true,
  'a circle of redirects': ({ response }) => {
    response.writeHead(302, { Location: PLACE }).end();
    return true;
  },
  'redirects without end': ({ response, request }) => {
    response.writeHead(302, { Location: `${PLACE}?n=${Math.random()}&from=${(request.url ?? '').length}` }).end();
    return true;
  },
  'an address that is none': ({ response }) => {
    response.writeHead(302, { Location: 'http://[' }).end();
    return true;
  },
  'a head without end': ({ response }) => {
    response.writeHead(200, { 'X-Long': 'a'.repeat(100_000) }).end();
    return true;
  },
  'JSON nested 50,000 deep': ({ response, name }) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(`${'['.repeat(50_000)}"${name}"${']'.repeat(50_000)}`);
    return true;
  },
  'a page of nothing but forms': ({ response }) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<form><input name="user">'.repeat(200_000));
    return true;
  },
};

for (const [what, answer] of Object.entries(BESIDE))
  test(`an app with ${what} is recorded all the same`, async (t) => {
    const found = await recorded(t, { inside: LINK, answer: (at) => at.path === PLACE && answer(at) });
    assertSound(found);
  });

test('a sign-in page that never ends, and one that drips, end the recording with a word', async (t) => {
  for (const answer of ['an endless page', 'a page that drips', 'a page that never answers']) {
    const at = BESIDE[answer];
    const found = await recorded(t, { answer: (each) => each.path === '/login' && at?.(each) === true }, 12);
    assert.deepEqual([found.code, found.preset], [1, null], found.told);
    assert.match(found.told, /does not answer|took longer than|No page with a form/);
  }
});

test('where other ways in do not answer, they are refused, or the recording ends: none is left out', async (t) => {
  const known =
    /xmlrpc|jsonrpc|\/api\/|oauth|rest|soap|graphql|dav|remote\.php|wp-json|api\.php|autodiscover|ews|activesync|feed|rss/i;
  const found = await recorded(t, { answer: ({ path, name }) => name === undefined && known.test(path) }, 25);
  assert.deepEqual([found.code, found.preset], [1, null], found.told + found.text);
  assert.match(found.told, /took longer than 25 seconds/);
});

test('no password goes to another server, whatever a form, a redirect or a base says', async (t) => {
  const other = await HostileApp.start();
  t.after(() => other.close());
  const elsewhere = `${other.origin}/login`;
  const mischiefs: readonly Mischief[] = [
    { action: elsewhere },
    {
      onSignIn: `<base href="${other.origin}/"><form action="login" method="post"><input name="user"><input type="password" name="password"></form>`,
    },
    { location: elsewhere },
    { onSignIn: `<meta http-equiv="refresh" content="0; url=${elsewhere}">` },
    {
      answer: ({ path, response }) =>
        path === '/login' && response.writeHead(302, { Location: elsewhere }).end() !== undefined,
    },
    {
      answer: ({ path, request, response }) =>
        path === '/login' &&
        request.method === 'POST' &&
        response.writeHead(307, { Location: elsewhere }).end() !== undefined,
    },
    { inside: `<a href="${other.origin}/home">Profile</a><iframe src="${other.origin}/"></iframe>` },
  ];
  for (const mischief of mischiefs) await recorded(t, mischief, 30);
  assert.deepEqual(other.received, []);
});

test('a form with a million fields, and one of which the page alone would not be read', async (t) => {
  for (const count of [600, 1_000_000]) {
    const fields = Array.from({ length: count }, (_, i) => `<input name="f${i}" value="${i}">`).join('');
    const { code, preset, told } = await recorded(t, { inForm: fields });
    assert.deepEqual([code, preset], [1, null], told);
  }
});

test('megabytes of cookies do not keep the session from being found', async (t) => {
  let made = 0;
  const found = await recorded(t, {
    answer: ({ response, path }) => {
      if (path !== '/home') return false;
      for (let i = 0; i < 12; i += 1)
        response.appendHeader('Set-Cookie', `junk${made++ % 500}=${'a'.repeat(3000)}; Path=/other`);
      return false;
    },
  });
  assert.ok(assertSound(found).session.cookies.includes('sid'));
});

test('names of cookies are names, and no patterns that would show the browser the session', async (t) => {
  const names = ['^.*csrf.*|sid', '^(?:csrf|sid)', 'csrf$', '^csrf.*', 'xsrf|sid', '__proto__', 'a*csrf'];
  const found = await recorded(t, { lines: names.map((name) => `Set-Cookie: ${name}=1; Path=/`) });
  const { session, browser_cookies: shown = [] } = assertSound(found);
  assert.deepEqual(session.cookies, ['sid']);
  assert.ok(shown.length > 0, found.text);
  for (const pattern of shown)
    assert.ok(!new RegExp(pattern.startsWith('^') ? pattern : `^${pattern}$`).test('sid'), `${pattern} shows sid`);
});

test('what is written reads as it was meant, whatever the app calls its parts', async (t) => {
  const names = ['a: b', '- x', '# c', '"q"', 'yes', 'null', '0x10', 'any-scalar'];
  const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const title = 'x\u001b]0;owned\u0007: "y" # \u202e- z';
  const found = await recorded(t, {
    inForm: names.map((name) => `<input type="hidden" name="${escaped(name)}" value="1">`).join(''),
    title,
  });
  const preset = assertSound(found);
  assert.deepEqual([...(preset.login[0]?.pass ?? [])].sort(), [...names].sort());
  assert.ok(!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(harmless(found.told)), 'the terminal is steered');
});

test('a name that no preset file can hold is told, and nothing is written', async (t) => {
  const field = '<input type="hidden" name="a\u2028b" value="1">';
  const { code, preset, told } = await recorded(t, { inForm: field });
  assert.deepEqual([code, preset], [1, null], told);
  assert.match(told, /names that no preset file can hold/);
});

test('a field or an address that a preset would read as a wildcard or a parameter is told, and nothing is written', async (t) => {
  for (const mischief of [
    { inForm: '<input type="hidden" name="*" value="1">' },
    { inForm: '<input type="hidden" name="*d" value="1">' },
    { inForm: '<input type="hidden" name="$' + '{self}" value="1">' },
    { action: '/log*in' },
  ]) {
    const { code, preset, told } = await recorded(t, mischief);
    assert.deepEqual([code, preset], [1, null], told);
    assert.match(told, /which a preset would read as a wildcard or a parameter/);
  }
});

test('what strangers are shown is no more than was seen, where an address has wildcards', async (t) => {
  const found = await recorded(t, {
    onSignIn: '<a href="/a/**">Log in here</a><a href="/**">Log in there</a><a href="/*/login">Log in</a>',
    answer: ({ path, response }) =>
      path.includes('*') && response.writeHead(200, { 'Content-Type': 'text/html' }).end('x') !== undefined,
    inside: '<a href="/logout/**">Log out of all</a>',
  });
  const { anon, logout = [] } = assertSound(found);
  for (const { path } of [...anon, ...logout]) assert.ok(!path.includes('*'), path);
});

test('an app that repeats the password does not have it told or written', async (t) => {
  const mischiefs: readonly Mischief[] = [
    { said: ({ name, typed }) => `${name}</b><i>${typed}</i><b>` },
    { said: ({ typed }) => typed },
    {
      inside: `<p>Password ${HOSTILE_PASSWORDS['alice']} of alice</p><a href="/profile?p=${HOSTILE_PASSWORDS['alice']}&who=alice">Profile of alice</a>`,
    },
    { title: `Portal of ${HOSTILE_PASSWORDS['alice']} and ${HOSTILE_PASSWORDS['bob']}` },
    {
      linesAtSignIn: Object.values(HOSTILE_PASSWORDS).map(
        (password) => `Set-Cookie: last-${password}=${password}; Path=/`,
      ),
    },
    { location: `/home?was=${HOSTILE_PASSWORDS['alice']}` },
  ];
  for (const mischief of mischiefs) await recorded(t, mischief);
});
