import assert from 'node:assert/strict';
import test from 'node:test';
import { attempt, FORM } from '../support/login-app-attempts.ts';
import { boundTests, SITES } from '../support/login-app-bound.ts';
import { APP_PASSWORDS } from '../support/login-app-people.ts';

/** Fields by which a request is judged, here or by the app. */
const JUDGED = [
  ...['Content-Type', 'Content-Length', 'Content-Encoding', 'Transfer-Encoding', 'Cookie', 'Authorization', 'Origin'],
  ...['Referer', 'Accept', 'X-Requested-With', 'Sec-Fetch-Mode', 'Sec-Fetch-Site', 'Host', 'User-Agent', 'Destination'],
];

/** Ways to write an option that names a field. */
const SPELT: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toLowerCase(),
  (name) => name.toUpperCase(),
  (name) => name.replaceAll('-', '_'),
  (name) => `keep-alive, ${name}`,
  (name) => `,, ${name}\t,`,
  (name) => `"${name}"`,
  (name) => `${name};q=1`,
];

const secret = encodeURIComponent(APP_PASSWORDS['alice'] ?? '');
const ALICE = `username=alice&password=${secret}`;

boundTests(
  (on) => {
    for (const site of ['portal', 'form'] as const) {
      test(`${site}: what Connection lists is judged and forwarded alike`, async () => {
        const bob = await on.signer('bob', site);
        await bob.arrive();
        on.app.csrf = false;
        on.app.worst = true;
        for (const target of ['/login', '/account', '/anything']) {
          const post = { method: 'POST', target, type: FORM, body: ALICE } as const;
          const plain = await attempt(bob, post);
          assert.ok(plain.status >= 400 && plain.status < 500, `${target}: ${plain.status}`);
          for (const name of JUDGED)
            for (const spell of SPELT) {
              on.app.upstream.clear();
              const answer = await attempt(bob, { ...post, headers: [['Connection', spell(name)]] });
              assert.equal(answer.status, plain.status, `${target} Connection: ${spell(name)}`);
              on.app.upstream.silent(`${target} Connection: ${spell(name)}`);
            }
        }
        assert.deepEqual(on.app.as('alice'), []);
      });

      test(`${site}: a body keeps the type by which it was judged`, async () => {
        const bob = await on.signer('bob', site);
        await bob.arrive();
        for (const spell of SPELT) {
          on.app.upstream.clear();
          const headers = [['Connection', spell('Content-Type')] as const];
          await attempt(bob, { method: 'POST', target: '/anything', type: FORM, body: 'a=1', headers });
          const arrived = on.app.upstream.requests.find(({ target }) => target === '/anything');
          assert.deepEqual(arrived?.all('content-type'), [FORM], spell('Content-Type'));
        }
      });
    }
  },
  { portal: SITES.portal, form: SITES.form },
);
