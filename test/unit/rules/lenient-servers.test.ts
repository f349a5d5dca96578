import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { configFromArguments } from '../../../src/config/load.ts';
import type { AppConfig, RuleConfig } from '../../../src/config/types.ts';
import { SallyportError } from '../../../src/errors.ts';
import { parseTarget } from '../../../src/read/target.ts';
import { compileRules } from '../../../src/rules/compile.ts';
import { isUnder, namesAt, respelled, SERVERS } from '../../support/lenient-servers.ts';

const [base] = configFromArguments({ upstream: 'http://127.0.0.1:9000' }).apps;
const lax = { encodedSlash: true, emptySegments: true };

function rule(path: string, over: Partial<RuleConfig> = {}): RuleConfig {
  return { path, require: 'mfa', maxAgeMs: null, groups: [], ...over };
}

function compile(...rules: RuleConfig[]) {
  return compileRules({ ...(base as AppConfig), rules, exemptions: [] }); // there is always one app
}

/** What is asked of a request for that path; undefined when it is refused. */
function asked(rules: ReturnType<typeof compile>, path: string): RuleConfig | null | undefined {
  try {
    return rules.match(parseTarget(path, lax).path);
  } catch (error) {
    assert.ok(error instanceof SallyportError && error.code === 'bad-target', `${path}: ${String(error)}`);
    return undefined;
  }
}

const name = fc.oneof(
  fc.stringMatching(/^[a-z]{1,6}$/),
  fc.stringMatching(/^[a-z][a-z0-9-]{7,14}$/),
  fc.stringMatching(/^[a-z]{2,10}\.(?:php|aspx|html)$/),
  fc.constantFrom('admin', 'administration', 'keys', 'passkeys', 'special pages', 'kiosk'),
);
const ruled = fc.array(name, { minLength: 1, maxLength: 3 });
const written = (names: readonly string[]): string => `/${names.map(encodeURIComponent).join('/')}`;

test('whatever a lenient server takes for a ruled path is refused or asked for all that the rule asks', () => {
  const reached = new Map<string, number>();
  let forwarded = 0;
  fc.assert(
    fc.property(
      ruled.chain((names) => fc.tuple(fc.constant(names), respelled(names))),
      ([names, path]) => {
        const servers = SERVERS.filter((server) => isUnder(server, namesAt(server, path), names));
        for (const { name: one } of servers) reached.set(one, (reached.get(one) ?? 0) + 1);
        const decided = asked(compile(rule('/**'), rule(`${written(names)}/**`, { require: 'passkey' })), path);
        if (servers.length === 0 || decided === undefined) return;
        forwarded++;
        assert.equal(decided?.require, 'passkey', `${path} is ${written(names)} to ${servers[0]?.name}`);
      },
    ),
    { numRuns: 2500, seed: 20261128 },
  );
  assert.ok(forwarded > 200, `${forwarded} were judged`);
  for (const { name: one } of SERVERS) assert.ok((reached.get(one) ?? 0) > 20, `${one}: ${reached.get(one)}`);
});

test('where readings lead to several rules, all of them hold', () => {
  const rules = compile(
    rule('/admin/**', { maxAgeMs: 5000 }),
    rule('/a/**', { groups: ['ops'] }),
    rule('/%C3%A4dmin/**', { require: 'passkey' }),
    rule('/Special:Login/**', { groups: ['hr'] }),
    rule('/Special/**', { maxAgeMs: 7 }),
  );
  const both = rules.match('/%C3%A4dmin/x');
  assert.deepEqual([both?.require, both?.maxAgeMs], ['passkey', 5000]);
  const page = rules.match('/Special:Login/x');
  assert.deepEqual([page?.groups, page?.maxAgeMs], [['hr'], 7]);
  assert.deepEqual(rules.match('/a;/admin')?.groups, ['ops']);
  assert.equal(rules.match('/Special:Other')?.maxAgeMs, 7);
});

test('an own spelling still takes the place of a broader rule, whatever else stands in the path', () => {
  const rules = compile(
    rule('/**', { require: 'passkey' }),
    rule('/docs/**'),
    rule('/docs/keys/**', { groups: ['ops'] }),
    rule('/wiki/Special:Pages/**'),
  );
  for (const path of [
    '/docs/r%C3%A9sum%C3%A9.pdf',
    '/docs/a%20b',
    '/docs/x:y',
    '/docs/100%25',
    '/docs/a+b',
    '/docs/it~1',
  ])
    assert.equal(rules.match(path)?.require, 'mfa', path);
  assert.equal(rules.match('/wiki/Special:Pages/x')?.require, 'mfa');
  assert.equal(rules.match('/wiki/Special:pages/x')?.require, 'passkey');
  for (const path of ['/docs/key%73', '/docs/k%2565ys/%25', '/docs/keys;x/y', '/docs/KEYS::$DATA', '/docs/%C4%B7eys'])
    assert.deepEqual(rules.match(path)?.groups, ['ops'], path);
});

test('accents tell plain paths of rules apart', () => {
  const rules = compile(rule('/%C3%A4/**', { groups: ['one'] }), rule('/a/**', { groups: ['two'] }));
  assert.deepEqual(rules.match('/a/x')?.groups, ['two']);
});

test('a path with more readings than anybody could mean is refused, and quickly found out', () => {
  const rules = compile(rule('/admin/**'));
  for (const unit of [
    '%C4%81%25C4%2581%25u0101',
    '%25E0%2580',
    '%C3%A9%25C3%25A9%EF%BC%85C3',
    ':x/',
    '~1/',
    ';a/',
    '+/',
  ]) {
    const path = `/${unit.repeat(Math.floor(8000 / unit.length))}`;
    asked(rules, path);
  }
});
