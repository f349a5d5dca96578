import assert from 'node:assert/strict';
import test from 'node:test';
import { holds } from '../../../src/presets/predicates.ts';
import type { WholeAnswer } from '../../../src/presets/types.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { bothWays } from '../../../src/workbench/record/both-ways.ts';
import { compileDraft, type Draft, type DraftPredicate } from '../../../src/workbench/record/draft.ts';
import type { Exchange } from '../../../src/workbench/record/recording.ts';

const FORM = '<form method="post" action="/in"><input name="user"><input type="password" name="pass"></form>';
const COOKIE = ['Set-Cookie', 'sid=0123456789abcdef; Path=/; HttpOnly'] as const;

const answer = (status: number, lines: readonly string[] = [], body = ''): WholeAnswer => ({
  ...{ status, reason: '', headers: HeaderFields.of([...lines]), body: Buffer.from(body) },
});

interface Pair {
  readonly right: WholeAnswer;
  readonly wrong: WholeAnswer;
}

const JSON_TYPE = ['Content-Type', 'application/json'] as const;
/** How apps answer a right and a wrong password. */
const KINDS: Readonly<Record<string, Pair>> = {
  'a redirect, or the form': { right: answer(302, ['Location', '/home', ...COOKIE]), wrong: answer(200, [], FORM) },
  'a redirect each': {
    right: answer(302, ['Location', '/home', ...COOKIE]),
    wrong: answer(302, ['Location', '/in?error=1']),
  },
  'a redirect each, to one page': {
    right: answer(302, ['Location', '/in?ok=1', ...COOKIE]),
    wrong: answer(302, ['Location', '/in?error=1']),
  },
  'a page, or 403': { right: answer(200, COOKIE, '<p>Welcome</p>'), wrong: answer(403, [], FORM) },
  'a header and a cookie, or the form': {
    right: answer(200, ['X-Go', '/home', ...COOKIE]),
    wrong: answer(200, [], FORM),
  },
  'a word': { right: answer(200, COOKIE, 'Ok.'), wrong: answer(200, [], 'Fails.') },
  'a word without a cookie': { right: answer(200, [], 'Ok.'), wrong: answer(200, [], 'Fails.') },
  JSON: {
    right: answer(200, [...JSON_TYPE, ...COOKIE], '{"success":true}'),
    wrong: answer(200, JSON_TYPE, '{"success":false}'),
  },
  'JSON and a status': {
    right: answer(200, [...JSON_TYPE, ...COOKIE], '{"success":true}'),
    wrong: answer(401, JSON_TYPE, '{"success":false}'),
  },
  'nothing that tells': { right: answer(200, [], '<p>Hello</p>'), wrong: answer(200, [], '<p>Sorry</p>') },
};

const exchange = (shown: WholeAnswer, script: boolean): Exchange => ({
  ...{ method: 'POST', target: '/in', page: '/', type: 'form', script, cookies: [], answer: shown },
  fields: [{ name: 'user', value: 'alice' }],
});

const DRAFT: Draft = {
  ...{ preset: 1, id: 'app', title: 'App', tested: [], entry: '/', anon: [], assurance: 'login-form' },
  login: [],
  account: { fold: [] },
  session: { cookies: ['sid'] },
};

/** Predicates as they are in force. */
function compiled(ok: readonly DraftPredicate[], fail: readonly DraftPredicate[]) {
  const on = { method: 'POST', path: ['/in'] };
  const step = { ...{ id: 'password', on, type: 'form', script: true as const }, account: 'user', secret: ['pass'] };
  const [made] = compileDraft({ ...DRAFT, login: [{ ...step, ok, fail }] }, 'http://app.test').steps;
  assert.ok(made !== undefined);
  return made;
}

const NOW = Date.UTC(2026, 10, 30);

test('where a form and a script are answered each in a way of its own, no success is a failure of the other', () => {
  let told = 0;
  for (const [form, one] of Object.entries(KINDS))
    for (const [script, other] of Object.entries(KINDS)) {
      const about = `${form}; by script: ${script}`;
      const byScript = { right: exchange(other.right, true), wrong: exchange(other.wrong, true) };
      const found = bothWays({ right: exchange(one.right, false), wrong: exchange(one.wrong, false), byScript });
      if (found === undefined) continue;
      told += 1;
      const step = compiled(found.ok, found.fail);
      const says = (all: typeof step.ok, shown: WholeAnswer) => all.some((each) => holds(each, shown, NOW));
      for (const { right, wrong } of [one, other]) {
        assert.deepEqual([says(step.ok, right), says(step.fail, right)], [true, false], `right: ${about}`);
        assert.deepEqual([says(step.ok, wrong), says(step.fail, wrong)], [false, true], `wrong: ${about}`);
      }
    }
  // Of ten by ten: what is not told is what one answer alone does not tell from both of the others.
  assert.ok(told >= 40, `${told} of ${Object.keys(KINDS).length ** 2} told`);
});

test('what does not tell, and what is not the same sign-in, is not joined', () => {
  const good = KINDS['a redirect, or the form'] as Pair;
  const silent = KINDS['nothing that tells'] as Pair;
  const of = ({ right, wrong }: Pair, script: boolean, more: Partial<Exchange> = {}) => ({
    right: { ...exchange(right, script), ...more },
    wrong: { ...exchange(wrong, script), ...more },
  });
  assert.equal(bothWays({ ...of(good, false), byScript: of(silent, true) }), undefined);
  assert.equal(bothWays({ ...of(good, false), byScript: undefined }), undefined);
  for (const more of [{ target: '/api/in' }, { target: '/in?ajax=1' }, { type: 'json' }, { method: 'PUT' }] as const)
    assert.equal(bothWays({ ...of(good, false), byScript: of(good, true, more) }), undefined, JSON.stringify(more));
});
