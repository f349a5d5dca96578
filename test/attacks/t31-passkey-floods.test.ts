import assert from 'node:assert/strict';
import test from 'node:test';
import { Keyholder } from '../support/keyholder.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ host: 'portal.localhost', top: ['trusted_proxies: [127.0.0.1]'] }));
const PASSKEY = '/.sallyport/sign-in/passkey';
const at = (address: string) => ({ headers: [['X-Forwarded-For', address]] as const });

test('refused passkeys slow their own source down, and nobody’s account', async () => {
  const { sally } = on;
  const alice = new Keyholder(sally, 'alice');
  await alice.enrolKey();
  const [id = ''] = alice.device.credentialIds;
  const thief = new Keyholder(sally, 'alice');
  thief.created({ challenge: 'AAAA', rp: { id: 'portal.localhost' }, user: { id: 'AAAA' } });
  const [own = ''] = thief.device.credentialIds;
  let refused = 0;
  let last = 0;
  for (let n = 0; n < 60 && last !== 429; n += 1) {
    const asked = await thief.post(`${PASSKEY}/options`, { start: 'yes' }, at('203.0.113.9'));
    last = asked.status;
    if (last === 429) break;
    // Alice's id with a signature that is not hers.
    const made = JSON.parse(thief.answer(JSON.parse(asked.body) as object, { credentialId: own })) as object;
    const response = JSON.stringify({ ...made, id, rawId: id });
    const answer = await thief.post(PASSKEY, { response, start: 'yes' }, at('203.0.113.9'));
    last = answer.status;
    if (last === 401) refused += 1;
    else assert.ok(Number(answer.header('retry-after')) > 0);
  }
  assert.equal(last, 429);
  assert.equal(refused, 30);
  sally.upstream.silent();
  // Neither the passkey nor the account has to wait, and the record says what happened.
  const store = sally.app.store.authenticators;
  const credential = await store.credentialById(id);
  const row = await store.byId(credential?.authenticatorId ?? '');
  assert.deepEqual([row?.disabledAt, row?.failures], [null, 0]);
  const home = alice.another();
  const options = JSON.parse(
    (await home.post(`${PASSKEY}/options`, { start: 'yes' }, at('198.51.100.7'))).body,
  ) as object;
  const own2 = await home.post(PASSKEY, { response: home.answer(options), start: 'yes' }, at('198.51.100.7'));
  assert.equal(own2.status, 200);
  const audited = (await sally.audit('sign-in.second')).filter(({ outcome }) => outcome === 'refused');
  assert.ok(audited.length >= 30);
});

test('sent at once, refused passkeys are still counted', async () => {
  const { sally } = on;
  const stranger = new Keyholder(sally, 'nobody');
  const send = () => sally.send('POST', PASSKEY, { json: { response: '{}', start: 'yes' }, ...at('203.0.113.77') });
  const answers = await Promise.all(Array.from({ length: 60 }, send));
  for (const { status } of answers) assert.ok([401, 429].includes(status), String(status));
  assert.equal((await send()).status, 429);
  assert.equal((await stranger.post(`${PASSKEY}/options`, { start: 'yes' }, at('203.0.113.78'))).status, 200);
  sally.upstream.silent();
});

test('the wrong codes in a row that switch a phone off are forgotten by no other way in, and waiting holds for recovery codes too', async () => {
  const { sally } = on;
  const bob = new Keyholder(sally, 'bob');
  await bob.enrol();
  const recovery = bob.recoveryCodes;
  await bob.expect(200, bob.post('/.sallyport/account/add'));
  await bob.expect(200, bob.register(bob.created(await bob.creation())));
  await bob.expect(200, bob.post('/.sallyport/enrol/finish'));
  const account = await sally.app.store.accounts.byName('staff', 'bob');
  const failures = async () => {
    const rows = await sally.app.store.authenticators.ofAccount(account?.id ?? '');
    return rows.find(({ kind }) => kind === 'totp')?.failures;
  };
  const guess = async () => {
    const thief = bob.another();
    await thief.expect(200, thief.begin());
    return (await thief.post('/.sallyport/sign-in/totp', { code: bob.wrongCode() }, at('203.0.113.200'))).status;
  };
  for (let n = 0; n < 4; n += 1) assert.equal(await guess(), 401);
  assert.equal(await failures(), 4);
  // The count in a row, which switches the phone off, belongs to the phone alone.
  const other = bob.another();
  await other.expect(200, other.begin());
  await other.expect(200, other.post('/.sallyport/sign-in/recovery', { code: recovery[0] ?? '' }));
  await bob.another().signInByKey();
  await other.expect(200, other.say(other.answer(await other.options())));
  assert.equal(await failures(), 4);
  // The short count, which makes codes wait, is shared by both kinds, and begins anew after one that was right.
  let free = 0;
  while ((await guess()) === 401) free += 1;
  assert.ok(free <= 5, String(free));
  assert.equal(await failures(), 4 + free);
  // While codes have to wait, a recovery code waits with them; the passkey is no guess, and clears nothing.
  const waiting = bob.another();
  await waiting.expect(200, waiting.begin());
  const late = await waiting.post('/.sallyport/sign-in/recovery', { code: recovery[1] ?? '' });
  assert.equal(late.status, 429);
  await waiting.expect(200, waiting.say(waiting.answer(await waiting.options())));
  assert.equal(await guess(), 429);
});
