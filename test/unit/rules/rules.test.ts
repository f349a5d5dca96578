import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { fold } from '../../../src/config/fold.ts';
import { configFromArguments } from '../../../src/config/load.ts';
import type { AppConfig, Config, ExemptionConfig, RuleConfig } from '../../../src/config/types.ts';
import { SallyportError } from '../../../src/errors.ts';
import { covers } from '../../../src/lib/readings/covers.ts';
import { compileRules } from '../../../src/rules/compile.ts';
import { explainRules } from '../../../src/rules/explain.ts';
import { NOBODY } from '../../../src/rules/strictest.ts';
import { routeTable } from '../../../src/rules/table.ts';

const NOW = Date.UTC(2026, 10, 23);
const config = configFromArguments({ upstream: 'http://127.0.0.1:9000' });
const [base] = config.apps;
assert.ok(base);

function rule(path: string, options: Partial<RuleConfig> = {}): RuleConfig {
  return { path, require: 'mfa', maxAgeMs: null, groups: [], ...options };
}

function exemption(method: string, path: string, expiresAt = NOW + 1): ExemptionConfig {
  return { method, path, reason: 'probe', owner: 'ops', expires: '2026-11-22', expiresAt };
}

function appWith(rules: readonly RuleConfig[], exemptions: readonly ExemptionConfig[] = []): AppConfig {
  return { ...(base as AppConfig), rules, exemptions }; // asserted above
}

const compile = (...rules: RuleConfig[]) => compileRules(appWith(rules));

test('the most specific rule decides: exact before prefix, longer before shorter', () => {
  const [all, admin, keys, page] = [rule('/**'), rule('/admin/**'), rule('/admin/keys/**'), rule('/admin/keys')];
  const { match } = compile(all, admin, keys, page);
  const cases = {
    '/': all,
    '/administrator': all,
    '/admin': admin,
    '/admin/': admin,
    '/admin/x/y': admin,
    '/admin/keys': page,
    '/admin/keys/1': keys,
    '/admin/keysx': admin,
  };
  for (const [path, expected] of Object.entries(cases)) assert.equal(match(path)?.path, expected.path, path);
});

test('without a rule that covers the path there is none, for siblings and parents too', () => {
  const { match } = compile(rule('/a/b/**'), rule('/exact'));
  for (const path of ['/', '/a', '/a/bc', '/x/a/b', '/exact/below', '/exactly', '/x/exact'])
    assert.equal(match(path), null, path);
  assert.equal(compile().match('/anything'), null);
});

test('what goes on behind an exact path, and a format, is asked for what the path is; an own looser rule below decides', () => {
  const boss = { groups: ['boss'] };
  const { match } = compile(
    rule('/**', { maxAgeMs: 5 }),
    rule('/', { require: 'passkey' }),
    rule('/setup.php', boss),
    rule('/users', boss),
    rule('/users/me'),
    rule('/users.txt'),
    rule('/admin/**', boss),
  );
  const held = ['/setup.php/x', '/setup.php/x.css', '/SETUP.php/x/y', '/users.json', '/USERS.JSON', '/users.jso%6E'];
  held.push('/admin.json', '/users.json;x', '/users.TXT', '/users.json::$DATA', '/setup.php.bak', '/Users.%74xt');
  for (const path of held) {
    const found = match(path);
    assert.deepEqual([found?.groups, found?.maxAgeMs, found?.require], [['boss'], 5, 'mfa'], path);
  }
  for (const path of ['/users/me', '/users.txt', '/users/me/x', '/users/7', '/users/ME'])
    assert.deepEqual(match(path)?.groups, [], path);
  for (const path of ['/x', '/users.a.b', '/users.toolongformat', '/usersjson', '/admin.json/x', '/.json'])
    assert.deepEqual([match(path)?.groups, match(path)?.require], [[], 'mfa'], path);
  const told = explainRules(appWith([rule('/users', boss)]), 'GET', '/users.json', NOW);
  assert.match(told.why, /\/users with something behind it/);
  for (const [path, own] of [
    ['/users.json', '/users'],
    ['/users/x', '/users'],
    ['/setup.php/x', '/setup.php'],
    ['/x', '/'],
  ] as const)
    assert.equal(covers(own, false, path), compile(rule(own)).match(path) !== null, path);
});

test('no spelling of a path escapes its rule', () => {
  const { match } = compile(rule('/admin/**', { require: 'passkey' }), rule('/secret', { require: 'passkey' }));
  const spellings = [
    '/ADMIN/x',
    '/%61dmin/x',
    '/%61%44min',
    '/admin;a=b/x',
    '/admin;/x',
    '/admin/',
    '//admin//x',
    '/admin%2Fx',
    '/%EF%BD%81dmin/x',
    '/adm%2569n/x',
    '/admin./x',
    '/admin%20/x',
    '/admin%5Cx',
    '/secret/',
    '/SECRET;jsessionid=1',
    '/s%65cret/',
  ];
  for (const path of spellings) assert.equal(match(path)?.require, 'passkey', path);
});

test('a looser rule inside a stricter one holds for its own bytes alone', () => {
  const { match } = compile(
    rule('/admin/**', { require: 'passkey', maxAgeMs: 60_000 }),
    rule('/admin/public/**'),
    rule('/admin/help'),
  );
  for (const path of ['/admin/public', '/admin/public/x', '/admin/public/%20', '/admin/help'])
    assert.equal(match(path)?.require, 'mfa', path);
  for (const path of [
    '/admin/PUBLIC/x',
    '/admin/%70ublic',
    '/admin/public;a/x',
    '/Admin/public/x',
    '/admin//public/x',
    '/admin/help/',
    '/admin/help;x',
  ]) {
    assert.equal(match(path)?.require, 'passkey', path);
    assert.equal(match(path)?.maxAgeMs, 60_000, path);
  }
});

test('in another spelling groups of both rules are needed, and groups that exclude each other admit nobody', () => {
  const { match } = compile(
    rule('/a/**', { groups: ['ops', 'sec'] }),
    rule('/a/b/**', { groups: ['sec', 'hr'] }),
    rule('/a/c/**', { groups: ['hr'] }),
  );
  assert.deepEqual(match('/a/b')?.groups, ['sec', 'hr']);
  assert.deepEqual(match('/a/B')?.groups, ['sec']);
  assert.deepEqual(match('/a/C')?.groups, [NOBODY]);
});

test('dot segments and broken UTF-8 are refused', () => {
  const { match } = compile(rule('/admin/**'));
  for (const path of [
    '/x/%2e%2e/admin',
    '/x/..%2fadmin',
    '/x/..;/admin',
    '/./admin',
    '/%ff',
    '/x/%252e%252e/admin',
    '/%E2%80%A5/admin',
  ]) {
    assert.throws(
      () => match(path),
      (error) => error instanceof SallyportError && error.code === 'bad-target',
      path,
    );
  }
});

const name = fc.stringMatching(/^[a-zA-Z0-9_~-]{1,8}$/);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
/** For every character: leave it, change its case, or percent-encode it. */
const spelling = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40, maxLength: 40 });

function respell(original: string, choices: readonly number[]): string {
  const hex = (c: string) => c.charCodeAt(0).toString(16).padStart(2, '0');
  const forms = [
    (c: string) => c,
    (c: string) => c.toUpperCase(),
    (c: string) => c.toLowerCase(),
    (c: string) => `%${hex(c)}`,
  ];
  return [...original].map((c, i) => (c === '/' ? c : (forms[choices[i] ?? 0]?.(c) ?? c))).join('');
}

test('a path and every respelling of it fold to the same segments', () => {
  fc.assert(
    fc.property(path, spelling, (original, choices) =>
      assert.deepEqual(fold(respell(original, choices)), fold(original)),
    ),
  );
});

test('a rule that covers a path covers every respelling, parameters and a trailing slash included', () => {
  fc.assert(
    fc.property(
      path,
      spelling,
      fc.constantFrom('', '/', ';v=1', ';/'),
      fc.boolean(),
      (original, choices, tail, prefix) => {
        const { match } = compile(rule(prefix ? `${original}/**` : original, { require: 'passkey', groups: ['ops'] }));
        assert.deepEqual(match(respell(original, choices) + tail)?.groups, ['ops']);
        if (prefix) assert.equal(match(`${respell(original, choices)}/more`)?.require, 'passkey');
      },
    ),
  );
});

test('another spelling never needs less than the strictest of the rules that cover it', () => {
  fc.assert(
    fc.property(path, path, spelling, (outer, inner, choices) => {
      const { match } = compile(rule(`${outer}/**`, { require: 'passkey', maxAgeMs: 5 }), rule(`${outer}${inner}/**`));
      const other = respell(outer + inner, choices);
      if (other !== outer + inner) assert.equal(match(other)?.require, 'passkey');
    }),
  );
});

test('an exemption matches its own method and bytes and nothing else', () => {
  const own = exemption('GET', '/healthz/Live');
  const { exemptionFor } = compileRules(appWith([], [own]));
  assert.equal(exemptionFor('GET', own.path, NOW), own);
  for (const method of ['HEAD', 'get', 'POST', '', 'GET '])
    assert.equal(exemptionFor(method, own.path, NOW), null, method);
  for (const other of [
    '/healthz/live',
    '/healthz/Live/',
    '/healthz/Live;a',
    '/healthz/%4Cive',
    '//healthz/Live',
    '/healthz/Live?x',
    '/healthz',
  ]) {
    assert.equal(exemptionFor('GET', other, NOW), null, other);
  }
  fc.assert(
    fc.property(path, spelling, fc.constantFrom('', '/', ';', '?', '%00', ' '), (original, choices, tail) => {
      const exempt = compileRules(appWith([], [exemption('GET', original)]));
      const other = respell(original, choices) + tail;
      assert.equal(exempt.exemptionFor('GET', other, NOW) !== null, other === original);
    }),
  );
});

test('a method and path that only together look like an exemption match none', () => {
  const { exemptionFor } = compileRules(appWith([], [exemption('GET', '/a')]));
  assert.equal(exemptionFor('GET /a', '', NOW), null);
  assert.equal(exemptionFor('', 'GET /a', NOW), null);
});

test('an exemption ends with its last day, and a clock that is no number ends it too', () => {
  const { exemptionFor } = compileRules(appWith([], [exemption('GET', '/a', NOW)]));
  assert.notEqual(exemptionFor('GET', '/a', NOW - 1), null);
  for (const now of [NOW, NOW + 1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.equal(exemptionFor('GET', '/a', now), null);
});

test('a thousand rules and one give the same answers', () => {
  const many = Array.from({ length: 1000 }, (_, i) => rule(`/app${i}/**`, { groups: [`g${i}`] }));
  const { match } = compile(...many);
  for (const i of [0, 500, 999]) assert.deepEqual(match(`/app${i}/x`)?.groups, [`g${i}`]);
  assert.equal(match('/app1000/x'), null);
});

test('names of built-in properties are ordinary segments', () => {
  assert.equal(compile(rule('/a/**')).match('/__proto__/constructor'), null);
  assert.equal(compile(rule('/__proto__/**', { require: 'passkey' })).match('/__proto__/x')?.require, 'passkey');
});

test('an explanation names what decides and why the others do not', () => {
  const app = appWith(
    [rule('/admin/**', { require: 'passkey' }), rule('/admin/public/**'), rule('/other')],
    [exemption('GET', '/healthz')],
  );
  const literal = explainRules(app, 'GET', '/admin/public/x', NOW);
  assert.equal(literal.rule?.path, '/admin/public/**');
  assert.deepEqual(
    literal.candidates.map((c) => [c.path, c.covers, c.decides]),
    [
      ['/healthz', false, false],
      ['/admin/**', true, false],
      ['/admin/public/**', true, true],
      ['/other', false, false],
    ],
  );
  const respelled = explainRules(app, 'GET', '/admin/PUBLIC/x', NOW);
  assert.equal(respelled.rule?.require, 'passkey');
  assert.match(respelled.why, /another spelling/);
  assert.deepEqual(
    respelled.candidates.filter((c) => c.decides).map((c) => c.path),
    ['/admin/**', '/admin/public/**'],
  );
  const exempt = explainRules(app, 'GET', '/healthz', NOW);
  assert.equal(exempt.exemption?.owner, 'ops');
  assert.match(exempt.why, /without a session/);
  assert.match(explainRules(app, 'GET', '/healthz', NOW + 1).candidates[0]?.why ?? '', /expired/);
  assert.match(explainRules(app, 'HEAD', '/healthz', NOW).candidates[0]?.why ?? '', /GET only/);
  assert.equal(explainRules(app, 'GET', '/', NOW).rule, null);
});

test('the table of routes has every exemption, every rule and the floor, and an expired exemption opens nothing', () => {
  const app = appWith(
    [rule('/admin/**', { require: 'passkey', groups: ['ops'] })],
    [exemption('GET', '/healthz'), exemption('GET', '/old', NOW), exemption('GET', '/admin/old', NOW)],
  );
  const rows = routeTable({ ...config, apps: [app] } satisfies Config, NOW);
  assert.deepEqual(
    rows.map((r) => [r.method, r.path, r.requires, r.exemption?.expired ?? null]),
    [
      ['GET', '/healthz', 'none', false],
      ['GET', '/old', 'mfa', true],
      ['GET', '/admin/old', 'passkey', true],
      ['*', '/admin/**', 'passkey', null],
      ['*', '/**', 'mfa', null],
    ],
  );
  assert.deepEqual(rows[2]?.groups, ['ops']);
  assert.deepEqual(rows[0]?.hosts, ['localhost', '127.0.0.1', '[::1]']);
});

test('the table of routes says what is taken from elsewhere, with what the rules of that path require all the same', () => {
  const app = {
    ...appWith([rule('/admin/**', { require: 'passkey' })], []),
    webSocketWithoutOrigin: ['/api/live', '/admin/live'],
    crossSite: [{ path: '/acs', from: ['https://idp.test', 'null'] }],
  };
  assert.deepEqual(
    routeTable({ ...config, apps: [app] } satisfies Config, NOW)
      .filter((row) => row.from.length > 0)
      .map((row) => [row.method, row.path, row.requires, row.from]),
    [
      ['POST', '/acs', 'mfa', ['https://idp.test', 'null (any site)']],
      ['GET', '/api/live', 'mfa', ['programs (WebSocket)']],
      ['GET', '/admin/live', 'passkey', ['programs (WebSocket)']],
    ],
  );
});

test('explain tells that a method acts on what is below, with the rule that the gate goes by', () => {
  const app = appWith([rule('/dir/**'), rule('/dir/deep/**', { groups: ['ops'] }), rule('/else/**')]);
  const compiled = compileRules(app);
  for (const [method, reach] of [
    ['GET', 'here'],
    ['DELETE', 'below'],
    ['PROPFIND', 'below'],
    ['BIND', 'anywhere'],
  ] as const) {
    const told = explainRules(app, method, '/dir/x', NOW);
    assert.deepEqual(told.rule, compiled.holding('/dir/x', reach), method);
    const above = explainRules(app, method, '/dir', NOW);
    assert.deepEqual(above.rule, compiled.holding('/dir', reach), method);
    const decides = above.candidates.filter((each) => each.decides).map(({ path }) => path);
    const all = reach === 'here' ? ['/dir/**'] : ['/dir/**', '/dir/deep/**'];
    assert.deepEqual(decides, reach === 'anywhere' ? [...all, '/else/**'] : all, method);
    if (reach !== 'here') assert.match(above.why, new RegExp(`${method} acts`));
  }
});
