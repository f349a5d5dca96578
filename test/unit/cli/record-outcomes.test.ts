import assert from 'node:assert/strict';
import test from 'node:test';
import { HeaderFields } from '../../../src/request/fields.ts';
import { Recording } from '../../../src/workbench/record/recording.ts';
import { foundSteps } from '../../../src/workbench/record/steps.ts';

const [NAME, PASSWORD] = ['alice', 'right horse'];

/** What one form of a page was sent as, with the right and then the wrong password. */
function recorded(
  fields: string,
  more: Readonly<Record<string, string>>,
  answers: { target: string; right: string; wrong?: string },
) {
  const recording = new Recording(NAME, PASSWORD);
  const page = `<form method="post" action="${answers.target}"><input name="who"><input type="password" name="word">${fields}</form>`;
  const answer = (status: number, body: string, location?: string) => ({
    status,
    reason: '',
    headers: HeaderFields.of(location === undefined ? [] : ['Location', location]),
    body: Buffer.from(body),
  });
  const add = (method: string, body: string, shown: ReturnType<typeof answer>) =>
    recording.add({
      ...{
        method,
        target: method === 'GET' ? '/enter' : answers.target,
        page: null,
        authorization: undefined,
        lines: [],
        script: false,
      },
      ...{ contentType: 'application/x-www-form-urlencoded', cookies: [], body: Buffer.from(body), answer: shown },
    });
  const typed = (word: string) => new URLSearchParams({ who: NAME, word, ...more }).toString();
  add('GET', '', answer(200, page));
  add('POST', typed(PASSWORD), answer(302, '', answers.right));
  add('POST', typed('wrong'), answers.wrong === undefined ? answer(200, page) : answer(302, '', answers.wrong));
  return foundSteps(recording).steps[0];
}

test('where a sign-in leads tells nothing where the request itself said so, by a field or in its address', () => {
  const back = '<input type="hidden" name="back" value="/my/page">';
  for (const said of ['/my/page', 'http://app.test/my/page', '/my/page?x=1'])
    assert.deepEqual(
      recorded(back, { back: said }, { target: '/enter', right: '/my/page' })?.ok,
      { status: 302 },
      said,
    );
  const asked = recorded('', {}, { target: '/enter?next=%2Fmy%2Fpage', right: '/my/page' });
  assert.deepEqual(asked?.ok, { status: 302 });
  const led = recorded(back, { back: '/my/page' }, { target: '/enter', right: '/my/page', wrong: '/enter?error=1' });
  assert.deepEqual([led?.ok, [led?.fail].flat()[0]?.location?.includes('enter')], [{ status: 302 }, true]);
  const own = recorded(back, { back: '/other' }, { target: '/enter', right: '/my/page' });
  assert.match([own?.ok].flat()[0]?.location ?? '', /my\/page/, 'it is the app that leads there');
});

test('an address longer than any that a sign-in leads everybody to tells nothing', () => {
  const [short, long] = [2000, 2049].map((length) => `/${'a'.repeat(length)}`);
  const placeOf = (right = '') => [recorded('', {}, { target: '/enter', right, wrong: '/no' })?.ok].flat()[0]?.location;
  assert.match(placeOf(short) ?? '', /a{2000}/);
  assert.equal(placeOf(long), undefined);
});

test('a password in a list is told as what no preset describes', () => {
  const body = Buffer.from(JSON.stringify({ method: 'auth.login', params: [PASSWORD], id: 1 }));
  const answer = { status: 200, reason: '', headers: HeaderFields.of([]), body: Buffer.from('{"result":true}') };
  const recording = new Recording(NAME, PASSWORD);
  recording.add({
    ...{ method: 'POST', target: '/json', page: '/', authorization: undefined, lines: [], script: true, cookies: [] },
    ...{ contentType: 'application/json', body, answer },
  });
  assert.throws(() => foundSteps(recording), /JSON with a list in it/);
});

test('what stands on the button of a sign-in is in the language of whoever reads it; what a button carries unseen is not', () => {
  const at = { target: '/enter', right: '/in' };
  const said = recorded('<input type="submit" name="login" value="Login">', { login: 'Login' }, at);
  assert.deepEqual(said?.need, { login: '*' });
  const carried = recorded('<button name="action" value="login">Anmelden</button>', { action: 'login' }, at);
  assert.deepEqual(carried?.need, { action: 'login' });
});
