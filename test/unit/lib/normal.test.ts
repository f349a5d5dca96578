import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { normalised } from '../../../src/lib/normal.ts';

const FORMS = ['NFC', 'NFKC', 'NFKD'] as const;
const MARKS = ['\u0301', '\u0316', '\u0334', '\u05b0', '\uff9e', '\u{1d165}'];

test('what anybody writes is normalised as Unicode says', () => {
  const letters = fc.array(fc.constantFrom('e', 'Å', 'ﬁ', '가', '\u{1f469}', '\ud800', ...MARKS), { maxLength: 30 });
  const property = fc.property(letters, fc.constantFrom(...FORMS), (text, form) => {
    assert.equal(normalised(text.join(''), form), text.join('').normalize(form));
  });
  fc.assert(property, { numRuns: 2000 });
});

test('of a longer row of marks none is lost', () => {
  for (const form of FORMS) {
    for (const unit of [...MARKS, '\u0301\u0316']) {
      const text = `e${unit.repeat(200)}e`;
      const once = normalised(text, form);
      assert.equal(once.normalize('NFD'), text.normalize(form).normalize('NFD'), `${form} ${unit}`.normalize('NFC'));
    }
  }
});
