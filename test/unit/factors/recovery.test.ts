import assert from 'node:assert/strict';
import test from 'node:test';
import { newRecoveryCodes, parseRecoveryCode, recoveryHash } from '../../../src/factors/recovery.ts';
import { systemRandom } from '../../../src/lib/random.ts';

test('there are ten different codes of four groups, 80 bits each', () => {
  const codes = newRecoveryCodes(systemRandom);
  assert.equal(new Set(codes).size, 10);
  for (const code of codes) assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
});

test('every letter of the alphabet comes from the random source alone', () => {
  let next = 0;
  const codes = newRecoveryCodes((n) => Uint8Array.from({ length: n }, () => next++));
  assert.equal(codes[0], '0123-4567-89AB-CDEF');
  assert.equal(codes[1], 'GHJK-MNPQ-RSTV-WXYZ');
  assert.equal(codes[2], codes[0]);
});

test('a code is itself however it is typed', () => {
  for (const typed of [
    '0123-4567-89AB-CDEF',
    '0123456789abcdef',
    ' o1z3 4567 89ab cdef '.replace('z', '2'),
    'OI23–4567–89AB–CDEF',
    'oL23\u00a04567 89AB CDEF',
  ]) {
    assert.equal(parseRecoveryCode(typed), '0123456789ABCDEF');
  }
});

test('anything else is no code', () => {
  for (const typed of [
    '',
    '0123',
    '0123-4567-89AB-CDEFG',
    '0123-4567-89AB-CDEU',
    '０123-4567-89AB-CDEF',
    'x'.repeat(5000),
    null,
    5,
    ['0123-4567-89AB-CDEF'],
    {},
  ]) {
    assert.equal(parseRecoveryCode(typed), undefined);
  }
});

test('what is stored depends on the key, the authenticator and the code', () => {
  const keyed = (key: string) => ({ mac: (purpose: string, text: string) => `${key}|${purpose}|${text}` });
  const all = [
    recoveryHash(keyed('k'), 'a', 'X'),
    recoveryHash(keyed('l'), 'a', 'X'),
    recoveryHash(keyed('k'), 'b', 'X'),
    recoveryHash(keyed('k'), 'a', 'Y'),
  ];
  assert.equal(new Set(all).size, all.length);
});
