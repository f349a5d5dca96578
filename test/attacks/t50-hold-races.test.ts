import assert from 'node:assert/strict';
import test from 'node:test';
import { sawNothing, turnedAway } from '../support/login-app-attempts.ts';
import { type Bound, boundTests, SITES } from '../support/login-app-bound.ts';
import { APP_PASSWORDS } from '../support/login-app-people.ts';
import { type ParsedAnswer, parseAnswer } from '../support/raw.ts';
import type { Sallyport } from '../support/sallyport.ts';
import type { Signer } from '../support/signer.ts';
import { answer } from '../support/upstream.ts';

const MINUTE = 60_000;
const PRIVATE = /private page of/;

async function accountOf(who: Signer): Promise<string | null> {
  const got = await who.send('GET', '/.sallyport/session');
  return got.status === 200 ? JSON.parse(got.body).account : null;
}

/** The answer that was held comes out: the app's redirect. */
const isHeld = (got: ParsedAnswer): boolean => got.status === 302 && got.header('location') === '/account';

/** The login step is under way at the app until the returned function is called. */
function inFlight(on: Bound): () => void {
  let go = (): void => {};
  on.app.until = new Promise<void>((resolve) => {
    go = () => resolve();
  });
  return go;
}

function dump(secrets: readonly string[], text: string, where: string): void {
  for (const secret of secrets) {
    for (const form of [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      Buffer.from(secret).toString('hex'),
    ])
      assert.equal(text.includes(form), false, `${where} holds ${secret}`);
  }
}

boundTests((on) => {
  for (const rotate of [true, false]) {
    test(`fifty requests while the login is under way get nothing of it (${rotate ? 'new' : 'same'} session id)`, async () => {
      const alice = await on.signer('alice', 'front');
      on.app.rotate = rotate;
      const csrf = await alice.loginPage();
      const go = inFlight(on);
      const login = alice.form('/login', { csrf, username: 'alice', password: alice.password });
      await on.app.upstream.until(() => on.app.as('alice').length > 0);
      const cookie = alice.cookie;
      const others = Array.from({ length: 50 }, (_, i) =>
        alice.send('GET', ['/account', '/whoami', '/login', '/'][i % 4] ?? '/', { cookie }),
      );
      // Those that wait for the login wait at most until it is over.
      setTimeout(go, 300);
      for (const got of await Promise.all(others)) {
        assert.doesNotMatch(got.body, PRIVATE);
        assert.doesNotMatch(got.body, /id="who"/);
      }
      assert.equal((await login).status, 303);
      assert.deepEqual(on.app.pagesOf('alice'), ['POST /login']);
      sawNothing(alice, on.app, 'alice');
    });

    test(`in a session too, nothing else is sent with the cookies of a login that is under way (${rotate ? 'new' : 'same'} session id)`, async () => {
      const alice = await on.signer('alice', 'portal');
      on.app.rotate = rotate;
      await alice.signIn();
      const csrf = await alice.loginPage();
      on.app.served.length = 0;
      const go = inFlight(on);
      const login = alice.form('/login', { csrf, username: 'alice', password: alice.password });
      await on.app.upstream.until(() => on.app.as('alice').length > 0);
      const before = on.app.served.length;
      const others = Array.from({ length: 20 }, () => alice.send('GET', '/account'));
      await new Promise((resolve) => setTimeout(resolve, 200));
      for (const { account } of on.app.served.slice(before)) assert.equal(account, null);
      go();
      assert.equal((await login).status, 302);
      await Promise.all(others);
      assert.match((await alice.page('/account')).body, PRIVATE);
    });
  }

  test('of two logins in one browser the later stands; the code of one opens nothing of the other', async () => {
    const alice = await on.signer('alice', 'front');
    const bob = await on.signer('bob', 'front');
    const tab = alice.another();
    await tab.held();
    const first = tab.pending ?? '';
    await tab.held({ username: 'bob', password: APP_PASSWORDS['bob'] ?? '' });
    const second = tab.pending ?? '';
    assert.notEqual(first, second);
    on.app.served.length = 0;
    // alice's code at bob's question.
    assert.notEqual((await tab.factor(await alice.code())).status, 303);
    assert.equal(tab.session, undefined);
    // And at her own, which the later login has ended.
    const old = alice.another();
    for (const [name, value] of tab.cookies) old.cookies.set(name, value);
    old.cookies.set('__Host-sallyport-pending', first);
    await old.factor();
    turnedAway(await old.page('/account').then((got) => (isHeld(got) ? got : got)), 'the ended login');
    assert.deepEqual(on.app.pagesOf('alice'), []);
    // bob's own code opens bob's.
    const passed = await tab.factor(await bob.code());
    assert.equal(passed.status, 303);
    assert.equal(await accountOf(tab), 'bob');
    assert.equal(isHeld(await tab.page(passed.header('location') ?? '')), true);
    assert.match((await tab.page('/account')).body, /private page of bob/);
    assert.deepEqual(on.app.pagesOf('alice'), []);
  });

  test('a pending sign-in taken to another visitor gives that visitor’s login to nobody', async () => {
    const alice = await on.signer('alice', 'front');
    const mallory = await on.signer('mallory', 'front');
    await alice.held();
    await mallory.held();
    on.app.served.length = 0;
    const mixed = mallory.another();
    for (const [name, value] of alice.cookies) mixed.cookies.set(name, value);
    mixed.cookies.set('__Host-sallyport-pending', mallory.pending ?? '');
    const passed = await mixed.factor();
    if (passed.status === 303) {
      await mixed.page(passed.header('location') ?? '/login');
      assert.ok([null, 'mallory'].includes(await accountOf(mixed)));
      assert.doesNotMatch((await mixed.page('/account')).body, /private page of alice/);
    }
    assert.deepEqual(on.app.as('alice'), []);
  });

  test('what was held is given out once, to one of many, on whichever node they ask', async (t) => {
    const nodes: Sallyport[] = [on.sally];
    if (on.database === 'postgres') {
      const other = await on.node();
      t.after(() => other.close());
      nodes.push(other);
    }
    const alice = await on.signer('alice', 'front');
    await alice.held();
    const passed = await alice.factor();
    assert.equal(passed.status, 303);
    const [target, cookie] = [passed.header('location') ?? '', alice.cookie];
    assert.equal(target, '/login');
    const ask = async (node: Sallyport): Promise<ParsedAnswer> =>
      parseAnswer(
        (
          await node.raw(
            node.request('GET', target, { host: alice.host, cookie, headers: [['Accept', 'text/html']] }),
            { deadlineMs: 5000 },
          )
        ).text,
      );
    const got = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(nodes[i % nodes.length] ?? on.sally)));
    assert.equal(got.filter(isHeld).length, 1);
    const replay = await alice.page(target);
    assert.equal(isHeld(replay), false);
    assert.match((await alice.page('/account')).body, /private page of alice/);
    for (const one of got) for (const line of one.all('set-cookie')) assert.match(line, /^__Host-sallyport/);
  });

  test('it belongs to the session alone: no visitor, no other session and no other method gets it', async () => {
    const alice = await on.signer('alice', 'front');
    const bob = await on.signer('bob', 'front');
    await bob.release();
    await alice.held();
    const visitor = alice.another();
    for (const [name, value] of alice.cookies) visitor.cookies.set(name, value);
    const passed = await alice.factor();
    const target = passed.header('location') ?? '';
    for (const who of [visitor, bob, on.stranger('alice', 'front')])
      assert.equal(isHeld(await who.page(target)), false);
    assert.equal(isHeld(await alice.send('HEAD', target)), false);
    assert.equal(isHeld(await alice.page(`${target}?x=1`)), false);
    assert.equal(isHeld(await alice.page(target)), true);
  });

  test('after five minutes it is gone, before the factor or after it', async () => {
    const late = await on.signer('alice', 'front');
    await late.held();
    await on.sally.advance(5 * MINUTE + 1000);
    on.app.served.length = 0;
    const refused = await late.factor();
    assert.equal(late.session, undefined, String(refused.status));
    turnedAway(await late.page('/account'));

    const slow = await on.signer('alice', 'front');
    await slow.held();
    const passed = await slow.factor();
    assert.equal(passed.status, 303);
    await on.sally.advance(5 * MINUTE + 1000);
    assert.equal(isHeld(await slow.page(passed.header('location') ?? '')), false);
    assert.deepEqual(
      on.app.pagesOf('alice').filter((page) => page.startsWith('POST')),
      ['POST /login'],
    );
  });

  test('neither store nor log nor record holds a password, a cookie, a body or a code in clear', async () => {
    const alice = await on.signer('alice', 'front');
    on.app.answers = (_, setCookies) =>
      answer('the body that is held back', '200 OK', [
        ...setCookies,
        'X-App-Secret: in-a-header',
        'Set-Cookie: SESS2=second-secret-cookie; Path=/',
      ]);
    on.app.inline = true;
    const csrf = await alice.loginPage();
    const got = await alice.form('/login', { csrf, username: 'alice', password: alice.password, remember: '1' });
    assert.equal(got.status, 303);
    const sessions = [...on.app.people.sessions.keys(), ...on.app.people.tokens.keys()];
    const secrets = [
      alice.password,
      ...sessions,
      'held back',
      'in-a-header',
      'second-secret-cookie',
      csrf,
      alice.secret,
    ];
    const own = [...alice.cookies.values()].filter((value) => value.length > 20);
    dump([...secrets, ...own], await on.atRest(), 'the store');
    dump([...secrets, ...own], await on.told(), 'the log or record');
    const code = await alice.code();
    const passed = await alice.factor(code);
    assert.equal(passed.status, 303);
    const released = await alice.page(passed.header('location') ?? '');
    assert.equal(released.body, 'the body that is held back');
    assert.equal(released.header('set-cookie')?.includes('second-secret') ?? false, false);
    assert.match((await alice.page('/account')).body, PRIVATE);
    dump([...secrets, alice.session ?? 'none'], await on.atRest(), 'the store, later');
    dump([...secrets, alice.session ?? 'none'], await on.told(), 'the log or record, later');
  });
}, SITES);
