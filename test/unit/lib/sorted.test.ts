import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import test from 'node:test';
import { NumberSet } from '../../../src/lib/number-set.ts';
import { sortedInTurns } from '../../../src/lib/sorted.ts';

test('a list is sorted as at once, equals in the order in which they came, however long it is', async () => {
  const compare = (a: { n: number }, b: { n: number }) => a.n - b.n;
  for (const length of [0, 1, 2, 4_095, 4_096, 4_097, 8_193, 50_000]) {
    const all = Array.from({ length }, (_, place) => ({ n: randomInt(1_000), place }));
    const before = [...all];
    assert.deepEqual(await sortedInTurns(all, compare), all.toSorted(compare));
    assert.deepEqual(all, before, 'and stays as it was');
  }
});

test('others have their turns while a long list is sorted', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  await sortedInTurns(
    Array.from({ length: 200_000 }, () => randomInt(2 ** 40)),
    (a, b) => a - b,
  );
  clearInterval(timer);
  assert.ok(turns > 1);
});

test('numbers come out of a set once and by growing, whatever they are', () => {
  const edges = [0, 1, 31, 32, 33, 65_535, 65_536, 65_537, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1];
  const all = [...edges, ...Array.from({ length: 5_000 }, () => randomInt(300_000)), ...edges];
  const set = new NumberSet();
  for (const number of all.toSorted(() => randomInt(3) - 1)) set.add(number);
  assert.deepEqual(
    [...set.inOrder()].flat(),
    [...new Set(all)].sort((a, b) => a - b),
  );
  assert.deepEqual([...new NumberSet().inOrder()], []);
});
