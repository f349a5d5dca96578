import assert from 'node:assert/strict';
import test from 'node:test';
import { boundTests } from '../support/login-app-bound.ts';

/** A sign of failure that the sender can have the app give beside its sign of success. */
const FAIL = '[{ status: 401 }, { cookie: "^REMEMBER$" }]';

boundTests(
  (on) => {
    test('before the factor a success with a sign of failure is held where the app can be asked, and refused where not', async () => {
      for (const [site, status] of [
        ['front', 303],
        ['formfront', 502],
      ] as const) {
        const bob = await on.signer('bob', site);
        assert.equal((await bob.login({ remember: 'on' })).status, status, site);
        on.app.served.length = 0;
        await bob.page('/login');
        assert.deepEqual(on.app.as('bob'), [], `${site}: the visitor has nothing of it`);
        assert.equal((await bob.login({ password: 'wrong' })).status, 401, site);
      }
    });

    test('after the factor a failure is one, as the preset says', async () => {
      const bob = await on.signer('bob', 'portal');
      await bob.signIn();
      assert.equal((await bob.login({ remember: 'on' })).status, 302);
      assert.equal((await bob.login({ password: 'wrong' })).status, 401);
    });
  },
  {
    portal: { order: 'factor-first', preset: { fail: FAIL } },
    front: { order: 'login-first', preset: { fail: FAIL } },
    formfront: { order: 'login-first', preset: { fail: FAIL, whoami: false } },
  },
);
