import assert from 'node:assert/strict';
import test from 'node:test';
import { type Bound, boundTests } from '../support/login-app-bound.ts';
import { APP_PASSWORDS } from '../support/login-app-people.ts';
import type { Signer } from '../support/signer.ts';
import { twinsOf } from '../support/twins.ts';
import { answer } from '../support/upstream.ts';

const TWINS = twinsOf('alice');
/** In references to characters, so that each is read as itself. */
const page = (name: string) =>
  answer(`<b id="who">${[...name].map((c) => `&#${c.codePointAt(0)};`).join('')}</b>`, '200 OK', [
    'Content-Type: text/html',
  ]);

/** Signed in at the app, by the app's own word. */
async function arrived(on: Bound, site: string): Promise<Signer> {
  const alice = await on.signer('alice', site);
  await alice.arrive();
  return alice;
}

async function alias(on: Bound, account: string, name: string): Promise<void> {
  const { accounts, appNames } = on.sally.manage.store;
  const row = await accounts.byName('staff', account);
  assert.ok(row);
  await on.sally.app.store.underAccount(row.id, (tx) => tx.appNames.put({ accountId: row.id, appId: 'portal', name }));
  assert.ok((await appNames.ofAccount(row.id)).length > 0);
}

boundTests(
  (on) => {
    test('whoever the app says that is no other than alice, letter by letter, when she signs in', async () => {
      const alice = await on.signer('alice', 'portal');
      await alice.signIn();
      for (const { kind, name } of TWINS) {
        const csrf = await alice.loginPage();
        on.app.whoami = page(name);
        const refused = await alice.form('/login', { csrf, username: 'alice', password: alice.password });
        assert.equal(refused.status, 403, `${kind}: ${refused.status} ${refused.body.slice(0, 200)}`);
        on.app.whoami = null;
        const none = await alice.page('/account');
        assert.doesNotMatch(none.body, /private page/, kind);
      }
      const own = await alice.login();
      assert.equal(own.status, 302, own.body);
      assert.match((await alice.page('/account')).body, /private page of alice/);
      const told = await on.sally.audit('app.sealed');
      assert.ok(told.filter(({ detail }) => /signed in as another account/.test(detail ?? '')).length >= TWINS.length);
    });

    test('nor when she is signed in, and her cookies have become a twin’s', async () => {
      for (const { kind, name } of TWINS) {
        const alice = await arrived(on, 'asked');
        on.app.whoami = page(name);
        const refused = await alice.page('/account');
        assert.equal(refused.status, 403, kind);
        on.app.whoami = null;
        on.app.served.length = 0;
        assert.doesNotMatch((await alice.page('/account')).body, /private page/, kind);
        assert.deepEqual(on.app.as('alice'), [], `${kind}: her cookies are gone`);
      }
    });

    test('before the factor a twin of alice is not alice: nobody’s factor is asked for', async () => {
      const alice = await on.signer('alice', 'front');
      for (const { kind, name } of TWINS) {
        const stranger = alice.another();
        const csrf = await stranger.loginPage();
        on.app.whoami = page(name);
        const got = await stranger.form('/login', { csrf, username: 'alice', password: alice.password });
        assert.notEqual(got.status, 303, kind);
        assert.equal(stranger.pending, undefined, kind);
        await stranger.forgiven();
        on.app.whoami = null;
      }
    });

    test('ALICE and alice are two people at the app, and each is only one of them', async () => {
      const form = { username: 'ALICE', password: APP_PASSWORDS['ALICE'] ?? '' };
      const alice = await on.signer('alice', 'portal');
      await alice.signIn();
      const refused = await alice.login(form);
      assert.equal(refused.status, 403, refused.body);
      const front = await on.signer('alice', 'front');
      assert.notEqual((await front.login(form)).status, 303);
      assert.equal(front.pending, undefined);
      const seen = on.app.pagesOf('ALICE').filter((line) => line !== 'POST /login');
      assert.deepEqual(seen, []);
    });

    test('an alias is the name at the app, letter by letter, and then the account’s own name is not', async () => {
      const alice = await on.signer('alice', 'portal');
      await alias(on, 'alice', 'ALICE');
      await alice.signIn();
      const other = await alice.login();
      assert.equal(other.status, 403, other.body);
      assert.equal((await alice.login({ username: 'ALICE', password: APP_PASSWORDS['ALICE'] ?? '' })).status, 302);
      assert.match((await alice.page('/account')).body, /private page of ALICE/);
    });
  },
  {
    portal: { order: 'factor-first', preset: { fold: [] } },
    asked: { order: 'factor-first', preset: { fold: [] }, login: ['recheck: 0s'] },
    front: { order: 'login-first', preset: { fold: [] } },
  },
);
