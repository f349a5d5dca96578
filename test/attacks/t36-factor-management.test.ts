import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ realm: 'app' }));

async function authenticators(name: string) {
  const { store } = on.sally.app;
  const account = await store.accounts.byName('staff', name);
  return store.authenticators.ofAccount(account?.id ?? '');
}

const idOf = async (name: string) => (await authenticators(name)).find((row) => row.kind === 'totp')?.id ?? '';

test('a pending sign-in manages nothing', async () => {
  const alice = new Person(on.sally, 'alice');
  await alice.enrol();
  const before = await authenticators('alice');
  const browser = alice.elsewhere();
  await browser.begin();
  for (const [path, body] of [
    ['/.sallyport/enrol/totp', {}],
    ['/.sallyport/account/recovery-codes', {}],
    ['/.sallyport/account/authenticators/remove', { id: await idOf('alice') }],
    ['/.sallyport/account/sign-out-everywhere', {}],
  ] as const) {
    assert.equal((await browser.post(path, body)).status, 401, path);
  }
  const page = await browser.send('GET', '/.sallyport/account');
  assert.equal(page.status, 401);
  assert.doesNotMatch(page.body, /alice/);
  assert.deepEqual(await authenticators('alice'), before);
});

test('a factor that was used more than five minutes ago changes nothing; used again, it does', async () => {
  const { sally } = on;
  const bob = new Person(sally, 'bob');
  await bob.enrol();
  await sally.advance(5 * 60_000 + 1000);
  const id = await idOf('bob');
  const attempts = [
    ['/.sallyport/enrol/totp', {}],
    ['/.sallyport/account/recovery-codes', {}],
    ['/.sallyport/account/authenticators/remove', { id }],
  ] as const;
  const before = await authenticators('bob');
  for (const [path, body] of attempts) {
    const answer = await bob.post(path, body);
    assert.equal(answer.status, 403, path);
    assert.match(answer.body, /step-up-required/);
  }
  assert.deepEqual(await authenticators('bob'), before);
  const old = bob.session;
  await bob.expect(200, bob.post('/.sallyport/sign-in/totp', { code: await bob.code() }));
  assert.notEqual(bob.session, old);
  await bob.expect(200, bob.post('/.sallyport/account/recovery-codes'));
});

test('somebody else’s authenticator cannot be removed, and the last one not by its owner', async () => {
  const { sally } = on;
  const [carol, dora] = [new Person(sally, 'carol'), new Person(sally, 'dora')];
  await carol.enrol();
  await dora.enrol();
  assert.equal((await carol.post('/.sallyport/account/authenticators/remove', { id: await idOf('dora') })).status, 404);
  assert.equal(
    (await carol.post('/.sallyport/account/authenticators/remove', { id: await idOf('carol') })).status,
    409,
  );
  assert.equal((await authenticators('dora')).length, 2);
  assert.equal((await authenticators('carol')).length, 2);
});

test('an account whose last authenticator an administrator removed signs in no more, and enrols by ticket alone', async () => {
  const { sally } = on;
  const erin = new Person(sally, 'erin');
  await erin.enrol();
  const { removeAuthenticator } = await import('../support/manage.ts');
  for (const row of await authenticators('erin')) await removeAuthenticator(sally.manage, row.id);
  sally.upstream.clear();
  assert.equal((await erin.send('GET', '/')).status, 401);
  const browser = erin.elsewhere();
  await browser.begin();
  assert.equal((await browser.post('/.sallyport/sign-in/totp', { code: await browser.code() })).status, 401);
  for (const path of ['/.sallyport/enrol/totp', '/.sallyport/enrol/finish'])
    assert.equal((await browser.post(path)).status, 401);
  sally.upstream.silent();
});
