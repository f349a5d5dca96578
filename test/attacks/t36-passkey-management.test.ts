import assert from 'node:assert/strict';
import test from 'node:test';
import { Keyholder } from '../support/keyholder.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ host: 'portal.localhost' }));
const P = '/.sallyport';
const ACCOUNT = `${P}/account`;

async function authenticators(name: string): Promise<number> {
  const { store } = on.sally.app;
  const account = await store.accounts.byName('staff', name);
  return (await store.authenticators.ofAccount(account?.id ?? '')).length;
}

/** Every address by which what proves an account is changed, with a body that would do it. */
const CHANGES = (id: string, response: string): readonly (readonly [string, Record<string, string>])[] => [
  [`${P}/enrol/passkey/options`, {}],
  [`${P}/enrol/passkey`, { response }],
  [`${P}/enrol/totp`, {}],
  [`${ACCOUNT}/add`, {}],
  [`${ACCOUNT}/authenticators/rename`, { id, label: 'Mine' }],
  [`${ACCOUNT}/authenticators/remove`, { id }],
  [`${ACCOUNT}/recovery-codes`, {}],
];

test('a password alone enrols no passkey, and changes nothing else', async () => {
  const { sally } = on;
  const alice = new Keyholder(sally, 'alice');
  await alice.enrolKey();
  const before = await authenticators('alice');
  const thief = new Keyholder(sally, 'alice');
  await thief.expect(200, thief.begin());
  const creation = { challenge: 'A'.repeat(43), rp: { id: 'portal.localhost' }, user: { id: 'AAAA' } };
  for (const [path, body] of CHANGES('x', thief.created(creation)))
    assert.ok([401, 403].includes((await thief.post(path, body)).status), path);
  // Somebody who was invited, and whose password is known, is no easier: the ticket is what enrols.
  const newcomer = new Keyholder(sally, 'newcomer');
  await newcomer.invited();
  await newcomer.begin();
  for (const [path, body] of CHANGES('x', newcomer.created(creation)))
    assert.ok([401, 403].includes((await newcomer.post(path, body)).status), path);
  assert.deepEqual([await authenticators('alice'), await authenticators('newcomer')], [before, 0]);
});

test('a session whose factor was used more than five minutes ago changes nothing; one use of the passkey opens it again', async () => {
  const { sally } = on;
  const bob = new Keyholder(sally, 'bob');
  await bob.enrolKey();
  const before = await authenticators('bob');
  const row = await sally.app.store.authenticators.credentialById(bob.device.credentialIds[0] ?? '');
  await sally.advance(301_000);
  const creation = { challenge: 'A'.repeat(43), rp: { id: 'portal.localhost' }, user: { id: 'AAAA' } };
  for (const [path, body] of CHANGES(row?.authenticatorId ?? '', bob.created(creation)))
    assert.ok([401, 403].includes((await bob.post(path, body)).status), path);
  assert.equal(await authenticators('bob'), before);
  await bob.expect(200, bob.say(bob.answer(await bob.options())));
  await bob.expect(200, bob.post(`${ACCOUNT}/add`));
});

test('without our own Origin nothing is changed, and the last passkey stays', async () => {
  const { sally } = on;
  const carol = new Keyholder(sally, 'carol');
  await carol.enrolKey();
  const row = await sally.app.store.authenticators.credentialById(carol.device.credentialIds[0] ?? '');
  const id = row?.authenticatorId ?? '';
  for (const [path, body] of CHANGES(id, '{}'))
    for (const origin of [null, 'null', 'http://localhost', 'http://evil.test'])
      assert.equal((await carol.post(path, body, { origin })).status, 403, `${path} ${origin}`);
  assert.equal((await carol.post(`${ACCOUNT}/authenticators/remove`, { id })).status, 409);
  await carol.another().signInByKey();
});

test('passkeys neither clear nor evade the count of wrong codes (T31)', async () => {
  const { sally } = on;
  const dora = new Keyholder(sally, 'dora');
  await dora.enrol();
  await dora.expect(200, dora.post(`${ACCOUNT}/add`));
  await dora.expect(200, dora.register(dora.created(await dora.creation())));
  await dora.expect(200, dora.post(`${P}/enrol/finish`));
  const guess = async () => {
    const thief = dora.another();
    await thief.expect(200, thief.begin());
    return (await thief.post(`${P}/sign-in/totp`, { code: dora.wrongCode() })).status;
  };
  let free = 0;
  while ((await guess()) === 401) free += 1;
  assert.ok(free >= 3 && free <= 10, String(free));
  await dora.another().signInByKey();
  assert.equal(await guess(), 429, 'a passkey that was used clears nothing');
});
