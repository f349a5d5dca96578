import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type { Allowed, BoundLogin, Predicate } from '../../../src/config/login-types.ts';
import type { Choice } from '../../../src/config/preset/compile.ts';
import { loadPreset, presetNames } from '../../../src/config/preset/load.ts';
import { compileFile, ORIGIN } from './presets.ts';

const dir = mkdtempSync(join(tmpdir(), 'sallyport-presets-'));
after(() => rmSync(dir, { recursive: true }));

/** The worked examples of the specification, as they stand there. */
const worked = (id: string): string => new URL(`worked/${id}.yml`, import.meta.url).pathname;

function compiled(file: string, choice: Partial<Choice> = {}): BoundLogin {
  const { login, faults } = compileFile(file, choice);
  assert.deepEqual(faults, []);
  assert.ok(login);
  return login;
}

function changed(id: string, change: (text: string) => string): string {
  const file = join(dir, `${id}.yml`);
  writeFileSync(file, change(readFileSync(worked(id), 'utf8')));
  return file;
}

const SAYS_NOTHING: Predicate = {
  status: null,
  location: null,
  cookie: null,
  nocookie: null,
  headers: new Map(),
  body: null,
  json: new Map(),
  xml: new Map(),
  probe: null,
};

test('Roundcube: paths, queries, predicates, names and parameters', () => {
  const login = compiled(worked('roundcube'));
  assert.equal(login.kind, 'bound');
  assert.equal(login.preset, 'roundcube');
  assert.deepEqual(login.tested, ['Roundcube 1.6.5']);
  assert.equal(login.entry, '/?_task=login');
  assert.equal(login.nocase, false);
  const [page, files] = login.anon;
  const query: readonly (readonly [string, Allowed])[] = [
    ['_task', ['login']],
    ['_err', 'any'],
  ];
  assert.deepEqual(page?.query, new Map(query));
  assert.deepEqual([page?.static, files?.static, files?.query], [false, true, 'any']);
  assert.ok(files?.path.test('/skins/elastic/a.css'));
  const [step] = login.steps;
  assert.equal(step?.on.method, 'POST');
  assert.deepEqual(
    ['/', '/index.php', '/index.php/x', '/Index.php'].map((path) => step?.on.paths.some((one) => one.test(path))),
    [true, true, false, false],
  );
  assert.deepEqual([...(step?.need ?? [])], [['_action', ['login']]]);
  assert.deepEqual([step?.account, step?.realm, step?.next], ['_user', null, null]);
  assert.deepEqual(step?.secret, ['_pass']);
  assert.deepEqual(step?.pass, ['_token', '_task', '_timezone', '_url']);
  const [ok] = step?.ok ?? [];
  assert.deepEqual(ok?.status, [302]);
  assert.ok(ok?.location?.test('/?_task=mail&_token=x'));
  assert.ok(ok?.cookie?.test('roundcube_sessauth'));
  assert.equal(ok?.cookie?.test('xroundcube_sessauth'), false);
  assert.deepEqual(step?.fail, [{ ...SAYS_NOTHING, status: [401] }]);
  assert.deepEqual(login.whoami?.ask, { method: 'GET', target: '/?_task=mail', accept: null });
  assert.equal(login.whoami?.name.in, 'body');
  assert.equal(
    login.whoami?.name.in === 'body' && login.whoami.name.find.capture('header-title username">alice<'),
    'alice',
  );
  assert.deepEqual(login.names.fold, ['trim', 'nfkc', 'lower']);
  assert.equal(login.names.strip[0]?.capture('alice@mail.example'), '@mail.example');
  assert.equal(login.names.strip[0]?.test('alice@mailXexample'), false, 'a parameter stands for itself in a pattern');
  assert.equal(login.lost.length, 2);
  assert.deepEqual(login.guard.fields, ['_user', '_pass']);
  assert.deepEqual(
    login.doors.map(({ text, method, query }) => ({ text, method, query })),
    [{ text: '/lib/exe/xmlrpc.php', method: null, query: 'any' }],
  );
  assert.deepEqual(login.rewrite, { host: 'preserve', origin: true, location: true, body: [] });
});

test('Adminer: parameters in queries and patterns, the account later, success only by asking', () => {
  const login = compiled(worked('adminer'), { params: { server: 'db.test:3306&x' } });
  assert.deepEqual(login.steps[0]?.need.get('auth[server]'), ['db.test:3306&x']);
  assert.deepEqual(login.steps[0]?.ok, [{ ...SAYS_NOTHING, probe: true }]);
  assert.deepEqual(login.steps[0]?.fail, [{ ...SAYS_NOTHING, probe: false }]);
  assert.equal(login.whoami?.ask?.target, '/adminer.php?server=db.test%3A3306%26x&username={account:url}');
  assert.deepEqual(login.whoami?.anonymous, [{ ...SAYS_NOTHING, status: [403] }]);
  assert.deepEqual(
    [...login.guard.queryEquals],
    [
      ['username', '{account}'],
      ['server', 'db.test:3306&x'],
    ],
  );
  assert.deepEqual(login.names.fold, []);
});

test('Cockpit: a header, JSON in the answer, a WebSocket, known from the form alone', () => {
  const login = compiled(worked('cockpit'));
  const [step] = login.steps;
  assert.equal(step?.type, 'basic');
  assert.deepEqual(
    [...(step?.headers ?? [])],
    [
      ['x-superuser', ['none', 'any']],
      ['x-authorize', 'any'],
    ],
  );
  assert.ok(step?.ok[0]?.json.get('/csrf-token')?.test('88af'));
  assert.equal(login.whoami, null);
  assert.deepEqual(
    login.webSockets.map(({ origin, token }) => ({ origin, token })),
    [{ origin: 'upstream', token: null }],
  );
  assert.ok(login.doors[0]?.path.test('/cockpit+app/login'));
  assert.equal(login.rewrite.host, 'upstream');
});

test('SOGo: JSON fields, the name in Location, doors on the folded path', () => {
  const login = compiled(worked('sogo'));
  assert.equal(login.steps[0]?.account, '/userName');
  assert.ok(login.sessionCookies[0]?.test('0xHIGHFLYxSOGo'));
  assert.ok(login.browserCookies[0]?.test('XSRF-TOKEN'));
  assert.equal(login.whoami?.name.in, 'location');
  assert.deepEqual(
    ['/sogo/dav', '/sogo/dav/alice', '/sogo/so/connect', '/sogo/so/alice'].map((path) =>
      login.doors.some((door) => door.path.test(path)),
    ),
    [true, true, true, false],
  );
});

test('AnyConnect: steps that lead to each other; a vendor’s inline question is refused', () => {
  assert.match(compileFile(worked('anyconnect-xml')).faults.join(), /^27: mfa: There is no such option/);
  const login = compiled(changed('anyconnect-xml', (text) => text.replace(/^mfa:.*$/m, '')));
  assert.deepEqual(
    login.steps.map(({ id, account, next }) => [id, account, next?.step ?? null]),
    [
      ['init', null, 'user'],
      ['user', 'config-auth/auth/username', 'pass'],
      ['pass', null, null],
    ],
  );
  assert.ok(login.steps[2]?.ok[0]?.xml.get('config-auth/auth/@id')?.test('success'));
  assert.equal(login.steps[2]?.ok[0]?.xml.get('config-auth/auth/@id')?.test('no success'), false);
  assert.deepEqual(login.vault, [
    { json: null, xml: 'config-auth/session-token', send: { header: null, query: null, path: null } },
  ]);
  assert.deepEqual([login.doors[0]?.method, login.doors[0]?.text], ['CONNECT', 'CONNECT **']);
});

test('Guacamole: a token kept here, in header, query, path and WebSocket', () => {
  const login = compiled(worked('guacamole'), { params: { base: '/guac' } });
  assert.equal(login.entry, '/guac/');
  assert.deepEqual(login.vault, [
    {
      json: '/authToken',
      xml: null,
      send: { header: 'Guacamole-Token', query: 'token', path: '/guac/api/tokens/{}' },
    },
  ]);
  assert.deepEqual(login.whoami, {
    ask: null,
    name: { in: 'json', pointer: '/username' },
    anonymous: [],
    renews: false,
  });
  assert.equal(login.webSockets[0]?.token, 'token');
  assert.deepEqual(
    login.doors.map(({ method, header, text }) => ({ method, header, text })),
    [{ method: 'POST', header: 'authorization', text: 'POST /guac/api/tokens' }],
  );
  assert.equal(login.steps[0]?.ok[0]?.json.get('/authToken')?.test('A'.repeat(65)), false);
});

test('Fortinet: the realm of a name, alternatives, a step of the vendor’s', () => {
  const login = compiled(worked('fortinet-sslvpn'));
  const [password, vendor] = login.steps;
  assert.equal(password?.realm, 'realm');
  assert.equal(password?.fail.length, 2);
  assert.equal(password?.next?.when.length, 2);
  assert.equal(vendor?.need.get('magic'), 'any');
  assert.equal(login.anon[0]?.toEntry, true);
});

test('Exchange: paths without case, the public origin in targets and patterns, names of cookies as patterns', () => {
  const login = compiled(worked('exchange-owa'));
  assert.equal(login.nocase, true);
  assert.equal(login.entry, `/owa/auth/logon.aspx?url=${encodeURIComponent(ORIGIN)}%2fowa&reason=0`);
  const destination = login.steps[0]?.check.get('destination');
  assert.ok(destination?.test(`${ORIGIN}/owa/`));
  assert.equal(destination?.test('https://portalXexample.org/owa/'), false);
  assert.ok(login.anon[1]?.path.test('/owa/auth/15.2.1/themes/a.css'));
  assert.ok(login.doors[0]?.path.test('/microsoft-server-activesync'));
  assert.equal(login.whoami?.ask?.method, 'POST');
  assert.ok(login.sessionCookies[0]?.test('cadataTTL'));
  assert.equal(login.sessionCookies[1]?.test('UserContextX'), false);
});

test('Java containers: what the operator must give is asked for by name', () => {
  assert.deepEqual(compileFile(worked('j-security-check')).faults, [
    '15: whoami.get: Not usable: there is no parameter whoami_url; known are self, base, start.',
    '15: whoami.find: Not usable: there is no parameter whoami_re; known are self, base, start.',
  ]);
  const file = changed('j-security-check', (text) =>
    text.replace('start: /app/index.jsp', 'start: /app/index.jsp, whoami_url: null, whoami_re: null'),
  );
  assert.deepEqual(compileFile(file).faults, [
    'choice: params.whoami_url: The preset needs this parameter.',
    'choice: params.whoami_re: The preset needs this parameter.',
  ]);
  const login = compiled(file, { params: { whoami_url: '/app/me', whoami_re: 'user: (\\w+)<' } });
  assert.equal(login.whoami?.ask?.target, '/app/me');
  assert.ok(login.steps[0]?.on.paths[0]?.test('/app/j_security_check'));
  assert.ok(login.steps[0]?.ok[0]?.location?.test(`${ORIGIN}/app/x`));
});

test('every preset that comes with Sallyport compiles once its parameters are given', () => {
  const names = presetNames();
  assert.ok(names.includes('generic-form') && names.includes('dokuwiki'));
  for (const name of names) {
    const loaded = loadPreset(name);
    assert.ok('preset' in loaded, JSON.stringify(loaded));
    // What must be given is a path, or a pattern that takes something out.
    const needed = Object.entries(loaded.preset.params ?? {}).filter(([, standard]) => standard === null);
    compiled(loaded.file, { params: Object.fromEntries(needed.map(([param]) => [param, `/(${param})/`])) });
  }
});

test('what an operator says beside a preset is added to it or replaces it', () => {
  const login = compiled(worked('cockpit'), {
    order: 'login-first',
    fill: false,
    recheckMs: 0,
    doors: [{ path: '/API/Login', method: 'POST' }],
    anon: [{ path: '/logo.png', static: true }],
    whoami: { get: '/me', json: '/name' },
  });
  assert.deepEqual([login.order, login.fill, login.recheckMs], ['login-first', false, 0]);
  assert.deepEqual(
    login.doors.map(({ text }) => text),
    ['/cockpit+*/**', 'POST /API/Login'],
  );
  assert.ok(login.doors[1]?.path.test('/api/login'));
  assert.equal(login.anon.length, 3);
  assert.deepEqual(login.whoami?.name, { in: 'json', pointer: '/name' });
});
