import assert from 'node:assert/strict';
import test from 'node:test';
import { type InAll, SourceRate } from '../../../src/accounts/source-rate.ts';

const MINUTE = 60_000;
const PLENTY: InAll = { anybody: 1e6, newcomers: 1e6, known: 1e6 };

test('a flood over one /48 holds off that /48, its noisy /64 first, and nobody else', () => {
  const rate = new SourceRate(300, MINUTE, PLENTY);
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
  const rate = new SourceRate(300, MINUTE, PLENTY);
  for (let n = 0; n < 50_000; n += 1) rate.take(`${(n % 200) + 1}.${(n >> 4) % 256}.${n % 256}.${n % 250}`, 0);
  assert.equal(rate.take('203.0.113.9', 0), 0);
  assert.equal(rate.take('2001:db8::1', 0), 0);
});

test('an address may do so much and no more until the window ends, in whatever spelling', () => {
  const rate = new SourceRate(2, MINUTE, PLENTY);
  assert.deepEqual([rate.take('192.0.2.7', 0), rate.take('::ffff:192.0.2.7', 10)], [0, 0]);
  assert.equal(rate.take('192.0.2.7', 1000), MINUTE - 1000);
  assert.equal(rate.take('192.0.2.8', 1000), 0);
  assert.equal(rate.take('192.0.2.7', MINUTE), 0);
});

test('what all do together is bounded, with room for newcomers, and more for browsers that are known', () => {
  const rate = new SourceRate(300, MINUTE, { anybody: 1000, newcomers: 1200, known: 1300 });
  const crowd = (n: number) => `2001:db8:7:${(n >> 4).toString(16)}::1`;
  let taken = 0;
  for (let n = 0; n < 5000; n += 1) if (rate.take(crowd(n), 0) === 0) taken += 1;
  assert.equal(taken, 1000, 'networks that came in crowds');
  assert.equal(rate.take('203.0.113.9', 0), 0, 'a newcomer');
  assert.equal(rate.take('203.0.113.9', 0), 0, 'who mistypes');
  for (let n = 0; n < 300; n += 1) rate.take(`${20 + (n % 180)}.${n % 250}.1.1`, 0);
  assert.ok(rate.take('198.51.100.7', 0) > 0, 'a newcomer, when newcomers themselves are the flood');
  assert.equal(rate.take('198.51.100.7', 0, true), 0, 'a known browser');
  let known = 0;
  for (let n = 0; n < 300; n += 1) if (rate.take(`198.${n % 250}.${n >> 4}.7`, 0, true) === 0) known += 1;
  assert.equal(known, 99);
  assert.equal(rate.take(crowd(1), MINUTE), 0, 'a minute later');
});
