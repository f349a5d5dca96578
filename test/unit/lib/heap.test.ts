// In a process of its own: it looks at the memory of the whole process.
import assert from 'node:assert/strict';
import test from 'node:test';
import { cameAndWent, YOUNG_BYTES } from '../../../src/lib/heap.ts';

const PIECE = 64 * 1024;
const MOST = 6 * YOUNG_BYTES;

/** The most that buffers hold at one time while so many bytes come and go, piece by piece. */
function peakOf(told: (bytes: number) => void): number {
  const before = process.memoryUsage().arrayBuffers;
  let peak = 0;
  for (let come = 0; come < MOST; come += PIECE) {
    Buffer.alloc(PIECE);
    told(PIECE);
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
  }
  return peak;
}

test('of bytes that come and go, four megabytes lie about and not all', async () => {
  assert.ok(peakOf(() => {}) > 3 * YOUNG_BYTES, 'without a word they would not have gone either');
  const peaks: number[] = [];
  // The collector is asked, not told: on a busy machine it may come a moment later.
  for (let left = 3; left > 0; left -= 1) {
    cameAndWent(YOUNG_BYTES);
    await new Promise((resolve) => setTimeout(resolve, 50));
    peaks.push(peakOf(cameAndWent));
  }
  assert.ok(Math.min(...peaks) < 2 * YOUNG_BYTES, `${peaks.join(', ')} bytes lay about`);
});
