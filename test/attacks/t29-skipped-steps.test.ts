import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { PENDING, SESSION, withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ host: 'portal.localhost', top: ['trusted_proxies: [127.0.0.1]'] }));

const STEPS: readonly (readonly [path: string, body: Readonly<Record<string, string>>])[] = [
  ['/.sallyport/sign-in/totp', { code: '123456' }],
  ['/.sallyport/sign-in/recovery', { code: 'AAAA-AAAA-AAAA-AAAA' }],
  ['/.sallyport/enrol', { ticket: 'A'.repeat(27) }],
  ['/.sallyport/enrol/password', { password: 'eleven quiet lighthouses' }],
  ['/.sallyport/enrol/totp', {}],
  ['/.sallyport/enrol/totp/confirm', { code: '123456' }],
  ['/.sallyport/enrol/finish', {}],
  ['/.sallyport/account/recovery-codes', {}],
  ['/.sallyport/account/authenticators/remove', { id: 'x' }],
  ['/.sallyport/account/sign-out-everywhere', {}],
  ['/.sallyport/enrol/choose', {}],
  ['/.sallyport/enrol/extend', {}],
  ['/.sallyport/enrol/passkey/options', {}],
  ['/.sallyport/enrol/passkey', { response: '{}' }],
  ['/.sallyport/account/add', {}],
  ['/.sallyport/account/authenticators/rename', { id: 'x', label: 'Mine' }],
  ['/.sallyport/account/sessions/end', { id: 'x' }],
  ['/.sallyport/account/sessions/end-others', {}],
  ['/.sallyport/session/extend', {}],
  ['/.sallyport/sign-in/passkey', { response: '{}' }],
];

/** What must not have changed: who may do what. */
function state(): string {
  const { store } = on.sally.config;
  const database = new DatabaseSync(store.kind === 'sqlite' ? store.path : '', { readOnly: true });
  try {
    const read = (sql: string) => database.prepare(sql).all();
    return JSON.stringify([
      read('select * from accounts order by id'),
      read('select id, account_id, kind, secret, last_step, disabled_at from authenticators order by id'),
      read('select id, used_at from tickets order by id'),
      read('select id, hash, ended_at from sessions order by id'),
      read('select * from recovery_codes order by 1, 2'),
      read('select id, hash, purpose, proofs, state, expires_at from pendings order by id'),
      read('select * from credentials order by 1'),
    ]);
  } finally {
    database.close();
  }
}

let address = 0;
const from = () => {
  address += 1;
  return ['X-Forwarded-For', `198.51.100.${address % 250}`] as const;
};

test('a step that is empty, of another type, by another method, or out of turn changes nothing', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  const waiting = alice.elsewhere();
  await waiting.begin();
  const enrolling = new Person(sally, 'bob');
  await enrolling.post('/.sallyport/enrol', { ticket: await enrolling.invited() });
  const before = state();
  const cookies = [
    '',
    waiting.cookie,
    enrolling.cookie,
    `${SESSION}=${waiting.pending}`,
    `${PENDING}=${alice.session}`,
  ];
  for (const cookie of cookies) {
    for (const [path, body] of STEPS) {
      const bad: (readonly [string, Parameters<typeof sally.send>[2]])[] = [
        ['POST', { body: '', headers: [['Content-Type', 'application/json']] }],
        ['POST', { json: { ...body, remember: '1' } }],
        ['POST', { body: JSON.stringify(body), headers: [['Content-Type', 'text/plain']] }],
        ['POST', { body: JSON.stringify(body) }],
        ['POST', { json: body, headers: [['Content-Encoding', 'gzip']] }],
        ['PUT', { json: body }],
        ['DELETE', {}],
        ['PATCH', { json: body, origin: sally.origin }],
      ];
      if (Object.keys(body).length > 0)
        bad.push(
          ['POST', { json: {} }],
          ['POST', { form: Object.fromEntries(Object.keys(body).map((name) => [name, ''])) }],
        );
      for (const [method, how] of bad) {
        const answer = await sally.send(method, path, { ...how, cookie, headers: [...(how?.headers ?? []), from()] });
        assert.ok(answer.status >= 400 && answer.status < 500, `${method} ${path}: ${answer.status}`);
      }
      if (!path.endsWith('/enrol')) {
        const got = await sally.send('GET', `${path}?${new URLSearchParams(body)}`, { cookie, headers: [from()] });
        assert.ok(got.status < 500);
      }
    }
  }
  assert.equal(state(), before);
  sally.upstream.silent();
});

test('a step before its turn is refused, whoever asks', async () => {
  const { sally } = on;
  const carol = new Person(sally, 'carol');
  const ticket = await carol.invited();
  const refused = async (path: string, body: Readonly<Record<string, string>> = {}) => {
    const answer = await carol.post(path, body, { headers: [from()] });
    assert.ok([401, 403, 409].includes(answer.status), `${path}: ${answer.status}`);
  };
  for (const [path, body] of STEPS) await refused(path, body);
  await carol.expect(200, carol.post('/.sallyport/enrol', { ticket }));
  for (const path of ['/totp', '/finish', '/passkey/options']) await refused(`/.sallyport/enrol${path}`);
  await refused('/.sallyport/enrol/passkey', { response: '{}' });
  await refused('/.sallyport/enrol/totp/confirm', { code: '000000' });
  await carol.expect(200, carol.post('/.sallyport/enrol/password', { password: carol.password }));
  await refused('/.sallyport/enrol/password', { password: 'another long password' });
  await refused('/.sallyport/enrol/totp/confirm', { code: '000000' });
  await refused('/.sallyport/enrol/finish');
  // A pending enrolment is no sign-in and no session.
  await refused('/.sallyport/sign-in/totp', { code: '000000' });
  await refused('/.sallyport/sign-in/passkey', { response: '{}' });
  assert.equal((await carol.send('GET', '/')).status, 401);
  assert.equal((await carol.send('GET', '/.sallyport/session')).status, 401);
  sally.upstream.silent();
});

test('the page after the sign-in is not there before it', async () => {
  const { sally } = on;
  const dora = new Person(sally, 'dora');
  await dora.enrol();
  await sally.advance(60_000);
  const browser = dora.elsewhere();
  await browser.begin({ next: '/inbox' });
  for (const target of ['/inbox', '/', '/.sallyport/session'])
    assert.equal((await browser.send('GET', target)).status, 401);
  sally.upstream.silent();
  assert.match(
    (await browser.post('/.sallyport/sign-in/totp', { code: await browser.code() })).body,
    /"next":"\/inbox"/,
  );
});
