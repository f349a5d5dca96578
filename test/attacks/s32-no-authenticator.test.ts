import assert from 'node:assert/strict';
import test from 'node:test';
import { sawNothing, turnedAway } from '../support/login-app-attempts.ts';
import { type Bound, boundTests, SITES } from '../support/login-app-bound.ts';
import { addAccount, disableAccount, enableAccount } from '../support/manage.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import type { Signer } from '../support/signer.ts';

/** All that tells one answer from another, without moments and random values. */
function shape(got: ParsedAnswer): unknown {
  const headers = got.headers
    .filter(([name]) => name.toLowerCase() !== 'date')
    .map(([name, value]) => [name, /^set-cookie$/i.test(name) ? value.replace(/=[\w.-]{20,};/, '=X;') : value]);
  return { status: got.status, headers, body: got.body.replace(/value="[^"]*"/g, '') };
}

async function known(on: Bound, name: string): Promise<void> {
  if ((await on.sally.app.store.accounts.byName('staff', name)) === undefined)
    await addAccount(on.sally.manage, { name, realm: 'staff' });
}

async function accountsWith(on: Bound): Promise<number> {
  const rows = await on.sally.app.store.accounts.byName('staff', 'newbie');
  return rows === undefined ? 0 : (await on.sally.app.store.authenticators.ofAccount(rows.id)).length;
}

boundTests((on) => {
  for (const site of ['front', 'formfront']) {
    test(`${site}: the right password of somebody without an authenticator leads to the page about tickets, and no further`, async () => {
      for (const [name, here] of [
        ['newbie', true],
        ['carol', false],
      ] as const) {
        if (here) await known(on, name);
        const person = on.stranger(name, site);
        const csrf = await person.loginPage();
        const page = await person.form('/login', { csrf, username: name, password: person.password });
        assert.equal(page.status, 403, name);
        assert.match(page.body, /enrol|link/i);
        assert.match(page.header('content-type') ?? '', /^text\/html/);
        assert.deepEqual([person.pending, person.session], [undefined, undefined]);
        const api = await person.send('POST', '/login', {
          form: { csrf: await person.loginPage(), username: name, password: person.password },
        });
        assert.deepEqual([api.status, JSON.parse(api.body).code], [403, 'not-enrolled']);
        on.app.served.length = 0;
        turnedAway(await person.page('/account'));
        for (const path of [
          '/enrol/totp',
          '/enrol/password',
          '/enrol/passkey/options',
          '/enrol/finish',
          '/account/add',
          '/sign-in/totp',
        ])
          assert.ok((await person.post(`/.sallyport${path}`, { code: '123456' })).status >= 400, path);
        await person.page('/login');
        assert.deepEqual(on.app.as(name), []);
        sawNothing(person, on.app, name);
      }
      assert.equal(await accountsWith(on), 0);
    });

    test(`${site}: with a wrong password nobody learns who has an account or a factor`, async () => {
      const alice = await on.signer('alice', site);
      await known(on, 'newbie');
      const heard = new Map<string, unknown[]>();
      for (const name of ['alice', 'newbie', 'carol', 'nosuchname']) {
        await alice.forgiven();
        const browser: Signer = on.stranger(name, site);
        const got: unknown[] = [];
        for (let n = 0; n < 4; n += 1) got.push(shape(await browser.login({ username: name, password: 'wrong' })));
        heard.set(name, got);
        assert.equal(browser.pending, undefined);
      }
      for (const [name, got] of heard) assert.deepEqual(got, heard.get('nosuchname'), name);
      assert.match(JSON.stringify(heard.get('alice')?.[0]), /wrong password/);
    });

    test(`${site}: of an account that was disabled, the right password opens nothing either`, async () => {
      const mallory = await on.signer('mallory', site);
      await disableAccount(on.sally.manage, 'mallory');
      try {
        const got = await mallory.login();
        assert.equal(got.status, 403);
        assert.equal(mallory.pending, undefined);
        turnedAway(await mallory.page('/account'));
        assert.deepEqual(on.app.pagesOf('mallory'), ['POST /login']);
      } finally {
        await enableAccount(on.sally.manage, 'mallory');
      }
    });

    test(`${site}: disabled while the right password waits, the factor opens nothing`, async () => {
      const bob = await on.signer('bob', site);
      await bob.held();
      await disableAccount(on.sally.manage, 'bob');
      assert.notEqual((await bob.factor()).status, 303);
      assert.equal(bob.session, undefined);
      turnedAway(await bob.page('/account'));
      assert.deepEqual(on.app.pagesOf('bob'), ['POST /login']);
      await enableAccount(on.sally.manage, 'bob');
    });
  }

  test('guesses at the app’s passwords are limited for the account, whoever makes them', async () => {
    const alice = await on.signer('alice', 'front');
    for (let n = 0; n < 12; n += 1) await on.stranger('alice', 'front').login({ password: `wrong ${n}` });
    const tried = on.app.served.filter(({ method }) => method === 'POST').length;
    assert.ok(tried >= 5 && tried <= 6, `${tried} passwords were tried`);
    // The right one must wait as well, or the limit would tell.
    on.app.upstream.clear();
    const right = await on.stranger('alice', 'front').login();
    assert.equal(right.status, 429);
    await alice.forgiven();
  });
}, SITES);
