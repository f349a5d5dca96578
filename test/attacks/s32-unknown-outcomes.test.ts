import assert from 'node:assert/strict';
import test from 'node:test';
import { sawNothing, turnedAway } from '../support/login-app-attempts.ts';
import { type Bound, boundTests } from '../support/login-app-bound.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import type { Signer } from '../support/signer.ts';
import { answer, type Behaviour, bytes, chunked, hangUp, stall } from '../support/upstream.ts';

const BIG = `<b id="who">alice</b>${'x'.repeat(300 * 1024)}`;

/** Answers to the question who is signed in that say nothing that can be relied on. */
const WORDS: Readonly<Record<string, Behaviour>> = {
  'an error': answer('<b id="who">alice</b>', '500 Error'),
  'not found': answer('nothing here', '404 Not Found'),
  'an empty page': answer(''),
  'a page of another kind': answer('<h1>maintenance</h1>'),
  'a name and nobody': answer('<p id="nobody"></p><b id="who">alice</b>'),
  'an empty name': answer('<b id="who"></b>'),
  'markup for a name': answer('<b id="who">a&lt;lice\u0000</b>'),
  'too much': answer(BIG),
  'no end': chunked([BIG, BIG, BIG, BIG]),
  garbage: bytes('\u0000\u0001garbage\r\n\r\n', true),
  'half an answer': bytes('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<b id="who">alice</b>', true),
  packed: answer('\u001f\u008b\b', '200 OK', ['Content-Encoding: gzip']),
  'a redirect to itself': answer('', '302 Found', ['Location: /whoami']),
  'a hang-up': hangUp,
  'nothing, ever': stall,
};

/** Answers to the login itself, of an app that cannot be asked, that are neither success nor failure. */
const ANSWERS: Readonly<Record<string, (setCookies: readonly string[]) => Behaviour>> = {
  'a page': (fields) => answer('private page of alice', '200 OK', fields),
  'a redirect elsewhere': (fields) => answer('', '302 Found', [...fields, 'Location: /elsewhere']),
  'a redirect that only begins alike': (fields) => answer('', '302 Found', [...fields, 'Location: /account/../x']),
  'no content': (fields) => answer('', '204 No Content', fields),
  'an error': (fields) => answer('private page of alice', '500 Error', fields),
  'a cookie alone': (fields) => answer('', '200 OK', fields),
  'too much': (fields) => answer(`private page of alice${BIG}`, '302 Found', [...fields, 'Location: /account']),
  'no end': (fields) =>
    bytes(
      `HTTP/1.1 302 Found\r\nLocation: /account\r\nTransfer-Encoding: chunked\r\n${fields.join('\r\n')}\r\n\r\n40000\r\n${'x'.repeat(0x40000)}\r\n40000\r\n`,
    ),
  'half an answer': (fields) =>
    bytes(`HTTP/1.1 302 Found\r\nLocation: /account\r\nContent-Length: 9\r\n${fields.join('\r\n')}\r\n\r\nx`, true),
  garbage: () => bytes('private page of alice\r\n\r\n', true),
  'a hang-up': () => hangUp,
  'nothing, ever': () => stall,
  'a switch of protocols': (fields) =>
    bytes(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n${fields.join('\r\n')}\r\n\r\nprivate page of alice`,
      true,
    ),
};

/** Refused, with nothing of the app's answer, and the app's session thrown away on both sides of it. */
async function nothingPassed(on: Bound, who: Signer, got: ParsedAnswer, name: string): Promise<void> {
  assert.ok([403, 413, 502, 504].includes(got.status), `${name}: ${got.status} ${got.body.slice(0, 200)}`);
  assert.equal(who.pending, undefined, name);
  on.app.whoami = null;
  on.app.answers = null;
  on.app.served.length = 0;
  await who.page('/login');
  const next = await who.page('/account');
  if (who.host.includes('front')) turnedAway(next, name);
  for (const { account } of on.app.served) assert.equal(account, null, name);
  sawNothing(who, on.app, 'alice');
  who.cookies.delete('__Host-sallyport-visitor');
}

async function ready(on: Bound, site: string): Promise<Signer> {
  const alice = await on.signer('alice', site);
  if (!site.includes('front')) await alice.signIn();
  return alice;
}

boundTests(
  (on) => {
    for (const site of ['behind', 'front', 'silent', 'silentfront']) {
      for (const [name, behaviour] of Object.entries(WORDS)) {
        test(`${site}: asked who is signed in, the app answers with ${name}: nothing passes`, async () => {
          const alice = await ready(on, site);
          on.app.silent = site.startsWith('silent');
          const csrf = await alice.loginPage();
          on.app.whoami = behaviour;
          const form = { csrf, username: 'alice', password: alice.password };
          await nothingPassed(on, alice, await alice.form('/login', form, { deadlineMs: 8000 }), name);
        });
      }
    }

    for (const site of ['form', 'formfront']) {
      for (const [name, make] of Object.entries(ANSWERS)) {
        test(`${site}: the login is answered with ${name}: nothing passes`, async () => {
          const alice = await ready(on, site);
          on.app.answers = (account, setCookies) =>
            account === undefined ? answer('no', '401 Unauthorized') : make(setCookies);
          const csrf = await alice.loginPage();
          const form = { csrf, username: 'alice', password: alice.password };
          await nothingPassed(on, alice, await alice.form('/login', form, { deadlineMs: 8000 }), name);
        });
      }
    }

    for (const site of ['silent', 'silentfront']) {
      test(`${site}: where right and wrong are answered alike, the app is asked, and tells them apart`, async () => {
        const alice = await ready(on, site);
        on.app.silent = true;
        const wrong = await alice.login({ password: 'wrong' });
        assert.deepEqual([wrong.status, wrong.header('location')], [302, '/account']);
        assert.equal(alice.pending, undefined);
        assert.notEqual((await alice.page('/account')).status, 200);
        const right = await alice.login();
        assert.equal(right.status, site === 'silent' ? 302 : 303);
        if (site === 'silentfront') {
          assert.match(right.header('location') ?? '', /^\/\.sallyport\/sign-in\//);
          const passed = await alice.factor();
          assert.equal((await alice.page(passed.header('location') ?? '')).header('location'), '/account');
        }
        assert.match((await alice.page('/account')).body, /private page of alice/);
      });
    }

    test('the app names somebody else than was typed: the one it names is asked for, or refused', async () => {
      const bob = await on.signer('bob', 'front');
      await on.signer('alice', 'front');
      await bob.loginPage();
      on.app.whoami = answer('<b id="who">alice</b>');
      await bob.held();
      assert.notEqual((await bob.factor()).status, 303);
      assert.equal(bob.session, undefined);
      on.app.whoami = null;
      const own = await ready(on, 'behind');
      own.cookies.clear();
      const his = await on.signer('bob', 'behind');
      await his.signIn();
      const csrf = await his.loginPage();
      on.app.whoami = answer('<b id="who">alice</b>');
      const got = await his.form('/login', { csrf, username: 'bob', password: his.password });
      assert.equal(got.status, 403);
      on.app.whoami = null;
      on.app.served.length = 0;
      await his.page('/account');
      for (const { account } of on.app.served) assert.equal(account, null);
    });
  },
  {
    // The first one has the usual patience; the others wait two seconds for an answer.
    first: { order: 'factor-first' },
    behind: { order: 'factor-first' },
    front: { order: 'login-first' },
    silent: { order: 'factor-first', preset: { silent: true } },
    silentfront: { order: 'login-first', preset: { silent: true } },
    form: { order: 'factor-first', preset: { whoami: false } },
    formfront: { order: 'login-first', preset: { whoami: false } },
  },
);
