import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { YamlFile } from '../../../src/config/yaml.ts';

/** A bracket or quote that is not closed is told where it begins, wherever a reader notices. */

const BEFORE = ['listen: 127.0.0.1:8080', 'apps:', '  portal:'];
const OPEN: readonly (readonly [value: string, told: RegExp])[] = [
  ['[localhost', /^The \[ that begins here is not closed: a \] is missing/],
  ['[localhost, [a, b]', /^The \[ that begins here/],
  ['[a}', /^The \[ that begins here/],
  ['{ a: b', /^The \{ that begins here is not closed: a \} is missing/],
  ['{ a: [b, c]', /^The \{ that begins here/],
  ['[a"b, c', /^The \[ that begins here/],
  ['"localhost', /^The double quote " that begins here is not closed/],
  ["'localhost", /^The single quote ' that begins here is not closed/],
  ['[a, "b]', /^The double quote " that begins here/],
];
const AFTER: readonly (readonly string[])[] = [
  [],
  [''],
  ['    upstream: http://127.0.0.1:9'],
  ['    upstream: "http://127.0.0.1:9"', "    realm: 'staff'"],
  ['', '# a remark', '    realm: staff', '  wiki:', '    hosts: [a, "b"]'],
  ['realms:', '  staff: { source: local }'],
];

for (const [value, told] of OPEN)
  test(`${value} is told as open, on its line, whatever follows`, () => {
    for (const after of AFTER) {
      const text = [...BEFORE, `    hosts: ${value}`, ...after].join('\n');
      const [fault, ...more] = new YamlFile(text).faults;
      assert.match(fault?.message ?? '', told, text);
      assert.equal(fault?.line, 4, text);
      assert.deepEqual(fault?.path.slice(0, 3), ['apps', 'portal', 'hosts'], text);
      assert.deepEqual(more, [], 'nothing that only follows from it');
    }
  });

test('a quote that is closed by the next one, lines below, is told where it begins', () => {
  const [fault] = new YamlFile('data: "var\n  listen: "127.0.0.1:80"\napps: {}\n').faults;
  assert.deepEqual([fault?.line, fault?.path], [1, ['data']]);
});

test('a quote that is only part of the text closes nothing', () => {
  for (const value of [String.raw`"x\"`, "'x''"]) {
    const [fault] = new YamlFile(`a: ${value}\nb: c\n`).faults;
    assert.deepEqual([fault?.line, fault?.path], [1, ['a']], value);
    assert.match(fault?.message ?? '', /that begins here is not closed/);
  }
});

test('of brackets within one another the one that lacks its end is told', () => {
  const text = 'apps:\n  p:\n    rules:\n      - { path: /a\n      - { path: /b }\n';
  assert.equal(new YamlFile(text).faults[0]?.line, 4);
  assert.equal(new YamlFile('a: {\n  b: {\n    c: [d],\n  e: 1\n').faults[0]?.line, 2);
});

test('what is in plain text, a remark or a block is no bracket and no quote', () => {
  for (const sound of [
    "a: don't [x",
    'a: b # [ " {',
    'a: |\n  [x "',
    'a: >\n  {',
    '"a [": b',
    "a: 'it''s ['",
    'a: "x\n  y"',
  ])
    assert.deepEqual(new YamlFile(`${sound}\nb: [c, {d: "e"}]\n`).faults, []);
  const [fault] = new YamlFile('a: don\'t [x\nb: "it\n').faults;
  assert.equal(fault?.line, 2);
});

const tree = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.constantFrom('a', '"b c"', "'d'"), tie('list'), tie('map')),
  list: fc.array(tie('value'), { minLength: 1, maxLength: 3 }).map((all) => `[${all.join(', ')}]`),
  map: tie('value').map((value) => `{ k: ${String(value)} }`),
}));

test('any list whose last bracket is missing is told on the line where it begins', () => {
  fc.assert(
    fc.property(fc.oneof(tree.list, tree.map), fc.nat(5), fc.constantFrom(...AFTER), (value, above, after) => {
      const lines = Array.from({ length: above }, (_, i) => `k${i}: [v, "w"]`);
      const text = [...lines, `hosts: ${String(value).slice(0, -1)}`, ...after].join('\n');
      assert.equal(new YamlFile(text).faults[0]?.line, above + 1, text);
    }),
    { numRuns: 300 },
  );
});
