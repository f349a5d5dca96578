import assert from 'node:assert/strict';
import test from 'node:test';
import { YamlFile } from '../../../src/config/yaml.ts';

const FILE = ['a: 1 # only for bosses', 'rules: [b]', 'c: "d"', ''];
const name = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Every control but tab and the ends of lines, and what some readers take for an end of a line or for nothing. */
const UNSEEN = [
  ...Array.from({ length: 0xa0 }, (_, i) => String.fromCharCode(i)).filter(
    (c) => /\p{Cc}/u.test(c) && !/[\t\n]/.test(c),
  ),
  ...['\u2028', '\u2029', '\ufeff', '\ufffe', '\ud800', '\udfff'],
];

test('a character by which others see other lines is refused where it stands: in comments, between, and in values', () => {
  for (const character of UNSEEN)
    for (const [line, at] of [
      [1, 10],
      [1, 22],
      [2, 3],
      [3, 4],
    ] as const) {
      const text = FILE.map((each, i) => (i + 1 === line ? each.slice(0, at) + character + each.slice(at) : each)).join(
        '\n',
      );
      const { faults, value } = new YamlFile(text);
      // Before the end of its line a carriage return is part of that end.
      if (character === '\r' && at === 22) continue;
      assert.equal(value, undefined, `${name(character)} in line ${line}`);
      assert.equal(faults.length, 1);
      assert.equal(faults[0]?.line, line);
      assert.match(faults[0]?.message ?? '', new RegExp(name(character).replace('+', '\\+')));
    }
});

test('ends of lines of either kind, a mark of the byte order at the beginning, and letters of any script are fine', () => {
  const plain = new YamlFile(FILE.join('\n')).value;
  assert.deepEqual(plain, { a: 1, rules: ['b'], c: 'd' });
  assert.deepEqual(new YamlFile(FILE.join('\r\n')).value, plain);
  assert.deepEqual(new YamlFile(`\ufeff${FILE.join('\n')}`).value, plain);
  assert.deepEqual(new YamlFile('a: "العربية \u200f é 😀 \u00ad"').value, { a: 'العربية \u200f é 😀 \u00ad' });
});
