import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { configFromArguments } from '../../../src/config/load.ts';
import { parseRulePath } from '../../../src/config/paths.ts';
import type { AppConfig, RuleConfig } from '../../../src/config/types.ts';
import { SallyportError } from '../../../src/errors.ts';
import { covers } from '../../../src/lib/readings/covers.ts';
import { parseTarget } from '../../../src/request/target.ts';
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

test('a rule holds for the plain spelling of its name, and for every other that a server may take for it', () => {
  const table: Readonly<Record<string, readonly string[]>> = {
    '/caf%C3%A9/**': ['/cafe/x', '/CAFE/x', '/caf%65/x', '/caf%C3%A9', '/cafe%CC%81/x', '/caf%C3%89', '/cafe'],
    '/%C3%B8konomi/**': ['/okonomi/x', '/okonom%69/x', '/%C3%98konomi', '/Okonomi'],
    '/%C5%81%C3%B3d%C5%BA': ['/lodz', '/Lodz', '/%C5%82%C3%B3d%C5%BA'],
    '/M%C3%BCller/**': ['/muller/x', '/Muller', '/mu%CC%88ller'],
    '/na%C3%AFve': ['/naive', '/NAIVE'],
    '/%EF%BC%A1dmin/**': ['/admin/x', '/Admin'],
    '/a+b/**': ['/a+b/x', '/a%20b/x', '/a%2Bb', '/a%2520b/x', '/A+B'],
    '/a%2Bb/**': ['/a+b/x', '/a%20b/x', '/a%2Bb'],
    '/a%20b/**': ['/a+b/x', '/a%20b/x', '/a%2520b/x'],
    '/Page%EF%BC%9AOne': ['/page:one', '/page:one:$DATA', '/page%3Aone'],
  };
  for (const [path, spellings] of Object.entries(table))
    for (const each of spellings) {
      assert.deepEqual(compile(rule(path, { groups: ['boss'] })).match(each)?.groups, ['boss'], `${path} ${each}`);
      // A looser rule with such a name opens its own bytes alone.
      const strict = compile(rule('/**', { require: 'passkey' }), rule(path)).match(each)?.require;
      const own = path.replace('/**', '');
      assert.equal(strict, each === own || each.startsWith(`${own}/`) ? 'mfa' : 'passkey', `${path} ${each}`);
    }
});

const letters = [...'abeiosuz', ...'ABEIOSZ', ...'éèàüößøłïñçåÉØŁ', ...'αжか', 'ﬁ', 'Ａ', '+', ' ', '3', '-'];
const anyName = fc
  .array(fc.constantFrom(...letters), { minLength: 1, maxLength: 9 })
  .map((characters) => `x${characters.join('')}x`);
/** As an operator may write it: a plus sign needs no encoding. */
const writtenAs = (names: readonly string[], plus: boolean): string =>
  plus ? written(names).replaceAll('%2B', '+') : written(names);

test('whatever the letters of a rule, it holds for all that a lenient server takes for it, and opens its own bytes alone', () => {
  let hits = 0;
  let plain = 0;
  fc.assert(
    fc.property(
      fc.array(anyName, { minLength: 1, maxLength: 2 }).chain((names) => {
        return fc.tuple(fc.constant(names), respelled(names), fc.boolean());
      }),
      ([names, path, plus]) => {
        const own = writtenAs(names, plus);
        const hit = SERVERS.find((server) => isUnder(server, namesAt(server, path), namesAt(server, own)));
        const tight = asked(compile(rule('/**'), rule(`${own}/**`, { require: 'passkey' })), path);
        const loose = asked(compile(rule('/**', { require: 'passkey' }), rule(`${own}/**`)), path);
        if (tight === undefined || loose === undefined) return;
        assert.equal(covers(own, true, path), tight?.require === 'passkey', `${own} ${path}: one opinion`);
        if (path !== own && !path.startsWith(`${own}/`))
          assert.equal(loose?.require, 'passkey', `${own} opens ${path}`);
        if (hit === undefined) return;
        assert.equal(tight?.require, 'passkey', `${path} is ${own} to ${hit.name}`);
        hits++;
        if (!path.includes('%')) plain++;
      },
    ),
    { numRuns: 2500, seed: 20261130 },
  );
  assert.ok(hits > 200 && plain > 4, `${hits}, ${plain} of them plain`);
});

test('the path of a rule that no request could have is a fault of the configuration', () => {
  for (const path of ['/%E2%80%A5/**', '/x/%E2%80%A6']) assert.ok('fault' in parseRulePath(path), path);
  assert.ok('value' in parseRulePath('/caf%C3%A9/a+b/**'));
});

test('where names of two rules differ in accents alone, both hold', () => {
  const rules = compile(rule('/%C3%A4/**', { groups: ['one', 'all'] }), rule('/a/**', { groups: ['two', 'all'] }));
  for (const path of ['/a/x', '/%C3%A4/x', '/A/x']) assert.deepEqual(rules.match(path)?.groups, ['all'], path);
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
