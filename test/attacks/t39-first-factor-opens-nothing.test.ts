import assert from 'node:assert/strict';
import test from 'node:test';
import { GETS, POSTS } from '../support/addresses.ts';
import { Person } from '../support/person.ts';
import { SESSION, withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ host: 'portal.localhost' }));

const TARGETS = [
  '/',
  '/admin',
  '/static/app.css',
  '/favicon.ico',
  '/robots.txt',
  '/.well-known/x',
  '/api/v1/users',
  '/unknown?x=1',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'QUERY'];

test('who has proven the password alone reaches nothing of the app, by any method, on any path', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  const halfway = alice.elsewhere();
  assert.equal((await halfway.begin()).status, 200);
  assert.ok(halfway.pending !== undefined && halfway.session === undefined);
  sally.upstream.clear();
  const cookies = [halfway.cookie, `${SESSION}=${halfway.pending}`, `${halfway.cookie}; ${SESSION}=${halfway.pending}`];
  for (const cookie of cookies) {
    for (const target of TARGETS) {
      for (const method of METHODS) {
        const answer = await sally.send(method, target, { cookie });
        assert.equal(answer.status, 401, `${method} ${target}`);
        assert.equal(answer.all('set-cookie').length, 0);
        assert.equal(answer.all('cache-control')[0], 'no-store');
      }
      const page = await sally.send('GET', target, { cookie, headers: [['Accept', 'text/html']] });
      assert.equal(page.status, 303);
      assert.match(page.all('location')[0] ?? '', /^\/\.sallyport\/sign-in\?next=/);
    }
  }
  sally.upstream.silent();
});

test('our own addresses tell somebody halfway nothing and change nothing', async () => {
  const { sally } = on;
  const bob = new Person(sally, 'bob');
  await bob.enrol();
  const halfway = bob.elsewhere();
  await halfway.begin();
  assert.equal((await halfway.send('GET', '/.sallyport/session')).status, 401);
  assert.equal((await halfway.send('GET', '/.sallyport/account')).status, 401);
  for (const target of [
    '/.sallyport/enrol/totp',
    '/.sallyport/enrol/finish',
    '/.sallyport/account/recovery-codes',
    '/.sallyport/account/sign-out-everywhere',
  ]) {
    const answer = await halfway.post(target);
    assert.ok([401, 403].includes(answer.status), `${target} ${answer.status}`);
  }
  // Whatever the table holds: only what leads through a sign-in, out of it, or to another language answers.
  const open = /^\/\.sallyport\/(sign-in|sign-out$|language$)/;
  for (const path of POSTS.filter((each) => !open.test(each))) {
    const answer = await halfway.post(path);
    assert.ok([400, 401, 403].includes(answer.status), `${path} ${answer.status}`);
    assert.equal(halfway.session, undefined, path);
  }
  for (const path of GETS) {
    const { status, body } = await halfway.send('GET', path, { headers: [['Accept', 'text/html']] });
    assert.ok([200, 303, 401].includes(status), `${path} ${status}`);
    assert.doesNotMatch(body, /bob/, path);
  }
  assert.equal((await halfway.send('GET', '/.sallyport/session')).status, 401);
  const account = await sally.app.store.accounts.byName('staff', 'bob');
  assert.equal((await sally.app.store.authenticators.ofAccount(account?.id ?? '')).length, 2);
});
