import assert from 'node:assert/strict';
import test from 'node:test';
import { KnownNames } from '../../../src/lib/known-names.ts';

test('names that were added are known, no others', () => {
  const names = new KnownNames();
  names.add('page');
  names.add('\ud800é');
  assert.deepEqual(
    ['page', '\ud800é', 'Page', 'page ', '\ufffdé', ''].map((name) => names.has(name)),
    [true, true, false, false, false, false],
  );
});

test('it holds a thousand short names and no more, and the first of them stay', () => {
  const names = new KnownNames();
  names.add('x'.repeat(65));
  assert.equal(names.has('x'.repeat(65)), false);
  for (let i = 0; i < 5_000; i += 1) names.add(`name-${i}`);
  assert.equal(names.has('name-0'), true);
  assert.equal(names.has('name-1023'), true);
  assert.equal(names.has('name-1024'), false);
});
