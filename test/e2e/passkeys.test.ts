import assert from 'node:assert/strict';
import test from 'node:test';
import { Keyholder } from '../support/keyholder.ts';
import { startSallyport, withSallyport } from '../support/sallyport.ts';

const RULES = [
  '    rules:',
  '      - { path: /vault/**, require: passkey }',
  '      - { path: /pay/**, require: passkey, max_age: 5m }',
];
const on = withSallyport(() => ({ host: 'portal.localhost', app: RULES }));
const PAGE = { headers: [['Accept', 'text/html']] } as const;

test('enrolled by passkey alone, a person signs in without a name and is known by what was proven', async () => {
  const { sally } = on;
  const alice = new Keyholder(sally, 'alice', { synced: true });
  await alice.enrolKey();
  const browser = alice.another();
  const before = browser.cookies.get('__Host-sallyport-ceremony');
  await browser.signInByKey();
  assert.equal(before, undefined);
  assert.equal((await browser.send('GET', '/')).status, 200);
  const session = JSON.parse((await browser.send('GET', '/.sallyport/session')).body) as {
    account: string;
    evidence: { amr: string[]; acr: string };
  };
  assert.deepEqual(
    [session.account, session.evidence.acr, session.evidence.amr],
    ['alice', 'phr', ['mfa', 'swk', 'user']],
  );
  const opened = (await sally.audit('session.open')).at(-1);
  assert.match(opened?.detail ?? '', /"factors":"passkey"/);
});

test('the answer of a passkey may be an object, as browsers make it, or its text', async () => {
  const bob = new Keyholder(on.sally, 'bob');
  await bob.enrolKey();
  const browser = bob.another();
  const response: unknown = JSON.parse(browser.answer(await browser.options()));
  const answer = await browser.send('POST', '/.sallyport/sign-in/passkey', { json: { response } });
  assert.equal(answer.status, 200);
});

test('a part of the app that wants a passkey sends a session without one to confirm, and takes it back', async () => {
  const { sally } = on;
  const carol = new Keyholder(sally, 'carol');
  await carol.enrol();
  await carol.expect(200, carol.post('/.sallyport/account/add'));
  await carol.expect(200, carol.register(carol.created(await carol.creation())));
  await carol.expect(200, carol.post('/.sallyport/enrol/finish'));
  sally.upstream.clear();
  const asked = await carol.send('GET', '/vault/a?b=1', PAGE);
  assert.deepEqual(
    [asked.status, asked.header('location')],
    [303, '/.sallyport/sign-in/passkey?next=%2Fvault%2Fa%3Fb%3D1&only=yes'],
  );
  const fetched = await carol.send('GET', '/vault/a', { headers: [['Sec-Fetch-Mode', 'cors']] });
  assert.deepEqual([fetched.status, /"code":"step-up-required"/.test(fetched.body)], [403, true]);
  assert.equal((await carol.send('GET', asked.header('location') ?? '', PAGE)).status, 200);
  sally.upstream.silent();
  const old = carol.session;
  const answer = await carol.say(carol.answer(await carol.options()), { next: '/vault/a?b=1' });
  assert.equal(answer.status, 200);
  assert.match(answer.body, /"next":"\/vault\/a\?b=1"/);
  assert.notEqual(carol.session, old, 'the cookie is a new one');
  assert.equal((await carol.send('GET', '/vault/a?b=1')).status, 200);
  assert.equal((await sally.send('GET', '/vault/a', { cookie: `__Host-sallyport=${old}` })).status, 401);
});

test('a code typed now does not make an old passkey fresh', async () => {
  const { sally } = on;
  const dora = new Keyholder(sally, 'dora');
  await dora.enrol();
  await dora.expect(200, dora.post('/.sallyport/account/add'));
  await dora.expect(200, dora.register(dora.created(await dora.creation())));
  await dora.expect(200, dora.post('/.sallyport/enrol/finish'));
  await dora.expect(200, dora.say(dora.answer(await dora.options())));
  assert.equal((await dora.send('GET', '/pay/now')).status, 200);
  await sally.advance(6 * 60_000);
  await dora.expect(200, dora.post('/.sallyport/sign-in/totp', { code: await dora.code() }));
  sally.upstream.clear();
  assert.equal((await dora.send('GET', '/pay/now')).status, 403);
  sally.upstream.silent();
  await dora.expect(200, dora.say(dora.answer(await dora.options())));
  assert.equal((await dora.send('GET', '/pay/now')).status, 200);
});

test('a copied key is refused once it falls behind the original, and its owner can see it', async () => {
  const { sally } = on;
  const erin = new Keyholder(sally, 'erin');
  await erin.enrolKey();
  const copy = erin.device.clone();
  await erin.another().signInByKey();
  await erin.another().signInByKey();
  const thief = erin.another();
  thief.device = copy;
  assert.equal((await thief.say(thief.answer(await thief.options()))).status, 401);
  const signals = await sally.audit('authenticator.signal');
  assert.match(signals.at(-1)?.detail ?? '', /"cause":"counter"/);
  const page = await erin.send('GET', '/.sallyport/account', PAGE);
  assert.match(page.body, /may have been copied/);
});

test('of two passkeys either signs in; the one that was removed no longer does', async () => {
  const frank = new Keyholder(on.sally, 'frank');
  await frank.enrolKey();
  const first = frank.device;
  const second = new Keyholder(on.sally, 'frank').device;
  await frank.expect(200, frank.post('/.sallyport/account/add'));
  frank.device = second;
  await frank.expect(200, frank.register(frank.created(await frank.creation())));
  await frank.expect(200, frank.post('/.sallyport/enrol/finish'));
  for (const device of [first, second]) {
    frank.device = device;
    await frank.another().signInByKey();
  }
  const store = on.sally.app.store.authenticators;
  const gone = await store.credentialById(first.credentialIds[0] ?? '');
  const remove = '/.sallyport/account/authenticators/remove';
  await frank.expect(200, frank.post(remove, { id: gone?.authenticatorId ?? '' }));
  const lost = frank.another();
  lost.device = first;
  assert.equal((await lost.say(lost.answer(await lost.options()))).status, 401);
  await frank.another().signInByKey();
  const last = await store.credentialById(second.credentialIds[0] ?? '');
  assert.equal((await frank.post(remove, { id: last?.authenticatorId ?? '' })).status, 409);
});

/** What the page of a second step posts with the answer of a passkey, as it stands in the page. */
async function pageOf(browser: Keyholder): Promise<Record<string, string>> {
  const page = await browser.expect(200, browser.send('GET', '/.sallyport/sign-in/passkey', PAGE));
  const fields = [...page.body.matchAll(/type="hidden" name="(purpose|next)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]));
}

for (const source of ['app', 'local'] as const)
  test(`a passkey for a sign-in that is over is told so, opens nothing and counts for nothing; ${source} passwords`, async (t) => {
    const sally = await startSallyport({ realm: source, host: 'portal.localhost' });
    t.after(() => sally.close());
    const [alice, bob] = [new Keyholder(sally, 'alice'), new Keyholder(sally, 'bob')];
    for (const each of [alice, bob]) await each.enrolKey();
    const browser = alice.another();
    const first = { account: 'alice', ...(source === 'local' ? { password: alice.password } : {}) };
    await browser.expect(200, browser.post('/.sallyport/sign-in', first));
    const page = await pageOf(browser);
    await sally.advance(9 * 60_000);
    const answer = browser.answer(await browser.options(page));
    const unsaid = browser.answer(await browser.options());
    await sally.advance(90_000);
    const before = (await sally.audit('sign-in.second')).length;
    for (let n = 0; n < 40; n += 1) {
      const late = await browser.say(n % 2 ? answer : unsaid, n % 2 ? page : {});
      assert.deepEqual([late.status, /"code":"pending-expired"/.test(late.body)], [401, true], `${n}`);
    }
    assert.equal((await sally.audit('sign-in.second')).length, before);
    browser.device = bob.device;
    const fresh = await browser.post('/.sallyport/sign-in/passkey/options', page);
    assert.deepEqual([fresh.status, /"code":"pending-expired"/.test(fresh.body)], [401, true]);
    const nameless = browser.answer(await browser.options({ purpose: 'start' }));
    assert.equal((await browser.say(nameless, page)).status, 401, 'not on the page of another');
    assert.equal((await browser.say(nameless, { purpose: 'start' })).status, 200);
  });
