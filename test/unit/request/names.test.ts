import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { HeaderFields } from '../../../src/request/fields.ts';
import { fieldName, foldName, singleOf } from '../../../src/request/names.ts';

test('a name is the same whenever it is asked for, and remembered only where it may be one', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('Host', 'X_Y', 'a'.repeat(65))),
      (spelt) => {
        const { lower, folded, spelt: kept } = fieldName(spelt);
        assert.deepEqual({ kept, lower, folded }, { kept: spelt, lower: spelt.toLowerCase(), folded: foldName(spelt) });
        assert.deepEqual(fieldName(spelt), fieldName(spelt));
      },
    ),
  );
  assert.equal(fieldName('Host'), fieldName('Host'));
  assert.notEqual(fieldName('a'.repeat(65)), fieldName('a'.repeat(65)));
});

test('any number of names may be asked for', () => {
  for (let n = 0; n < 5000; n += 1) assert.equal(fieldName(`x-${n}`).lower, `x-${n}`);
});

test('each field that may be there once is told when it is there twice, in any case, and no other', () => {
  const single = ['host', 'authorization', 'content-type', 'content-length', 'expect', 'transfer-encoding', 'origin'];
  for (const name of [...single, 'content-encoding', 'destination']) {
    const { doubled } = HeaderFields.of([name, '1', 'x', '2', name.toUpperCase(), '3', 'x', '4']);
    assert.equal(singleOf(doubled), name);
    assert.equal(HeaderFields.of([name, '1', 'x', '2', 'cookie', 'a=b', 'Cookie', 'c=d']).doubled, 0);
  }
});
