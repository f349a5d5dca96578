import assert from 'node:assert/strict';
import test from 'node:test';
import { inTurns, isOver, PIECE, toItsEnd } from '../../../src/lib/turns.ts';

/** Turns of the event loop from now on. */
function turnsOf(): { readonly count: number; stop(): void } {
  let count = 0;
  let stopped = false;
  const next = (): void => {
    count += 1;
    if (!stopped) setImmediate(next);
  };
  setImmediate(next);
  return {
    get count() {
      return count;
    },
    stop: () => {
      stopped = true;
    },
  };
}

function spend(): void {
  const since = performance.now();
  while (!isOver(since));
}

test('what takes long has others take a turn after each piece, and sees every byte once, in order', async () => {
  const bytes = Buffer.from(Array.from({ length: 10 * PIECE + 7 }, (_, i) => i % 251));
  const turns = turnsOf();
  const seen: Buffer[] = [];
  const seenIn = new Set<number>();
  await inTurns(bytes, (piece) => {
    seen.push(piece);
    seenIn.add(turns.count);
    spend();
  });
  turns.stop();
  assert.ok(Buffer.concat(seen).equals(bytes));
  assert.equal(seenIn.size, 11);
});

test('what takes no time gives no turn away', async () => {
  const turns = turnsOf();
  const seenIn = new Set<number>();
  await inTurns(Buffer.alloc(10 * PIECE), () => void seenIn.add(turns.count));
  turns.stop();
  assert.ok(seenIn.size < 5, `${seenIn.size} turns`);
});

test('after a refusal the rest is not looked at', async () => {
  let looks = 0;
  const refused = inTurns(Buffer.alloc(10 * PIECE), () => {
    looks += 1;
    if (looks === 3) throw new RangeError('refused');
  });
  await assert.rejects(refused, RangeError);
  assert.equal(looks, 3);
});

test('a reader that stops after pieces is taken to its end, and its answer or its refusal is handed on', async () => {
  const turns = turnsOf();
  const seenIn = new Set<number>();
  function* reader(fails: boolean): Generator<void, string, void> {
    for (let i = 0; i < 5; i += 1) {
      seenIn.add(turns.count);
      spend();
      yield;
    }
    if (fails) throw new RangeError('refused');
    return 'read';
  }
  assert.equal(await toItsEnd(reader(false)), 'read');
  assert.equal(seenIn.size, 5);
  await assert.rejects(toItsEnd(reader(true)), RangeError);
  turns.stop();
});
