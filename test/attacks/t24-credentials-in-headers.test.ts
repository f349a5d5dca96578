import assert from 'node:assert/strict';
import test from 'node:test';
import { PASSWORD, Person } from '../support/person.ts';
import { withSallyport } from '../support/sallyport.ts';

/** The part that concerns people who have not signed in; an app's own Basic login belongs to app logins. */
const on = withSallyport();

test('no Authorization stands in for a sign-in, and nothing of the app’s challenge is shown', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  await sally.advance(60_000);
  const waiting = alice.elsewhere();
  await waiting.begin();
  sally.upstream.clear();
  const basic = (name: string, password: string) => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  const values = [
    basic('alice', PASSWORD),
    basic('alice', waiting.pending ?? ''),
    basic('alice', alice.session ?? ''),
    basic('__Host-sallyport', alice.session ?? ''),
    `Bearer ${alice.session}`,
    `Bearer ${waiting.pending}`,
    'Bearer x',
    'Digest username="alice", realm="app", nonce="x", uri="/", response="y"',
    'NTLM TlRMTVNTUAABAAAA',
    'Negotiate YIIC',
    'basic',
    '',
  ];
  for (const value of values) {
    for (const cookie of ['a=b', waiting.cookie]) {
      const answer = await sally.send('GET', '/', { cookie, headers: [['Authorization', value]] });
      assert.equal(answer.status, 401, value);
      // A browser would answer a challenge with the password that it has stored for the app.
      assert.equal(answer.header('www-authenticate'), undefined);
      const page = await sally.send('GET', '/', {
        cookie,
        headers: [
          ['Authorization', value],
          ['Proxy-Authorization', value],
          ['Accept', 'text/html'],
        ],
      });
      assert.equal(page.status, 303);
      assert.equal(
        (await sally.send('GET', '/.sallyport/session', { cookie, headers: [['Authorization', value]] })).status,
        401,
      );
    }
  }
  sally.upstream.silent();
});

test('credentials in the query are no credentials of ours', async () => {
  const { sally } = on;
  const bob = new Person(sally, 'bob');
  await bob.enrol();
  sally.upstream.clear();
  for (const query of [
    `__Host-sallyport=${bob.session}`,
    `session=${bob.session}`,
    `token=${bob.session}`,
    `access_token=${bob.session}`,
    `user=bob&password=${encodeURIComponent(PASSWORD)}`,
  ]) {
    assert.equal((await sally.send('GET', `/?${query}`)).status, 401);
  }
  sally.upstream.silent();
});
