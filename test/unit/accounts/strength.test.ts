import assert from 'node:assert/strict';
import test from 'node:test';
import { passwordScore } from '../../../src/accounts/strength.ts';

const CONTEXT = ['meredith-okonkwo', 'staff', 'wiki.example.org'];

test('what is guessed first scores lowest, what nobody guesses highest', async () => {
  for (const [password, score] of [
    ['', 0],
    ['password', 0],
    ['P4ssw0rd', 0],
    ['a long walk by the grey sea', 4],
  ] as const) {
    assert.equal(await passwordScore(password, CONTEXT), score, password);
  }
});

test('names of the person and the place are guessed at once, whole or in part', async () => {
  for (const password of ['meredith-okonkwo', 'okonkwo', 'wiki.example.org', 'sallyport', 'Okonkwo1']) {
    assert.ok((await passwordScore(password, CONTEXT)) <= 1, password);
  }
  assert.ok((await passwordScore('okonkwo', [])) > 1, 'it is the context that says so');
});

test('only the first 100 characters are judged', async () => {
  const weak = 'a'.repeat(100);
  assert.equal(await passwordScore(`${weak}Xq7!zP0#vL9$`, []), await passwordScore(weak, []));
  assert.equal(await passwordScore('é'.repeat(100_000), []), await passwordScore('é'.repeat(100), []));
});

test('whatever is typed has a score of 0 to 4', async () => {
  for (const password of [
    'constructor',
    '__proto__',
    'toString',
    '\ud800',
    '\0\n',
    '🔑🔑🔑',
    '4@8({[</369&#!1/|0$5+7%2'.repeat(5),
  ]) {
    const score = await passwordScore(password, ['__proto__', 'constructor', '']);
    assert.ok(Number.isInteger(score) && score >= 0 && score <= 4, JSON.stringify(password));
  }
});
