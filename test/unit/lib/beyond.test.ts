import assert from 'node:assert/strict';
import test from 'node:test';
import { bestFit, plainLetters } from '../../../src/lib/readings/best-fit.ts';

test('what is passed over beyond the basic plane is the same in every form and case, and is seen', () => {
  const odd: string[] = [];
  for (let code = 0x2_0000; code <= 0x10_ffff; code += 1) {
    if ((code >= 0x2_f800 && code < 0x2_fa20) || (code >= 0xe_0000 && code < 0xe_1000)) continue;
    const character = String.fromCodePoint(code);
    const same = character.normalize('NFKD') === character && character.toUpperCase() === character;
    if (!same || character.toLowerCase() !== character || /[\p{M}\p{Cf}\p{DI}]/u.test(character))
      odd.push(code.toString(16));
  }
  assert.deepEqual(odd, []);
});

test('beyond the basic plane letters are plain too, each time', () => {
  for (const _ of [1, 2]) {
    assert.equal(plainLetters('\u{1d400}x\u{1f130}'), 'axa'); // mathematical bold A, squared A
    assert.equal(bestFit('\u{e0041}a\u{2f800}'), 'a\u4e3d'); // a tag prints nothing
    assert.equal(plainLetters('\u{10428}\u{10400}\u{20000}'), '\u{10428}\u{10428}\u{20000}'); // Deseret has a case
  }
});
