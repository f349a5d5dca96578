import assert from 'node:assert/strict';
import test from 'node:test';
import { checkConfigText } from '../../../src/config/load.ts';

const NOW = Date.UTC(2026, 10, 23);
const SECRET = 'hunter2secret';

/** A good file, with lines for the top, the realm and the app. Its app begins on line 4 with nothing in `top`. */
function file({ top = [], app = [] }: { top?: string[]; app?: string[] }): string {
  return [
    ...top,
    'realms: { staff: { source: local } }',
    'apps:',
    '  portal:',
    ...['hosts: [portal.test]', 'upstream: http://10.0.0.5:8080', 'realm: staff', ...app].map((l) => `    ${l}`),
    '',
  ].join('\n');
}

const faultsOf = (text: string) => checkConfigText(text, NOW).faults;
const top = (...lines: string[]) => file({ top: lines });
const app = (...lines: string[]) => file({ app: lines });
const swap = (from: string, to: string) => file({}).replace(from, to);
const rule = (options: string) => app('rules:', `  - { ${options} }`);
const exemption = (options: string) => app('exemptions:', `  - { ${options} }`);
const header = (name: string, value: string) => app('headers:', `  ${name}: "${value}"`);
const EXEMPT = 'reason: probe, owner: ops';

/** One row per kind of fault: what is written, where the fault is reported, and what the sentence says. */
type Fault = readonly [what: string, text: string, path: string, line: number, says: RegExp];

const FAULTS: readonly Fault[] = [
  ['an unknown option', top('lisen: 1'), 'lisen', 1, /no such option.*listen/i],
  ['an unknown option of an app', app('rule: []'), 'apps.portal.rule', 7, /no such option.*rules/i],
  ['a prototype as an option', top('__proto__: 1'), '__proto__', 1, /no such option/i],
  ['a missing option', swap('    realm: staff\n', ''), 'apps.portal.realm', 3, /required|expected/i],
  ['an empty option', top('tls:'), 'tls', 1, /block.*cert, key/],
  ['a listen address without host', top('listen: ":8080"'), 'listen', 1, /127\.0\.0\.1:8080/],
  ['a port alone', top('listen: 8080'), 'listen', 1, /address and a port/],
  ['a port out of range', top('listen: 127.0.0.1:70000'), 'listen', 1, /address and a port/],
  ['plain http on every address', top('listen: 0.0.0.0:8080'), 'listen', 1, /Add tls/],
  ['an inline store password', top(`store: postgres://u:${SECRET}@db/x`), 'store', 1, /store_password_file/],
  [
    'a store password in the query',
    top(`store: postgres://u@db/x?password=${SECRET}`),
    'store',
    1,
    /store_password_file/,
  ],
  ['an unknown store', top('store: mysql://db/x'), 'store', 1, /sqlite:\/\/\//],
  ['a password file without postgres', top('store_password_file: /x'), 'store_password_file', 1, /postgres/],
  ['trust in everybody', top('trusted_proxies: [0.0.0.0/0]'), 'trusted_proxies[0]', 1, /large part of the internet/],
  [
    'trust in everybody, IPv6',
    top('trusted_proxies:', '  - 10.0.0.1', '  - ::/0'),
    'trusted_proxies[1]',
    3,
    /large part/,
  ],
  ['trust in half of everybody', top('trusted_proxies: [128.0.0.0/1]'), 'trusted_proxies[0]', 1, /large part/],
  ['trust in a mapped block', top('trusted_proxies: ["::ffff:0:0/96"]'), 'trusted_proxies[0]', 1, /IPv4/],
  ['a proxy by name', top('trusted_proxies: [proxy.test]'), 'trusted_proxies[0]', 1, /address or CIDR/],
  ['a duration without unit', top('sessions: { idle: 30 }'), 'sessions.idle', 1, /duration/],
  ['a duration of zero', top('sessions: { idle: 0s }'), 'sessions.idle', 1, /duration/],
  ['a session of a year', top('sessions: { absolute: 365d }'), 'sessions.absolute', 1, /1s to 30d/],
  ['idle above absolute', top('sessions: { idle: 2h, absolute: 1h }'), 'sessions', 1, /longer than absolute/],
  ['idle above an inherited absolute', app('sessions: { idle: 9h }'), 'apps.portal.sessions', 7, /level above/],
  ['an unknown realm source', swap('source: local', 'source: ldap'), 'realms.staff.source', 1, /local, app/],
  ['no apps', 'realms: { a: { source: local } }\napps: {}\n', 'apps', 2, /at least one/],
  ['an app id in capitals', swap('  portal:', '  Portal:'), 'apps.Portal', 3, /lower-case/],
  ['a wildcard host', swap('[portal.test]', '["*.test"]'), 'apps.portal.hosts[0]', 4, /without a wildcard/],
  ['a host with a trailing dot', swap('[portal.test]', '[portal.test.]'), 'apps.portal.hosts[0]', 4, /dot at its end/],
  ['a host with scheme', swap('[portal.test]', '["http://portal.test"]'), 'apps.portal.hosts[0]', 4, /host name/],
  ['a host that is a number', swap('[portal.test]', '["1.2.3"]'), 'apps.portal.hosts[0]', 4, /host name/],
  ['an international host', swap('[portal.test]', '[bücher.test]'), 'apps.portal.hosts[0]', 4, /xn--bcher-kva\.test/],
  ['a host twice', swap('[portal.test]', '[portal.test, PORTAL.test]'), 'apps.portal.hosts[1]', 4, /twice/],
  ['no host', swap('[portal.test]', '[]'), 'apps.portal.hosts', 4, /at least one/],
  ['an origin of another host', app('origin: https://other.test'), 'apps.portal.origin', 7, /not among the hosts/],
  [
    'a realm that does not exist',
    swap('realm: staff', 'realm: other'),
    'apps.portal.realm',
    6,
    /no such realm.*staff/i,
  ],
  ['an upstream with a path', swap(':8080', ':8080/app'), 'apps.portal.upstream', 5, /path/],
  ['an upstream with a password', swap('http://', `http://u:${SECRET}@`), 'apps.portal.upstream', 5, /secrets never/],
  ['an upstream without scheme', swap('http://', ''), 'apps.portal.upstream', 5, /scheme/],
  ['an upstream that is us', swap('10.0.0.5:8080', 'localhost:8080'), 'apps.portal.upstream', 5, /circle/],
  [
    'an authority without https',
    swap('http://10.0.0.5:8080', '{ url: "http://a.test", ca: x }'),
    'apps.portal.upstream.ca',
    5,
    /https only/,
  ],
  [
    'an unknown option of an upstream',
    swap('http://10.0.0.5:8080', '{ url: "http://a.test", x: 1 }'),
    'apps.portal.upstream.x',
    5,
    /no such option/,
  ],
  [
    'a login without preset',
    app('login: { order: factor-first }'),
    'apps.portal.login',
    7,
    /Name a preset, or declare/,
  ],
  [
    'a preset and unbound',
    app('login: { preset: dokuwiki, unbound: { reason: r, owner: o, expires: 2099-01-01 } }'),
    'apps.portal.login.unbound',
    7,
    /Remove one/,
  ],
  [
    'an unbound app without owner',
    app('login: { unbound: { reason: r, expires: 2099-01-01 } }'),
    'apps.portal.login.unbound.owner',
    7,
    /Required/,
  ],
  [
    'an unbound app with an order',
    app('login: { order: login-first, unbound: { reason: r, owner: o, expires: 2099-01-01 } }'),
    'apps.portal.login.order',
    7,
    /preset only/,
  ],
  [
    'login-first with passwords of ours',
    app('login: { preset: dokuwiki, order: login-first }'),
    'apps.portal.login.order',
    7,
    /source: app/,
  ],
  [
    'passwords of the app and no login',
    app().replace('source: local', 'source: app'),
    'apps.portal.login',
    3,
    /must be bound.*preset record.*unbound/,
  ],
  [
    'an unknown key of a login',
    app('login: { preset: dokuwiki, skip: true }'),
    'apps.portal.login.skip',
    7,
    /no such option/,
  ],
  ['a rule without slash', rule('path: admin'), 'apps.portal.rules[0].path', 8, /\/admin\/\*\*/],
  ['a rule with a glob', rule('path: /a*'), 'apps.portal.rules[0].path', 8, /anywhere else/],
  ['a rule with a regular expression', rule('path: "^/a$"'), 'apps.portal.rules[0].path', 8, /path such as/],
  ['a rule with an empty segment', rule('path: /a//b'), 'apps.portal.rules[0].path', 8, /empty segments/],
  ['a rule with a dot segment', rule('path: /a/../b/**'), 'apps.portal.rules[0].path', 8, /\. and \.\./],
  ['a rule with a needless encoding', rule('path: /%61dmin'), 'apps.portal.rules[0].path', 8, /as they are/],
  ['a rule with an encoded slash', rule('path: /a%2Fb'), 'apps.portal.rules[0].path', 8, /slashes/],
  ['a rule with parameters', rule('path: /a;b'), 'apps.portal.rules[0].path', 8, /path such as/],
  ['a rule with a trailing slash', rule('path: /a/'), 'apps.portal.rules[0].path', 8, /slash at its end/],
  ['a rule under our prefix', rule('path: /.Sallyport/**'), 'apps.portal.rules[0].path', 8, /ours/],
  [
    'a rule for nobody in particular',
    rule('path: /a, groups: []'),
    'apps.portal.rules[0].groups',
    8,
    /admit everybody/,
  ],
  [
    'a rule with an unknown requirement',
    rule('path: /a, require: none'),
    'apps.portal.rules[0].require',
    8,
    /mfa, passkey/,
  ],
  [
    'two rules for one path',
    app('rules:', '  - { path: /a/** }', '  - { path: /A/** }'),
    'apps.portal.rules[1].path',
    9,
    /Merge/,
  ],
  [
    'an exemption with wildcard',
    exemption(`method: GET, path: /a/**, ${EXEMPT}, expires: 2027-01-01`),
    'apps.portal.exemptions[0].path',
    8,
    /exact path/,
  ],
  [
    'an exemption with encoding',
    exemption(`method: GET, path: /%C3%A9, ${EXEMPT}, expires: 2027-01-01`),
    'apps.portal.exemptions[0].path',
    8,
    /exact path/,
  ],
  [
    'an exemption under our prefix',
    exemption(`method: GET, path: /.sallyport/x, ${EXEMPT}, expires: 2027-01-01`),
    'apps.portal.exemptions[0].path',
    8,
    /ours/,
  ],
  [
    'an exemption for any method',
    exemption(`method: "*", path: /a, ${EXEMPT}, expires: 2027-01-01`),
    'apps.portal.exemptions[0].method',
    8,
    /GET, HEAD/,
  ],
  [
    'an exemption without owner',
    exemption('method: GET, path: /a, reason: x, expires: 2027-01-01'),
    'apps.portal.exemptions[0].owner',
    8,
    /Required/,
  ],
  [
    'an exemption without expiry',
    exemption(`method: GET, path: /a, ${EXEMPT}`),
    'apps.portal.exemptions[0].expires',
    8,
    /Required/,
  ],
  [
    'an exemption until no real day',
    exemption(`method: GET, path: /a, ${EXEMPT}, expires: 2027-02-30`),
    'apps.portal.exemptions[0].expires',
    8,
    /date that exists/,
  ],
  ['a hop-by-hop identity header', header('Connection', '{account}'), 'apps.portal.headers.Connection', 8, /travels/],
  [
    'an identity header of ours',
    header('Sally-Port-Assertion', '{account}'),
    'apps.portal.headers.Sally-Port-Assertion',
    8,
    /ours/,
  ],
  [
    'an authorization by identity header',
    header('Authorization', '{account}'),
    'apps.portal.headers.Authorization',
    8,
    /travels/,
  ],
  [
    'a header name with a blank',
    header('"Remote User"', '{account}'),
    'apps.portal.headers.Remote User',
    8,
    /letters, digits/,
  ],
  [
    'an unknown placeholder',
    header('Remote-User', '{password}'),
    'apps.portal.headers.Remote-User',
    8,
    /placeholders are/,
  ],
  ['a constant header', header('X-Secret', SECRET), 'apps.portal.headers.X-Secret', 8, /secrets never/],
  [
    'two spellings of a header',
    app('headers:', '  Remote-User: "{sid}"', '  RemoteUser: "{sid}"'),
    'apps.portal.headers.RemoteUser',
    9,
    /Remove one/,
  ],
  [
    'a websocket origin with wildcard',
    app('websocket_origins: ["https://*.test"]'),
    'apps.portal.websocket_origins[0]',
    7,
    /origin/,
  ],
  ...['/ws/**', '/a%20b', 'ws', '/a//b', '/.sallyport/x', '/a;b', '/a/../b', '/ws?x'].map(
    (path): Fault => [
      `a WebSocket without Origin at ${path}`,
      app(`websocket_without_origin: ["${path}"]`),
      'apps.portal.websocket_without_origin[0]',
      7,
      /exact path|empty segments|ours|segments/,
    ],
  ),
  ...['/acs/**', '/a%20b', 'acs', '/.sallyport/x', '/a;b', '/acs?x'].map(
    (path): Fault => [
      `a path for other sites such as ${path}`,
      app(`cross_site: [{ path: "${path}", from: [https://idp.test] }]`),
      'apps.portal.cross_site[0].path',
      7,
      /exact path|ours/,
    ],
  ),
  ...['http://idp.test', 'https://*.test', 'https://idp.test/x', 'idp.test', 'NULL', '*', 'https://portal.test'].map(
    (origin): Fault => [
      `another site such as ${origin}`,
      app(`cross_site: [{ path: /acs, from: ["${origin}"] }]`, 'origin: https://portal.test'),
      'apps.portal.cross_site[0].from[0]',
      7,
      /https:\/\/|origin|path, query/,
    ],
  ),
  [
    'another site that is no text',
    app('cross_site: [{ path: /acs, from: [null] }]'),
    'apps.portal.cross_site[0].from[0]',
    7,
    /in quotes/,
  ],
  [
    'a path for no site',
    app('cross_site: [{ path: /acs, from: [] }]'),
    'apps.portal.cross_site[0].from',
    7,
    /at least one/,
  ],
  [
    'a path for other sites twice',
    app('cross_site: [{ path: /acs, from: [https://a.test] }, { path: /acs, from: [https://b.test] }]'),
    'apps.portal.cross_site[1].path',
    7,
    /together/,
  ],
  ['a flag in words', app('target: { encoded_slash: "yes" }'), 'apps.portal.target.encoded_slash', 7, /true or false/],
  ['a limit out of range', top('limits: { drain: 2h }'), 'limits.drain', 1, /1s to 1h/],
  ['a key used twice', top('log: { level: info }', 'log: { level: warn }'), 'log', 2, /twice/],
  ['a tab', `log:\n\tlevel: info\n${file({})}`, 'log', 2, /tab|blanks/i],
  ['two documents', `${file({})}---\n${file({})}`, '', 7, /several documents/],
  ['a tag', top('data: !secret x'), 'data', 1, /Tags/],
  ['a missing anchor', top('log: *nothing'), 'log', 1, /anchor/],
  ['an unclosed quote', top('data: "x'), 'data', 1, /quote/],
];

for (const [what, text, path, line, says] of FAULTS) {
  test(`${what} is a fault with its path, line and remedy`, () => {
    const faults = faultsOf(text);
    const fault = faults.find((candidate) => candidate.path === path);
    assert.ok(fault, JSON.stringify(faults));
    assert.match(fault.message, says);
    assert.equal(fault.line, line);
    assert.ok(!JSON.stringify(faults).includes(SECRET), 'no fault repeats a secret');
  });
}

test('a good file has neither faults nor findings', () => {
  assert.deepEqual(checkConfigText(file({}), NOW), { faults: [], findings: [] });
});

test('every fault is reported at once, those across the file too, in the order of lines', () => {
  const text = file({
    top: ['listen: 0.0.0.0:8080', 'lisen: 1'],
    app: [
      'rules:',
      '  - { path: bad }',
      '  - { path: /a/**, max_age: 1 }',
      '  - { path: /b }',
      '  - { path: /B }',
      'login: x y',
    ],
  })
    .replace('http://10.0.0.5:8080', 'nonsense')
    .replace('realm: staff', 'realm: other');
  assert.deepEqual(
    faultsOf(text).map(({ path, line }) => `${line} ${path}`),
    [
      '1 listen',
      '2 lisen',
      '7 apps.portal.upstream',
      '8 apps.portal.realm',
      '10 apps.portal.rules[0].path',
      '11 apps.portal.rules[1].max_age',
      '13 apps.portal.rules[3].path',
      '14 apps.portal.login',
    ],
  );
});

test('a host belongs to one app, whatever its port', () => {
  const text = `${file({})}  other:\n    hosts: [PORTAL.test:8443]\n    upstream: http://10.0.0.6\n    realm: staff\n`;
  const [fault] = faultsOf(text);
  assert.equal(fault?.path, 'apps.other.hosts[0]');
  assert.equal(fault?.line, 8);
  assert.match(fault?.message ?? '', /portal has this host/);
});

test('aliases may repeat a part, but a bomb of aliases is a fault', () => {
  const good = file({ top: ['sessions: &s { idle: 10m }'], app: ['sessions: *s'] });
  assert.deepEqual(faultsOf(good), []);
  const rows = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefgh'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`),
  ];
  assert.match(faultsOf(rows.join('\n'))[0]?.message ?? '', /Aliases/);
});

test('a fault behind an alias is reported at the line of the alias or its anchor', () => {
  const text = file({ top: ['sessions: &s { idle: 2x }'], app: ['sessions: *s'] });
  assert.deepEqual(
    faultsOf(text).map((f) => `${f.line} ${f.path}`),
    ['1 sessions.idle', '1 apps.portal.sessions.idle'],
  );
});

test('no fault of form repeats the text around it', () => {
  for (const broken of [
    `store: "${SECRET}`,
    `store: [${SECRET}`,
    `store: ${SECRET}: ${SECRET}: x`,
    `store: @${SECRET}`,
    `${SECRET}`,
    `- ${SECRET}`,
  ]) {
    const faults = faultsOf(broken);
    assert.ok(faults.length > 0);
    assert.ok(!faults.some((fault) => fault.message.includes(SECRET)), broken);
  }
});

test('an empty file is a fault', () => {
  for (const text of ['', '\n', '# nothing\n', '---\n']) assert.match(faultsOf(text)[0]?.message ?? '', /empty/);
});

test('an expired exemption is a finding and no fault, from the moment after its last day', () => {
  const text = exemption(`method: GET, path: /healthz, ${EXEMPT}, expires: 2026-11-22`);
  assert.deepEqual(checkConfigText(text, NOW - 1), { faults: [], findings: [] });
  const { faults, findings } = checkConfigText(text, NOW);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    findings.map((f) => `${f.line} ${f.path}`),
    ['8 apps.portal.exemptions[0].expires'],
  );
});

test('an exemption that opens a ruled path is a finding, in whatever spelling', () => {
  const text = app(
    'rules:',
    '  - { path: /admin/**, require: passkey }',
    'exemptions:',
    `  - { method: GET, path: /Admin/x, ${EXEMPT}, expires: 2027-01-01 }`,
  );
  assert.deepEqual(
    checkConfigText(text, NOW).findings.map((f) => `${f.line} ${f.path}`),
    ['10 apps.portal.exemptions[0].path'],
  );
});

test('sessions of more than a day are a finding', () => {
  assert.deepEqual(
    checkConfigText(top('sessions: { absolute: 48h }'), NOW).findings.map((f) => f.path),
    ['sessions.absolute'],
  );
});

test('trusted proxies and loopback make plain http acceptable', () => {
  for (const lines of [
    ['listen: 0.0.0.0:80', 'trusted_proxies: [10.0.0.1]'],
    ['listen: "[::1]:80"'],
    ['listen: 127.9.0.1:80'],
    ['listen: localhost:80'],
  ]) {
    assert.deepEqual(faultsOf(top(...lines)), []);
  }
});
