import assert from 'node:assert/strict';
import test from 'node:test';
import { ERROR_CODES } from '../../../src/errors.ts';
import { WAY_WORDS } from '../../../src/evidence.ts';
import { DEVICE_WORDS } from '../../../src/lib/device.ts';
import { LANGUAGES } from '../../../src/lib/languages.ts';
import { chooseLanguage, isLanguage, wordsOf } from '../../../src/web/words/words.ts';

/** What is given to sentences that take something: its own name, as nobody would write it, so that it is found again. */
const GIVEN = new Proxy({}, { has: () => true, get: (_, name) => `⟦${String(name)}⟧` });

interface Said {
  /** The sentence, made with what is given above where it is a function. */
  readonly text: string;
  readonly takes: boolean;
}

/** Every sentence of a catalogue by its path, such as `signIn.title`. */
function sentences(value: unknown, path = ''): ReadonlyMap<string, Said> {
  if (typeof value === 'string') return new Map([[path, { text: value, takes: false }]]);
  if (typeof value === 'function') {
    const text: unknown = value(GIVEN);
    assert.equal(typeof text, 'string', path);
    return new Map([[path, { text: String(text), takes: true }]]);
  }
  assert.ok(typeof value === 'object' && value !== null, `${path} is neither text, function nor group`);
  const below = Object.entries(value).map(([key, part]) => sentences(part, path === '' ? key : `${path}.${key}`));
  return new Map(below.flatMap((part) => [...part]));
}

const english = sentences(wordsOf('en'));
const others = LANGUAGES.filter(({ code }) => code !== 'en').map(({ code, dir }) => ({
  code,
  dir,
  said: sentences(wordsOf(code)),
}));

/** Not words, or the same in the language named. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  cy: ['dir', 'common.between'],
  ar: ['common.between', 'codes.fileName'],
};

const placeholders = (text: string): string[] => (text.match(/⟦[^⟧]*⟧/g) ?? []).sort();
const figures = (text: string): string[] => (text.replace(/⟦[^⟧]*⟧/g, '').match(/\d+/g) ?? []).sort();

test('a catalogue is told by its language, and says its direction as the list does', () => {
  for (const { code, dir } of LANGUAGES) {
    assert.equal(wordsOf(code).language, code);
    assert.equal(wordsOf(code).dir, dir);
  }
  assert.equal(wordsOf('fr').language, 'en');
});

test('what commands print of ways and devices is what the English pages say', () => {
  const { methodPassword, methodCode, methodRecovery, methodPasskey, unknownDevice, deviceOn } = wordsOf('en').account;
  const ways = { password: methodPassword, totp: methodCode, recovery: methodRecovery, passkey: methodPasskey };
  assert.deepEqual(ways, WAY_WORDS);
  assert.equal(unknownDevice, DEVICE_WORDS.unknownDevice);
  assert.equal(deviceOn({ browser: 'A', system: 'B' }), DEVICE_WORDS.deviceOn('A', 'B'));
});

test('every error code has its sentence in every language', () => {
  for (const { code } of LANGUAGES) {
    assert.deepEqual(Object.keys(wordsOf(code).errors.messages).sort(), [...ERROR_CODES].sort());
  }
});

for (const { code, dir } of LANGUAGES) {
  const said = sentences(wordsOf(code));

  test(`${code}: no sentence is empty, unkempt, or typed with straight quotes`, () => {
    for (const [path, { text }] of said) {
      assert.notEqual(text.trim(), '', path);
      if (path !== 'common.between') assert.equal(text, text.trim(), path);
      assert.doesNotMatch(text, /["'`<>]|\.\.\.| {2}|\p{Cc}/u, `${path}: ${text}`);
      assert.equal(text, text.normalize('NFC'), path);
    }
  });

  test(`${code}: quotation marks and brackets come in pairs`, () => {
    const count = (text: string, mark: string): number => text.split(mark).length - 1;
    for (const [path, { text }] of said) {
      for (const [open, close] of ['“”', '«»', '()'].map((pair) => [...pair])) {
        assert.equal(count(text, open ?? ''), count(text, close ?? ''), `${path}: ${text}`);
      }
      assert.doesNotMatch(text, dir === 'rtl' ? /[“”‘’]/ : /[«»]/, path);
    }
  });

  test(`${code}: what a person is told to choose is written as on the page`, () => {
    const { signIn } = wordsOf(code);
    const quoted = /[“«]([^”»]+)[”»]/.exec(signIn.lostRecovery)?.[1];
    assert.equal(quoted, signIn.useRecovery);
  });

  test(`${code}: Intl knows the language, its months and its units`, () => {
    const { locale } = wordsOf(code);
    const month = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' });
    const minutes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute', unitDisplay: 'long' });
    assert.equal(new Intl.Locale(month.resolvedOptions().locale).language, code);
    const march = { en: 'March', cy: 'Mawrth', ar: 'مارس' }[code];
    assert.equal(month.format(Date.UTC(2026, 2, 3)), march);
    const ten = { en: '10 minutes', cy: '10 munud', ar: '10 دقائق' }[code];
    assert.equal(minutes.format(10), ten);
  });
}

for (const { code, said } of others) {
  test(`${code}: has every sentence of English and none besides`, () => {
    assert.deepEqual([...said.keys()].sort(), [...english.keys()].sort());
  });

  test(`${code}: nothing is left in English`, () => {
    const same = [...said].filter(([path, { text }]) => text === english.get(path)?.text).map(([path]) => path);
    assert.deepEqual(same.sort(), [...(SAME[code] ?? [])].sort());
  });

  test(`${code}: placeholders, arguments and figures are those of English`, () => {
    for (const [path, { text, takes }] of said) {
      const model = english.get(path);
      assert.ok(model !== undefined, path);
      assert.equal(takes, model.takes, path);
      assert.deepEqual(placeholders(text), placeholders(model.text), path);
      assert.deepEqual(figures(text), figures(model.text), path);
    }
  });

  test(`${code}: a sentence ends as its English one does, a label as a label`, () => {
    const ending = (text: string): string => (/[.:]$/.exec(text) ?? [''])[0];
    const asks = (text: string): boolean => /[?؟]$/.test(text);
    for (const [path, { text }] of said) {
      assert.equal(ending(text), ending(english.get(path)?.text ?? ''), `${path}: ${text}`);
      assert.equal(asks(text), asks(english.get(path)?.text ?? ''), `${path}: ${text}`);
    }
  });
}

test('Arabic is written in Arabic, but for names of products and techniques', () => {
  const names =
    /https:\/\/portal\.example\.org\/\S+|sallyport [a-z]+|Sallyport|Google Authenticator|Microsoft Authenticator|2FAS|JavaScript|JSON Lines|JSON|CSV|PDF|PNG|JPEG|WebP|UTC|GET|API|Bearer|SCIM|cli:|UTF-8|UTF-16|Windows-1252|https|PIN|QR|⟦[^⟧]*⟧/g;
  // Texts that are typed as they stand, too: names of columns.
  const data = ['language', 'locale', 'dir', 'codes.fileName', 'consoleInvite.columns'];
  for (const [path, { text }] of sentences(wordsOf('ar'))) {
    if (data.includes(path)) continue;
    assert.doesNotMatch(text.replace(names, ''), /\p{Script=Latin}/u, `${path}: ${text}`);
    assert.doesNotMatch(text.replace(/(?<=\d),(?=\d)/g, ''), /[٠-٩۰-۹,;?]/, `${path}: ${text}`);
    if (path !== 'common.between') assert.match(text, /\p{Script=Arabic}/u, path);
  }
});

test('Arabic times are written in the digits that codes are typed in', () => {
  const { locale } = wordsOf('ar');
  assert.match(new Intl.NumberFormat(locale).format(123456), /^123/);
  assert.match(new Intl.DateTimeFormat(locale, { year: 'numeric', timeZone: 'UTC' }).format(0), /1970/);
});

const CHOICES: readonly (readonly [header: string | undefined, chosen: string, why: string])[] = [
  [undefined, 'en', 'without a header the fallback'],
  ['', 'en', 'an empty header asks for nothing'],
  ['cy', 'cy', 'one language'],
  ['CY-gb', 'cy', 'letters of either case, and a region'],
  ['ar-EG', 'ar', 'a region that we have no words of its own for'],
  ['zh-Hant-TW, ar-Latn-EG', 'ar', 'a script and a region'],
  ['fr, de;q=0.9, cy;q=0.1', 'cy', 'what we have, however low'],
  ['en;q=0.5, cy;q=0.9', 'cy', 'the greater weight, not the first'],
  ['cy;q=0.5, ar;q=0.5', 'cy', 'the first of equal weights'],
  ['cy;q=0.999, ar', 'ar', 'no weight is weight one'],
  ['cy;q=1.000, ar;q=0.999', 'cy', 'three digits'],
  ['cy;Q=0.2, ar;q=0.3', 'ar', 'the name of the weight in either case'],
  ['cy ; q=0.2\t,\tar ; q=0.3', 'ar', 'blanks around the separators'],
  ['cy;q=0', 'en', 'weight zero means not at all'],
  ['cy;q=0.000, ar;q=0.001', 'ar', 'zero in three digits'],
  ['*', 'en', 'any language is the fallback'],
  ['cy;q=0.4, *;q=0.5', 'en', 'any language, with more weight'],
  ['*;q=0.1, cy', 'cy', 'any language, with less weight'],
  ['*;q=0, cy;q=0.5', 'cy', 'none but the one named'],
  ['fr', 'en', 'a language that we do not have'],
  ['cyx', 'en', 'a longer tag that begins alike'],
  [', ,cy,,', 'cy', 'empty elements of the list (RFC 9110 §5.6.1)'],
];

for (const [header, chosen, why] of CHOICES) {
  test(`language: ${why}`, () => assert.equal(chooseLanguage(header, null, 'en'), chosen));
}

for (const range of [
  'cy;q=1.1',
  'cy;q=2',
  'cy;q=0.1234',
  'cy;q=-1',
  'cy;q=',
  'cy;q',
  'cy q=1',
  'cy;q=NaN',
  'cy_GB',
  'cy-',
  '-cy',
  'cy;x=1',
  '<cy>',
  'cy\0',
  '*-cy;q=9',
]) {
  test(`language: ${JSON.stringify(range)} is not a range, and does not spoil the others`, () => {
    assert.equal(chooseLanguage(range, null, 'en'), 'en');
    assert.equal(chooseLanguage(`${range}, ar;q=0.1`, null, 'en'), 'ar');
  });
}

test('language: the person’s own choice wins over the browser', () => {
  assert.equal(chooseLanguage('cy, en;q=0', 'ar', 'en'), 'ar');
  assert.equal(chooseLanguage(undefined, 'cy', 'en'), 'cy');
});

test('language: a choice that we do not have is no choice', () => {
  for (const choice of ['fr', '', 'CY', 'cy-GB', '__proto__', 'constructor', 'en\n']) {
    assert.equal(isLanguage(choice), false, choice);
    assert.equal(chooseLanguage('ar', choice, 'en'), 'ar', choice);
  }
});

test('language: the fallback is the operator’s', () => {
  assert.equal(chooseLanguage('fr', null, 'cy'), 'cy');
  assert.equal(chooseLanguage('*', null, 'ar'), 'ar');
});

test('language: a header without end costs no more than its beginning', () => {
  const far = `${'fr,'.repeat(200_000)}cy`;
  assert.equal(chooseLanguage(far, null, 'en'), 'en');
  assert.equal(chooseLanguage(`${'fr,'.repeat(10)}cy`, null, 'en'), 'cy');
});
