import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type { Choice } from '../../../src/config/preset/compile.ts';
import { loadPreset } from '../../../src/config/preset/load.ts';
import { compileFile } from './presets.ts';

const dir = mkdtempSync(join(tmpdir(), 'sallyport-preset-faults-'));
after(() => rmSync(dir, { recursive: true }));

const GOOD = [
  'preset: 1',
  'id: portal',
  'tested: []',
  'params: { base: /app }',
  `entry: "\${base}/login"`,
  'login:',
  '  - id: password',
  '    on: { method: POST, path: /login }',
  '    type: form',
  '    account: user',
  '    secret: [pass]',
  '    ok: { status: 302, cookie: SID }',
  '    fail: { status: 401 }',
  'whoami: { get: /me, find: "name: (\\\\w+)<", anonymous: { status: 401 } }',
  'session: { cookies: [SID] }',
  'doors: [ { path: /api/** } ]',
].join('\n');

function faultsOf(text: string, choice: Partial<Choice> = {}): readonly string[] {
  const file = join(dir, 'portal.yml');
  writeFileSync(file, `${text}\n`);
  return compileFile(file, choice).faults;
}

const swap = (from: string, to: string): string => {
  assert.ok(GOOD.includes(from), from);
  return GOOD.replace(from, to);
};
const more = (line: string): string => `${GOOD}\n${line}`;
const WHOAMI = GOOD.split('\n')[13] ?? '';
const OK = 'ok: { status: 302, cookie: SID }';

test('the preset that every row changes has no fault', () => {
  assert.deepEqual(faultsOf(GOOD), []);
});

/** One row per kind of mistake: what it is, the file, and the one fault with its line and path. */
const ROWS: readonly [what: string, text: string, says: RegExp][] = [
  ['another form', swap('preset: 1', 'preset: 2'), /^1: preset: Expected 1, the form/],
  ['no form', swap('preset: 1\n', ''), /^1: preset: /],
  [
    'an unknown key',
    more('sesion: {}'),
    /^17: sesion: There is no such option here\. Did you mean session\? It stands here already/,
  ],
  [
    'an unknown key of a step',
    swap('type: form', 'type: form\n    secrets: [x]'),
    /^10: login\[0\]\.secrets: There is no such/,
  ],
  [
    'an unknown key of a predicate',
    swap('status: 401 }\nw', 'statuz: 401 }\nw'),
    /^13: login\[0\]\.fail\.statuz: There is no such/,
  ],
  ['a key twice', more('id: other'), /^17: .*stands here twice/],
  ['a question of the vendor’s', more('mfa: inline-form'), /^17: mfa: There is no such option/],
  ['a shared account', more('account: { fixed: shared }'), /^17: account\.fixed: There is no such option/],
  ['no session', swap('session: { cookies: [SID] }\n', ''), /session: Required|session: Expected/],
  ['a session of nothing', swap('cookies: [SID]', 'cookies: []'), /^15: session\.cookies: Say which cookies/],
  ['no entry', swap(`entry: "\${base}/login"\n`, ''), /entry: (?:Required|Expected)/],
  [
    'an entry elsewhere',
    swap(`"\${base}/login"`, '"//evil.test/"'),
    /^5: entry: Expected a target that begins with one/,
  ],
  ['an entry with a fragment', swap('/login"', '/login#x"'), /^5: entry: Expected a target/],
  ['the account in the entry', swap('/login"', `/\${account}"`), /^5: entry: .*no parameter account/],
  [
    'neither whoami nor assurance',
    swap(`${WHOAMI}\n`, ''),
    /whoami: Required: how the app is asked.*assurance: login-form/,
  ],
  ['whoami and assurance', more('assurance: login-form'), /^17: assurance: .*Remove one/],
  ['another assurance', swap(WHOAMI, 'assurance: none'), /^14: assurance: /],
  ['whoami of nobody', swap('get: /me, ', ''), /^14: whoami: Say in exactly one way who is asked/],
  ['whoami of two', swap('get: /me', 'get: /me, post: /me'), /^14: whoami: Say in exactly one way who is asked/],
  ['whoami without a place', swap('find: "name: (\\\\w+)<", ', ''), /^14: whoami: Say in exactly one way where/],
  ['whoami with two places', swap('get: /me', 'get: /me, json: /a'), /^14: whoami: Say in exactly one way where/],
  ['whoami elsewhere', swap('get: /me', 'get: "http://a.test/me"'), /^14: whoami\.get: Expected a target/],
  [
    'a name with nothing behind it',
    swap('(\\\\w+)<', '(\\\\w+)'),
    /^14: whoami\.find: Say what stands behind the name/,
  ],
  [
    'a name that is a group of all',
    swap('name: (\\\\w+)<', '(?<n>\\\\w+)'),
    /^14: whoami\.find: Say what stands behind/,
  ],
  ['a name without brackets', swap('(\\\\w+)', '\\\\w+'), /^14: whoami\.find: Put brackets around the name/],
  ['a body that is decoded', swap('get: /me', 'get: /me, decode: url'), /^14: whoami\.decode: Only a cookie/],
  [
    'a header without a pattern',
    swap('find: "name: (\\\\w+)<"', 'header: X-User, json: /a'),
    /^14: whoami\.header: Say with find/,
  ],
  ['a bad pattern', swap('(\\\\w+)', '(\\\\w+'), /^14: whoami\.find: Not usable: /],
  ['look-ahead', swap(OK, 'ok: { body: "(?=a)b" }'), /^12: login\[0\]\.ok\[0\]\.body: Not usable: /],
  ['a back-reference', swap(OK, 'ok: { body: "(a)\\\\1" }'), /^12: login\[0\]\.ok\[0\]\.body: Not usable: /],
  ['a pattern without end', swap(OK, `ok: { body: "${'a'.repeat(600)}" }`), /^12: .*longer than 512/],
  [
    'an unknown parameter',
    swap(`"\${base}/login"`, `"\${bas}/login"`),
    /^5: entry: .*no parameter bas; known are self, base/,
  ],
  ['a parameter of a bad name', swap('{ base: /app }', '{ Base: /app }'), /^4: params/],
  ['an empty predicate', swap(OK, 'ok: {}'), /^12: login\[0\]\.ok: An empty description/],
  [
    'an empty predicate of a list',
    swap(OK, 'ok: [ { status: 302 }, {} ]'),
    /^12: login\[0\]\.ok\[1\]: An empty description/,
  ],
  [
    'a status that there is not',
    swap('status: 401 }\nw', 'status: 99 }\nw'),
    /^13: login\[0\]\.fail\.status: Expected a status from 200/,
  ],
  [
    'a status in words',
    swap('status: 401 }\nw', 'status: found }\nw'),
    /^13: login\[0\]\.fail\.status: Expected a status/,
  ],
  [
    'a cookie that is half a pattern',
    swap('cookie: SID', 'cookie: "SID.*"'),
    /^12: login\[0\]\.ok\[0\]\.cookie: .*begins with \^/,
  ],
  ['no success', swap(`    ${OK}\n`, ''), /^7: login\[0\]\.ok: Say how success looks/],
  [
    'a step to nowhere',
    swap(OK, `${OK}\n    next: { step: code, when: { status: 200 } }`),
    /^13: login\[0\]\.next\.step: There is no such step\. Known are: password/,
  ],
  [
    'a step of nobody',
    swap('    account: user\n', ''),
    /^7: login\[0\]\.account: Say which field holds the account name/,
  ],
  [
    'no step',
    swap(GOOD.slice(GOOD.indexOf('login:\n'), GOOD.indexOf('whoami')), 'login: []\n'),
    /^6: login: Say how people sign in/,
  ],
  [
    'a type of body',
    swap('type: form', 'type: multipart'),
    /^9: login\[0\]\.type: Expected one of: form, json, xml, basic/,
  ],
  [
    'a field of JSON by name',
    swap('type: form', 'type: json').replace('[pass]', '[/pass]'),
    /^10: login\[0\]\.account: Expected a JSON pointer/,
  ],
  [
    'a field of a form by pointer',
    swap('[pass]', '[/pass]'),
    /^11: login\[0\]\.secret: Expected the name of a form field/,
  ],
  ['a path without slash', swap('path: /login', 'path: login'), /^8: login\[0\]\.on\.path\[0\]: .*does not begin with/],
  ['an open brace', swap('path: /api/**', 'path: "/{a"'), /^16: doors\[0\]\.path: .*brace/],
  [
    'a door that is left open',
    swap('/api/**', '/api/**, do: cidr'),
    /^16: doors\[0\]\.do: Expected deny\. Doors are closed/,
  ],
  ['a door by certificate', swap('/api/**', '/api/**, do: mtls'), /^16: doors\[0\]\.do: Expected deny/],
  ['a method in small letters', swap('/api/**', '/api/**, method: post'), /^16: doors\[0\]\.method: Expected a method/],
  [
    'another folding',
    more('account: { fold: [upper] }'),
    /^17: account\.fold\[0\]: Expected one of: trim, nfkc, lower/,
  ],
  [
    'a token in two places',
    swap('[SID] }', '[SID], vault: [ { json: /a, xml: a/b } ] }'),
    /^15: session\.vault\[0\]: Say in exactly one way/,
  ],
  [
    'a token of a WebSocket elsewhere',
    more('ws: [ { path: /ws, token: header.x } ]'),
    /^17: ws\[0\]\.token: Expected query\./,
  ],
  ['a scheme', more('authorization: [ntlm]'), /^17: authorization\[0\]: Expected one of: basic, digest\./],
  [
    'a token of anybody',
    more('authorization: [basic, bearer]'),
    /^17: authorization\[1\]: .*does not say whose it is; .*session\.vault/,
  ],
  [
    'an origin with a path',
    more('rewrite: { body: ["http://app.test/x"] }'),
    /^17: rewrite\.body\[0\]: Expected an origin/,
  ],
  ['an end of the session that is asked for', more('lost: [ { probe: false } ]'), /^17: lost\[0\]\.probe: /],
  ['not YAML', more('a: [b'), /^1[78]: /],
];

for (const [what, text, says] of ROWS)
  test(`${what} is a fault with its line, path and sentence, and nothing else is`, () => {
    const faults = faultsOf(text);
    assert.equal(faults.length, 1, faults.join('\n'));
    assert.match(faults[0] ?? '', says);
  });

test('probe needs an app that can be asked', () => {
  const probing = swap(OK, 'ok: { probe: true }');
  assert.deepEqual(faultsOf(probing), []);
  const told = 'whoami: { from: login, json: /name }';
  for (const instead of ['assurance: login-form', told])
    assert.match(
      faultsOf(probing.replace(WHOAMI, instead)).join('\n'),
      /^12: login\[0\]\.ok: Only an app that can be asked/,
    );
  const asked = { whoami: { get: '/me', json: '/name' } } as const;
  assert.deepEqual(faultsOf(probing.replace(WHOAMI, 'assurance: login-form'), asked), [], 'the operator says how');
});

test('two steps of one name are a fault', () => {
  const twice = swap('whoami:', `${GOOD.slice(GOOD.indexOf('  - id'), GOOD.indexOf('whoami'))}whoami:`);
  assert.deepEqual(faultsOf(twice), ['14: login[1].id: Another step above has this id. Each needs a name of its own.']);
});

test('credentials in Authorization need no step and no cookie', () => {
  const steps = GOOD.slice(GOOD.indexOf('login:\n'), GOOD.indexOf('whoami'));
  const basic = GOOD.replace(steps, 'login: []\nauthorization: [basic]\n').replace('[SID]', '[]');
  assert.deepEqual(faultsOf(basic), []);
  assert.match(faultsOf(basic.replace('[basic]', '[]')).join('\n'), /^6: login: Say how people sign in/);
});

test('every fault of a file is told at once', () => {
  const faults = faultsOf(
    `${swap('account: user', 'account: /user').replace('[SID]', '["S.*"]')}\nws: [ { path: ws } ]`,
  );
  assert.deepEqual(faults.map((each) => each.split(': ')[1]).sort(), [
    'login[0].account',
    'session.cookies[0]',
    'ws[0].path',
  ]);
});

test('parameters: those that are needed, those that there are not', () => {
  const needs = swap('{ base: /app }', '{ base: null }');
  assert.deepEqual(faultsOf(needs), ['choice: params.base: The preset needs this parameter.']);
  assert.deepEqual(faultsOf(needs, { params: { base: '/x' } }), []);
  assert.deepEqual(faultsOf(GOOD, { params: { bose: '/x' } }), [
    'choice: params.bose: The preset has no such parameter. Did you mean base?',
  ]);
  assert.match(faultsOf(GOOD, { params: { base: 'x' } }).join('\n'), /^5: entry: Expected a target/);
});

test('what an operator adds is judged like a preset, at the place where it was written', () => {
  assert.match(
    faultsOf(GOOD, { doors: [{ path: 'x' }] }).join('\n'),
    /^choice: doors\[0\]\.path: .*does not begin with/,
  );
  assert.match(faultsOf(GOOD, { anon: [{ path: '/{' }] }).join('\n'), /^choice: anon\[0\]\.path: .*brace/);
  assert.match(faultsOf(GOOD, { whoami: { get: '/me' } }).join('\n'), /^choice: whoami: Say in exactly one way where/);
});

test('files that are none', () => {
  assert.deepEqual(compileFile(join(dir, 'absent.yml')).faults, ['0: : There is no such file.']);
  assert.deepEqual(compileFile(dir).faults, [`0: : ${dir} is not a file.`]);
  const binary = join(dir, 'binary.yml');
  writeFileSync(binary, Buffer.from([0x70, 0xff, 0xfe]));
  assert.deepEqual(compileFile(binary).faults, [`0: : ${binary} is not text in UTF-8.`]);
  writeFileSync(binary, `# ${'x'.repeat(300_000)}`);
  assert.deepEqual(compileFile(binary).faults, [
    `0: : ${binary} is too large for what it should hold: at most 256 KiB.`,
  ]);
});

test('a misspelt preset is told with what was meant', () => {
  for (const [name, meant] of [
    ['dokuwki', 'dokuwiki'],
    ['rondcube', 'roundcube'],
  ] as const) {
    const loaded = loadPreset(name);
    assert.ok('faults' in loaded);
    assert.match(loaded.faults[0]?.message ?? '', new RegExp(`no preset ${name}\\. Did you mean ${meant}\\?`));
  }
});

test('a name that is no preset of ours is a fault that lists those that there are', () => {
  for (const name of ['nonesuch', '../example', 'schema.json', '']) {
    const loaded = loadPreset(name);
    assert.ok('faults' in loaded);
    assert.match(loaded.faults[0]?.message ?? '', /There is no preset .*dokuwiki.*\.\/portal\.yml/);
  }
});
