import assert from 'node:assert/strict';
import test from 'node:test';
import { parse } from 'yaml';
import type { Draft } from '../../../src/workbench/record/draft.ts';
import { checkedText } from '../../../src/workbench/record/write.ts';

const draft = (more: Partial<Draft> = {}, name = 'user'): Draft => ({
  preset: 1,
  id: 'portal',
  title: 'Portal',
  tested: [],
  entry: '/login',
  login: [
    {
      id: 'password',
      on: { method: 'POST', path: ['/login'] },
      type: 'form',
      account: name,
      secret: ['password'],
      pass: [`${name}2`],
      ok: { status: 302 },
      fail: { status: 403 },
    },
  ],
  assurance: 'login-form',
  account: { fold: [] },
  session: { cookies: ['sid'] },
  anon: [],
  ...more,
});

const NAMES = [
  ...[
    'a: b',
    '- x',
    '# c',
    '"q"',
    "'",
    'yes',
    'no',
    'on',
    'null',
    '~',
    '0x10',
    '0o7',
    '1e3',
    '.inf',
    '012',
    '!!js',
    '&a',
  ],
  ...['*a', '? x', '|', '>', '%', '@', '`', '{}', '[a]', 'é', ' lead', 'trail ', '---', '...'],
  ...['2026-11-30', '<<', '=', 'a #b', 'a:', ':', 'any-scalar', '\u202ex', '\ud83d\ude00', '\\', '"', '\'"', '\u200b'],
];

test('what is written reads as it was meant, whatever a field or a title is called', () => {
  for (const name of NAMES) {
    const text = checkedText(draft({ title: name }, name), 'http://app.test', []);
    const read = parse(text) as Draft;
    assert.deepEqual([read.login[0]?.account, read.login[0]?.pass], [name, [`${name}2`]], text);
  }
});

test('what no preset file can hold is told, and nothing is written', () => {
  for (const name of ['a\nb', 'a: |\n  b', 'a\u0000b', 'a\u2028b', '\ud800', 'a\u0007'])
    try {
      const read = parse(checkedText(draft({}, name), 'http://app.test', [])) as Draft;
      assert.equal(read.login[0]?.account, name);
    } catch (error) {
      assert.match(String(error), /names that no preset file can hold/);
    }
});

test('a password that the app has put into what it is known by is not written', () => {
  const repeated = draft({ title: 'Portal of Secret-of-Alice' });
  assert.throws(() => checkedText(repeated, 'http://app.test', ['Secret-of-Alice']), /repeats a password/);
  // A short one is a word of many names.
  assert.ok(checkedText(draft(), 'http://app.test', ['user']).includes('user'));
});
