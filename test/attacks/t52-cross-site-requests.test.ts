import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { type Send, withSallyport } from '../support/sallyport.ts';

const on = withSallyport();
const FORM = 'application/x-www-form-urlencoded';

/** Every state change that we have, with what would make it succeed. */
function deeds(ada: Person, id: string): [target: string, fields: Record<string, string>][] {
  return [
    ['/.sallyport/sign-in', { account: ada.name, password: ada.password }],
    ['/.sallyport/sign-in/totp', { code: ada.codeOf(ada.step + 1) }],
    ['/.sallyport/sign-in/recovery', { code: ada.recoveryCodes[0] ?? '' }],
    ['/.sallyport/enrol', { ticket: 'abcdefghijklmnopqrstuvwxyz' }],
    ['/.sallyport/enrol/password', { password: 'a password of the attacker' }],
    ['/.sallyport/enrol/totp', {}],
    ['/.sallyport/enrol/totp/confirm', { code: '000000' }],
    ['/.sallyport/enrol/finish', {}],
    ['/.sallyport/sign-out', {}],
    ['/.sallyport/account/sign-out-everywhere', {}],
    ['/.sallyport/account/recovery-codes', {}],
    ['/.sallyport/account/authenticators/remove', { id }],
  ];
}

const ORIGINS: readonly (string | null)[] = [
  null,
  'null',
  '',
  'https://evil.test',
  'http://evil.test',
  'http://app.test.evil.test',
  'http://evil-app.test',
  'https://app.test',
  'http://app.test:8080',
  'http://APP.test',
  'http://app.test/',
  'http://app.test, https://evil.test',
  'http://user@app.test',
];

test('a state change that this site did not send does not happen, however it is dressed', async () => {
  const { sally } = on;
  const ada = new Person(sally, 'ada');
  await ada.enrol();
  const [authenticator] = await sally.manage.store.authenticators.ofAccount(
    (await sally.manage.store.accounts.byName('staff', 'ada'))?.id ?? '',
  );
  const audited = (await sally.audit()).filter((row) => row.kind !== 'request.refused').length;
  const state = async () => JSON.stringify(await sally.manage.store.sessions.listLive(sally.clock.now()));
  const before = await state();
  for (const [target, fields] of deeds(ada, authenticator?.id ?? '')) {
    const form = new URLSearchParams(fields).toString();
    const dresses: Send[] = [
      { json: fields },
      { form: fields },
      { body: JSON.stringify(fields), headers: [['Content-Type', 'text/plain']] },
      {
        body: form,
        headers: [
          ['Content-Type', FORM],
          ['Referer', 'http://app.test/.sallyport/sign-in'],
        ],
      },
    ];
    for (const origin of ORIGINS) {
      for (const dress of dresses) {
        const answer = await sally.send('POST', target, { ...dress, cookie: ada.cookie, origin });
        assert.equal(answer.status, 403, `${target} ${origin}`);
        assert.deepEqual(answer.all('set-cookie'), []);
      }
    }
    // A browser's own word that another site sent it weighs more than a good Origin.
    for (const site of ['cross-site', 'same-site', 'nonsense']) {
      const answer = await sally.send('POST', target, {
        json: fields,
        cookie: ada.cookie,
        headers: [['Sec-Fetch-Site', site]],
      });
      assert.equal(answer.status, 403, `${target} ${site}`);
    }
    // No state change by GET, in the query, or by a method in disguise.
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await sally.send(method, `${target}?${form}&_method=POST`, {
        cookie: ada.cookie,
        headers: [['X-HTTP-Method-Override', 'POST']],
        origin: 'http://app.test',
      });
      assert.deepEqual(answer.all('set-cookie'), [], `${method} ${target}`);
    }
  }
  assert.equal(await state(), before);
  assert.equal((await sally.audit()).filter((row) => row.kind !== 'request.refused').length, audited);
  assert.equal((await ada.send('GET', '/.sallyport/session')).status, 200, 'still signed in');
  sally.upstream.silent();
});

test('two Origin lines, and JSON in another type’s clothes from our own origin, are refused', async () => {
  const { sally } = on;
  const body = JSON.stringify({ account: 'ada', password: 'bbbbbbbbbbbbbbbbbb' });
  const two = await sally.raw(
    `POST /.sallyport/sign-in HTTP/1.1\r\nHost: app.test\r\nOrigin: http://app.test\r\nOrigin: https://evil.test\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
  assert.match(two.text, /^HTTP\/1\.1 400 /);
  for (const type of [
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/json, text/plain',
    'text/json',
    '',
  ]) {
    const answer = await sally.send('POST', '/.sallyport/sign-in', { body, headers: [['Content-Type', type]] });
    assert.equal(answer.status, 415, type);
  }
});

test('no page of ours can be framed, and none lets another origin read it', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const pages = [
    'sign-in',
    'sign-in/totp',
    'account',
    'session',
    'enrol',
    'enrol/abcdefghijklmnopqrstuv',
    'signed-out',
    'nowhere',
  ];
  for (const page of pages) {
    for (const who of [{}, { cookie }]) {
      const headers = [
        ['Accept', 'text/html'],
        ['Origin', 'https://evil.test'],
        ['Access-Control-Request-Method', 'POST'],
      ] as const;
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await sally.send(method, `/.sallyport/${page}`, { ...who, origin: null, headers });
        assert.match(answer.header('content-security-policy') ?? '', /frame-ancestors 'none'/, page);
        assert.equal(answer.header('x-frame-options'), 'DENY', page);
        for (const [name] of answer.headers) assert.doesNotMatch(name, /^access-control-/i, page);
      }
    }
  }
});

test('our cookies go with no request of another site that changes anything, and no script reads them', async () => {
  const { sally } = on;
  const bea = new Person(sally, 'bea');
  const lines: string[] = [];
  const keep = bea.keep.bind(bea);
  bea.keep = (answer) => {
    lines.push(...answer.all('set-cookie'));
    keep(answer);
  };
  await bea.enrol();
  await bea.post('/.sallyport/sign-out');
  await bea.signIn();
  assert.ok(lines.length >= 6);
  for (const line of lines) {
    assert.match(line, /^__Host-sallyport(-pending|-browser|-prefs|-ceremony)?=/);
    for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/'])
      assert.ok(line.split('; ').includes(attribute), line);
    assert.doesNotMatch(line, /domain/i);
  }
});
