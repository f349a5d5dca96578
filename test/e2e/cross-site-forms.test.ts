import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport();
const HTML = [
  ['Accept', 'text/html'],
  ['Sec-Fetch-Mode', 'navigate'],
] as const;

test('a form of another site is told the truth and not passed on, in every browser and from every origin', async () => {
  const { sally } = on;
  const form = { SAMLResponse: 'PHNhbWw+' };
  for (const origin of ['https://idp.example', 'null', 'http://app.test:81', 'https://app.test.evil'])
    for (const site of [[], [['Sec-Fetch-Site', 'cross-site']]] as const) {
      const answer = await sally.send('POST', '/acs', { form, origin, headers: [...HTML, ...site] });
      assert.equal(answer.status, 403, origin);
      assert.match(answer.body, /did not come from this site/);
      assert.doesNotMatch(answer.body, /session has ended|sign-in\?next/);
      assert.equal(answer.header('location'), undefined);
    }
  sally.upstream.silent();
});

test('a form of the app itself is still told that its session has ended, and programs that they must sign in', async () => {
  const { sally } = on;
  for (const origin of [sally.origin, null]) {
    const own = await sally.send('POST', '/acs', { form: { a: 'b' }, origin, headers: HTML });
    assert.equal(own.status, 401);
    assert.match(own.body, /sign-in\?next/);
  }
  const program = await sally.send('POST', '/acs', { json: {}, origin: 'https://idp.example' });
  assert.equal(program.status, 401);
  sally.upstream.silent();
});

test('with a session, which comes where the other site is a sibling, the form is the app’s to judge', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  sally.upstream.clear();
  const sent = await alice.send('POST', '/acs', { form: { a: 'b' }, origin: 'https://sso.test', headers: HTML });
  assert.equal(sent.status, 200);
});
