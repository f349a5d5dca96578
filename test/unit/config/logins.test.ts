import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { configFromArguments, loadConfigFile } from '../../../src/config/load.ts';
import type { BoundLogin } from '../../../src/config/login-types.ts';
import { loadPreset, presetNames } from '../../../src/config/preset/load.ts';
import type { AppConfig } from '../../../src/config/types.ts';

const dir = mkdtempSync(join(tmpdir(), 'sallyport-logins-'));
after(() => rmSync(dir, { recursive: true }));
const clock = { now: () => Date.UTC(2026, 10, 24), monotonic: () => 0 };

const OWN = `preset: 1
id: own
tested: []
entry: /login
login:
  - id: password
    on: { method: POST, path: /login }
    type: form
    account: user
    secret: [pass]
    ok: { status: 302 }
assurance: login-form
session: { cookies: [SID] }
`;

/** A file with one app; its own lines begin on line 8. */
function load(lines: readonly string[], { source = 'app', upstream = 'http://10.0.0.5:8080' } = {}) {
  const file = join(dir, 'sallyport.yml');
  const text = [
    'listen: 127.0.0.1:8080',
    `realms: { people: { source: ${source} } }`,
    'apps:',
    '  portal:',
    '    hosts: [portal.test]',
    `    upstream: ${upstream}`,
    '    realm: people',
    ...lines.map((line) => `    ${line}`),
  ];
  writeFileSync(file, `${text.join('\n')}\n`);
  return loadConfigFile(file, { clock, env: {} });
}

async function appOf(lines: readonly string[], how: Parameters<typeof load>[1] = {}): Promise<AppConfig> {
  const { config, faults } = await load(lines, how);
  assert.deepEqual(faults, []);
  const [app] = config?.apps ?? [];
  assert.ok(app);
  return app;
}

async function boundOf(lines: readonly string[]): Promise<BoundLogin> {
  const { login } = await appOf(lines);
  assert.ok(login.kind === 'bound');
  return login;
}

test('a preset by its name, with what is usual', async () => {
  const login = await boundOf(['login: dokuwiki']);
  assert.equal(login.preset, 'dokuwiki');
  assert.deepEqual([login.order, login.recheckMs, login.fill], ['factor-first', 60_000, true]);
});

test('a preset as a block: parameters of any kind, order, time, more doors and pages', async () => {
  const login = await boundOf([
    'login:',
    '  preset: dokuwiki',
    '  order: login-first',
    '  params: { base: /wiki }',
    '  recheck: 0s',
    '  fill: false',
    '  doors: [ { path: /API/** } ]',
    '  anon: [ { path: /logo.png, static: true } ]',
    '  whoami: { get: /me, json: /name }',
  ]);
  assert.equal(login.entry, '/wiki/doku.php?do=login');
  assert.deepEqual([login.order, login.recheckMs, login.fill], ['login-first', 0, false]);
  assert.ok(login.doors.at(-1)?.path.test('/api/x'));
  assert.ok(login.anon.at(-1)?.path.test('/logo.png'));
  assert.deepEqual(login.whoami?.name, { in: 'json', pointer: '/name' });
});

test('a preset of the operator’s own lies beside the configuration; its faults name it with their line', async () => {
  writeFileSync(join(dir, 'own.yml'), OWN);
  assert.equal((await boundOf(['login: ./own.yml'])).preset, 'own');
  assert.equal((await boundOf(['login: { preset: own.yml }'])).preset, 'own');
  writeFileSync(join(dir, 'own.yml'), OWN.replace('type: form', 'type: fom').replace('302', '99'));
  assert.deepEqual((await load(['login: ./own.yml'])).faults, [
    {
      path: 'apps.portal.login.preset',
      line: 8,
      message: './own.yml, line 8: login[0].type: Expected one of: form, json, xml, basic. Did you mean form?',
    },
    {
      path: 'apps.portal.login.preset',
      line: 8,
      message: './own.yml, line 11: login[0].ok.status: Expected a status from 200 to 599.',
    },
  ]);
  assert.match((await load(['login: ./absent.yml'])).faults[0]?.message ?? '', /absent\.yml: There is no such file/);
});

test('login-first needs something that may be seen before', async () => {
  writeFileSync(join(dir, 'own.yml'), OWN);
  const { faults } = await load(['login: { preset: own.yml, order: login-first }']);
  assert.deepEqual(
    faults.map(({ path, line }) => [path, line]),
    [['apps.portal.login.order', 8]],
  );
  await appOf(['login: { preset: own.yml, order: login-first, anon: [ { path: /login } ] }']);
});

/** How a preset signs people in with login-first, and what is said of it at the order. */
const ORDERS: readonly [what: string, text: string, fault: RegExp | null, finding: RegExp | null][] = [
  ['a form by POST', OWN, null, null],
  ['a form by GET', OWN.replace('POST', 'GET'), /by POST; the step password is a GET\. Use factor-first/, null],
  [
    'JSON',
    OWN.replace('form', 'json').replace('user', '/user').replace('[pass]', '[/pass]'),
    null,
    /The step password is sent by a script .* Use factor-first/,
  ],
  ['a form by PUT, which no page sends', OWN.replace('POST', 'PUT'), null, /The step password is sent by a script/],
  ['a form that a script sends', OWN.replace('form', 'form\n    script: true'), null, /The step password is sent by a/],
  [
    'Basic by POST',
    OWN.replace('form', 'basic').replace('user', 'basic').replace('pass]', 'basic]'),
    null,
    /by a script/,
  ],
  [
    'the password with every request',
    `${OWN.slice(0, OWN.indexOf('login:'))}login: []\nauthorization: [basic]\n${OWN.slice(OWN.indexOf('assurance'))}`,
    /by POST; with this preset the password goes with every request/,
    null,
  ],
  [
    'a name by JSON, and then a form',
    OWN.replace(
      'login:\n',
      'login:\n  - { id: name, on: { method: POST, path: /name }, type: json, account: /user, next: { step: password, when: { status: 200 } } }\n',
    ),
    null,
    null,
  ],
];

for (const [what, text, fault, finding] of ORDERS)
  test(`login-first with ${what}: ${fault !== null ? 'a fault' : finding !== null ? 'a finding' : 'nothing'}; factor-first: nothing`, async () => {
    writeFileSync(join(dir, 'own.yml'), text);
    const anon = 'anon: [ { path: /login } ]';
    const first = await load([`login: { preset: own.yml, order: login-first, ${anon} }`]);
    for (const [said, found] of [
      [fault, first.faults],
      [finding, first.findings],
    ] as const) {
      assert.equal(found.length, said === null ? 0 : 1, JSON.stringify(found));
      if (said === null) continue;
      assert.match(found[0]?.message ?? '', said);
      assert.deepEqual([found[0]?.path, found[0]?.line], ['apps.portal.login.order', 8]);
    }
    const { faults, findings } = await load([`login: { preset: own.yml, ${anon} }`]);
    assert.deepEqual([faults, findings], [[], []]);
  });

test('of our presets those that the documentation marks are objected to with login-first, and no others', async () => {
  const table = readFileSync(new URL('../../../docs/presets.md', import.meta.url), 'utf8');
  for (const name of presetNames()) {
    const preset = loadPreset(name);
    assert.ok('preset' in preset);
    const needed = Object.entries(preset.preset.params ?? {}).filter(([, standard]) => standard === null);
    const params = needed.map(([key]) => `${key}: ${key.includes('find') ? '"user: (a+)<"' : '/page'}`);
    const one = preset.preset.account?.one !== undefined;
    const { faults, findings } = await load([
      `login: { preset: ${name}, order: login-first, params: { ${params.join(', ')} }${one ? ', held_by: { groups: [ops] }' : ''} }`,
    ]);
    const row = table.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
    const order = row.split('|')[5]?.trim();
    const found = faults.length > 0 ? 'factor-first' : findings.length > 0 ? 'both, by script' : 'both';
    assert.equal(found, order, `${name}: ${JSON.stringify([...faults, ...findings])}`);
    for (const { path } of [...faults, ...findings]) assert.equal(path, 'apps.portal.login.order', name);
  }
});

/** What is written at the app, and its one fault. */
const ROWS: readonly [what: string, lines: readonly string[], path: string, line: number, says: RegExp][] = [
  [
    'an unknown preset',
    ['login: nonesuch'],
    'apps.portal.login',
    8,
    /There is no preset nonesuch\. There are: .*dokuwiki/,
  ],
  [
    'an unknown parameter',
    ['login:', '  preset: dokuwiki', '  params: { bose: /x }'],
    'apps.portal.login.params.bose',
    10,
    /Did you mean base/,
  ],
  ['a parameter that is missing', ['login: generic-form'], 'apps.portal.login', 8, /needs this parameter/],
  [
    'an order',
    ['login: { preset: dokuwiki, order: never }'],
    'apps.portal.login.order',
    8,
    /factor-first or login-first/,
  ],
  ['a time without unit', ['login: { preset: dokuwiki, recheck: "60" }'], 'apps.portal.login.recheck', 8, /duration/],
  [
    'a door that opens',
    ['login:', '  preset: dokuwiki', '  doors: [ { path: /x, do: token } ]'],
    'apps.portal.login.doors[0].do',
    10,
    /Expected deny/,
  ],
  [
    'a door without path',
    ['login:', '  preset: dokuwiki', '  doors: [ { path: x } ]'],
    'apps.portal.login.doors[0].path',
    10,
    /begin with \//,
  ],
  [
    'a look-ahead',
    ['login:', '  preset: dokuwiki', '  whoami: { get: /me, find: "(?=a)(b)" }'],
    'apps.portal.login.whoami.find',
    10,
    /Not usable/,
  ],
  ['no login', [], 'apps.portal.login', 4, /preset list.*preset record.*unbound/],
  ['the login none', ['login: none'], 'apps.portal.login', 8, /must be bound/],
  [
    'a cookie that is no pattern',
    ['login: dokuwiki', 'client_cookies: ["^("]'],
    'apps.portal.client_cookies[0]',
    9,
    /name of a cookie/,
  ],
  [
    'a cookie that is half a pattern',
    ['login: dokuwiki', 'client_cookies: ["l.*"]'],
    'apps.portal.client_cookies[0]',
    9,
    /begins with \^/,
  ],
];

for (const [what, lines, path, line, says] of ROWS)
  test(`${what} is a fault with its path, line and remedy`, async () => {
    const { config, faults } = await load(lines);
    assert.equal(config, undefined);
    assert.ok(faults[0]?.path.startsWith(path), faults[0]?.path);
    assert.equal(faults[0]?.line, line);
    assert.match(faults[0]?.message ?? '', says);
    if (what !== 'a parameter that is missing') assert.equal(faults.length, 1, JSON.stringify(faults));
  });

test('an app that is declared unbound says why, who and until when; past the day it is a finding', async () => {
  const declared = (expires: string) => [
    `login: { unbound: { reason: replaced in March, owner: ops@corp.test, expires: ${expires} } }`,
  ];
  assert.deepEqual((await appOf(declared('2026-11-24'))).login, {
    kind: 'unbound',
    reason: 'replaced in March',
    owner: 'ops@corp.test',
    expires: '2026-11-24',
    expiresAt: Date.UTC(2026, 10, 25),
  });
  assert.deepEqual((await load(declared('2026-11-24'))).findings, [], 'on the last day it still holds');
  const { config, faults, findings } = await load(declared('2026-11-23'));
  assert.ok(config);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    findings.map(({ path, line }) => [path, line]),
    [['apps.portal.login.unbound.expires', 8]],
  );
  assert.match(findings[0]?.message ?? '', /expired on 2026-11-23, and nothing is forwarded/);
});

test('an app of ours or of a trusted assertion needs no login, and may have one', async () => {
  assert.deepEqual((await appOf([], { source: 'local' })).login, { kind: 'none' });
  assert.equal((await appOf(['login: dokuwiki'], { source: 'local' })).login.kind, 'bound');
});

test('Host as the preset says, unless the operator says otherwise', async () => {
  assert.equal((await appOf(['login: cockpit'])).upstream.host, 'upstream');
  const said = { upstream: '{ url: "http://10.0.0.5:8080", host: preserve }' };
  assert.equal((await appOf(['login: cockpit'], said)).upstream.host, 'preserve');
});

test('the one account of an app is held by whom the operator says, and by nobody else', async () => {
  const held = async (more: string) =>
    (await load([`login: { preset: jupyter${more} }`])).findings.map(({ message }) => message);
  assert.deepEqual(await held(', held_by: { accounts: [alice] }'), []);
  assert.deepEqual(await held(', held_by: { groups: [ops] }'), []);
  for (const nobody of ['', ', held_by: {}', ', held_by: { accounts: [] }'])
    assert.match((await held(nobody)).join(), /^The app has one account, and nobody holds it/, nobody);
  const { one } = await boundOf(['login: { preset: jupyter, held_by: { accounts: [alice], groups: [ops] } }']);
  assert.deepEqual(one, { name: 'jupyter', accounts: ['alice'], groups: ['ops'], passwordFile: null });
  const { faults } = await load(['login: { preset: dokuwiki, held_by: { accounts: [alice] } }']);
  assert.deepEqual(
    faults.map(({ path }) => path),
    ['apps.portal.login.held_by'],
  );
  const first = await load(['login: { preset: jupyter, order: login-first, held_by: { accounts: [alice] } }']);
  assert.match(first.faults.map(({ message }) => message).join(), /all have one account there/);
});

test('cookies of the browser: names and whole patterns', async () => {
  const { clientCookies } = await appOf(['login: dokuwiki', 'client_cookies: [lang, "^pref_[a-z]+"]']);
  const passes = (name: string) => clientCookies.some((pattern) => pattern.test(name));
  assert.deepEqual(['lang', 'language', 'pref_a', 'pref_a1', 'Lang'].map(passes), [true, false, true, false, false]);
});

test('a login cannot be changed either, its maps included', async () => {
  const login = await boundOf(['login: dokuwiki']);
  const [page] = login.anon;
  assert.ok(page?.query instanceof Map);
  assert.throws(() => (page.query as Map<string, unknown>).set('do', 'any'), TypeError);
  assert.throws(() => Object.assign(login, { order: 'login-first' }), TypeError);
  assert.ok(login.sessionCookies.every((pattern) => Object.isFrozen(pattern)));
  assert.ok(
    login.sessionCookies.some((pattern) => pattern.test('DokuWiki')),
    'and still works',
  );
});

test('a preset from the command line makes the passwords the app’s', () => {
  const [app] = configFromArguments({ upstream: 'http://127.0.0.1:9000', login: 'dokuwiki' }).apps;
  assert.equal(app?.realm.source, 'app');
  assert.equal(app?.login.kind, 'bound');
  const [none] = configFromArguments({ upstream: 'http://127.0.0.1:9000' }).apps;
  assert.deepEqual([none?.realm.source, none?.login.kind], ['local', 'none']);
  assert.throws(() => configFromArguments({ login: 'nonesuch' }), /--login: .*There is no preset nonesuch/);
});
