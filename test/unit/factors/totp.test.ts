import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { ScureBase32Plugin } from 'otplib';
import { clockSkewSteps, hotp, newTotpSecret, otpauthUri, totpStep } from '../../../src/factors/totp.ts';
import { systemRandom } from '../../../src/lib/random.ts';

const KEY = new TextEncoder().encode('12345678901234567890');
const SECRET = new ScureBase32Plugin().encode(KEY);
const NOW = 1_800_000_000_000;
const STEP = NOW / 30_000;

const RFC4226 = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');
for (const [counter, code] of RFC4226.entries()) {
  test(`RFC 4226 appendix D, count ${counter}`, () => assert.equal(hotp(KEY, counter), code));
}

const RFC6238: readonly (readonly [number, string])[] = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
];
for (const [seconds, code] of RFC6238) {
  test(`RFC 6238 appendix B, SHA-1, ${seconds} s`, () => {
    assert.equal(hotp(KEY, Math.floor(seconds / 30), 8), code);
    assert.equal(totpStep(SECRET, code.slice(2), seconds * 1000), Math.floor(seconds / 30));
  });
}

test('one step before and after are accepted, as the step they are, and no further', () => {
  for (let off = -5; off <= 5; off++) {
    const expected = Math.abs(off) <= 1 ? STEP + off : undefined;
    assert.equal(totpStep(SECRET, hotp(KEY, STEP + off), NOW), expected, `step ${off}`);
  }
});

const right = hotp(KEY, STEP);

test('blanks between the digits are no part of the code', () => {
  for (const typed of [
    ` ${right}`,
    `${right} `,
    `${right.slice(0, 3)} ${right.slice(3)}`,
    `${right.slice(0, 3)}\u00a0${right.slice(3)}`,
  ]) {
    assert.equal(totpStep(SECRET, typed, NOW), STEP);
  }
});

const fullWidth = right.replace(/./g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
const arabic = right.replace(/./g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0x630));
const NEVER: readonly unknown[] = [
  '',
  ' ',
  fullWidth,
  arabic,
  `${right}\n`,
  `${right}\0`,
  `0${right}`,
  right.slice(1),
  `-${right.slice(1)}`,
  '1e5',
  '0x1234',
  [right],
  { $ne: 1 },
  Number(right),
  null,
  undefined,
  true,
  'x'.repeat(10_240),
  right.repeat(2000),
];
for (const [i, typed] of NEVER.entries()) {
  test(`input ${i} (${typeof typed}) is never a code and never throws`, () =>
    assert.equal(totpStep(SECRET, typed, NOW), undefined));
}

/** RFC 4226 §5.3 by hand, for keys that the library would not take. */
function rawHotp(key: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const bits = mac.readUInt32BE((mac[19] ?? 0) & 15) & 0x7fffffff;
  return String(bits % 1_000_000).padStart(6, '0');
}

test('an empty, short or broken secret verifies nothing', () => {
  const short = KEY.slice(0, 15);
  assert.equal(rawHotp(KEY, STEP), right);
  const all = ['', 'A', '====', '!!!!', 'null', new ScureBase32Plugin().encode(short), '\u0000'];
  for (const secret of all) {
    for (const code of [right, '000000', rawHotp(short, STEP), rawHotp(new Uint8Array(), STEP)])
      assert.equal(totpStep(secret, code, NOW), undefined);
  }
});

test('a clock that is no clock verifies nothing', () => {
  for (const now of [Number.NaN, Number.POSITIVE_INFINITY, -1, 0]) {
    for (const code of [right, hotp(KEY, 0)]) assert.equal(totpStep(SECRET, code, now), undefined);
  }
});

test('skew is told within ten minutes, with its sign, and accepts nothing', () => {
  for (const off of [-20, -7, 5, 20]) {
    const code = hotp(KEY, STEP + off);
    assert.equal(clockSkewSteps(SECRET, code, NOW), off);
    assert.equal(totpStep(SECRET, code, NOW), undefined);
  }
  assert.equal(clockSkewSteps(SECRET, hotp(KEY, STEP + 21), NOW), undefined);
  assert.equal(clockSkewSteps(SECRET, 'abc', NOW), undefined);
});

test('a secret has 160 bits in unpadded base32', () => {
  assert.match(newTotpSecret(systemRandom), /^[A-Z2-7]{32}$/);
  assert.equal(
    newTotpSecret(() => KEY),
    SECRET,
  );
});

test('the otpauth URI keeps issuer and account apart whatever they hold', () => {
  assert.equal(
    otpauthUri('ABC', 'portal: & co', 'a b@c:d'),
    'otpauth://totp/portal%3A%20%26%20co:a%20b%40c%3Ad?secret=ABC&issuer=portal%3A%20%26%20co&algorithm=SHA1&digits=6&period=30',
  );
});
