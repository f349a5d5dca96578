import assert from 'node:assert/strict';
import test from 'node:test';
import { boundTests } from '../support/login-app-bound.ts';

const TIMES = 100;

boundTests((on) => {
  /** What comes from nobody in particular, by kind. Whatever it is, however often, it leaves nothing behind. */
  const NOTHING: Readonly<Record<string, readonly [method: string, target: string]>> = {
    'the app’s sign-in page': ['GET', '/login'],
    'a page that needs a sign-in': ['GET', '/account'],
    'our sign-in page': ['GET', '/.sallyport/sign-in'],
    'a link for an enrolment': ['GET', `/.sallyport/enrol/${'A'.repeat(43)}`],
    health: ['GET', '/.sallyport/health'],
  };

  for (const [what, [method, target]] of Object.entries(NOTHING)) {
    test(`${what}, asked for without a cookie ${TIMES} times: not a row anywhere`, async () => {
      const before = await on.rows();
      for (let n = 0; n < TIMES; n += 1) await on.sally.send(method, target, { host: 'front.test' });
      const after = await on.rows();
      // Refusals are told together, not each; the store's own trial write is one row for ever. An entry has one leaf, and of
      // the heads that are signed one an hour is kept, whatever is sent.
      const leaves = (after['audit'] ?? 0) - (before['audit'] ?? 0);
      const more: Readonly<Record<string, number>> = { audit: 2, leaves, checkpoints: 1, meta: 1 };
      for (const [table, count] of Object.entries(after))
        assert.ok(count - (before[table] ?? 0) <= (more[table] ?? 0), `${table}: ${before[table]} → ${count}`);
    });
  }

  test('a wrong password at the app leaves its counts and what is on record, and no jar', async () => {
    const stranger = on.stranger('alice', 'front');
    const csrf = await stranger.loginPage();
    const before = await on.rows();
    assert.equal((await stranger.form('/login', { csrf, username: 'alice', password: 'wrong' })).status, 401);
    const after = await on.rows();
    for (const table of ['jars', 'holds', 'pendings', 'sessions', 'challenges'])
      assert.equal(after[table], before[table], table);
    assert.equal((await stranger.page('/login')).status, 200);
  });

  test('what a browser carried before a login is worth nothing after it, wherever it is shown', async () => {
    const alice = await on.signer('alice', 'front');
    // The worst of apps: its session keeps its name when somebody signs in.
    on.app.rotate = false;
    await alice.forgiven();
    const csrf = await alice.loginPage();
    const old = alice.cookie;
    assert.equal((await alice.form('/login', { csrf, username: 'alice', password: alice.password })).status, 303);
    const ids = [...on.app.people.sessions.keys()];
    const other = await on.node();
    try {
      for (const node of [on.sally, other]) {
        for (const target of ['/login', '/account']) {
          on.app.upstream.clear();
          const got = await node.send('GET', target, { cookie: old, host: 'front.test' });
          assert.doesNotMatch(got.body, /private page|id="who"/);
          for (const { all } of on.app.upstream.requests.map((each) => ({ all: each.all('cookie').join(';') })))
            assert.equal(
              ids.some((id) => all.includes(id)),
              false,
              target,
            );
        }
        // Nor after a wrong password that was given with it.
        await node.send('POST', '/login', {
          cookie: old,
          host: 'front.test',
          origin: 'http://front.test',
          form: { csrf, username: 'alice', password: 'no' },
        });
      }
      on.app.upstream.clear();
      await on.sally.send('GET', '/login', { cookie: old, host: 'front.test' });
      const sent = on.app.upstream.requests.at(-1)?.all('cookie').join(';') ?? '';
      assert.equal(
        ids.some((id) => sent.includes(id)),
        false,
      );
    } finally {
      await other.close();
    }
  });

  test('what is sealed for one app opens nothing at another', async () => {
    const stranger = on.stranger('bob', 'front');
    await stranger.loginPage();
    on.app.upstream.clear();
    await on.sally.send('GET', '/login', { cookie: stranger.cookie, host: 'formfront.test' });
    assert.deepEqual(on.app.upstream.requests.at(-1)?.all('cookie'), []);
  });
});
