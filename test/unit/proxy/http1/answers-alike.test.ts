import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNode, readOurs, readUndici } from '../../../support/answers/readers.ts';
import { compareMany, shown } from '../../../support/answers/run.ts';
import { SEEDS } from '../../../support/answers/seeds.ts';

/** The same in every run; other seeds: npm run fuzz:answers. */
const FIRST = 1;
const COUNT = 20_000;

test('what we take of changed answers, Node and undici take, and in the same way', async () => {
  const { differences, tally } = await compareMany(FIRST, COUNT, 600_000);
  assert.deepEqual(differences.map(shown), []);
  // It would say nothing if nearly all were refused, or none.
  assert.ok(tally.alike > COUNT / 5, `${tally.alike} understood`);
  assert.ok(tally.refused > COUNT / 5, `${tally.refused} refused`);
});

test('an answer is the same wherever it is cut, at every byte', () => {
  for (const { method, text } of SEEDS) {
    const bytes = Buffer.from(text, 'latin1');
    const whole = readOurs([bytes], method);
    for (let at = 1; at < bytes.length; at += 1)
      assert.deepEqual(readOurs([bytes.subarray(0, at), bytes.subarray(at)], method), whole, `${text} cut at ${at}`);
    const each = Array.from(bytes, (byte) => Buffer.of(byte));
    assert.deepEqual(readOurs(each, method), whole, `${text} byte by byte`);
  }
});

test('every known answer is taken that both others take', async () => {
  for (const { method, text } of SEEDS) {
    const pieces = [Buffer.from(text, 'latin1')];
    const theirs = await Promise.all([readNode(pieces, method), readUndici(pieces, method)]);
    if (!theirs.includes(null)) assert.notEqual(readOurs(pieces, method).understood, null, text);
  }
});
