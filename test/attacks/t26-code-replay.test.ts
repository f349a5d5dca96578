import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ realm: 'app' }));

test('the code that confirmed an enrolment signs nobody in', async () => {
  const alice = new Person(on.sally, 'alice');
  await alice.enrol();
  const thief = alice.elsewhere();
  await thief.begin();
  const answer = await thief.post('/.sallyport/sign-in/totp', { code: alice.codeOf(alice.lastStep) });
  assert.equal(answer.status, 401);
  assert.equal(thief.session, undefined);
  on.sally.upstream.silent();
});

test('a code is accepted once: not in another sign-in, not to step up, not to enrol, not as the same bytes again', async () => {
  const { sally } = on;
  const bob = new Person(sally, 'bob');
  await bob.enrol();
  await sally.advance(60_000);
  const browser = bob.elsewhere();
  await browser.begin();
  const code = await browser.code();
  const bytes = sally.request('POST', '/.sallyport/sign-in/totp', { json: { code }, cookie: browser.cookie });
  const first = await sally.raw(bytes);
  assert.match(first.text, /^HTTP\/1\.1 200 [\s\S]*__Host-sallyport=/);
  const again = await sally.raw(bytes);
  assert.match(again.text, /^HTTP\/1\.1 401 /);
  assert.doesNotMatch(again.text, /Set-Cookie: __Host-sallyport=[A-Za-z0-9]/);
  const other = bob.elsewhere();
  await other.begin();
  assert.equal((await other.post('/.sallyport/sign-in/totp', { code })).status, 401);
  // To step up, in the session of the enrolment.
  bob.cookies.delete('__Host-sallyport-pending');
  assert.equal((await bob.post('/.sallyport/sign-in/totp', { code })).status, 401);
  // The step before it is used up with it.
  assert.equal((await other.post('/.sallyport/sign-in/totp', { code: bob.codeOf(browser.lastStep - 1) })).status, 401);
  assert.equal(other.session, undefined);
  on.sally.upstream.silent();
});

test('a recovery code is accepted once, and ends with its successors', async () => {
  const { sally } = on;
  const carol = new Person(sally, 'carol');
  await carol.enrol();
  const [code = '', second = ''] = carol.recoveryCodes;
  const one = carol.elsewhere();
  await one.begin();
  assert.equal((await one.post('/.sallyport/sign-in/recovery', { code })).status, 200);
  const two = carol.elsewhere();
  await two.begin();
  assert.equal((await two.post('/.sallyport/sign-in/recovery', { code })).status, 401);
  assert.equal((await one.post('/.sallyport/account/recovery-codes')).status, 200);
  assert.equal((await two.post('/.sallyport/sign-in/recovery', { code: second })).status, 401);
  assert.equal(two.session, undefined);
});
