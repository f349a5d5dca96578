import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { getHeapStatistics } from 'node:v8';
import { giveBack } from '../../../src/lib/heap.ts';

test('what a start made and dropped is given back to the system', () => {
  let made: unknown[] = [];
  for (let i = 0; i < 300_000; i += 1) made.push({ at: i, text: `${i} of many` });
  const { total_heap_size: full } = getHeapStatistics();
  made = [];
  giveBack();
  assert.equal(made.length, 0);
  assert.ok(getHeapStatistics().total_heap_size < full / 2, 'the heap kept its size');
  assert.equal('gc' in globalThis, false);
});

test('importing node:http brings no second HTTP client', () => {
  const runtime = new URL('../../../src/runtime.mjs', import.meta.url).href;
  const loaded = (prelude: string) =>
    execFileSync(process.execPath, [
      '--input-type=module',
      '-e',
      `${prelude}; await import('node:http'); console.log(process.moduleLoadList.some((each) => each.includes('deps/undici')))`,
    ])
      .toString()
      .trim();
  assert.equal(loaded(`(await import(${JSON.stringify(runtime)})).leaveOut()`), 'false');
  assert.equal(loaded(''), 'true', 'Node brings none by itself any more: leaveOut can go');
});
