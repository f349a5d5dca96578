import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { canonicalName } from '../../../src/accounts/name.ts';
import { realm } from '../login/world.ts';

const ascii = realm('r', 'local', { domains: ['CORP', 'corp.example'] });
const unicode = realm('u', 'local', { domains: ['CORP', 'corp.example'], unicode: true });

const ONE_ACCOUNT = [
  'alice',
  ' alice',
  'alice ',
  'ALICE',
  'ᴬlice',
  'ａｌｉｃｅ',
  '\u00a0alice\u3000',
  'CORP\\alice',
  'corp\\ALICE',
  'alice@corp',
  'Alice@CORP.example',
  'CORP\\alice@corp.example',
];
const REFUSED = [
  '',
  ' ',
  'alice\0',
  'alice\n',
  '\talice',
  'al ice',
  'ali\u00adce',
  'ali\u200bce',
  '\u202ealice',
  '\ufeffalice',
  'OTHER\\alice',
  '\\alice',
  'CORP\\',
  '@corp',
  'CORP\\CORP\\alice',
  'alice@corp@corp',
  '.\\alice',
  'alice/admin',
  'alice"',
  '<alice>',
  'alice\ud800',
  'a'.repeat(129),
  ' '.repeat(1000),
  'x'.repeat(300),
];

for (const typed of ONE_ACCOUNT) {
  test(`${JSON.stringify(typed)} names the account alice`, () => {
    assert.equal(canonicalName(typed, ascii), 'alice');
    assert.equal(canonicalName(typed, unicode), 'alice');
  });
}

for (const typed of REFUSED) {
  test(`${JSON.stringify(typed).slice(0, 40)} (${typed.length}) is refused`, () => {
    assert.equal(canonicalName(typed, ascii), undefined);
    assert.equal(canonicalName(typed, unicode), undefined);
  });
}

test('letters outside ASCII are refused where they are not configured', () => {
  for (const typed of ['álice', 'a\u0301lice', 'аlice', 'admın', 'straße', 'İx'])
    assert.equal(canonicalName(typed, ascii), undefined);
});

test('a name of a unicode realm is in one script', () => {
  assert.equal(canonicalName('ÁLICE', unicode), 'álice');
  assert.equal(canonicalName('a\u0301lice', unicode), 'álice');
  assert.equal(canonicalName('Алиса', unicode), 'алиса');
  assert.equal(canonicalName('田中さくら', unicode), '田中さくら');
  assert.equal(canonicalName('аlice', unicode), undefined);
  assert.equal(canonicalName('αlice', unicode), undefined);
});

test('letters that upper case brings together are one account', () => {
  assert.equal(canonicalName('οδος', unicode), canonicalName('ΟΔΟΣ', unicode));
  assert.equal(canonicalName('οδοσ', unicode), canonicalName('οδος', unicode));
  assert.equal(canonicalName('straße', unicode), canonicalName('STRASSE', unicode));
});

test('another domain stays part of the name', () => {
  assert.equal(canonicalName('Alice@Other.example', ascii), 'alice@other.example');
});

test('the longest name has 128 characters', () => {
  assert.equal(canonicalName('a'.repeat(128), ascii), 'a'.repeat(128));
});

const piece = fc.oneof(
  fc.constantFrom(
    'CORP\\',
    'corp\\',
    '@corp',
    '@corp.example',
    '@',
    '\\',
    ' ',
    'ß',
    'ı',
    'İ',
    'ς',
    'ﬁ',
    'K',
    '\u0345',
    '\u0301',
    'a',
  ),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
);
const typedName = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

test('canonicalising twice changes nothing', () => {
  for (const where of [ascii, unicode]) {
    fc.assert(
      fc.property(typedName, (typed) => {
        const once = canonicalName(typed, where);
        if (once !== undefined) assert.equal(canonicalName(once, where), once);
      }),
      { numRuns: 5000, seed: 11 },
    );
  }
});

test('case and blanks never make another account', () => {
  for (const where of [ascii, unicode]) {
    fc.assert(
      fc.property(typedName, (typed) => {
        const name = canonicalName(typed, where);
        for (const variant of [typed.toUpperCase(), typed.toLowerCase(), ` ${typed} `]) {
          const other = canonicalName(variant, where);
          if (name !== undefined && other !== undefined) assert.equal(other, name);
        }
      }),
      { numRuns: 5000, seed: 12 },
    );
  }
});
