import assert from 'node:assert/strict';
import test from 'node:test';
import { basic, sawNothing, turnedAway } from '../support/login-app-attempts.ts';
import { boundTests, SITES } from '../support/login-app-bound.ts';
import { APP_PASSWORDS } from '../support/login-app-people.ts';
import type { Signer } from '../support/signer.ts';

const PASSWORD = APP_PASSWORDS['alice'] ?? '';
const DIGEST = 'Digest username="alice", realm="app", nonce="x", uri="/account", response="y", qop=auth';

/** What could stand in for alice's sign-in, made by somebody who knows her password, a token or a cookie. */
function standIns(token: string, cookie: string): string[] {
  return [
    basic('alice', PASSWORD),
    basic('alice', PASSWORD).replace('Basic', 'bAsIc'),
    basic('alice', PASSWORD).replace(' ', '   '),
    basic('ALICE', PASSWORD),
    basic('CORP\\alice', PASSWORD),
    basic(' alice ', PASSWORD),
    `Basic ${Buffer.from(`alice:${PASSWORD}`).toString('base64url')}`,
    `Basic ${Buffer.from(`alice:${PASSWORD}\r\nX: 1`).toString('base64')}`,
    `Basic ${Buffer.from(`alice\0:${PASSWORD}`).toString('base64')}`,
    `Basic ${Buffer.from(`alice:${PASSWORD}`, 'utf16le').toString('base64')}`,
    `Basic realm=x, Basic ${Buffer.from(`alice:${PASSWORD}`).toString('base64')}`,
    'Basic',
    'Basic !!!!',
    basic('alice', cookie),
    basic('__Host-sallyport', cookie),
    `Bearer ${token}`,
    `bearer ${token}`,
    `Bearer ${cookie}`,
    `Token ${token}`,
    DIGEST,
    DIGEST.replace('username="alice"', "username*=UTF-8''alice"),
    'NTLM type3:alice',
    'Negotiate YIIC',
    '',
  ];
}

boundTests(
  (on) => {
    test('before a session no Authorization reaches the app, on any part of it', async () => {
      for (const site of ['front', 'formfront', 'portal', 'form']) {
        const visitor = on.stranger('alice', site);
        const alice = await on.signer('alice', site);
        if (site.includes('front')) await alice.held();
        else await alice.begin();
        on.app.served.length = 0;
        const cookie = alice.pending ?? '';
        for (const who of [visitor, alice]) {
          for (const value of standIns(on.app.people.token('alice'), cookie)) {
            on.app.upstream.clear();
            const headers = [
              ['Authorization', value],
              ['Proxy-Authorization', value],
              ['X-Authorization', value],
            ] as const;
            turnedAway(await who.send('GET', '/account', { headers }), value);
            turnedAway(await who.send('POST', '/account', { headers, form: { a: 'b' } }), value);
            on.app.upstream.silent(value);
            await who.send('GET', '/login', { headers: headers.slice(0, 2) });
            for (const { head } of on.app.upstream.requests)
              assert.doesNotMatch(head, /^(?:proxy-)?authorization:/im, value);
          }
          sawNothing(who, on.app, 'alice');
        }
        assert.deepEqual(on.app.as('alice'), [], site);
      }
    });

    test('the app’s own challenge is shown to nobody: a browser would answer it with a stored password', async () => {
      for (const site of ['front', 'portal']) {
        on.app.noise = [
          'WWW-Authenticate: Basic realm="app"',
          'WWW-Authenticate: Digest realm="app", nonce="x"',
          'WWW-Authenticate: NTLM',
        ];
        const alice = await on.signer('alice', site);
        if (site === 'portal') await alice.signIn();
        const page = await alice.page('/login');
        const failed = await alice.login({ password: 'wrong' });
        assert.equal(failed.status, 401);
        for (const answer of [page, failed]) assert.equal(answer.header('www-authenticate'), undefined, site);
      }
    });

    for (const site of ['portal', 'front', 'form', 'formfront', 'basic']) {
      test(`${site}: in a session, Basic and Digest of another account are refused, and nothing is sent`, async () => {
        const bob = await signedIn(await on.signer('bob', site));
        on.app.upstream.clear();
        on.app.served.length = 0;
        for (const value of standIns('x', 'x').filter((one) => /^(?:basic|digest)/i.test(one))) {
          const answer = await bob.send('GET', '/account', { headers: [['Authorization', value]] });
          assert.ok([400, 403].includes(answer.status), `${value}: ${answer.status}`);
          on.app.upstream.silent(value);
        }
        const two = [
          ['Authorization', basic('bob', bob.password)],
          ['Authorization', basic('alice', PASSWORD)],
        ] as const;
        assert.equal((await bob.send('GET', '/account', { headers: two })).status, 400);
        on.app.upstream.silent();
        assert.deepEqual(on.app.as('alice'), []);
      });
    }

    test('Basic passes where the preset says so, of the account itself alone; Bearer and the rest never unasked', async () => {
      const bob = await signedIn(await on.signer('bob', 'basic'));
      on.app.upstream.clear();
      const own = await bob.send('GET', '/account', { headers: [['Authorization', basic('bob', bob.password)]] });
      assert.equal(own.status, 200);
      assert.equal(on.app.upstream.requests.at(-1)?.all('authorization').length, 1);
      for (const value of [
        `Bearer ${on.app.people.token('alice')}`,
        'NTLM type3:alice',
        'Negotiate x',
        'AWS4-HMAC-SHA256 x',
      ]) {
        on.app.upstream.clear();
        const answer = await bob.send('GET', '/account', { headers: [['Authorization', value]] });
        assert.match(answer.body, /private page of bob|"code"/, value);
        for (const { head } of on.app.upstream.requests) assert.doesNotMatch(head, /^authorization:/im, value);
      }
      assert.deepEqual(on.app.as('alice'), []);
    });
  },
  { ...SITES, basic: { order: 'factor-first', preset: { more: ['authorization: [basic, digest]'] } } },
);

async function signedIn(who: Signer): Promise<Signer> {
  if (who.host.includes('front')) await who.release();
  else await who.arrive();
  return who;
}
