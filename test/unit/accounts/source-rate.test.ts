import assert from 'node:assert/strict';
import test from 'node:test';
import { SourceRate } from '../../../src/accounts/source-rate.ts';

const MINUTE = 60_000;

test('a flood over one /48 holds off that /48, its noisy /64 first, and nobody else', () => {
  const rate = new SourceRate(300, MINUTE);
  for (let n = 0; n < 400; n += 1) rate.take('2001:db8:7:1::5', 0);
  assert.ok(rate.take('2001:db8:7:1::6', 0) > 0, 'the noisy /64');
  assert.equal(rate.take('2001:db8:7:2::1', 0), 0, 'its neighbour');
  for (let n = 0; n < 65_536; n += 1) rate.take(`2001:db8:7:${n.toString(16)}::1`, 0);
  assert.ok(rate.take('2001:db8:7:ffff::9', 0) > 0, 'the /48');
  let held = 0;
  for (let n = 0; n < 2000; n += 1) {
    if (rate.take(`2001:db8:${(n + 8).toString(16)}:1::1`, 0) > 0) held += 1;
    if (rate.take(`203.${n % 200}.${n >> 8}.7`, 0) > 0) held += 1;
  }
  assert.equal(held, 0);
});

test('fifty thousand sources from everywhere leave room for newcomers', () => {
  const rate = new SourceRate(300, MINUTE);
  for (let n = 0; n < 50_000; n += 1) rate.take(`${(n % 200) + 1}.${(n >> 4) % 256}.${n % 256}.${n % 250}`, 0);
  assert.equal(rate.take('203.0.113.9', 0), 0);
  assert.equal(rate.take('2001:db8::1', 0), 0);
});

test('an address may do so much and no more until the window ends, in whatever spelling', () => {
  const rate = new SourceRate(2, MINUTE);
  assert.deepEqual([rate.take('192.0.2.7', 0), rate.take('::ffff:192.0.2.7', 10)], [0, 0]);
  assert.equal(rate.take('192.0.2.7', 1000), MINUTE - 1000);
  assert.equal(rate.take('192.0.2.8', 1000), 0);
  assert.equal(rate.take('192.0.2.7', MINUTE), 0);
});
