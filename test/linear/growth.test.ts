import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Reader, superlinear } from '../support/growth.ts';
import { READERS } from './readers.ts';

for (const reader of READERS)
  test(`${reader.name}: twice the text is twice the time`, () => {
    assert.deepEqual(superlinear(reader), []);
  });

function reader(read: (text: string) => unknown, limit = 16_384): Reader {
  return { name: 'a reader', delimiters: ['_', ','], limit, read };
}

test('the measure sees what is not linear', () => {
  const grows: readonly Reader[] = [
    reader((text) => text.replace(/_+$/, ''), 6144),
    reader((text) => Array.from(text, (_, i) => text.slice(i).toUpperCase().length), 6144),
    { ...reader((text) => text.normalize('NFKC'), 12_288), delimiters: ['\u0301', '\u0316'] },
  ];
  for (const each of grows) assert.notDeepEqual(superlinear(each), [], String(each.read));
});

test('the measure lets pass what is linear', () => {
  assert.deepEqual(superlinear(reader((text) => text.replace(/[^_]/g, ''), 100_000)), []);
});
