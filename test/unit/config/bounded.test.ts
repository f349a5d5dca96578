import assert from 'node:assert/strict';
import test from 'node:test';
import { checkConfigText } from '../../../src/config/load.ts';
import { parsePreset } from '../../../src/config/preset/load.ts';
import type { ConfigFault } from '../../../src/config/types.ts';

const REST = 'realms: { a: { source: local } }\napps: { p: { hosts: [p.test], upstream: http://x.test, realm: a } }\n';

/** Every reader of a file that an operator writes. */
const READERS: Readonly<Record<string, (text: string) => readonly ConfigFault[]>> = {
  configuration: (text) => checkConfigText(text, 0).faults,
  preset: (text) => {
    const loaded = parsePreset('x.yml', text);
    return 'faults' in loaded ? loaded.faults : [];
  },
};

const many = (n: number, line: (i: number) => string) => Array.from({ length: n }, (_, i) => line(i)).join('');

/** What grows with n in every direction that a file can grow in. */
const HOSTILE: Readonly<Record<string, (n: number) => string>> = {
  'unknown keys': (n) => many(n, (i) => `key${i}: 1\n`),
  'misspelt keys': (n) => many(n, (i) => `listen${i}: 1\n`),
  'equal keys': (n) => many(n, () => 'listen: 1\n'),
  'items in a list': (n) => `trusted_proxies:\n${many(n, (i) => `  - ${i}\n`)}${REST}`,
  'blocks in a list': (n) => `${REST.replace('realm: a }', `realm: a, rules: [${many(n, () => '{ path: x },')}] }`)}`,
  apps: (n) => `realms: {}\napps:\n${many(n, (i) => `  p${i}: { hosts: [1] }\n`)}`,
  brackets: (n) => '['.repeat(n),
  braces: (n) => '{a: '.repeat(n),
  'brackets that are closed': (n) => `a: ${'['.repeat(n)}${']'.repeat(n)}`,
  'closing brackets': (n) => ']\n'.repeat(n),
  'nested lists': (n) => '- '.repeat(n),
  'nested keys': (n) => '? '.repeat(n),
  'deeper and deeper': (n) => many(Math.ceil(Math.sqrt(n)), (i) => `${' '.repeat(i)}a:\n`),
  'one long line': (n) => `data: ${'x'.repeat(n)}`,
  'one long key': (n) => `${'x'.repeat(n)}: 1`,
  'one long quote': (n) => `data: "${'\\n'.repeat(n)}`,
  'blank lines': (n) => `${'\n'.repeat(n)}${REST}`,
  comments: (n) => `${'# x\n'.repeat(n)}${REST}`,
  tabs: (n) => `log:\n${'\tlevel: info\n'.repeat(n)}`,
  'blanks at the ends of lines': (n) => `data: x${' '.repeat(n)}\n${REST}`,
  documents: (n) => '---\na: 1\n'.repeat(n),
  directives: (n) => '%YAML 1.2\n'.repeat(n),
  tags: (n) => many(n, (i) => `k${i}: !x 1\n`),
  anchors: (n) => many(n, (i) => `k${i}: &a${i} 1\n`),
  'aliases of nothing': (n) => many(n, (i) => `k${i}: *a\n`),
  'aliases of one anchor': (n) => `a: &a [1]\n${many(n, (i) => `k${i}: *a\n`)}`,
  'merge keys': (n) => `a: &a { x: 1 }\n${many(n, (i) => `k${i}: { <<: *a }\n`)}`,
  'block scalars': (n) => many(n, (i) => `k${i}: |\n  x\n`),
  'keys without a value': (n) => ': \n'.repeat(n),
  'carriage returns': (n) => '\r'.repeat(n),
  'bytes that no file has': (n) => '\u0000\u001b'.repeat(n),
};

/** What is no fault, however much there is of it. */
const HARMLESS: ReadonlySet<string> = new Set(['blank lines', 'comments', 'blanks at the ends of lines']);

function cost(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function assertBounded(faults: readonly ConfigFault[], what: string): void {
  assert.ok(faults.length >= 1 && faults.length <= 51, `${what}: ${faults.length}`);
  for (const { path, line, message } of faults) {
    assert.ok(line >= 1 && path.length < 400 && message.length < 1000, `${what}: ${path.length} ${message.length}`);
    assert.doesNotMatch(`${path}${message}`, /[\p{Cc}]/u, what);
    assert.match(message, /^[A-Z]/, what);
  }
}

for (const [name, read] of Object.entries(READERS)) {
  test(`${name}: no file is answered with more than people read`, () => {
    for (const [what, make] of Object.entries(HOSTILE)) {
      const faults = read(make(600));
      if (faults.length > 0 || !HARMLESS.has(what)) assertBounded(faults, what);
    }
  });

  test(`${name}: aliases that repeat one another are refused where they stand, also in a circle`, () => {
    const letters = 'abcdefghijklmnop'.split('');
    const bomb = letters.map(
      (c, i) =>
        `${c}: &${c} [${
          i === 0
            ? 'x'
            : Array(9)
                .fill(`*${letters[i - 1]}`)
                .join(',')
        }]`,
    );
    const chain = many(500, (i) => `k${i}: &a${i} [[${i === 0 ? 1 : `*a${i - 1}`}]]\n`);
    for (const text of [bomb.join('\n'), 'a: &a [*a]', 'a: &a { b: *a }', chain]) {
      const faults = read(text);
      assert.equal(faults.length, 1, text.slice(0, 80));
      assert.match(faults[0]?.message ?? '', /^Aliases \(\*name\) repeat too much/);
    }
  });
}

test('many apps may share a block by an alias, and merge keys are named for what they are', () => {
  const apps = many(200, (i) => `  p${i}: { hosts: [p${i}.test], upstream: http://x.test, realm: a, sessions: *s }\n`);
  const shared = `sessions: &s { idle: 10m }\nrealms: { a: { source: local, passkeys: { offer: false } } }\napps:\n${apps}`;
  assert.deepEqual(checkConfigText(shared, 0).faults, []);
  const [fault, ...others] = checkConfigText(
    `sessions: &s { idle: 10m }\n${REST.replace('source: local', '<<: *s, source: local')}`,
    0,
  ).faults;
  assert.deepEqual([fault?.line, others], [2, []]);
  assert.match(fault?.message ?? '', /^Merge keys \(<<\)/);
});

test('no file makes the time that it takes grow faster than itself', () => {
  const read = (text: string) => checkConfigText(text, 0);
  for (const [what, make] of Object.entries(HOSTILE)) {
    const [small, large] = [make(500), make(6000)];
    read(small);
    const before = Math.min(...[1, 2, 3].map(() => cost(() => read(small))));
    const after = Math.min(...[1, 2].map(() => cost(() => read(large))));
    // Twelve times the text: quadratic is 144 times the work.
    assert.ok(after < 48 * Math.max(before, 1000), `${what}: ${before} µs, then ${after} µs`);
  }
});
