import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { startSallyport, withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({}));
const PATH = '/.sallyport/account/password';
const NEW = 'four patient wooden herons';
const HTML = [['Accept', 'text/html']] as const;

async function enrolled(name: string): Promise<Person> {
  const person = new Person(on.sally, name);
  await person.enrol();
  return person;
}

test('a person changes their password: the new one is theirs, others are signed out, what was begun is over', async () => {
  const ada = await enrolled('ada');
  const elsewhere = ada.elsewhere();
  await elsewhere.signIn();
  const begun = ada.elsewhere();
  await begun.begin();
  const answer = await ada.expect(200, ada.post(PATH, { current: ada.password, password: NEW }));
  assert.deepEqual(JSON.parse(answer.body), { ok: true, next: '/.sallyport/account', sessions: 1 });
  assert.equal((await elsewhere.send('GET', '/.sallyport/session')).status, 401);
  assert.equal((await ada.send('GET', '/.sallyport/session')).status, 200);
  assert.equal((await begun.post('/.sallyport/sign-in/totp', { code: await begun.code() })).status, 401);
  const old = ada.elsewhere();
  assert.equal((await old.begin()).status, 401);
  assert.equal((await old.begin({ password: NEW })).status, 200);
  const [row] = (await on.sally.audit('account.password')).filter(({ outcome }) => outcome === 'ok');
  assert.equal(JSON.parse(row?.detail ?? '{}').sessionsEnded, 1);
});

test('without a script: a page, one complaint beside its field, and advice before a weak one is set', async () => {
  const bob = await enrolled('bob');
  const page = await bob.send('GET', PATH, { headers: HTML });
  assert.match(page.body, /autocomplete="current-password"[\s\S]*autocomplete="new-password"/);
  const send = (form: Readonly<Record<string, string>>) => bob.send('POST', PATH, { form, headers: HTML });
  const wrong = await send({ current: 'not this one', password: NEW, again: NEW });
  assert.equal(wrong.status, 401);
  assert.match(wrong.body, /id="current-error"/);
  const differ = await send({ current: bob.password, password: NEW, again: `${NEW}.` });
  assert.match(differ.body, /id="password-error"[^>]*>The passwords do not match/);
  const weak = { current: bob.password, password: 'qwertzuiop12', again: 'qwertzuiop12' };
  const advised = await send(weak);
  assert.match(advised.body, /This password is easy to guess/);
  assert.doesNotMatch(advised.body, /qwertzuiop12/, 'nothing that was typed comes back');
  const done = await send({ ...weak, anyway: 'yes' });
  assert.equal(done.status, 303);
  assert.equal((await bob.elsewhere().begin({ password: 'qwertzuiop12' })).status, 200);
});

test('a factor that was used long ago changes no password, and is asked for before anything is typed', async () => {
  const eve = await enrolled('eve');
  await on.sally.advance(5 * 60_000 + 1000);
  const refused = await eve.post(PATH, { current: eve.password, password: NEW });
  assert.deepEqual([refused.status, JSON.parse(refused.body).code], [403, 'step-up-required']);
  const navigation = [...HTML, ['Sec-Fetch-Mode', 'navigate'], ['Sec-Fetch-Dest', 'document']] as const;
  const page = await eve.send('GET', PATH, { headers: navigation });
  assert.equal(page.all('location')[0], `/.sallyport/sign-in/totp?next=${encodeURIComponent(PATH)}`);
  await eve.expect(200, eve.post('/.sallyport/sign-in/totp', { code: await eve.code(), next: PATH }));
  await eve.expect(200, eve.post(PATH, { current: eve.password, password: NEW }));
});

test('guesses at the current password have the limit of sign-ins, and each is on record', async () => {
  const dan = await enrolled('dan');
  const codes = [];
  for (let n = 0; n < 7; n += 1) {
    const answer = await dan.post(PATH, { current: `guess number ${n}`, password: NEW });
    codes.push(JSON.parse(answer.body).code);
  }
  assert.deepEqual(codes.slice(0, 5), Array(5).fill('wrong-credentials'));
  assert.equal(codes[6], 'too-many-attempts');
  assert.equal((await dan.post(PATH, { current: dan.password, password: NEW })).status, 429, 'the right one too');
  const { id } = (await on.sally.app.store.accounts.byName('staff', 'dan')) ?? {};
  const rows = await on.sally.audit('account.password');
  assert.equal(rows.filter(({ outcome, accountId }) => outcome === 'refused' && accountId === id).length, 5);
});

test('nobody changes a password without a session, with a pending sign-in, or where the app checks it', async () => {
  const kim = await enrolled('kim');
  const form = { current: kim.password, password: NEW };
  const pending = kim.elsewhere();
  await pending.begin();
  for (const nobody of [kim.elsewhere(), pending]) assert.equal((await nobody.post(PATH, form)).status, 401);
  const app = await startSallyport({ realm: 'app' });
  try {
    const lee = new Person(app, 'lee');
    await lee.enrol();
    assert.equal((await lee.post(PATH, form)).status, 404);
    assert.doesNotMatch((await lee.send('GET', '/.sallyport/account', { headers: HTML })).body, /account\/password/);
  } finally {
    await app.close();
  }
});
