import assert from 'node:assert/strict';
import test from 'node:test';
import { Keyholder } from '../support/keyholder.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ host: 'portal.localhost' }));

function refused(answer: ParsedAnswer, what: string): void {
  assert.equal(answer.status, 401, what);
  assert.match(answer.body, /"code":"passkey-refused"/, what);
  assert.ok(!answer.all('set-cookie').some((line) => line.startsWith('__Host-sallyport=')), what);
}

test('a finished assertion, posted again byte for byte, opens nothing', async () => {
  const { sally } = on;
  const alice = new Keyholder(sally, 'alice');
  await alice.enrolKey();
  const browser = alice.another();
  const response = browser.answer(await browser.options());
  const cookie = browser.cookie;
  assert.equal((await browser.say(response)).status, 200);
  sally.upstream.clear();
  const again = await sally.send('POST', '/.sallyport/sign-in/passkey', { json: { response }, cookie });
  refused(again, 'the same browser as it was');
  refused(await alice.another().say(response), 'another browser');
  await browser.options({ start: 'yes' });
  refused(await browser.say(response, { start: 'yes' }), 'beside a fresh challenge');
  sally.upstream.silent();
});

test('the passkey of one opens no sign-in of another, whatever id and user handle it claims', async () => {
  const { sally } = on;
  const carol = new Keyholder(sally, 'carol');
  const mallory = new Keyholder(sally, 'mallory');
  await carol.enrolKey();
  await mallory.enrolKey();
  const [hers = ''] = carol.device.credentialIds;
  const [own = ''] = mallory.device.credentialIds;
  const handle = Buffer.from((await sally.app.store.accounts.byName('staff', 'carol'))?.id ?? '').toString('base64url');
  sally.upstream.clear();
  // Mallory knows carol's password and has a passkey, which is not carol's.
  const thief = carol.another();
  thief.device = mallory.device;
  const claims = [
    {},
    { id: hers, rawId: hers },
    { userHandle: handle },
    { id: hers, rawId: hers, userHandle: handle },
    { userHandle: null },
  ];
  for (const claim of claims) {
    await thief.forgiven();
    await thief.expect(200, thief.begin());
    const options = await thief.options();
    const { userHandle, ...ids } = { userHandle: undefined, ...claim };
    const tweaks = { credentialId: own, ...(userHandle === undefined ? {} : { userHandle }) };
    const made = JSON.parse(thief.answer(options, tweaks)) as object;
    refused(await thief.say(JSON.stringify({ ...made, ...ids })), JSON.stringify(claim));
  }
  // Without a name the passkey decides, and the user handle must be that of its owner.
  for (const userHandle of [handle, null]) {
    const response = thief.answer(await thief.options({ start: 'yes' }), { credentialId: own, userHandle });
    refused(await thief.say(response, { start: 'yes' }), `start as ${userHandle}`);
  }
  sally.upstream.silent();
  // Carol herself was not locked out by any of it.
  await carol.another().signInByKey();
});

test('within a session only its own account’s passkey confirms', async () => {
  const { sally } = on;
  const dora = new Keyholder(sally, 'dora');
  const eve = new Keyholder(sally, 'eve');
  await dora.enrolKey();
  await eve.enrolKey();
  const session = dora.session;
  const response = JSON.stringify(
    eve.device.get({ options: { ...(await dora.options()), allowCredentials: [] }, origin: sally.origin }),
  );
  refused(await dora.say(response), 'a passkey of somebody else');
  assert.equal(dora.session, session);
});
