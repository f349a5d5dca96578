import assert from 'node:assert/strict';
import test from 'node:test';
import { RateWindow } from '../../../src/lib/rate.ts';

test('so many are free within a window, and the next window begins anew', () => {
  const rate = new RateWindow(2, 1000);
  assert.deepEqual([rate.take('a', 0), rate.take('a', 1), rate.take('b', 2)], [0, 0, 0]);
  assert.equal(rate.take('a', 400), 600);
  assert.equal(rate.take('a', 1000), 0);
});

test('keys beyond the bound share one count instead of memory', () => {
  const rate = new RateWindow(1, 1000, 2);
  assert.equal(rate.take('a', 0), 0);
  assert.equal(rate.take('b', 0), 0);
  assert.equal(rate.take('c', 0), 0);
  assert.ok(rate.take('d', 0) > 0);
});
