import assert from 'node:assert/strict';
import test from 'node:test';
import { wordsOf } from '../../src/web/words/words.ts';
import { disableAccount, revokeSessions } from '../support/manage.ts';
import { Person } from '../support/person.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({
  top: ['help: { contact: desk@example.org }'],
  app: ['    rules: [{ path: /ops/**, groups: [ops] }]'],
}));
const NAVIGATION = [
  ['Accept', 'text/html'],
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-Dest', 'document'],
] as const;
const SIGN_IN = '/.sallyport/sign-in';
const en = wordsOf('en');
const open = (person: Person, path: string) => person.send('GET', path, { headers: NAVIGATION });

/** The bytes that came, one a character, as text. */
const utf8 = (body: string): string => Buffer.from(body, 'latin1').toString();

async function enrolled(name: string): Promise<Person> {
  const person = new Person(on.sally, name);
  await person.enrol();
  return person;
}

/** What the page says to which a person is led who opens the app. */
async function toldTo(person: Person): Promise<string> {
  const led = await open(person, '/');
  assert.equal(led.status, 303);
  const page = await open(person, led.all('location')[0] ?? '');
  const said = Object.entries(en.ended).filter(([, text]) => utf8(page.body).includes(text));
  return said.map(([why]) => why).join();
}

const ENDS: Readonly<Record<string, (person: Person) => Promise<unknown>>> = {
  administrator: ({ name }) => revokeSessions(on.sally.manage, { by: 'account', account: name, realm: 'staff' }),
  elsewhere: async (person) => {
    const other = person.elsewhere();
    await other.signIn();
    await other.expect(200, other.post('/.sallyport/account/sessions/end-others'));
  },
  password: async (person) => {
    const other = person.elsewhere();
    await other.signIn();
    const form = { current: person.password, password: 'four patient wooden herons' };
    await other.expect(200, other.post('/.sallyport/account/password', form));
  },
  enrolled: async (person) => {
    const other = person.elsewhere();
    await other.enrol();
  },
  idle: () => on.sally.advance(31 * 60_000),
  absolute: () => on.sally.advance(9 * 3600_000),
  other: ({ name }) => disableAccount(on.sally.manage, name, 'staff'),
};

for (const [why, end] of Object.entries(ENDS)) {
  test(`a session that ended says why on the next page: ${why}`, async () => {
    const person = await enrolled(`one-${why}`);
    assert.equal((await open(person, '/')).status, 200);
    await end(person);
    assert.equal(await toldTo(person), why);
    const form = await person.send('POST', '/', { form: { a: 'b' }, headers: NAVIGATION });
    assert.match(form.body, /Nothing was sent/);
    assert.ok(utf8(form.body).includes(en.ended[why as keyof typeof en.ended]), 'a form that was sent is told, too');
    const stranger = person.elsewhere();
    assert.equal(await toldTo(stranger), '', 'nobody without the cookie is told');
    stranger.cookies.set('__Host-sallyport', `${(person.session ?? '').slice(0, -1)}_`);
    assert.equal(await toldTo(stranger), '', 'nor with one that is made up');
  });
}

test('a session in order and a cookie that was replaced tell nothing', async () => {
  const person = await enrolled('replaced');
  const old = person.session ?? '';
  await person.expect(200, person.post('/.sallyport/sign-in/totp', { code: await person.code() }));
  const before = person.elsewhere();
  before.cookies.set('__Host-sallyport', old);
  assert.equal(await toldTo(before), '');
  assert.equal((await open(person, '/')).status, 200);
});

test('made-up cookies cost one look-up each, as ever, and leave nothing behind', async () => {
  const { store } = on.sally.app;
  let asked = 0;
  const { byHash } = store.sessions;
  Object.assign(store.sessions, {
    byHash: (hash: string) => {
      asked += 1;
      return byHash(hash);
    },
  });
  try {
    for (let n = 0; n < 50; n += 1) {
      const cookie = `__Host-sallyport=${String(n).padStart(43, 'x')}`;
      assert.equal((await on.sally.send('GET', SIGN_IN, { cookie, headers: NAVIGATION })).status, 200);
    }
  } finally {
    Object.assign(store.sessions, { byHash });
  }
  assert.equal(asked, 50);
});

test('after a recovery code a page says how many are left and leads on; programs are told the number', async () => {
  const person = await enrolled('lost');
  const browser = person.elsewhere();
  await browser.begin({ next: '/wards?a=1' });
  const [one = '', two = ''] = person.recoveryCodes;
  const used = await browser.send('POST', `${SIGN_IN}/recovery`, { form: { code: one, next: '/wards?a=1' } });
  const place = used.all('location')[0] ?? '';
  assert.equal(place, `${SIGN_IN}/recovered?next=${encodeURIComponent('/wards?a=1')}`);
  const page = await open(browser, place);
  assert.match(page.body, /Unused codes: 9/);
  assert.match(page.body, /action="\/\.sallyport\/account\/add"/);
  assert.match(page.body, /href="\/wards\?a=1"/);
  assert.equal(
    (await browser.send('POST', '/.sallyport/account/add', { form: {} })).status,
    303,
    'at once, without a code',
  );
  assert.equal((await open(new Person(on.sally, 'x'), place)).status, 303, 'nobody else sees it');
  const program = person.elsewhere();
  await program.begin();
  const json = await program.expect(200, program.post(`${SIGN_IN}/recovery`, { code: two }));
  assert.equal(JSON.parse(json.body).recovery_left, 8);
});

test('403 says who is signed in, whom to ask, and how to be somebody else', async () => {
  const person = await enrolled('clerk');
  const page = await open(person, '/ops/x');
  assert.equal(page.status, 403);
  assert.match(page.body, /Signed in as<\/dt><dd><strong><bdi>clerk</);
  assert.match(page.body, /ask the people who run this portal[\s\S]*mailto:desk@example\.org/);
  assert.match(page.body, /action="\/\.sallyport\/sign-out"/);
  const program = await person.send('GET', '/ops/x');
  assert.doesNotMatch(program.body, /clerk/);
});

test('the sign-in page says whom to ask for a forgotten password, the same to everybody', async () => {
  const page = await open(new Person(on.sally, 'y'), SIGN_IN);
  assert.match(page.body, /<summary>Forgot your password\?<\/summary>[\s\S]*?mailto:desk@example\.org/);
});
