import assert from 'node:assert/strict';
import test from 'node:test';
import { turnedAway } from '../support/login-app-attempts.ts';
import { type Bound, boundTests, SITES } from '../support/login-app-bound.ts';
import { revokeSessions } from '../support/manage.ts';
import type { Signer } from '../support/signer.ts';

async function signedIn(who: Signer): Promise<Signer> {
  if (who.host.includes('front')) await who.release();
  else await who.arrive();
  return who;
}

/** Nothing of the ended session is left: not for its old cookies, nor for whoever signs in next in the same browser. */
async function gone(on: Bound, who: Signer, old: ReadonlyMap<string, string>): Promise<void> {
  on.app.served.length = 0;
  on.app.upstream.clear();
  const stale = who.another();
  for (const [name, value] of old) stale.cookies.set(name, value);
  turnedAway(await stale.page('/account'));
  on.app.upstream.silent();
  await stale.page('/login');
  const bob = await on.signer('bob', who.host.replace('.test', ''));
  for (const [name, value] of stale.cookies) bob.cookies.set(name, value);
  await signedIn(bob);
  assert.match((await bob.page('/account')).body, /private page of bob/);
  assert.deepEqual(on.app.as('alice'), []);
}

boundTests((on) => {
  for (const site of ['portal', 'front']) {
    for (const [how, end] of Object.entries({
      'signing out': (who: Signer) => who.expect(200, who.post('/.sallyport/sign-out')),
      'signing out everywhere': (who: Signer) => who.expect(200, who.post('/.sallyport/account/sign-out-everywhere')),
      'an administrator': (who: Signer) => revokeSessions(on.sally.manage, { by: 'account', account: who.name }),
      time: () => on.sally.advance(9 * 3_600_000),
    })) {
      test(`${site}: ended by ${how}, the app’s cookies are gone with the session`, async () => {
        const alice = await signedIn(await on.signer('alice', site));
        const id = on.app.sessionOf('alice');
        const old = new Map(alice.cookies);
        await end(alice);
        // What ends elsewhere is heard of within a second.
        const cookie = [...old].map((pair) => pair.join('=')).join('; ');
        const asked = () => on.sally.send('GET', '/.sallyport/session', { host: alice.host, cookie });
        const ended = async (): Promise<boolean> => (await asked()).status === 401;
        for (let n = 0; n < 20 && !(await ended()); n += 1) await new Promise((resolve) => setTimeout(resolve, 50));
        await gone(on, alice, old);
        assert.equal((await on.atRest()).includes(id), false);
      });
    }
  }

  test('signing out while a right password waits: the held answer is nobody’s any more', async () => {
    const alice = await on.signer('alice', 'front');
    await alice.held();
    const waiting = new Map(alice.cookies);
    await alice.post('/.sallyport/sign-out');
    for (const [name, value] of waiting) alice.cookies.set(name, value);
    const passed = await alice.factor();
    if (passed.status === 303 && alice.session !== undefined) {
      // Without a session there was nothing to sign out of; the pending sign-in is the person’s own still.
      assert.equal((await alice.page(passed.header('location') ?? '')).header('location'), '/account');
      return;
    }
    assert.equal((await alice.page('/login')).status, 200);
    turnedAway(await alice.page('/account'));
  });

  test('signing out of the app leaves no cookie behind, and the factor kept', async () => {
    for (const site of ['portal', 'front']) {
      const alice = await signedIn(await on.signer('alice', site));
      const out = await alice.page('/logout');
      assert.ok([302, 303].includes(out.status), String(out.status));
      for (const line of out.all('set-cookie')) assert.match(line, /^__Host-sallyport/);
      on.app.served.length = 0;
      const next = await alice.page('/account');
      assert.doesNotMatch(next.body, /private page/);
      assert.deepEqual(on.app.as('alice'), []);
      // Another account does not slip into what is left of the session.
      on.app.upstream.clear();
      const csrf = await alice.loginPage();
      on.app.upstream.clear();
      const other = await alice.form('/login', { csrf, username: 'bob', password: 'Passw0rd!b' });
      assert.notEqual(other.status, 302);
      if (site === 'portal') on.app.upstream.silent();
      assert.deepEqual(
        on.app.pagesOf('bob').filter((page) => page !== 'POST /login'),
        [],
      );
    }
  });
}, SITES);
