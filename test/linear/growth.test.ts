import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Reader, superlinear } from '../support/growth.ts';
import { BODIES } from './readers-bodies.ts';
import { READ } from './readers-read.ts';
import { TEXTS } from './readers-texts.ts';

for (const reader of [...READ, ...BODIES, ...TEXTS])
  test(`${reader.name}: twice the text is twice the time`, () => {
    assert.deepEqual(superlinear(reader), []);
  });

test('the measure sees what is not linear, and lets pass what is', () => {
  const quadratic: Reader = { name: 'end', delimiters: ['_'], limit: 6144, read: (text) => text.replace(/_+$/, '') };
  const linear: Reader = {
    name: 'any',
    delimiters: ['_'],
    limit: 100_000,
    read: (text) => text.replace(/[^_]/g, ''),
  };
  assert.notDeepEqual(superlinear(quadratic), []);
  assert.deepEqual(superlinear(linear), []);
});
