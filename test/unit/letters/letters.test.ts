import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ADDRESS, ALWAYS_SEEN, LINK, PAGE, SEEN } from '../../../src/letters/place.ts';
import type { Letter } from '../../../src/letters/types.ts';
import { letterWords, momentIn } from '../../../src/letters/words.ts';
import { LANGUAGES } from '../../../src/lib/languages.ts';
import { isWithin, opened, said, scanned, touches, type Word, wordsOfPages } from './read.ts';
import { letter, written } from './sample.ts';

/** The letters of a text whatever their order: programs that read PDF turn ligatures from right to left around. */
const letters = (text: string): string => [...text.replace(/\s/g, '')].sort().join('');

function texts(words: object): string[] {
  return Object.values(words).flatMap((value: unknown) =>
    typeof value === 'string' ? [value] : texts(value as object),
  );
}

const drawn = async (one: Letter): Promise<Word[]> => (await wordsOfPages(await written([one])))[0] ?? [];
const found = (words: readonly Word[], text: string): Word => {
  const word = words.find((each) => each.text === text);
  assert.ok(word !== undefined, `${text} is not among ${words.map((each) => each.text).join(' | ')}`);
  return word;
};

for (const { code } of LANGUAGES) {
  describe(`a letter in ${code}`, () => {
    test('is one page that says everything, with nothing cut', async () => {
      const one = letter(code);
      const pages = await wordsOfPages(await written([one]));
      assert.equal(pages.length, 1);
      const text = said(pages[0] ?? []);
      const { title: _title, ...words } = letterWords(code);
      const until = momentIn(one.expiresAt, code, one.timeZone);
      const theirs = [one.name, ...one.address, one.organisation.name, one.organisation.contact, one.sender.name];
      const all = [...theirs, ...one.sender.address, one.link, one.help.text, one.help.contact, 'portal.example.org'];
      if (code === 'ar') {
        // Names stand twice, and each step has its number.
        const expected = [...all, one.name, one.organisation.name, '123', '0O1lI-_', until, ...texts(words)].join('');
        assert.equal(letters(text), letters(expected));
      } else {
        for (const each of [...all, until, ...texts(words)])
          assert.ok(text.includes(each.replace(/\s/g, '')), `${each} is missing`);
      }
      assert.ok(!text.includes('…'));
    });

    test('has its address where both windows show it, and nothing else where one may', async () => {
      const six = ['Flat 2', 'Tŷ’r Afon', '14 Heol y Frenhines', 'Grangetown', 'Caerdydd', 'CF10 2BU'];
      const named = { name: 'A '.repeat(60), organisation: { name: 'B '.repeat(900), contact: '' } };
      for (const more of [{}, { address: six }, { address: [], ...named }]) {
        const words = (await drawn(letter(code, more))).filter((word) => touches(word, SEEN));
        assert.ok(words.length > 0);
        for (const word of words) {
          assert.ok(isWithin(word, ADDRESS), `${word.text} is not in its place`);
          assert.ok(isWithin(word, ALWAYS_SEEN), `${word.text} may be hidden`);
        }
      }
    });

    test('has a code that a camera reads as the link, and the link to type', async () => {
      const host = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example.org`;
      for (const link of [letter(code).link, `https://${host}/.sallyport/enrol/${'Il1O0-_B'.repeat(8)}`]) {
        const document = await opened(await written([letter(code, { link })]));
        assert.equal(await scanned(await document.getPage(1), LINK), link);
        await document.loadingTask.destroy();
        const words = await drawn(letter(code, { link }));
        const typed = words.filter((word) => isWithin(word, LINK)).map(({ text }) => text);
        assert.ok(typed.join('').replace(/\s/g, '').includes(link), typed.join(' | '));
      }
    });
  });
}

describe('Arabic', () => {
  const one = letter('ar', {
    name: 'ليلى',
    organisation: { name: 'مركز Tŷ Ffynnon (2) الصحة', contact: 'هاتف: 01632 960 001' },
  });

  test('runs from right to left, what is Latin in it from left to right', async () => {
    const words = await drawn(one);
    const centre = found(words, 'مركز');
    const latin = found(words, 'Tŷ Ffynnon (2)');
    const health = found(words, 'الصحة');
    assert.ok(centre.x > latin.x + latin.w && latin.x > health.x + health.w, 'the order is wrong');
    assert.equal(Math.round(centre.x + centre.w), 188);
  });

  test('keeps the groups of a telephone number in their order', async () => {
    const words = await drawn(one);
    assert.ok(
      words.some(({ text }) => text.includes('01632 960 001')),
      words.map(({ text }) => text).join(' | '),
    );
  });

  test('begins at the right, the address in the window and the link to type excepted', async () => {
    const words = await drawn(one);
    assert.equal(Math.round(words.find((word) => isWithin(word, ADDRESS))?.x ?? 0), 22);
    assert.ok(found(words, '1').x > PAGE.w / 2);
    assert.ok(found(words, 'https://portal.example.org/.sallyport/enrol/').x < PAGE.w / 4);
  });
});

test('the same letters make the same bytes', async () => {
  const three = LANGUAGES.map(({ code }) => letter(code));
  assert.ok((await written(three)).equals(await written(three)));
});

test('the document says what it is and in which language, and nothing of whom it is for or how it was made', async () => {
  const document = await opened(await written([letter('cy')]));
  const { info } = (await document.getMetadata()) as { info: Record<string, unknown> };
  await document.loadingTask.destroy();
  const { Title, Language, Producer, Creator, CreationDate } = info;
  assert.deepEqual(
    { Title, Language, Producer, Creator, CreationDate },
    {
      Title: letterWords('en').title,
      Language: 'en',
      Producer: 'Sallyport',
      Creator: 'Sallyport',
      CreationDate: 'D:20261129093000Z',
    },
  );
});

test('many pages with a logo hold it once, and are small', async () => {
  const one = await written([letter('en')]);
  const many = await written(Array.from({ length: 20 }, () => letter('en')));
  const images = (pdf: Buffer): number => pdf.toString('latin1').split('/Subtype /Image').length - 1;
  assert.equal(images(one), 1);
  assert.equal(images(many), 1);
  assert.ok((many.length - one.length) / 19 < 16_000, `${(many.length - one.length) / 19} bytes a page`);
});

describe('a letter that is of no use is refused', () => {
  for (const link of [
    '',
    'javascript:alert(1)',
    'https://a b/c',
    'https://é.example/x',
    `https://a.example/${'x'.repeat(300)}`,
    'https://:0/x',
  ])
    test(link.slice(0, 40) || 'no link', async () => {
      await assert.rejects(written([letter('en', { link })]), RangeError);
    });
  for (const expiresAt of [Number.NaN, Number.POSITIVE_INFINITY, 9e15])
    test(`ends at ${expiresAt}`, async () => {
      await assert.rejects(written([letter('en', { expiresAt })]), RangeError);
    });
});

test('a zone that nobody knows is told as UTC', () => {
  assert.match(
    momentIn(Date.UTC(2026, 11, 4, 17, 0), 'en', 'Nowhere/At all'),
    /4 December 2026 at 17:00 Coordinated Universal Time/,
  );
});
