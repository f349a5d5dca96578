import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rest } from '../../../src/lib/rest.ts';

/** Which delays timers were asked for, ms; each is over at once. */
async function delays(work: () => Promise<void>, t: { mock: typeof import('node:test').mock }): Promise<number[]> {
  const asked: number[] = [];
  t.mock.method(globalThis, 'setTimeout', (then: () => void, ms: number) => {
    asked.push(ms);
    queueMicrotask(then);
    return undefined;
  });
  await work();
  return asked;
}

test('work that nobody waits for rests as long as it took, and never longer than 50 ms', async (t) => {
  const took = [0, 12.5, 50, 51, 60_000, -3, Number.POSITIVE_INFINITY];
  const asked = await delays(async () => {
    for (const ms of took) await rest(ms);
  }, t);
  assert.deepEqual(asked, [0, 12.5, 50, 50, 50, 0, 50]);
});
