import assert from 'node:assert/strict';
import test from 'node:test';
import { sawNothing, turnedAway } from '../support/login-app-attempts.ts';
import { type Bound, boundTests } from '../support/login-app-bound.ts';
import { APP_PASSWORDS } from '../support/login-app-people.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import type { Signer } from '../support/signer.ts';

const first = async (who: Signer, username: string): Promise<ParsedAnswer> =>
  who.form('/login', { csrf: await who.loginPage(), username });
const second = (who: Signer, name: string, more: Readonly<Record<string, string>> = {}): Promise<ParsedAnswer> =>
  who.form('/login/password', { password: APP_PASSWORDS[name] ?? '', ...more });

function start(on: Bound): void {
  on.app.steps = 2;
}

boundTests(
  (on) => {
    for (const site of ['stepfront', 'stepformfront']) {
      test(`${site}: the second step holds for the account of the first`, async () => {
        const alice = await on.signer('alice', site);
        start(on);
        assert.equal((await first(alice, 'alice')).status, 200);
        const held = await second(alice, 'alice');
        assert.equal(held.status, 303);
        sawNothing(alice, on.app, 'alice');
        const passed = await alice.factor();
        assert.equal(passed.header('location'), '/login/password');
        assert.equal((await alice.page('/login/password')).header('location'), '/account');
        assert.match((await alice.page('/account')).body, /private page of alice/);
      });

      test(`${site}: the password without a name, or of another visitor’s name, is not sent`, async () => {
        const alice = await on.signer('alice', site);
        const other = await on.signer('bob', site);
        start(on);
        turnedAway(await second(alice, 'alice'));
        on.app.upstream.silent();
        await alice.loginPage();
        on.app.upstream.clear();
        const early = await second(alice, 'alice');
        assert.ok([400, 401, 403, 409].includes(early.status), String(early.status));
        on.app.upstream.silent();
        await first(other, 'alice');
        on.app.upstream.clear();
        turnedAway(await second(alice, 'alice'));
        on.app.upstream.silent();
      });

      test(`${site}: the second step cannot name somebody else, and a name given later takes its place`, async () => {
        const bob = await on.signer('bob', site);
        await on.signer('alice', site);
        start(on);
        await first(bob, 'bob');
        on.app.upstream.clear();
        for (const more of [{ username: 'alice' }, { user: 'alice' }, { Username: 'alice' }, { extra: '1' }]) {
          turnedAway(await second(bob, 'alice', more as unknown as Record<string, string>), JSON.stringify(more));
          on.app.upstream.silent();
        }
        await first(bob, 'bob');
        await first(bob, 'alice');
        const held = await second(bob, 'alice');
        if (held.status === 303) {
          assert.notEqual((await bob.factor()).status, 303);
          assert.equal(bob.session, undefined);
        }
        assert.deepEqual(
          on.app.pagesOf('alice').filter((page) => page !== 'POST /login/password'),
          [],
        );
        sawNothing(bob, on.app, 'alice');
      });

      test(`${site}: a failure starts again at the name`, async () => {
        const alice = await on.signer('alice', site);
        start(on);
        await first(alice, 'alice');
        assert.equal((await second(alice, 'bob')).status, 401);
        on.app.upstream.clear();
        turnedAway(await second(alice, 'alice'));
        on.app.upstream.silent();
        await first(alice, 'alice');
        assert.equal((await second(alice, 'alice')).status, 303);
      });

      test(`${site}: naming somebody again does not wipe out wrong passwords`, async () => {
        await on.signer('alice', site);
        start(on);
        // From browsers that nobody knows; thirty failures of one address are free, five of one account.
        for (let n = 0; n < 12; n += 1) {
          const thief = on.stranger('alice', site);
          if ((await first(thief, 'alice')).status === 200) await second(thief, 'bob');
        }
        const guessed = on.app.served.filter(({ target }) => target === '/login/password');
        assert.ok(guessed.length >= 5 && guessed.length <= 6, `${guessed.length} passwords were tried`);
      });
    }

    for (const site of ['stepfront', 'stepformfront']) {
      test(`${site}: by cookies from before a name, nobody puts another name under what was begun with theirs`, async () => {
        const bob = await on.signer('bob', site);
        start(on);
        const mallory = await on.signer('mallory', site);
        const csrf = await mallory.loginPage();
        const before = new Map(mallory.cookies);
        assert.equal((await mallory.form('/login', { csrf, username: 'mallory' })).status, 200);
        const after = new Map(mallory.cookies);
        // The app's own session, asked in between by the cookies that it had before any name, would now be bob's to be.
        const replayed = mallory.another();
        for (const [name, value] of before) replayed.cookies.set(name, value);
        await replayed.form('/login', { csrf, username: 'bob' });
        mallory.cookies.clear();
        for (const [name, value] of after) mallory.cookies.set(name, value);
        const answered = await second(mallory, 'bob');
        // Held, if at all, for bob's factor.
        if (answered.status === 303) assert.notEqual((await mallory.factor()).status, 303);
        assert.equal(mallory.session, undefined);
        assert.doesNotMatch((await mallory.page('/account')).body, /private page of bob/);
        sawNothing(mallory, on.app, 'bob');
        sawNothing(replayed, on.app, 'bob');
        await bob.forgiven();
      });
    }

    for (const site of ['step', 'stepform']) {
      test(`${site}: in a session neither step takes another account`, async () => {
        const mallory = await on.signer('mallory', site);
        start(on);
        await mallory.signIn();
        const csrf = await mallory.loginPage();
        on.app.upstream.clear();
        assert.equal((await mallory.form('/login', { csrf, username: 'alice' })).status, 403);
        const early = await second(mallory, 'alice');
        assert.ok([400, 403, 409].includes(early.status), String(early.status));
        on.app.upstream.silent();
        assert.equal((await first(mallory, 'mallory')).status, 200);
        assert.equal((await second(mallory, 'mallory')).status, 302);
        on.app.upstream.clear();
        assert.equal((await mallory.form('/login', { csrf, username: 'alice' })).status, 403);
        assert.ok([400, 403, 409].includes((await second(mallory, 'alice')).status));
        on.app.upstream.silent();
        assert.match((await mallory.page('/account')).body, /private page of mallory/);
        assert.deepEqual(on.app.as('alice'), []);
      });
    }
  },
  {
    step: { order: 'factor-first', preset: { steps: 2 } },
    stepfront: { order: 'login-first', preset: { steps: 2 } },
    stepform: { order: 'factor-first', preset: { steps: 2, whoami: false } },
    stepformfront: { order: 'login-first', preset: { steps: 2, whoami: false } },
  },
);
