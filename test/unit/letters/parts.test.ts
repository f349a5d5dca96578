import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encode } from 'fast-png';
import { shown, shownLines } from '../../../src/letters/clean.ts';
import { widthOf } from '../../../src/letters/fonts.ts';
import { cutLine, lineOfText, wrap } from '../../../src/letters/lines.ts';
import { signsIn, typedLink } from '../../../src/letters/link.ts';
import { paperLogo } from '../../../src/letters/logo.ts';
import { TYPED } from '../../../src/letters/place.ts';
import { planLink } from '../../../src/letters/typed.ts';
import { png } from './sample.ts';

const latin = { weight: 'regular', direction: 'auto' } as const;

describe('a text from outside', () => {
  test('loses what is not seen, and keeps its letters', () => {
    assert.equal(shown(' a\u202e\u2066b\u200d\u00adc\0\n\t\u2028d\ufe0f\u{e0001} '), 'abc d');
    assert.equal(shown('Z\u0301\u0301\u0301\u0301\u0301x'), 'Ź\u0301\u0301\u0301x');
    assert.equal(shown('می\u200cخواهم'), 'می\u200cخواهم');
    assert.ok(shown('x'.repeat(10_000)).length < 400);
  });
  test('of more lines than there are has them all', () => {
    assert.deepEqual(shownLines(['a', ' ', 'b', 'c', 'd'], 3), ['a', 'b', 'c, d']);
    assert.ok(shownLines(Array(50).fill('x'.repeat(999)), 3).join('').length < 1000);
  });
});

test('Arabic letters are joined', () => {
  assert.notEqual(widthOf('arabic', 'ععع').toFixed(3), (3 * widthOf('arabic', 'ع')).toFixed(3));
});

test('digits stand in their order, whatever their kind', () => {
  for (const text of ['x ۱۲۳ ٤٥٦', 'x 123', '۱۲۳', '٤٥٦'])
    assert.equal(
      lineOfText(text, latin)
        .pieces.map((piece) => piece.text)
        .join(''),
      text.replaceAll(' ', ''),
    );
  const rightToLeft = lineOfText('ع ۱۲۳ 01632 960 001 ع', latin).pieces.map((piece) => piece.text);
  assert.deepEqual(rightToLeft.join(' '), 'ع 01632 960 001 ۱ ۲ ۳ ع');
});

test('brackets of a text from right to left are mirrored', () => {
  const { pieces } = lineOfText('(ع)', { weight: 'regular', direction: 'rtl' });
  assert.deepEqual(pieces.map(({ text }) => text).join(''), ')ع(');
});

test('lines are no wider than they may be, and say the whole text', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'W', 'i', 'ŵ', 'ع', '1'), minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
      const text = words.join(' ');
      const lines = wrap(text, latin, 12);
      assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
      for (const line of lines.slice(0, 7)) assert.ok(lineOfText(line, latin).width <= 12 + 1e-6, line);
      const cut = cutLine(text, latin, 12);
      assert.ok(cut.width <= 12);
    }),
    { numRuns: 100, seed: 14 },
  );
});

describe('a link to type', () => {
  test('is its address and its secret in fours', () => {
    assert.deepEqual(typedLink('https://a.example/.sallyport/enrol/abcdefghij'), {
      address: 'https://a.example/.sallyport/enrol/',
      groups: ['abcd', 'efgh', 'ij'],
      host: 'a.example',
    });
  });
  test('explains those of its characters that look alike', () => {
    assert.deepEqual(
      signsIn(typedLink('https://a.example/0aO_')).map(([character]) => character),
      ['0', 'O', '_'],
    );
  });
  test('fits its place whatever its length, and nothing of it is left out', () => {
    for (let total = 30; total <= 300; total += 9)
      for (let secret = 0; secret <= total - 18; secret += 7) {
        const link = `https://${'a'.repeat(total - secret - 9)}/${'b'.repeat(secret)}`;
        const plan = planLink(typedLink(link), TYPED.w, TYPED.text.h);
        assert.equal(plan.address.join('') + plan.rows.flat().join(''), link);
        const wide = Math.max(0, ...plan.rows.map((row) => row.length * (plan.cell + plan.gap) - plan.gap));
        assert.ok(wide <= TYPED.w);
      }
  });
  test('of 27 characters stands in one row of large letters', () => {
    const plan = planLink(
      typedLink(`https://portal.example.org/.sallyport/enrol/${'a'.repeat(27)}`),
      TYPED.w,
      TYPED.text.h,
    );
    assert.equal(plan.rows.length, 1);
    assert.ok(plan.secretSize >= 14);
  });
});

describe('a logo', () => {
  test('is drawn anew, on white', () => {
    const drawn = paperLogo(png(10, 4));
    assert.equal(drawn?.readUInt8(25), 2, 'truecolour without transparency');
  });
  test('in grey, with a palette, or of 16 bits is taken', () => {
    const grey = encode({ width: 2, height: 1, data: new Uint8Array([0, 255]), channels: 1, depth: 8 });
    const deep = encode({ width: 1, height: 1, data: new Uint16Array([0, 9, 65_535]), channels: 3, depth: 16 });
    for (const each of [grey, deep]) assert.notEqual(paperLogo(each), null);
  });
  test('that is none, too large, cut short or a bomb is left out', () => {
    const whole = Buffer.from(png(40, 40));
    const large = Buffer.from(whole);
    large.writeUInt32BE(2_000_000, 16);
    for (const bytes of [Buffer.alloc(0), Buffer.from('<svg/>'), whole.subarray(0, 60), large, Buffer.alloc(70_000)])
      assert.equal(paperLogo(bytes), null);
    for (let at = 8; at < whole.length; at += 1) {
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      paperLogo(broken);
    }
  });
});
