import assert from 'node:assert/strict';
import test from 'node:test';
import { sawNothing } from '../support/login-app-attempts.ts';
import { type Bound, boundTests, SITES } from '../support/login-app-bound.ts';
import { APP_PASSWORDS, type Fold } from '../support/login-app-people.ts';
import { PENDING } from '../support/sallyport.ts';
import type { Signer } from '../support/signer.ts';

const ALL: readonly Fold[] = ['nul', 'nfkc', 'accents', 'lower', 'trim', 'mail', 'domain', 'dot', 'trim'];

/** Names that some app or other takes for alice. */
const SPELLINGS = [
  'alice',
  'ALICE',
  'Alice',
  'aLiCe',
  ' alice',
  'alice ',
  '  alice\t',
  '\u00a0alice\u2003',
  'alice\0',
  'alice\0bob',
  'alice.',
  'alice..',
  '\u1d2clice',
  '\uff41lice',
  'al\u0131ce',
  'AL\u0130CE',
  '\u00e1lice',
  'a\u0301lice',
  'al\u00adice',
  'alice\u200b',
  '\u202ealice',
  '\u2060alice',
  '\ufeffalice',
  '\u0430lice',
  'CORP\\alice',
  'corp\\ALICE',
  'corp/alice',
  'alice@corp',
  'alice@corp.test',
  'Alice@CORP.TEST',
  'alice@corp@corp.test',
  'OTHER\\alice',
  'alice@other.test',
  'alice\r\nbob',
  'alice\nX: 1',
  'a'.repeat(300),
  `alice${' '.repeat(300)}`,
  'alice,bob',
  'alice;bob',
  "alice'--",
  '*',
  '%61lice',
  'alice%20',
  '%',
] as const;

async function pendingOf(who: Signer, form: Readonly<Record<string, string>>): Promise<boolean> {
  const answer = await who.login(form);
  if (answer.status !== 303) {
    assert.ok([400, 401, 403, 413, 502].includes(answer.status), `${JSON.stringify(form)}: ${answer.status}`);
    return false;
  }
  return (answer.header('location') ?? '').startsWith('/.sallyport/sign-in/') && who.pending !== undefined;
}

async function accountOf(who: Signer): Promise<string> {
  const answer = await who.expect(200, who.send('GET', '/.sallyport/session'));
  return JSON.parse(answer.body).account;
}

function hostile(on: Bound): void {
  on.app.folds = ALL;
  on.app.worst = true;
  on.app.csrf = false;
}

boundTests(
  (on) => {
    for (const site of ['front', 'formfront', 'raw', 'rawform'] as const) {
      test(`${site}: however alice is spelled, the factor that is asked for is alice’s, and her session is what it opens`, async () => {
        await on.signer('alice', site);
        const bob = await on.signer('bob', site);
        hostile(on);
        let asked = 0;
        for (const spelling of SPELLINGS) {
          const name = JSON.stringify(spelling);
          await bob.forgiven();
          const thief = bob.another();
          if (!(await pendingOf(thief, { username: spelling, password: APP_PASSWORDS['alice'] ?? '' }))) continue;
          asked += 1;
          const before = on.app.pagesOf('alice').length;
          // His own code does not pass for hers, nor hers for another's.
          assert.notEqual((await thief.factor(await bob.code())).status, 303, name);
          assert.equal(thief.session, undefined, name);
          const hers = await on.signer('alice', site);
          hers.cookies.clear();
          for (const [cookie, value] of thief.cookies) hers.cookies.set(cookie, value);
          const passed = await hers.factor();
          if (passed.status === 303 && hers.session !== undefined) assert.equal(await accountOf(hers), 'alice', name);
          else assert.equal(on.app.pagesOf('alice').length, before, name);
          sawNothing(thief, on.app, 'alice');
        }
        assert.ok(asked > 0);
      });
    }

    test('a spelling that only the app folds finds no account without a factor: there is none to be enrolled', async () => {
      await on.signer('alice', 'formfront');
      on.app.folds = ALL;
      for (const spelling of ['\u00e1lice', 'alice@other.test', 'alice..']) {
        const thief = on.stranger('alice', 'formfront');
        const answer = await thief.login({ username: spelling, password: APP_PASSWORDS['alice'] ?? '' });
        assert.ok(
          [400, 401, 403, 502].includes(answer.status) || (answer.status === 303 && thief.session === undefined),
          spelling,
        );
        assert.doesNotMatch(answer.body, /private page/);
        assert.notEqual((await thief.page('/account')).status, 200);
        sawNothing(thief, on.app, 'alice');
      }
    });

    for (const site of ['portal', 'form', 'rawportal'] as const) {
      test(`${site}: in bob’s session no spelling of alice is sent on`, async () => {
        const bob = await on.signer('bob', site);
        await bob.arrive();
        hostile(on);
        on.app.served.length = 0;
        for (const spelling of SPELLINGS) {
          on.app.upstream.clear();
          const form = { username: spelling, password: APP_PASSWORDS['alice'] ?? '' };
          const answer = await bob.form('/login', form);
          assert.ok(
            [400, 403, 413].includes(answer.status),
            `${JSON.stringify(spelling).slice(0, 40)}: ${answer.status}`,
          );
          on.app.upstream.silent(JSON.stringify(spelling));
        }
        assert.deepEqual(on.app.as('alice'), []);
      });

      test(`${site}: in alice’s own session every spelling is alice or refused`, async () => {
        const alice = await on.signer('alice', site);
        await alice.signIn();
        on.app.folds = ALL;
        for (const spelling of SPELLINGS) {
          const answer = await alice.login({ username: spelling });
          if (answer.status === 302) assert.match((await alice.page('/account')).body, /private page of alice|^$/);
          else
            assert.ok(
              [400, 401, 403, 413, 502].includes(answer.status),
              `${JSON.stringify(spelling).slice(0, 40)}: ${answer.status}`,
            );
        }
        for (const { account } of on.app.served) assert.ok(account === 'alice' || account === null);
      });
    }

    test('where the app tells ALICE from alice and cannot be asked, ALICE is not taken for alice', async () => {
      const form = { username: 'ALICE', password: APP_PASSWORDS['ALICE'] ?? '' };
      const alice = await on.signer('alice', 'rawform');
      const held = await alice.login(form);
      assert.ok([401, 403].includes(held.status), String(held.status));
      assert.equal(alice.pending, undefined);
      const own = await on.signer('alice', 'rawformportal');
      await own.signIn();
      const csrf = await own.loginPage();
      on.app.upstream.clear();
      assert.equal((await own.form('/login', { csrf, ...form })).status, 403);
      on.app.upstream.silent();
      assert.deepEqual(
        on.app.pagesOf('ALICE').filter((page) => page !== 'POST /login'),
        [],
      );
    });

    test('wrong passwords are counted for the account too, and no spelling is free', async () => {
      const turns = [
        ['alice', 'ALICE', ' alice ', 'Alice', '\uff41lice', 'aLICE'],
        ['\u00e1lice'],
        ['alice\u200b'],
        ['alice@other.test'],
      ];
      for (const spellings of turns) {
        await on.signer('alice', 'front');
        on.app.folds = ALL;
        for (let n = 0; n < 12; n += 1) {
          const thief = on.stranger('alice', 'front');
          await thief.login({ username: spellings[n % spellings.length] ?? '', password: `wrong ${n}` });
        }
        const tried = on.app.served.filter(({ method }) => method === 'POST').length;
        assert.ok(tried <= 6, `${JSON.stringify(spellings)}: ${tried} passwords were tried`);
      }
    });

    test('wrong codes are counted for the account, whichever way it was spelled', async () => {
      const alice = await on.signer('alice', 'front');
      hostile(on);
      const spellings = [
        'alice',
        'ALICE',
        ' alice ',
        'Alice',
        '\uff41lice',
        'aLICE',
        'alice',
        'ALIce',
        'alice',
        'ALICE',
      ];
      let refused = 0;
      for (const username of spellings) {
        const thief = alice.another();
        if (!(await pendingOf(thief, { username, password: alice.password }))) continue;
        const answer = await thief.factor(thief.wrongCode());
        if (answer.status === 429) refused += 1;
        thief.cookies.delete(PENDING);
      }
      const id = (await on.sally.app.store.accounts.byName('staff', 'alice'))?.id ?? '';
      const rows = await on.sally.app.store.authenticators.ofAccount(id);
      const failures = rows.find(({ kind }) => kind === 'totp')?.failures ?? 0;
      assert.ok(refused > 0 || failures >= 5, `${refused} refused, ${failures} counted`);
      await on.sally.app.store.accounts.byName('staff', 'ALICE').then((row) => assert.equal(row, undefined));
    });
  },
  {
    ...SITES,
    // The operator has said nothing about spellings.
    raw: { order: 'login-first', preset: { fold: [] } },
    rawform: { order: 'login-first', preset: { fold: [], whoami: false } },
    rawformportal: { order: 'factor-first', preset: { fold: [], whoami: false } },
    rawportal: { order: 'factor-first', preset: { fold: [] } },
  },
);
