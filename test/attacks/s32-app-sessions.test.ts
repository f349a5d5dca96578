import assert from 'node:assert/strict';
import test from 'node:test';
import { sawNothing } from '../support/login-app-attempts.ts';
import { boundTests, SITES } from '../support/login-app-bound.ts';
import type { Signer } from '../support/signer.ts';
import { answer, ticks } from '../support/upstream.ts';

async function signedIn(who: Signer): Promise<Signer> {
  if (who.host.includes('front')) await who.release();
  else await who.arrive();
  return who;
}

const session = (who: Signer): Promise<number> => who.send('GET', '/.sallyport/session').then(({ status }) => status);

boundTests((on) => {
  for (const site of ['portal', 'front', 'form', 'formfront']) {
    test(`${site}: when the app has forgotten everybody, one signs in there again, and keeps the factor`, async () => {
      const alice = await signedIn(await on.signer('alice', site));
      on.app.restart();
      on.app.served.length = 0;
      const lost = await alice.page('/account');
      assert.ok([302, 303].includes(lost.status), String(lost.status));
      assert.match(lost.header('location') ?? '', /\/login/);
      assert.equal(await session(alice), 200, 'the factor is kept');
      const csrf = await alice.loginPage();
      on.app.upstream.clear();
      const other = await alice.form('/login', { csrf, username: 'bob', password: 'Passw0rd!b' });
      assert.equal(other.status, 403);
      on.app.upstream.silent();
      assert.equal((await alice.login()).status, 302);
      assert.match((await alice.page('/account')).body, /private page of alice/);
      assert.deepEqual(on.app.as('bob'), []);
    });

    test(`${site}: an id that the app has given to somebody else in the meantime opens nothing`, async () => {
      const alice = await signedIn(await on.signer('alice', site));
      const mine = on.app.sessionOf('alice');
      on.app.restart();
      // Whoever signed in next was given the very same id.
      on.app.people.open(mine).account = 'bob';
      on.app.served.length = 0;
      if (site.includes('form')) return;
      await on.sally.advance(11 * 60_000);
      const got = await alice.page('/account');
      assert.doesNotMatch(got.body, /private page of bob/);
      assert.deepEqual(on.app.pagesOf('bob'), []);
      assert.ok((await on.sally.audit('app.sealed')).length > 0);
    });
  }

  test('session ids of the app that are taken over elsewhere bring nobody in', async () => {
    const alice = await signedIn(await on.signer('alice', 'portal'));
    const id = on.app.sessionOf('alice');
    const bob = await signedIn(await on.signer('bob', 'portal'));
    on.app.served.length = 0;
    await bob.page('/account', { cookie: `SESS=${id}; ${bob.cookie}` });
    await on.stranger('bob', 'portal').page('/account', { cookie: `SESS=${id}` });
    assert.deepEqual(on.app.as('alice'), []);
    sawNothing(bob, on.app, 'alice');
    assert.match((await alice.page('/account')).body, /private page of alice/);
  });

  test('a session at one app is none at another, though the app behind is the same', async () => {
    const alice = await signedIn(await on.signer('alice', 'portal'));
    const front = alice.another('front.test');
    for (const [name, value] of alice.cookies) front.cookies.set(name, value);
    on.app.served.length = 0;
    const got = await front.page('/account');
    assert.notEqual(got.status, 200);
    assert.deepEqual(on.app.as('alice'), []);
  });

  test('what streams with the old cookies is cut when somebody signs in anew', async () => {
    const alice = await signedIn(await on.signer('alice', 'portal'));
    on.app.upstream.on('/events', ticks(30));
    let text = '';
    let closed = false;
    const { connect } = await import('node:net');
    const socket = connect(on.sally.port, '127.0.0.1');
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('close', () => {
      closed = true;
    });
    socket.on('error', () => {});
    socket.write(`GET /events HTTP/1.1\r\nHost: ${alice.host}\r\nCookie: ${alice.cookie}\r\n\r\n`);
    await on.app.upstream.until(() => text.length > 300);
    on.app.csrf = false;
    assert.equal((await alice.login()).status, 302);
    await on.app.upstream.until(() => closed, 5000);
  });

  test('the answer of a request that was sent before a new sign-in brings nothing into the jar', async () => {
    const alice = await signedIn(await on.signer('alice', 'portal'));
    let say = (): void => {};
    on.app.upstream.on('/slow', (socket, request) => {
      say = () =>
        answer('late', '200 OK', ['Set-Cookie: SESS=from-before; Path=/', 'Set-Cookie: LATE=1; Path=/'])(
          socket,
          request,
        );
    });
    const slow = alice.send('GET', '/slow').catch(() => undefined);
    await on.app.upstream.until(() => on.app.upstream.requests.some(({ target }) => target === '/slow'));
    on.app.csrf = false;
    assert.equal((await alice.login()).status, 302);
    say();
    await slow;
    on.app.upstream.clear();
    assert.match((await alice.page('/account')).body, /private page of alice/);
    for (const { head } of on.app.upstream.requests) assert.doesNotMatch(head, /from-before|LATE/);
  });
}, SITES);
