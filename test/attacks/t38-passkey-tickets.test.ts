import assert from 'node:assert/strict';
import test from 'node:test';
import { contentOf } from '../support/addresses.ts';
import { Keyholder } from '../support/keyholder.ts';
import { PENDING, withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ host: 'portal.localhost', realm: 'app' }));
const ENROL = '/.sallyport/enrol';
/** The record is no state; nor are the counts of a source. */
const EXCEPT = ['audit', 'throttles'];

test('what scanners do to a link, and to the addresses behind it, changes not one row, and the ticket enrols a passkey', async () => {
  const { sally } = on;
  const alice = new Keyholder(sally, 'alice');
  const ticket = await alice.invited();
  const before = await contentOf(sally, EXCEPT);
  for (const path of [`/${ticket}`, `?ticket=${ticket}`, '', '/passkey', '/passkey/options', '/totp', '/finish']) {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PROPFIND']) {
      const answer = await sally.send(method, ENROL + path, { headers: [['Accept', 'text/html']] });
      assert.ok(answer.status < 500, `${method} ${path}`);
      assert.deepEqual(answer.all('set-cookie'), [], `${method} ${path}`);
    }
  }
  assert.equal(await contentOf(sally, EXCEPT), before);
  await alice.expect(200, alice.post(ENROL, { ticket }));
  await alice.expect(200, alice.register(alice.created(await alice.creation())));
  await alice.expect(200, alice.post(`${ENROL}/finish`));
  assert.equal((await new Keyholder(sally, 'alice').post(ENROL, { ticket })).status, 403, 'used');
  assert.equal((await alice.send('GET', '/')).status, 200);
});

test('looking at an open enrolment, or asking for its ceremony, does not move it on', async () => {
  const { sally } = on;
  const bob = new Keyholder(sally, 'bob');
  await bob.enrolling();
  const creation = await bob.creation();
  const before = await contentOf(sally, EXCEPT);
  const cookie = bob.cookie;
  for (const path of ['', '/passkey', '/passkey/options', '?add'])
    for (const method of ['GET', 'HEAD'])
      assert.deepEqual((await sally.send(method, ENROL + path, { cookie })).all('set-cookie'), [], path);
  assert.equal(await contentOf(sally, EXCEPT), before);
  // A second ceremony leaves the first as it was; each is good once.
  await bob.creation();
  assert.equal((await bob.post(`${ENROL}/finish`)).status, 409, 'nothing was registered by any of it');
  assert.equal((await bob.register(bob.created(creation))).status, 200);
});

test('an enrolment by passkey belongs to its browser and its cookie changes with the passkey', async () => {
  const { sally } = on;
  const carol = new Keyholder(sally, 'carol');
  await carol.enrolling();
  const created = carol.created(await carol.creation());
  const stranger = new Keyholder(sally, 'carol');
  assert.equal((await stranger.register(created)).status, 401, 'no cookie');
  stranger.cookies.set(PENDING, 'A'.repeat(43));
  assert.equal((await stranger.register(created)).status, 401, 'a cookie of nobody');
  const copied = carol.pending ?? '';
  await carol.expect(200, carol.register(created));
  assert.notEqual(carol.pending, copied);
  stranger.cookies.set(PENDING, copied);
  for (const path of ['/finish', '/totp', '/passkey/options'])
    assert.equal((await stranger.post(ENROL + path)).status, 401, path);
  assert.equal(stranger.session, undefined);
  await carol.expect(200, carol.post(`${ENROL}/finish`));
});

test('a ticket and an enrolment end when they say', async () => {
  const { sally } = on;
  const dora = new Keyholder(sally, 'dora');
  const ticket = await dora.invited();
  const early = new Keyholder(sally, 'early');
  const same = await early.invited();
  await sally.advance(24 * 3_600_000 - 60_000);
  await early.expect(200, early.post(ENROL, { ticket: same }));
  await sally.advance(61_000);
  assert.equal((await dora.post(ENROL, { ticket })).status, 403);
  const erin = new Keyholder(sally, 'erin');
  await erin.enrolling();
  const created = erin.created(await erin.creation());
  await sally.advance(300_000);
  assert.equal((await erin.register(created)).status, 401, 'the ceremony has ended');
  const account = await sally.app.store.accounts.byName('staff', 'erin');
  assert.deepEqual(await sally.app.store.authenticators.credentialsOf(account?.id ?? ''), []);
});

test('nobody’s name, handle or account of the asker’s choice is heard', async () => {
  const { sally } = on;
  const frank = new Keyholder(sally, 'frank');
  await frank.enrolling();
  const response = frank.created(await frank.creation());
  for (const field of ['account', 'user', 'userHandle', 'id', 'ticket', 'challenge', 'rpId'])
    assert.equal((await frank.post(`${ENROL}/passkey`, { response, [field]: 'alice' })).status, 400, field);
  assert.equal((await frank.register(response)).status, 200, 'none of them took the challenge');
  const account = await sally.app.store.accounts.byName('staff', 'frank');
  assert.equal((await sally.app.store.authenticators.credentialsOf(account?.id ?? '')).length, 1);
});
