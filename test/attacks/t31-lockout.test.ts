import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ realm: 'app', top: ['trusted_proxies: [127.0.0.1]'] }));
let address = 0;
const anywhere = () => {
  address += 1;
  return { headers: [['X-Forwarded-For', `198.51.100.${address % 250}`]] as const };
};

async function enrolled(name: string): Promise<Person> {
  const person = new Person(on.sally, name);
  await person.enrol();
  await on.sally.advance(60_000);
  return person;
}

async function siege(victim: Person, attempts: number): Promise<void> {
  const thief = victim.elsewhere();
  await thief.begin();
  for (let n = 0; n < attempts; n += 1)
    await thief.post('/.sallyport/sign-in/totp', { code: victim.wrongCode() }, anywhere());
}

test('a stranger’s hundred wrong codes do not lock out the browser that has signed in before', async () => {
  const alice = await enrolled('alice');
  assert.ok(alice.browser !== undefined);
  await siege(alice, 100);
  const home = alice.elsewhere();
  home.cookies.set('__Host-sallyport-browser', alice.browser);
  await home.signIn();
  assert.equal((await home.send('GET', '/')).status, 200);
  const rows = await on.sally.app.store.authenticators.ofAccount(
    (await on.sally.app.store.accounts.byName('staff', 'alice'))?.id ?? '',
  );
  assert.ok(rows.every((row) => row.disabledAt === null));
});

test('in another browser she waits half a minute, not for ever', async () => {
  const bob = await enrolled('bob');
  await siege(bob, 20);
  const other = bob.elsewhere();
  await other.begin();
  assert.equal((await other.post('/.sallyport/sign-in/totp', { code: await other.code() }, anywhere())).status, 429);
  await on.sally.advance(31_000);
  assert.equal((await other.post('/.sallyport/sign-in/totp', { code: await other.code() }, anywhere())).status, 200);
});

test('a limit that is reached between challenge and answer holds for the answer, and for the other kind of code', async () => {
  const carol = await enrolled('carol');
  const before = carol.elsewhere();
  await before.begin();
  await siege(carol, 5);
  assert.equal(
    (await before.post('/.sallyport/sign-in/totp', { code: carol.codeOf(carol.step) }, anywhere())).status,
    429,
  );
  assert.equal(
    (await before.post('/.sallyport/sign-in/recovery', { code: carol.recoveryCodes[0] ?? '' }, anywhere())).status,
    429,
  );
  assert.equal(before.session, undefined);
});

test('wrong recovery codes count as wrong codes', async () => {
  const dora = await enrolled('dora');
  const thief = dora.elsewhere();
  await thief.begin();
  for (let n = 0; n < 5; n += 1)
    await thief.post('/.sallyport/sign-in/recovery', { code: `AAAA-AAAA-AAAA-AAA${n}` }, anywhere());
  assert.equal(
    (await thief.post('/.sallyport/sign-in/totp', { code: dora.codeOf(dora.step) }, anywhere())).status,
    429,
  );
});

test('after a hundred failures in a row where the owner has signed in before, over weeks, the authenticator is disabled and only a ticket helps', async () => {
  const { sally } = on;
  const erin = await enrolled('erin');
  const account = await sally.app.store.accounts.byName('staff', 'erin');
  const [totp] = (await sally.app.store.authenticators.ofAccount(account?.id ?? '')).filter(
    (row) => row.kind === 'totp',
  );
  for (let n = 0; n < 99; n += 1)
    await sally.app.store.authenticators.addFailure(totp?.id ?? '', 100, sally.clock.now());
  await siege(erin, 1);
  assert.equal((await sally.audit('authenticator.disabled')).length, 0, 'a stranger’s does not count');
  const hers = erin.elsewhere();
  hers.cookies.set('__Host-sallyport-browser', erin.browser ?? '');
  await hers.begin();
  await hers.post('/.sallyport/sign-in/totp', { code: erin.wrongCode() });
  const home = erin.elsewhere();
  if (erin.browser !== undefined) home.cookies.set('__Host-sallyport-browser', erin.browser);
  await home.begin();
  assert.equal((await home.post('/.sallyport/sign-in/totp', { code: await home.code() }, anywhere())).status, 401);
  assert.equal((await sally.audit('authenticator.disabled')).length, 1);
  const again = new Person(sally, 'erin');
  await again.enrol();
  assert.equal((await again.send('GET', '/')).status, 200);
});
