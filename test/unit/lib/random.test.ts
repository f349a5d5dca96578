import assert from 'node:assert/strict';
import test from 'node:test';
import { randomToken, systemRandom } from '../../../src/lib/random.ts';

test('as many bytes as were asked for, short or long, and never the same twice', () => {
  for (const n of [0, 1, 12, 63, 64, 65, 4_096, 10_000]) assert.equal(systemRandom(n).length, n);
  const seen = new Set<string>();
  // More than is fetched at once, many times over.
  for (let i = 0; i < 5_000; i += 1) seen.add(Buffer.from(systemRandom(12)).toString('hex'));
  assert.equal(seen.size, 5_000);
});

test('what was given is the asker’s own, and every byte of it is drawn', () => {
  const first = systemRandom(32);
  const copy = Buffer.from(first);
  for (let i = 0; i < 1_000; i += 1) systemRandom(16);
  assert.deepEqual(Buffer.from(first), copy);
  first.fill(0);
  assert.notDeepEqual(Buffer.from(systemRandom(32)), Buffer.alloc(32));
  // Each of the 256 values at each place: that none is left as it was cleared (chance of a miss below 1e-12).
  const values = Array.from({ length: 16 }, () => new Set<number>());
  for (let i = 0; i < 10_000; i += 1) for (const [at, byte] of systemRandom(16).entries()) values[at]?.add(byte);
  for (const each of values) assert.equal(each.size, 256);
});

test('a token is unpadded base64url', () => {
  assert.match(randomToken(systemRandom, 32), /^[A-Za-z0-9_-]{43}$/);
});

test('what is no number of bytes throws, and spoils nothing that is given afterwards', () => {
  for (const n of [-1, -64, Number.NaN, Number.NEGATIVE_INFINITY, undefined as unknown as number]) {
    assert.throws(() => systemRandom(n));
    const after = [systemRandom(32), systemRandom(32)].map((each) => Buffer.from(each).toString('hex'));
    assert.match(after[0] ?? '', /^[0-9a-f]{64}$/);
    assert.notEqual(after[0], after[1]);
    assert.notEqual(after[1], '0'.repeat(64));
  }
});
