import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cuts } from '../../../src/sessions/cuts.ts';

test('cuts that follow each other at once are one, at the moment of the last', async () => {
  const cuts = new Cuts();
  cuts.add(3);
  cuts.add(0);
  cuts.add(4);
  await sleep(20);
  cuts.add(5);
  const [first, second, ...rest] = cuts.list();
  assert.deepEqual([first?.count, second?.count, rest], [7, 5, []]);
  assert.ok((first?.agoMs ?? 0) >= 19 && (second?.agoMs ?? 1000) < (first?.agoMs ?? 0));
});

test('of many the oldest are told together, and none is left out of the count', (t) => {
  const now = t.mock.method(performance, 'now', () => at);
  let at = 0;
  const cuts = new Cuts();
  for (; at < 20_000; at += 200) cuts.add(1);
  const list = cuts.list();
  assert.equal(list.length, 64);
  assert.equal(
    list.reduce((sum, { count }) => sum + count, 0),
    100,
  );
  assert.equal(list[0]?.count, 37);
  at += 60_000;
  assert.deepEqual(cuts.list(), []);
  now.mock.restore();
});
