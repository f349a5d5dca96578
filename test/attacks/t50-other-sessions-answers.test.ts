import assert from 'node:assert/strict';
import test from 'node:test';
import { type Bound, boundTests } from '../support/login-app-bound.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { answer, type Behaviour } from '../support/upstream.ts';

const PRIVATE = /private page of alice/;
const ID = 'the-one-session-of-alice';
const WHO = '<p id="who">alice</p>';

const late =
  (ms: number, behaviour: Behaviour): Behaviour =>
  (socket, request) =>
    void setTimeout(() => socket.destroyed || behaviour(socket, request), ms);

/** A way in that no preset lists: it signs alice in, always by the same cookie, and shows her page at once. */
const magic = (): Behaviour => answer('private page of alice', '200 OK', [`Set-Cookie: SESS=${ID}; Path=/`]);

function refusedAll(got: readonly ParsedAnswer[]): void {
  for (const { status, body } of got) {
    assert.ok(status >= 400, `${status} ${body.slice(0, 80)}`);
    assert.doesNotMatch(body, PRIVATE);
  }
}

/** Afterwards the jar has nothing of hers, and bob can sign in again. */
async function isWell(on: Bound, bob: Awaited<ReturnType<Bound['signer']>>): Promise<void> {
  on.app.whoami = null;
  on.app.served.length = 0;
  assert.equal((await bob.login()).status, 302);
  assert.match((await bob.page('/account')).body, /private page of bob/);
  assert.deepEqual(on.app.as('alice'), []);
}

boundTests(
  (on) => {
    test('while the app is asked about one answer, no other that brings the same cookie goes on', async () => {
      const bob = await on.signer('bob');
      for (const signedIn of [true, false]) {
        if (signedIn) await bob.arrive();
        else await bob.page('/logout');
        let asked = 0;
        on.app.upstream.on('/magic', (socket, request) => late(30 * asked++, magic())(socket, request));
        on.app.whoami = late(400, answer(WHO));
        refusedAll(await Promise.all(Array.from({ length: 8 }, () => bob.page('/magic'))));
        assert.ok(asked > 1);
        await isWell(on, bob);
      }
    });

    test('what the app says of one cookie while another comes is not said of that', async () => {
      const bob = await on.signer('bob');
      await bob.arrive();
      // As the app would say it, of the cookie that it was asked about.
      const says: Behaviour = (socket, request) =>
        answer(WHO.replace('alice', request.all('cookie').join().includes(ID) ? 'alice' : 'bob'))(socket, request);
      for (let time = 0; time < 3; time += 1) {
        on.app.upstream.on('/magic', late(100 + 50 * time, magic()));
        on.app.whoami = late(300, says);
        // Who is signed in and opens the sign-in page has the app asked anew.
        const [, other] = await Promise.all([bob.page('/login'), bob.page('/magic')]);
        refusedAll([other]);
        assert.doesNotMatch((await bob.page('/account')).body, PRIVATE);
        await isWell(on, bob);
      }
    });

    test('an answer is not shown because the one after it brought the person’s own cookie', async () => {
      const bob = await on.signer('bob');
      for (let time = 0; time < 5; time += 1) {
        await bob.arrive();
        const own = on.app.sessionOf('bob');
        on.app.upstream.on('/own', late(60, answer('', '200 OK', [`Set-Cookie: SESS=${own}; Path=/`])));
        on.app.upstream.on('/magic', late(60, magic()));
        const session = on.app.people.open(ID);
        session.account = 'alice';
        const got = await Promise.all([bob.page('/magic'), bob.page('/own'), bob.page('/magic'), bob.page('/own')]);
        refusedAll(got.filter((_, i) => i % 2 === 0));
        await bob.page('/logout');
      }
    });

    test('what the app has said of a cookie is of no account once the jar was emptied', async () => {
      const bob = await on.signer('bob');
      await bob.arrive();
      on.app.upstream.on('/magic', magic());
      for (const said of [`${WHO}<p id="nobody"></p>`, WHO]) {
        on.app.whoami = answer(said);
        for (let time = 0; time < 3; time += 1) refusedAll([await bob.page('/magic'), await bob.send('GET', '/magic')]);
      }
      await isWell(on, bob);
    });

    test('an answer to a sign-out that signs somebody else in is not shown', async () => {
      const bob = await on.signer('bob');
      await bob.arrive();
      on.app.whoami = answer(WHO);
      on.app.upstream.on('/logout', magic());
      refusedAll([await bob.page('/logout')]);
      await isWell(on, bob);
    });
  },
  { portal: { order: 'factor-first', preset: { doors: false } } },
);
