import assert from 'node:assert/strict';
import test from 'node:test';
import {
  decodeLaxly,
  foldField,
  placesOf,
  resembles,
  sameField,
  selects,
} from '../../../../src/request/login/names.ts';

test('one field, however a server spells it', () => {
  const spellings: readonly (readonly [string, readonly string[]])[] = [
    [
      '_user',
      [
        '.user',
        ' _user',
        '  .user',
        '[user',
        '_user\0x',
        '_USER',
        '_us%65r',
        '_u%u0073er',
        '_user ',
        '_ｕser',
        '_u\u00adser',
        '_uſer',
      ],
    ],
    ['username', ['Username', ' username', '\tusername', 'username\0', 'username.', '\ufeffusername', 'user%6eame']],
    ['user.name', ['user_name', 'user name', 'user[name', 'USER_NAME']],
    [
      'auth[username]',
      ['auth[username]x', 'AUTH[Username]', 'auth[ username ]', ' auth[username]', 'auth%5Busername%5D'],
    ],
    ['a[]', ['a[0]', 'a[ ]']],
  ];
  for (const [field, others] of spellings)
    for (const other of others) {
      assert.equal(foldField(other), foldField(field), JSON.stringify(other));
      assert.ok(sameField(field, other) && resembles(field, other), JSON.stringify(other));
    }
});

test('other fields stay others', () => {
  const pairs: readonly (readonly [string, string])[] = [
    ['_user', 'user'],
    ['user', 'user2'],
    ['user', 'users'],
    ['auth[username]', 'auth[password]'],
    ['auth[username]', 'username'],
    ['_token', 'token'],
    ['u', 'p'],
    ['_', '__'],
  ];
  for (const [a, b] of pairs) assert.ok(!sameField(a, b), `${a} ${b}`);
});

test('an element of a field is the field, and the field holds its elements', () => {
  assert.ok(sameField('username', 'username[]'));
  assert.ok(sameField('auth[username][0]', 'auth[username]'));
  assert.ok(sameField('auth', 'auth[username]'));
  assert.ok(resembles('username', 'username[a]'));
  assert.ok(!resembles('auth[username]', 'auth'));
  assert.equal(placesOf('Auth[username]').base, 'auth');
  // Decoded once more the bracket is open; PHP does not decode once more.
  assert.ok(resembles('_user', '_user[a%00]'));
  assert.ok(sameField('_user', '_user[a%00]'));
});

test('a selector with a star is the end of a name', () => {
  assert.ok(selects('*$UserName', 'ctl00$Main$UserName'));
  assert.ok(!selects('*$UserName', 'ctl00$Main$username'));
  assert.ok(!selects('*$UserName', 'UserName'));
  assert.ok(!selects('*', 'x'));
  assert.ok(resembles('*$UserName', 'ctl00$main$USERNAME'));
  assert.ok(selects('a', 'a') && !selects('a', 'A'));
});

test('escapes are undone as by the laxest server', () => {
  const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  assert.equal(decodeLaxly('a%62c'), 'abc');
  assert.equal(decodeLaxly('%u0061%zz%'), 'a%zz%');
  assert.equal(decodeLaxly('%c1%a1b'), 'ab');
  assert.equal(decodeLaxly('%uff41'), 'ａ');
  assert.equal(decodeLaxly(bytes('größe%41')), 'größeA');
  assert.equal(decodeLaxly('%ff'), '\ufffd');
});
