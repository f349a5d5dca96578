import assert from 'node:assert/strict';
import querystring from 'node:querystring';
import test from 'node:test';
import fc from 'fast-check';
import { parseForm, serialiseForm } from '../../../../src/request/login/form.ts';
import { LoginBodyRefused } from '../../../../src/request/login/refused.ts';
import type { BodyFault, Fields } from '../../../../src/request/login/types.ts';
import { refused } from './refusals.ts';

const parse = (body: string): Fields => parseForm(Buffer.from(body, 'utf8'));

test('a form is read in order, each field once', () => {
  assert.deepEqual(
    [...parse('_user=bob&_pass=a%26b+c%3D&_url=&x%5By%5D=1')],
    [
      ['_user', 'bob'],
      ['_pass', 'a&b c='],
      ['_url', ''],
      ['x[y]', '1'],
    ],
  );
  assert.equal(parse('').size, 0);
  assert.equal(parse('note=a%0D%0Ab%09').get('note'), 'a\r\nb\t');
  assert.equal(parse('u=%C3%A4').get('u'), 'ä');
  assert.equal(parse('u=a=b').get('u'), 'a=b');
});

test('a form that two servers read differently is refused (T25, legacy-logins 1.3)', () => {
  const bodies: readonly (readonly [string | Buffer, BodyFault])[] = [
    ['username=bob&username=alice', 'duplicate'],
    ['username=alice&username=bob', 'duplicate'],
    ['user%6eame=alice&username=bob', 'duplicate'],
    ['username[0]=bob&username=alice', 'look-alike'],
    ['username=alice&username[]=bob', 'look-alike'],
    ['username[]=a&username[0]=b', 'look-alike'],
    ['username%00=bob', 'malformed'],
    ['username=bob&username%00x=alice', 'malformed'],
    ['+username=bob&username=alice', 'look-alike'],
    ['Username=bob&username=alice', 'look-alike'],
    ['_user=bob&.user=alice', 'look-alike'],
    ['_user=bob&%20_user=alice', 'look-alike'],
    ['_user=bob&[user=alice', 'look-alike'],
    ['user.name=bob&user_name=alice', 'look-alike'],
    ['pma_username=bob&pma.username=alice', 'look-alike'],
    ['%20u=alice&u=bob', 'look-alike'],
    ['%EF%BC%B5ser=a&user=b', 'look-alike'],
    ['user%256eame=alice&username=bob', 'look-alike'],
    ['u%25u0073er=alice&user=bob', 'look-alike'],
    ['auth[username]=bob&auth=x', 'look-alike'],
    ['auth[a]=1&auth[a]x=2', 'look-alike'],
    ['username=alice%00', 'malformed'],
    ['username=a%1Fb', 'malformed'],
    ['username=a%C2%85b', 'malformed'],
    ['username=bob;username=alice', 'malformed'],
    ['a=1;b=2', 'malformed'],
    ['u%u0073er=bob', 'malformed'],
    ['a=%', 'malformed'],
    ['a=%4', 'malformed'],
    ['a=%zz', 'malformed'],
    ['a', 'malformed'],
    ['=a', 'malformed'],
    ['a=1&&b=2', 'malformed'],
    ['a=1&', 'malformed'],
    ['a=1\r\n', 'malformed'],
    ['a=al%EFce', 'encoding'],
    [Buffer.from('a=al\xefce', 'latin1'), 'encoding'],
    ['a=%ED%A0%80', 'encoding'],
    ['%C1%B5=1', 'encoding'],
    ['_charset_=utf-7&username=bob', 'encoding'],
    ['_CHARSET_=utf-8', 'encoding'],
    ['%EF%BB%BFusername=bob', 'encoding'],
    [Buffer.from('\ufeffusername=bob', 'utf8'), 'encoding'],
    [Buffer.from('username=bob', 'utf16le'), 'malformed'],
    [Array.from({ length: 101 }, (_, i) => `f${i}=1`).join('&'), 'too-large'],
    ['&'.repeat(1000), 'too-large'],
    [`a=${'x'.repeat(64 * 1024)}`, 'too-large'],
  ];
  for (const [body, fault] of bodies)
    refused(() => parseForm(Buffer.from(body)), fault, JSON.stringify(String(body)).slice(0, 80));
  assert.equal(parse(Array.from({ length: 100 }, (_, i) => `f${i}=1`).join('&')).size, 100);
  assert.equal(parse(`a=${'x'.repeat(64 * 1024 - 2)}`).size, 1);
});

test('an EBCDIC body with an ASCII decoy is refused, whatever it says in EBCDIC', () => {
  const ebcdic = Buffer.from([0xa4, 0xa2, 0x85, 0x99, 0x7e, 0x81, 0x93, 0x89, 0x83, 0x85, 0x50]);
  refused(() => parseForm(Buffer.concat([ebcdic, Buffer.from('username=bob')])), 'encoding', 'cp037');
});

const NAME = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
const LIKELY = fc.constantFrom(
  'user',
  'user.',
  ' user',
  'User',
  'user[',
  'user[]',
  'user[a]',
  'a;b',
  '_user',
  'pass',
  'ſ',
  '+',
  '%41',
);
const PAIRS = fc.array(fc.tuple(fc.oneof(NAME, LIKELY), fc.string({ unit: 'binary', maxLength: 20 })), {
  maxLength: 8,
});

/** What the parser makes of a body, or undefined where it refuses. */
function accepted(body: Buffer): Fields | undefined {
  try {
    return parseForm(body);
  } catch (error) {
    if (error instanceof LoginBodyRefused) return undefined;
    throw error;
  }
}

test('whatever is taken, other parsers read out of our bytes what we read', () => {
  let taken = 0;
  const agree = (body: Buffer): void => {
    const fields = accepted(body);
    if (fields === undefined) return;
    taken += 1;
    const ours = serialiseForm(fields);
    assert.deepEqual([...parseForm(ours)], [...fields]);
    assert.deepEqual([...new URLSearchParams(ours.toString('latin1'))], [...fields]);
    assert.deepEqual(Object.entries(querystring.parse(ours.toString('latin1'))).sort(), [...fields].sort());
    assert.match(ours.toString('latin1'), /^[A-Za-z0-9._%=&-]*$/);
  };
  fc.assert(
    fc.property(PAIRS, (pairs) => {
      agree(
        Buffer.from(
          pairs
            .map(
              ([name, value]) =>
                `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`,
            )
            .join('&'),
        ),
      );
    }),
    { numRuns: 2000, seed: 4 },
  );
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('user', '=', '&', '%', '41', '+', '.', '[', ']', 'ä', 'bob', ';', '\0', '%00'), {
        maxLength: 16,
      }),
      (parts) => {
        agree(Buffer.from(parts.join('')));
      },
    ),
    { numRuns: 3000, seed: 4 },
  );
  assert.ok(taken > 500, `only ${taken} bodies were taken`);
});
