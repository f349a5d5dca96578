import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeJwt } from 'jose';
import { parseAnswer } from '../support/raw.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({
  app: ['    headers: { Remote-User: "{account}", X-Team: "{groups}", Custom-Identity: "{account_id}" }'],
}));

/** Names that CGI, WSGI, PHP, Rack or IIS would read as one of ours, of the app's, or of a product an app may trust. */
const ALIASES = [
  ...[
    'Remote-User',
    'Remote_User',
    'Remote.User',
    'remote-_user',
    'REMOTE-USER',
    'remoteuser',
    'Remote--User',
    'Remote~User',
  ],
  ...['Custom-Identity', 'Custom_Identity', 'CUSTOM.identity', 'customidentity', 'X_Team', 'x.team', 'XTEAM'],
  ...['Sallyport-Assertion', 'Sallyport_Assertion', 'sallyport.assertion', 'Sallyport-Anything', 'SallyportAssertion'],
  ...['X-Remote-User', 'X_Remote_User', 'X-Forwarded-User', 'X-Forwarded-Email', 'X-Forwarded-Groups'],
  ...[
    'X-authentik-username',
    'X-Authentik_Groups',
    'X-Auth-Request-User',
    'Remote-Groups',
    'Remote-Email',
    'Cf-Access-Jwt-Assertion',
  ],
  ...[
    'X-Pomerium-Jwt-Assertion',
    'X-WEBAUTH-USER',
    'X-MS-CLIENT-PRINCIPAL-NAME',
    'X-Goog-IAP-JWT-Assertion',
    'Tailscale-User-Login',
  ],
  ...['X-Consumer-Username', 'X_Credential_Identifier', 'CAS-User', 'Persistent-Id', 'X-Middleware-Subrequest'],
  ...['X-MS-Original-URL', 'X-Waws-Unencoded-Url', 'X-Matched-Path', 'X-Invoke-Path'],
  ...['SSL_CLIENT_S_DN', 'X-SSL-Client-Verify', 'X-ARR-ClientCert', 'Auth-User', 'X-User', 'X-Username'],
];

test('no alias of an identity header survives, whatever the person’s own values are', async () => {
  const { sally } = on;
  const people = [
    [await sally.session('bob', { groups: ['ops'] }), 'bob', 'ops'],
    [await sally.session('carol'), 'carol', ''],
  ] as const;
  for (const [cookie, name, groups] of people) {
    for (const alias of ALIASES) {
      sally.upstream.clear();
      const answer = await sally.send('GET', '/', { cookie, headers: [[alias, 'mallory-was-here']] });
      assert.equal(answer.status, 200, alias);
      const [arrived] = sally.upstream.requests;
      assert.ok(!sally.upstream.bytes.join('').includes('mallory-was-here'), `${alias} reached the app`);
      assert.deepEqual(arrived?.all('remote-user'), [name]);
      // Nobody's groups are no groups, not the client's.
      assert.deepEqual(arrived?.all('x-team'), [groups]);
      assert.equal(decodeJwt(arrived?.all('sallyport-assertion')[0] ?? '').name, name);
    }
  }
});

test('several at once, in several spellings, leave one of each: ours', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const headers = ALIASES.flatMap(
    (alias) =>
      [
        [alias, 'mallory-was-here'],
        [alias.toLowerCase(), 'mallory-was-here'],
      ] as const,
  );
  assert.equal((await sally.send('GET', '/', { cookie, headers })).status, 200);
  assert.ok(!sally.upstream.bytes.join('').includes('mallory-was-here'));
});

test('a blank before the colon is refused', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  for (const line of ['Remote-User : alice', 'Remote-User\t: alice', ' Remote-User: alice', 'Remote User: alice']) {
    const { text } = await sally.raw(
      `GET / HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\n${line}\r\nConnection: close\r\n\r\n`,
    );
    assert.equal(parseAnswer(text).status, 400, line);
  }
  sally.upstream.silent();
});
