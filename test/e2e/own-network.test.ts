import assert from 'node:assert/strict';
import test from 'node:test';
import { addOrganisation, moveAccount, restrictOrganisation } from '../../src/manage/organisations.ts';
import { ownRoutes, type RouteParts } from '../../src/web/routes/table.ts';
import { contentOf } from '../support/addresses.ts';
import { Person } from '../support/person.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({}));
const ROUTES = ownRoutes({} as RouteParts); // parts are needed only when an address is asked for

/** Every address that is there wherever a session was carried to. Whoever adds one says here why it is harmless. */
const ANYWHERE: Readonly<Record<string, string>> = {
  '/.sallyport/assets/:parameter': 'the same for everybody',
  '/.sallyport/jwks.json': 'the same for everybody',
  '/.sallyport/session.js': 'the same for everybody',
  '/.sallyport/language': 'of the browser',
  '/.sallyport/sign-out': 'only ends the session',
  '/.sallyport/signed-out': 'says why one is over',
  '/.sallyport/sign-in': 'before the session',
  '/.sallyport/sign-in/totp': 'a sign-in that waits; a session is judged',
  '/.sallyport/sign-in/recovery': 'a sign-in that waits; a session is judged',
  '/.sallyport/sign-in/passkey': 'a sign-in that waits; a session is judged',
  '/.sallyport/sign-in/passkey/options': 'a sign-in that waits; a session is judged',
  '/.sallyport/enrol': 'by ticket; what a session began is judged',
  '/.sallyport/enrol/:parameter': 'by ticket, changes nothing',
  '/.sallyport/enrol/password': 'by ticket; what a session began is judged',
  '/.sallyport/enrol/password/advice': 'by ticket; what a session began is judged',
  '/.sallyport/enrol/choose': 'by ticket; what a session began is judged',
  '/.sallyport/enrol/extend': 'by ticket; what a session began is judged',
  '/.sallyport/enrol/totp': 'by ticket; what a session began is judged',
  '/.sallyport/enrol/totp/confirm': 'by ticket; what a session began is judged',
  '/.sallyport/enrol/passkey': 'by ticket; what a session began is judged',
  '/.sallyport/enrol/passkey/options': 'by ticket; what a session began is judged',
  '/.sallyport/enrol/finish': 'by ticket; what a session began is judged',
};

/** The person, whose organisation lets its people in from where they are, or from elsewhere alone. */
async function confined(name: string) {
  const person = new Person(on.sally, name);
  await person.enrol();
  const { manage } = on.sally;
  const { id: organisation } = await addOrganisation.perform(manage, { name: `Surgery of ${name}`, realm: 'staff' });
  const account = (await manage.store.accounts.byName('staff', name))?.id ?? '';
  await moveAccount.perform(manage, { account, organisation });
  const lets = async (network: string) => {
    await restrictOrganisation.perform(manage, { organisation, policy: { networks: [network] } });
    await manage.store.settle();
  };
  await person.signIn();
  return { person, away: () => lets('192.0.2.0/24'), home: () => lets('127.0.0.0/8') };
}

const isElsewhere = ({ status, body }: ParsedAnswer) => status === 403 && body.includes('wrong-network');

/** All that is kept, but the record, and what was counted of wrong codes. */
async function standing(): Promise<string> {
  const { store } = on.sally.manage;
  const ada = await store.accounts.byName('staff', 'ada');
  const factors = (await store.authenticators.ofAccount(ada?.id ?? '')).map(({ id, label, disabledAt }) => [
    id,
    label,
    disabledAt,
  ]);
  const counted = [
    ...['audit', 'throttles', 'authenticators', 'leaves', 'tree', 'sqlite_sequence', 'nodes', 'entries_by_day'],
  ];
  return `${JSON.stringify(factors)} ${await contentOf(on.sally, counted)}`;
}

/** A body that fits the form of the address. */
function filled(fields: readonly string[]): Record<string, string> {
  const known: Record<string, string> = {
    account: 'nobody',
    next: '/',
    purpose: 'confirming',
    label: 'x',
    response: '{}',
  };
  return Object.fromEntries(
    fields.filter((name) => name !== 'start' && name !== 'only').map((name) => [name, known[name] ?? '000000']),
  );
}

test('each address says whether a session may be elsewhere, and the list of those is this one', () => {
  const open = ROUTES.filter(({ from }) => from === 'anywhere').map(({ path }) => path);
  assert.deepEqual(open.toSorted(), Object.keys(ANYWHERE).toSorted());
});

test('from elsewhere no address shows or changes anything of the account of a session', async () => {
  const { person, away, home } = await confined('ada');
  await away();
  const cookie = person.cookie;
  const before = await standing();
  // What ends the session comes last.
  const rows = ROUTES.toSorted((a, b) => Number(a.path.endsWith('/sign-out')) - Number(b.path.endsWith('/sign-out')));
  const seen: string[] = [];
  for (const { path, from, get, post } of rows) {
    const target = path.replace(':parameter', 'AAAAAAAAAAAAAAAAAAAAAAAA');
    const answers: ParsedAnswer[] = [];
    if (get !== undefined) answers.push(await on.sally.send('GET', target, { cookie }));
    if (path.endsWith('/sign-out')) assert.ok((await standing()) === before, 'nothing was changed before it');
    if (post !== undefined) answers.push(await on.sally.send('POST', target, { cookie, json: filled(post.fields) }));
    for (const answer of answers) {
      if (from === 'own-network')
        assert.ok(isElsewhere(answer), `${path}: ${answer.status} ${answer.body.slice(0, 200)}`);
      assert.doesNotMatch(answer.body, /\bada\b/, `${path} tells whose session it is`);
      assert.notEqual(answer.status, 500);
    }
    seen.push(path);
  }
  assert.equal(seen.length, ROUTES.length);
  await home();
  assert.equal((await on.sally.send('GET', '/.sallyport/session', { cookie })).status, 401, 'it could be ended there');
});

test('what a session asks for by an address of a sign-in or an enrolment is refused there', async () => {
  const { person, away, home } = await confined('bob');
  await away();
  for (const step of ['totp', 'recovery', 'passkey'])
    assert.ok(isElsewhere(await person.send('GET', `/.sallyport/sign-in/${step}`)), step);
  assert.ok(isElsewhere(await person.post('/.sallyport/sign-in/totp', { code: await person.code() })));
  for (const first of ['totp', 'passkey/options'])
    assert.ok(isElsewhere(await person.post(`/.sallyport/enrol/${first}`)));
  await home();
  assert.equal(
    (await person.send('GET', '/.sallyport/session')).status,
    200,
    'the session stands, back where it may be',
  );
});

test('an authenticator that a session began to add is neither shown nor added elsewhere, and can be finished back there', async () => {
  const { person, away, home } = await confined('eve');
  await person.expect(200, person.post('/.sallyport/account/add'));
  const { secret } = JSON.parse((await person.post('/.sallyport/enrol/totp')).body) as { secret: string };
  const phone = person.elsewhere();
  phone.secret = secret;
  await away();
  const page = await person.send('GET', '/.sallyport/enrol', { headers: [['Accept', 'text/html']] });
  assert.ok(isElsewhere(page), page.body);
  assert.doesNotMatch(page.body, new RegExp(secret));
  for (const [step, form] of [
    ['totp/confirm', { code: await phone.code() }],
    ['totp', {}],
    ['choose', {}],
    ['extend', {}],
    ['finish', {}],
  ] as const)
    assert.ok(isElsewhere(await person.post(`/.sallyport/enrol/${step}`, form)), step);
  // The cookie of the enrolment alone, without that of the session.
  const alone = [...person.cookies].find(([, value]) => value === person.pending)?.join('=') ?? '';
  const bare = await on.sally.send('POST', '/.sallyport/enrol/totp/confirm', {
    cookie: alone,
    json: { code: await phone.code() },
  });
  assert.ok(isElsewhere(bare), bare.body);
  await home();
  await person.expect(200, person.post('/.sallyport/enrol/totp/confirm', { code: await phone.code() }));
  await person.expect(200, person.post('/.sallyport/enrol/finish'));
});

test('a sign-in and an enrolment by ticket go on elsewhere, beside a session that was carried there', async () => {
  const { person, away } = await confined('kim');
  const ticket = await person.invited();
  await away();
  await person.expect(200, person.post('/.sallyport/enrol', { ticket }));
  await person.expect(200, person.post('/.sallyport/enrol/password', { password: person.password }));
  await person.expect(200, person.post('/.sallyport/enrol/totp'));
  const other = new Person(on.sally, 'lee');
  await other.enrol();
  const both = other.elsewhere();
  if (person.session !== undefined)
    for (const [name, value] of person.cookies) if (value === person.session) both.cookies.set(name, value);
  await both.signIn();
  assert.equal(JSON.parse((await both.send('GET', '/.sallyport/session')).body).account, 'lee');
});
