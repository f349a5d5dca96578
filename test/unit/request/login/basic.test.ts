import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { digestUser, parseBasic, writeBasic } from '../../../../src/request/login/basic.ts';

const basic = (text: string | Buffer): string => `Basic ${Buffer.from(text).toString('base64')}`;

test('the first colon divides name and password (RFC 7617)', () => {
  assert.deepEqual(parseBasic('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='), { user: 'Aladdin', password: 'open sesame' });
  assert.deepEqual(parseBasic('bASIC dGVzdDoxMjPCow=='), { user: 'test', password: '123£' });
  assert.deepEqual(parseBasic(basic('a:b:c')), { user: 'a', password: 'b:c' });
  assert.deepEqual(parseBasic(basic(':')), { user: '', password: '' });
});

test('credentials that servers decode differently are none', () => {
  const values = [
    '',
    'Basic',
    'Basic ',
    'Basic =',
    'Basic a',
    'Basic YTpi, Basic YTpi',
    'Basic YTpi YTpi',
    'Basic YTpiYw',
    'Basic YTpiYx==',
    'Basic YTpi====',
    'Basic YTpi\u0000',
    'Basic YT pi',
    'Basic YTp_',
    'Basic\tYTpi',
    'Digest YTpi',
    'Bearer YTpi',
    basic('no colon'),
    basic('a\0:b'),
    basic('a:b\r\nX: y'),
    basic('a:b\u0085'),
    basic(Buffer.from('al\xefce:b', 'latin1')),
    basic(Buffer.from('\xc1\xa1:b', 'latin1')),
    basic(`${'a'.repeat(4096)}:b`),
  ];
  for (const value of values) assert.equal(parseBasic(value), undefined, value.slice(0, 60));
});

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (user, password) => {
      fc.pre(!user.includes(':') && !/\p{Cc}/u.test(user + password));
      assert.deepEqual(parseBasic(writeBasic({ user, password })), { user, password });
    }),
    { seed: 4 },
  );
  assert.throws(() => writeBasic({ user: 'a:b', password: '' }), TypeError);
  assert.throws(() => writeBasic({ user: 'a', password: '\n' }), TypeError);
});

test('the name of Digest is read where it can be read in one way (RFC 7616)', () => {
  const rest = 'realm="r", nonce="n==", uri="/a?b=c,d", qop=auth, nc=00000001, cnonce="c", response="0a"';
  assert.equal(digestUser(`Digest username="Mufasa", ${rest}`), 'Mufasa');
  assert.equal(digestUser(`digest ${rest} , username="alice"`), 'alice');
  assert.equal(digestUser(`Digest username="alice", userhash=false, ${rest}`), 'alice');
  const none = [
    `Digest username="a\\"b", ${rest}`,
    `Digest username="a\\lice", ${rest}`,
    `Digest username=alice, ${rest}`,
    `Digest username="", ${rest}`,
    `Digest username="bob", username="alice", ${rest}`,
    `Digest username="bob", USERNAME="alice", ${rest}`,
    `Digest username="bob", username*=UTF-8''alice, ${rest}`,
    `Digest username*=UTF-8''alice, ${rest}`,
    `Digest username="488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec", userhash=true, ${rest}`,
    `Digest username="älice", ${rest}`,
    `Digest username="alice" realm="r"`,
    `Digest username="alice", nonce="n`,
    `Digest ${rest}`,
    'Digest',
    `Basic username="alice"`,
  ];
  for (const value of none) assert.equal(digestUser(value), undefined, value);
});
