import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { letters } from '../../../src/letters/letters.ts';
import type { Letter } from '../../../src/letters/types.ts';
import { LANGUAGES } from '../../../src/lib/languages.ts';
import { opened } from './read.ts';
import { letter, MADE_AT } from './sample.ts';

const MANY = 1000;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function held(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test('a thousand letters are written as they come, and little is held of each', async () => {
  let asked = 0;
  let done = 0;
  async function* many(): AsyncGenerator<Letter> {
    while (asked < MANY) {
      assert.equal(asked, done, 'a letter was asked for before the one before it was written');
      asked += 1;
      const { code } = LANGUAGES[asked % LANGUAGES.length] ?? { code: 'en' };
      const name = `${asked} ليلى ${Math.imul(asked, 2_654_435_761).toString(36)}`;
      yield letter(code, { name, link: `https://portal.example.org/.sallyport/enrol/${name.length}-${asked}` });
    }
  }
  let before = 0;
  let after = 0;
  let most = 0;
  const onProgress = (count: number): void => {
    done = count;
    if (done === MANY / 5) before = held();
    if (done === MANY) after = held();
  };
  for await (const piece of letters(many(), { madeAt: MADE_AT, onProgress }))
    if (done < MANY) most = Math.max(most, piece.length);
  assert.equal(done, MANY);
  assert.ok(most < 60_000, `${most} bytes of one letter`);
  // Where each page stands in the file, and which letters of the fonts were drawn, is written last of all.
  const each = (after - before) / (MANY - MANY / 5);
  assert.ok(each < 16 * 1024, `${each} bytes held of each letter`);
});

test('it is one document of as many pages as there are letters, told one by one', async () => {
  const told: number[] = [];
  const pieces: Buffer[] = [];
  const some = Array.from({ length: 12 }, () => letter('en'));
  for await (const piece of letters(some, { madeAt: MADE_AT, onProgress: (count) => told.push(count) }))
    pieces.push(piece);
  const document = await opened(Buffer.concat(pieces));
  assert.equal(document.numPages, 12);
  await document.loadingTask.destroy();
  assert.deepEqual(told, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test('others have their turn while it writes', async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  for await (const _ of letters(
    Array.from({ length: 30 }, () => letter('en')),
    { madeAt: MADE_AT },
  ));
  clearInterval(timer);
  assert.ok(turns > 5, `${turns} turns`);
});
