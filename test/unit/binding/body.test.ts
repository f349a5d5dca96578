import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import test from 'node:test';
import { readBody } from '../../../src/binding/body.ts';
import { giveBack } from '../../../src/lib/heap.ts';

const LIMITS = { bytes: 1024 * 1024, ms: 60_000, late: 'refuse' } as const;

/** A request whose pieces come when the test says so. */
function request(): IncomingMessage {
  return Object.assign(new EventEmitter(), { pause: () => undefined }) as unknown as IncomingMessage;
}

test('what is read is what came, in whatever pieces', async () => {
  for (const sizes of [[], [1], [0, 3, 0], [4095, 1, 1], [4096, 4096], [10_000, 1, 70_000], [1024 * 1024 + 1]]) {
    const asked = request();
    const reading = readBody(asked, LIMITS);
    const pieces = sizes.map((size, i) => Buffer.alloc(size, i + 1));
    for (const piece of pieces) asked.emit('data', piece);
    asked.emit('end');
    const { bytes, whole } = await reading;
    assert.ok(bytes.equals(Buffer.concat(pieces)), sizes.join());
    assert.equal(whole, bytes.length <= LIMITS.bytes);
  }
});

test('a body that comes byte by byte takes no more room than its bytes', async () => {
  const asked = request();
  const reading = readBody(asked, LIMITS);
  giveBack();
  const before = process.memoryUsage();
  const came = Buffer.alloc(64 * 1024, 'x');
  for (let at = 0; at < 500_000; at += 1) asked.emit('data', came.subarray(at % came.length, (at % came.length) + 1));
  giveBack();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const grown = heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers;
  assert.ok(grown < 4_000_000, `${Math.round(grown / 1e6)} MB`);
  asked.emit('end');
  assert.equal((await reading).bytes.length, 500_000);
});
