import assert from 'node:assert/strict';
import test from 'node:test';
import { turnedAway } from '../support/login-app-attempts.ts';
import { type Bound, boundTests } from '../support/login-app-bound.ts';
import { APP_PASSWORDS } from '../support/login-app-people.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import type { Signer } from '../support/signer.ts';

/** The app's own tokens, of everybody. */
const tokens = (on: Bound): string[] => [...on.app.people.tokens.keys()];

function json(who: Signer, name: string, extra: object = {}): Promise<ParsedAnswer> {
  return who.send('POST', '/session', { json: { user: name, password: APP_PASSWORDS[name] ?? '', ...extra } });
}

/** Signs in and has the token that the browser was given. */
async function tokenOf(on: Bound, who: Signer): Promise<string> {
  if (!who.host.includes('front')) {
    await who.signIn();
    const got = await who.expect(200, json(who, who.name));
    return JSON.parse(got.body).token;
  }
  const asked = await json(who, who.name);
  assert.equal(asked.status, 401, asked.body);
  assert.match(asked.header('content-type') ?? '', /^application\/problem\+json/);
  for (const token of tokens(on)) assert.equal(asked.body.includes(token), false);
  const passed = await who.factor();
  assert.equal(passed.status, 303);
  const got = await who.send('GET', passed.header('location') ?? '/session');
  return JSON.parse(got.body).token;
}

function shown(who: Signer, on: Bound): void {
  for (const got of who.answers)
    for (const token of tokens(on)) assert.equal(JSON.stringify([got.headers, got.body]).includes(token), false);
}

boundTests(
  (on) => {
    for (const site of ['token', 'tokenfront']) {
      test(`${site}: the browser is given a stand-in, and the app gets its token back`, async () => {
        const alice = await on.signer('alice', site);
        const mine = await tokenOf(on, alice);
        assert.ok(mine.length > 20 && !tokens(on).includes(mine));
        on.app.upstream.clear();
        for (const ask of [
          alice.send('GET', '/account', { headers: [['X-App-Token', mine]] }),
          alice.send('GET', `/account?token=${mine}`),
        ]) {
          const got = await ask;
          assert.match(got.body, /private page of alice/);
        }
        for (const { head } of on.app.upstream.requests) assert.equal(head.includes(mine), false);
        shown(alice, on);
      });

      test(`${site}: neither a token of the app nor somebody else’s stand-in is worth anything`, async () => {
        const alice = await on.signer('alice', site);
        const hers = await tokenOf(on, alice);
        const mallory = await on.signer('mallory', site);
        await tokenOf(on, mallory);
        on.app.served.length = 0;
        on.app.upstream.clear();
        for (const value of [...tokens(on), hers, on.app.people.token('alice')]) {
          for (const ask of [
            mallory.send('GET', '/account', { headers: [['X-App-Token', value]] }),
            mallory.send('GET', `/account?token=${value}`),
            mallory.send('GET', `/account?x=1&token=${value}`),
            mallory.send('GET', '/account', { headers: [['Authorization', `Bearer ${value}`]] }),
          ])
            assert.doesNotMatch((await ask).body, /private page of alice/);
        }
        assert.deepEqual(on.app.as('alice'), []);
        for (const { head } of on.app.upstream.requests)
          for (const token of tokens(on).filter((one) => on.app.people.tokens.get(one) === 'alice'))
            assert.equal(head.includes(token), false);
      });

      test(`${site}: outside of its session a stand-in is nothing, and it ends with the session`, async () => {
        const alice = await on.signer('alice', site);
        const mine = await tokenOf(on, alice);
        const outside = on.stranger('alice', site);
        on.app.upstream.clear();
        turnedAway(await outside.send('GET', '/account', { headers: [['X-App-Token', mine]] }));
        turnedAway(await outside.send('GET', `/account?token=${mine}`));
        on.app.upstream.silent();
        await alice.expect(200, alice.post('/.sallyport/sign-out'));
        turnedAway(await alice.send('GET', '/account', { headers: [['X-App-Token', mine]] }));
        const later = await on.signer('alice', site);
        await tokenOf(on, later);
        on.app.served.length = 0;
        const got = await later.send('GET', '/account', { headers: [['X-App-Token', mine]] });
        assert.doesNotMatch(got.body, /private page/);
      });
    }

    test('a sign-in by JSON is read as strictly as one by form, and sent in our own words', async () => {
      const bob = await on.signer('bob', 'token');
      await bob.signIn();
      on.app.upstream.clear();
      const bodies = [
        '{"user":"bob","user":"alice","password":"Passw0rd!a"}',
        '{"user":"alice","user":"bob","password":"Passw0rd!a"}',
        '{"user":"bob","\\u0075ser":"alice","password":"Passw0rd!a"}',
        '{"user":["alice"],"password":"Passw0rd!a"}',
        '{"user":{"0":"alice"},"password":"Passw0rd!a"}',
        '{"user":"alice","password":["Passw0rd!a"]}',
        '{"user":"bob","User":"alice","password":"Passw0rd!a"}',
        '{"user":"bob","user ":"alice","password":"Passw0rd!a"}',
        '{"user":"bob","user\\u0000":"alice","password":"Passw0rd!a"}',
        '{"user":null,"password":"Passw0rd!a"}',
        '{"user":1,"password":"Passw0rd!a"}',
        '[{"user":"alice","password":"Passw0rd!a"}]',
        '{"user":"alice","password":"Passw0rd!a"} {"user":"bob"}',
        '{"user":"alice","password":"Passw0rd!a",}',
        "{'user':'alice','password':'Passw0rd!a'}",
        '{/* */"user":"alice","password":"Passw0rd!a"}',
        '\ufeff{"user":"alice","password":"Passw0rd!a"}',
        '{"__proto__":{"user":"alice"},"user":"bob","password":"Passw0rd!a"}',
        '{"user":"alice\\u0000","password":"Passw0rd!a"}',
        '{"user":"\\ud800alice","password":"Passw0rd!a"}',
        '{"user":"alice","password":"Passw0rd!a","extra":{"user":"x"}}',
        `{"user":"bob","password":"x","pad":${'['.repeat(5000)}${']'.repeat(5000)}}`,
        'user=alice&password=Passw0rd!a',
        '',
      ];
      for (const body of bodies) {
        for (const type of [
          'application/json',
          'application/json; charset=utf-16',
          'text/json',
          'text/plain',
          'application/x-www-form-urlencoded',
        ]) {
          const got = await bob.send('POST', '/session', { body, headers: [['Content-Type', type]] });
          assert.ok([400, 403, 415].includes(got.status), `${type} ${body.slice(0, 80)}: ${got.status}`);
          on.app.upstream.silent(body.slice(0, 80));
        }
      }
      assert.deepEqual(on.app.as('alice'), []);
      await bob.expect(
        200,
        bob.send('POST', '/session', {
          body: ' {"password" : "Passw0rd!b" , "user":"b\\u006fb"}',
          headers: [['Content-Type', 'application/json']],
        }),
      );
      const login = on.app.upstream.requests.find(({ target }) => target === '/session');
      assert.deepEqual(JSON.parse(login?.body ?? ''), { user: 'bob', password: 'Passw0rd!b' });
      assert.doesNotMatch(login?.body ?? '', /\\u/);
    });

    test('another account’s JSON is refused before anything is sent', async () => {
      const mallory = await on.signer('mallory', 'token');
      await mallory.signIn();
      const before = await json(mallory, 'alice');
      assert.deepEqual([before.status, JSON.parse(before.body).code], [403, 'wrong-account']);
      on.app.upstream.silent();
      await mallory.expect(200, json(mallory, 'mallory'));
      on.app.upstream.clear();
      assert.equal((await json(mallory, 'alice')).status, 403);
      on.app.upstream.silent();
    });
  },
  {
    token: { order: 'factor-first', preset: { token: true, whoami: false } },
    tokenfront: { order: 'login-first', preset: { token: true, whoami: false } },
  },
);
