import assert from 'node:assert/strict';
import test from 'node:test';
import { diskFull, everything } from '../support/faults.ts';
import { sawNothing, turnedAway } from '../support/login-app-attempts.ts';
import { boundTests, SITES } from '../support/login-app-bound.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import type { Signer } from '../support/signer.ts';

async function unhurt(what: Promise<ParsedAnswer>): Promise<ParsedAnswer> {
  const got = await what;
  assert.ok([303, 401, 403, 409, 500, 502, 503].includes(got.status), `${got.status} ${got.body.slice(0, 200)}`);
  assert.doesNotMatch(got.body, /private page|wrong password|id="nobody"/);
  return got;
}

boundTests((on) => {
  for (const [name, broken] of Object.entries({ 'cannot be reached': everything, 'cannot be written': diskFull })) {
    test(`while the store ${name}, no login is sent and nothing that is held comes out`, async () => {
      const visitor = await on.signer('alice', 'front');
      const csrf = await visitor.loginPage();
      const held = await on.signer('bob', 'front');
      await held.held();
      const waiting = await on.signer('carol', 'front');
      await waiting.held();
      const passed = await waiting.factor();
      const target = passed.header('location') ?? '';
      const code = await held.code();
      on.app.upstream.clear();
      on.app.served.length = 0;
      on.faults.broken = broken;
      const form = { csrf, username: 'alice', password: visitor.password };
      assert.notEqual((await unhurt(visitor.form('/login', form))).status, 303);
      assert.notEqual((await unhurt(held.factor(code))).status, 303);
      assert.equal(held.session, undefined);
      const out = await waiting.page(target);
      assert.equal(out.status === 302 && out.header('location') === '/account', false);
      assert.deepEqual(on.app.as('alice'), []);
      on.faults.broken = null;
      await on.sally.healthy();
      turnedAway(await visitor.page('/account'));
      // What could not be done can be done now, once.
      const again = await waiting.page(target);
      assert.equal(again.header('location'), '/account');
      assert.equal((await held.factor()).status, 303);
      for (const who of [visitor, held]) sawNothing(who, on.app, who.name);
    });
  }

  for (const call of [
    'holds.insert',
    'pendings.insert',
    'jars.insert',
    'jars.update',
    'jars.remove',
    'audit.append',
    'transaction',
    'accounts.byName',
    'authenticators.ofAccount',
    'throttles.fail',
    'appNames.byName',
  ]) {
    test(`a right password before the factor, while ${call} fails: nothing of the app’s answer passes`, async () => {
      const alice = await on.signer('alice', 'front');
      const csrf = await alice.loginPage();
      on.faults.calls.length = 0;
      on.faults.broken = (each) => each === call;
      const got = await alice.form('/login', { csrf, username: 'alice', password: alice.password });
      const touched = on.faults.calls.includes(call);
      if (touched) assert.notEqual(got.header('location'), '/account');
      on.faults.broken = null;
      await on.sally.healthy();
      on.app.served.length = 0;
      if (touched && got.status !== 303) {
        turnedAway(await alice.page('/account'));
        // A step whose end could not be written keeps its jar busy for a while: who comes meanwhile waits, and is told.
        await alice.page('/login', { deadlineMs: 20_000 });
        for (const { account } of on.app.served) assert.equal(account, null);
      }
      sawNothing(alice, on.app, 'alice');
    });
  }

  test('a cookie that could not be written is not believed: the answer that brought it is refused', async () => {
    const alice = await on.signer('alice', 'portal');
    await alice.arrive();
    on.app.noise = ['Set-Cookie: fresh=1; Path=/'];
    on.faults.broken = (call) => call.startsWith('jars.');
    const got = await alice.page('/account');
    assert.equal(got.status, 503, got.body);
    on.faults.broken = null;
    await on.sally.healthy();
    on.app.noise = [];
    on.app.upstream.clear();
    assert.match((await alice.page('/account')).body, /private page of alice/);
    assert.doesNotMatch(on.app.upstream.requests.at(-1)?.head ?? '', /fresh=1/);
  });

  test('requests that change nothing ask the store nothing', async () => {
    const alice = await on.signer('alice', 'portal');
    await alice.arrive();
    await alice.page('/account');
    on.faults.calls.length = 0;
    for (let n = 0; n < 20; n += 1) await alice.expect(200, alice.page('/account'));
    assert.deepEqual(
      on.faults.calls.filter((call) => /^(?:jars|holds|appNames|transaction)/.test(call)),
      [],
    );
  });

  test('a slow store leaves no gap between the login and its hold', async () => {
    const alice: Signer = await on.signer('alice', 'front');
    on.app.rotate = false;
    const csrf = await alice.loginPage();
    on.faults.slowMs = 60;
    const cookie = alice.cookie;
    const login = alice.form('/login', { csrf, username: 'alice', password: alice.password });
    const others: Promise<ParsedAnswer>[] = [];
    for (let n = 0; n < 20; n += 1) {
      others.push(on.sally.send('GET', n % 2 === 0 ? '/login' : '/account', { cookie, host: alice.host }));
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    assert.equal((await login).status, 303);
    for (const got of await Promise.all(others)) assert.doesNotMatch(got.body, /private page|id="who"/);
    assert.deepEqual(on.app.pagesOf('alice'), ['POST /login']);
  });
}, SITES);
