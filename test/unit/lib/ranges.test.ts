import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Seen } from '../../../src/audit/seen.ts';
import { LineTooLong, linesOf } from '../../../src/lib/lines.ts';
import { joined, rangesText, readRanges } from '../../../src/lib/ranges.ts';

const numbers = fc.uniqueArray(fc.nat(500), { maxLength: 80 });

test('whole numbers are named by runs, and read again', () => {
  const property = fc.property(numbers, (all) => {
    const text = rangesText(all.map((number) => [number, number]));
    const ranges = readRanges(text);
    assert.ok(ranges !== undefined);
    const read = ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
    assert.deepEqual(
      read,
      all.toSorted((a, b) => a - b),
    );
    assert.deepEqual(joined(ranges), ranges);
  });
  fc.assert(property, { numRuns: 500 });
  assert.equal(
    rangesText([
      [20, 21],
      [12, 13],
      [14, 15],
      [18, 18],
    ]),
    '12-15 18 20-21',
  );
});

test('what is no list of runs is none', () => {
  for (const text of [
    ' ',
    '1 ',
    ' 1',
    '1  2',
    '2 1',
    '1 1',
    '3-2',
    '01',
    '-1',
    '1-',
    'a',
    '1,2',
    '1-3 3',
    '9'.repeat(30),
  ])
    assert.equal(readRanges(text), undefined, text);
  assert.deepEqual(readRanges(''), []);
});

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function all(text: string, size: number, most = 50): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(pieces(text, size), most)) lines.push(line);
  return lines;
}

test('lines are the same however the text comes, and none is longer than it may be', async () => {
  for (const size of [1, 2, 3, 7, 100]) {
    assert.deepEqual(await all('a\nbb\n\nccc', size), ['a', 'bb', '', 'ccc']);
    assert.deepEqual(await all('a\n', size), ['a']);
    assert.deepEqual(await all('', size), []);
    assert.deepEqual(await all(`${'x'.repeat(50)}\n`, size), ['x'.repeat(50)]);
    await assert.rejects(all(`${'x'.repeat(51)}\n`, size), LineTooLong);
    await assert.rejects(all('x'.repeat(51), size), LineTooLong);
  }
});

test('a number that was met is known again, and of numbers that are none none is', () => {
  const seen = new Seen();
  const property = fc.property(fc.uniqueArray(fc.nat(1_000_000), { minLength: 1, maxLength: 50 }), (some) => {
    const fresh = new Seen();
    for (const number of some) assert.equal(fresh.add(number), false);
    for (const number of some) assert.equal(fresh.add(number), true);
  });
  fc.assert(property, { numRuns: 100 });
  for (const number of [-1, 0.5, Number.NaN, 2 ** 40, 2 ** 40]) assert.equal(seen.add(number), false);
});
