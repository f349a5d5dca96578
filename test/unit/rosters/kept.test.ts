import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { systemRandom } from '../../../src/lib/random.ts';
import { isUnsalted, keepNames, keptNames, packLines, withoutNames } from '../../../src/rosters/kept.ts';
import { numbers } from '../../support/remake.ts';

const ODD = ['alice', ' ', 'a b', '"', '\\', 'ž\u2028', '\ud800', '=1+1', '😀', '[', 'x'.repeat(256), '0'.repeat(64)];

test('any names are kept as they are, each once, and told sorted', () => {
  const { text } = keepNames([...ODD, ...ODD], systemRandom);
  assert.deepEqual(keptNames(text), { names: ODD.toSorted(), erased: 0 });
  assert.equal(isUnsalted(text), false);
});

test('the digest is that of the commitments, which tell nothing without their salts', () => {
  const { digest, text } = keepNames(['alice', 'bob'], systemRandom);
  const commitments = text
    .split('\n')
    .slice(1, -1)
    .map((line) =>
      createHash('sha256')
        .update(Buffer.from(line.slice(0, 32), 'hex'))
        .update(line.slice(33))
        .digest('hex'),
    );
  const whole = `sallyport roster v2\n${commitments.sort().join('\n')}\n`;
  assert.equal(createHash('sha256').update(whole).digest('hex'), digest);
  assert.notEqual(keepNames(['alice', 'bob'], systemRandom).digest, digest);
});

test('names go in any order, and what is left is proven by the digest of before', () => {
  const next = numbers(3);
  for (let round = 0; round < 200; round += 1) {
    const names = Array.from({ length: 1 + next(12) }, (_, i) => `${ODD[next(ODD.length)]}${i}`);
    const { digest, text } = keepNames(names, systemRandom);
    let now: string | null = text;
    let left = new Set(names);
    while (now !== null) {
      const gone: ReadonlySet<string> = new Set([...left].filter(() => next(3) === 0));
      const less = withoutNames({ digest, text: now }, (name) => gone.has(name));
      assert.equal(less === null, gone.size === 0);
      if (less === null) continue;
      left = new Set([...left].filter((name) => !gone.has(name)));
      assert.deepEqual([less.erased, less.left], [gone.size, left.size]);
      now = less.text;
      assert.equal(now === null, left.size === 0);
      if (now === null) break;
      assert.deepEqual(keptNames(now), { names: [...left].sort(), erased: new Set(names).size - left.size });
      assert.equal(packLines({ digest, text: now }).erased, new Set(names).size - left.size);
      for (const name of gone) assert.ok(!now.includes(` ${JSON.stringify(name)}\n`));
    }
  }
});

test('a list that is not the one of its digest is refused, and not erased from', () => {
  const { digest, text } = keepNames(['alice', 'bob'], systemRandom);
  const fault = { code: 'sealed-value-invalid' };
  for (const wrong of [
    text.replace('alice', 'alicf'),
    text.replace(/\n[0-9a-f]/, (found) => `\n${found[1] === '0' ? '1' : '0'}`),
    text.replace('v2', 'v3'),
    text.slice(0, -1),
    text.split('\n').toSpliced(1, 1).join('\n'),
    text.replace('"alice"', '12'),
    text.replace('"alice"', '"alice'),
    '',
  ])
    assert.throws(() => withoutNames({ digest, text: wrong }, () => true), fault, wrong);
});

test('of a list without salts all names go as soon as one is meant', () => {
  const text = JSON.stringify(['alice', 'bob']);
  const digest = createHash('sha256').update(text).digest('hex');
  assert.equal(isUnsalted(text), true);
  assert.deepEqual(keptNames(text), { names: ['alice', 'bob'], erased: 0 });
  assert.deepEqual(
    withoutNames({ digest, text }, (name) => name === 'bob'),
    { text: null, erased: 2, left: 0 },
  );
  assert.equal(
    withoutNames({ digest, text }, () => false),
    null,
  );
  assert.throws(() => withoutNames({ digest: '0'.repeat(64), text }, () => true), { code: 'sealed-value-invalid' });
});
