import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { sawNothing, turnedAway } from '../support/login-app-attempts.ts';
import { boundTests, SITES } from '../support/login-app-bound.ts';

const VISITOR = '__Host-sallyport-visitor';
const PENDING = '__Host-sallyport-pending';

boundTests((on) => {
  test('a visitor’s name that we have not given out is not taken', async () => {
    const alice = await on.signer('alice', 'front');
    for (const planted of [
      randomBytes(32).toString('base64url'),
      'x',
      '',
      'a'.repeat(8000),
      '../../x',
      `${'A'.repeat(43)} `,
      '%00',
      '"quoted"',
    ]) {
      alice.cookies.clear();
      alice.cookies.set(VISITOR, planted);
      const page = await alice.page('/login');
      if (page.status === 400 || page.status === 431) continue;
      assert.equal(page.status, 200, planted.slice(0, 20));
      assert.notEqual(alice.cookies.get(VISITOR), planted);
      assert.match(alice.cookies.get(VISITOR) ?? '', /^v1\.[\w-]+$/);
    }
  });

  test('two values of the visitor’s cookie are refused, and look-alikes are nobody', async () => {
    const alice = await on.signer('alice', 'front');
    await alice.loginPage();
    const mine = alice.cookies.get(VISITOR) ?? '';
    on.app.upstream.clear();
    for (const cookie of [`${VISITOR}=${mine}; ${VISITOR}=x`, `${VISITOR}=x; ${VISITOR}=${mine}`]) {
      const got = await alice.send('GET', '/login', { cookie });
      assert.equal(got.status, 400, cookie);
    }
    on.app.upstream.silent();
    const id = [...on.app.people.sessions.keys()].at(-1) ?? 'none';
    for (const name of [
      '__host-sallyport-visitor',
      'sallyport-visitor',
      '__Secure-sallyport-visitor',
      '\u00e2\u0080\u0080__Host-sallyport-visitor',
    ]) {
      const fresh = on.stranger('alice', 'front');
      await fresh.send('GET', '/login', { cookie: `${name}=${mine}` });
      assert.equal(on.app.upstream.requests.at(-1)?.all('cookie').join(';').includes(id), false, name);
    }
  });

  test('who has planted his own visitor’s cookie in another browser gains nothing of what is signed in there', async () => {
    const mallory = await on.signer('mallory', 'front');
    await mallory.loginPage();
    const planted = mallory.cookies.get(VISITOR) ?? '';
    const alice = await on.signer('alice', 'front');
    alice.cookies.set(VISITOR, planted);
    on.app.rotate = false;
    await alice.held();
    on.app.served.length = 0;
    await mallory.page('/login');
    turnedAway(await mallory.page('/account'));
    const passed = await alice.factor();
    const target = passed.header('location') ?? '';
    assert.notEqual((await mallory.page(target)).status, 302);
    assert.equal((await alice.page(target)).header('location'), '/account');
    assert.match((await alice.page('/account')).body, /private page of alice/);
    on.app.served.length = 0;
    await mallory.page('/login');
    turnedAway(await mallory.page('/account'));
    assert.deepEqual(on.app.as('alice'), []);
    sawNothing(mallory, on.app, 'alice');
  });

  test('no name of a browser outlives a step up: pending and session are new each time, the old ones dead', async () => {
    const alice = await on.signer('alice', 'front');
    await alice.held();
    const [visitor, pending] = [alice.cookies.get(VISITOR) ?? '', alice.pending ?? ''];
    assert.notEqual(visitor, pending);
    const passed = await alice.factor();
    const session = alice.session ?? '';
    assert.ok(session !== '' && ![visitor, pending].includes(session));
    await alice.page(passed.header('location') ?? '');
    const other = on.stranger('alice', 'front');
    on.app.upstream.clear();
    for (const cookies of [
      { [PENDING]: pending },
      { '__Host-sallyport': pending },
      { '__Host-sallyport': visitor },
      { [VISITOR]: session },
      { [PENDING]: session },
    ]) {
      other.cookies.clear();
      for (const [name, value] of Object.entries(cookies)) other.cookies.set(name, value);
      turnedAway(await other.page('/account'), JSON.stringify(cookies));
      assert.notEqual((await other.factor('000000')).status, 303);
    }
    on.app.upstream.silent();
  });

  test('signed in again, one sees nothing of what an earlier visitor or session left in the jar', async () => {
    const alice = await on.signer('alice', 'portal');
    on.app.noise = ['Set-Cookie: mark=of-alice; Path=/; Max-Age=9999'];
    await alice.arrive();
    on.app.noise = [];
    const bob = await on.signer('bob', 'portal');
    for (const [name, value] of alice.cookies) bob.cookies.set(name, value);
    await bob.arrive();
    on.app.upstream.clear();
    await bob.page('/account');
    for (const { head } of on.app.upstream.requests) assert.doesNotMatch(head, /of-alice/);
  });
}, SITES);
