import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as place from '../../../src/letters/place.ts';
import type { Letter } from '../../../src/letters/types.ts';
import { LANGUAGES } from '../../../src/lib/languages.ts';
import { isWithin, touches, type Word, wordsOfPages } from './read.ts';
import { letter, written } from './sample.ts';

const LINK = 'https://portal.example.org/.sallyport/enrol/aB3d-F0hIjKlMn1OpQ_sTuVwXyZ';
const ODD = [
  '\u202e',
  '\u2066',
  '\u200f',
  '\0',
  '\n',
  '\u2028',
  '\ud800',
  '\u0301',
  '\ufdfa',
  '😀',
  '👩‍👩‍👧',
  '漢',
  'शक्ति',
  'لا',
  'ۀ',
  '٣',
  '(',
  '…',
  ' ',
];
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...ODD, 'a', 'W', 'ŵ'), maxLength: 60 }),
  fc.tuple(fc.constantFrom(...ODD, 'x', 'i '), fc.integer({ min: 100, max: 10_000 })).map(([one, n]) => one.repeat(n)),
);
const lines = fc.array(text, { maxLength: 9 });
const logo = fc.oneof(fc.constant(null), fc.uint8Array({ maxLength: 200 }));
const hostile: fc.Arbitrary<Letter> = fc
  .record({
    name: text,
    address: lines,
    organisation: fc.record({ name: text, contact: text }),
    sender: fc.record({ name: text, address: lines, logo }),
    language: fc.constantFrom(...LANGUAGES.map(({ code }) => code)),
    help: fc.record({ text, contact: text }),
    timeZone: fc.oneof(fc.constant('Asia/Riyadh'), text),
  })
  .map(({ language, ...more }) => letter(language, { ...more, link: LINK }));

/** Every place of a page that holds words, also seen in a mirror. */
const PLACES = [
  place.ADDRESS,
  place.SENDER,
  place.LINK,
  place.NOT_YOURS,
  place.HELP,
  place.SUBJECT,
  place.INTRO,
  place.UNTIL,
]
  .concat(place.FACTS, place.STEPS)
  .flatMap((box) => [box, place.mirrored(box)]);
/** Words may reach out of their places, where they are cut off: ligatures without end are as wide as they are. */
const begins = ({ x, y, h }: Word): boolean => PLACES.some((box) => isWithin({ x, y, w: 0, h }, box, 1.5));

test('whatever the texts, each letter is one page, with its link in its place and nothing over it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 3 }), async (some) => {
      const pages = await wordsOfPages(await written(some));
      assert.equal(pages.length, some.length);
      for (const [i, words] of pages.entries()) {
        const inLink = words.filter((word) => isWithin(word, place.LINK));
        assert.ok(
          inLink
            .map((word) => word.text)
            .join('')
            .replace(/\s/g, '')
            .includes(LINK),
        );
        const language = some[i]?.language ?? 'en';
        const clean = (await wordsOfPages(await written([letter(language, { link: LINK })])))[0] ?? [];
        assert.deepEqual(
          words.filter((word) => touches(word, place.LINK)).map((word) => word.text),
          clean.filter((word) => touches(word, place.LINK)).map((word) => word.text),
        );
        for (const word of words) assert.ok(begins(word), `${word.text} at ${word.x}, ${word.y}`);
      }
    }),
    { numRuns: 40, seed: 14 },
  );
});

test('what no font has stands as �, and the letters beside it as they are', async () => {
  const [words = []] = await wordsOfPages(await written([letter('en', { name: 'A😀B漢C\u202eD\0E' })]));
  const name = words.filter((word) => isWithin(word, place.ADDRESS) && word.y < 62);
  assert.equal(
    name
      .map((word) => word.text)
      .join('')
      .replaceAll(' ', ''),
    'A�B�CDE',
  );
});

test('a line that is too long is smaller, and then cut', async () => {
  const [words = []] = await wordsOfPages(await written([letter('en', { name: 'W'.repeat(30), address: ['x'] })]));
  const shrunk = words.find((word) => word.text.startsWith('WWW') && isWithin(word, place.ADDRESS));
  assert.equal(shrunk?.text, 'W'.repeat(30));
  const [cut = []] = await wordsOfPages(await written([letter('en', { name: 'W'.repeat(10_000), address: ['x'] })]));
  const name = cut.find((word) => word.text.startsWith('WWW') && isWithin(word, place.ADDRESS));
  assert.match(name?.text ?? '', /^W{20,60}…$/);
});
