import assert from 'node:assert/strict';
import test from 'node:test';
import { attempt, basic, otherWays, sawNothing } from '../support/login-app-attempts.ts';
import { type Bound, boundTests, SITES } from '../support/login-app-bound.ts';
import { APP_PASSWORDS } from '../support/login-app-people.ts';
import type { Signer } from '../support/signer.ts';

const ALICE = { username: 'alice', password: APP_PASSWORDS['alice'] ?? '' };

/** Sites whose presets list no doors and guard no fields: what the app itself says of its session is all that is left. */
const BARE = {
  ...SITES,
  bare: { order: 'factor-first', preset: { doors: false, guard: false } },
  barefront: { order: 'login-first', preset: { doors: false, guard: false } },
  asked: { order: 'factor-first', preset: { doors: false, guard: false }, login: ['recheck: 0s'] },
  guarded: { order: 'factor-first', preset: { doors: false }, login: ['recheck: 0s'] },
} as const;

async function inside(on: Bound, site: string): Promise<Signer> {
  const mallory = await on.signer('mallory', site);
  if (site.includes('front')) await mallory.release();
  else await mallory.arrive();
  on.app.served.length = 0;
  on.app.upstream.clear();
  return mallory;
}

/** What Sallyport says whose session it is. */
async function accountOf(who: Signer): Promise<string> {
  const answer = await who.expect(200, who.send('GET', '/.sallyport/session'));
  return JSON.parse(answer.body).account;
}

/** No assertion for one person ever went with a request that the app served as another. */
function oneSubject(on: Bound, except: readonly string[] = []): void {
  for (const { request, account, target } of on.app.served) {
    const [token] = request.all('sallyport-assertion');
    if (token === undefined || account === null || except.includes(target)) continue;
    const { name } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    assert.equal(account, name, target);
  }
}

boundTests((on) => {
  for (const site of ['portal', 'front', 'form', 'formfront', 'bare', 'barefront']) {
    test(`${site}: the login form inside a session takes nobody else, and nothing of it is sent`, async () => {
      const mallory = await inside(on, site);
      for (const form of [
        ALICE,
        { ...ALICE, username: 'ALICE' },
        { ...ALICE, remember: '1' },
        { ...ALICE, username: 'bob' },
      ]) {
        const csrf = await mallory.loginPage();
        on.app.upstream.clear();
        const page = await mallory.form('/login', { csrf, ...form });
        assert.equal(page.status, 403, page.body);
        const api = await mallory.send('POST', '/login', { form: { csrf, ...form } });
        assert.deepEqual([api.status, JSON.parse(api.body).code], [403, 'wrong-account']);
        on.app.upstream.silent();
      }
      assert.match((await mallory.expect(200, mallory.page('/account'))).body, /private page of mallory/);
      assert.equal(await accountOf(mallory), 'mallory');
      sawNothing(mallory, on.app, 'alice');
      assert.deepEqual(on.app.as('alice'), []);
      const refused = (await on.sally.audit('app.sign-in')).filter(({ outcome }) => outcome === 'refused');
      assert.ok(refused.length > 0);
      for (const { detail } of refused) assert.doesNotMatch(detail ?? '', /Passw0rd/);
    });
  }

  test('nor before the app knows anybody: the factor was mallory’s, so only mallory may follow', async () => {
    for (const site of ['portal', 'form']) {
      const mallory = await on.signer('mallory', site);
      await mallory.signIn();
      const csrf = await mallory.loginPage();
      on.app.upstream.clear();
      assert.equal((await mallory.form('/login', { csrf, ...ALICE })).status, 403);
      on.app.upstream.silent();
      assert.equal(
        (await mallory.form('/login', { csrf, username: 'mallory', password: mallory.password })).status,
        302,
      );
    }
    assert.deepEqual(on.app.as('alice'), []);
  });

  for (const site of ['portal', 'front', 'form', 'formfront']) {
    test(`${site}: no side door turns a verified session into somebody else’s`, async () => {
      const mallory = await inside(on, site);
      on.app.worst = true;
      on.app.csrf = false;
      for (const one of otherWays(on.app, 'alice')) {
        const name = `${one.method} ${one.target} ${one.headers ?? ''}`;
        await attempt(mallory, one);
        const served = on.app.served.map(({ account }) => account);
        assert.equal(served.includes('alice'), false, name);
        const account = await mallory.page('/account');
        assert.match(account.body, /private page of mallory/, `${name}: ${account.status}`);
      }
      sawNothing(mallory, on.app, 'alice');
      oneSubject(on);
    });
  }

  test('another spelling of the sign-in address takes nothing at all, whatever the type of its body says', async () => {
    const mallory = await inside(on, 'portal');
    on.app.worst = true;
    on.app.csrf = false;
    const body = `username=alice&password=${encodeURIComponent(ALICE.password)}`;
    for (const target of [
      '/login/',
      '/Login',
      '/LOGIN',
      '/login%20',
      '/login.',
      '/log%69n',
      '/%6cogin',
      '//login',
      '/./login',
      '/x/../login',
    ]) {
      for (const type of ['application/octet-stream', 'image/png', 'application/x-custom']) {
        const got = await attempt(mallory, { method: 'POST', target, type, body });
        assert.ok([400, 403].includes(got.status), `${target} ${type}: ${got.status}`);
        on.app.upstream.silent(`${target} ${type}`);
      }
    }
    assert.match((await mallory.page('/account')).body, /private page of mallory/);
  });

  for (const [site, change] of [
    ['bare', '/switch?to=alice'],
    ['barefront', '/switch?to=alice'],
    ['asked', '/switch?to=alice'],
    ['asked', '/su/alice'],
  ] as const) {
    test(`${site}: ${change} is found out by asking the app, before the next page`, async () => {
      const mallory = await inside(on, site);
      on.app.rotate = false;
      // Refused is either the answer that brings other cookies, or, where none change, the next request.
      const changed = await mallory.send('GET', change);
      const before = on.app.pagesOf('alice').length;
      const next = await mallory.send('GET', '/account');
      const refused = changed.status === 403 ? changed : next;
      assert.deepEqual([refused.status, JSON.parse(refused.body).code], [403, 'wrong-account']);
      assert.doesNotMatch(next.body, /private page of alice/);
      assert.equal(on.app.pagesOf('alice').length, before);
      assert.ok((await on.sally.audit('app.sealed')).length > 0);
      // The cookies that were another's are gone; mallory can begin anew, as mallory.
      assert.doesNotMatch((await mallory.page('/account')).body, /private page of alice/);
      assert.equal(on.app.pagesOf('alice').length, before);
      const again = await mallory.login();
      assert.equal(again.status, 302, again.body);
      assert.match((await mallory.page('/account')).body, /private page of mallory/);
      assert.doesNotMatch(changed.header('set-cookie') ?? '', /SESS/);
    });
  }

  for (const change of ['/switch?to=alice', '/su/alice'])
    test(`${change}: a header that the preset guards vouches for nobody: it is in no question to the app either`, async () => {
      const mallory = await inside(on, 'guarded');
      on.app.rotate = false;
      for (const name of ['X-App-Token', 'x-app-token', 'X_App_Token']) {
        const headers = [[name, on.app.people.token('mallory')]] as const;
        await mallory.send('GET', change, { headers });
        const before = on.app.pagesOf('alice').length;
        const next = await mallory.send('GET', '/account', { headers });
        assert.doesNotMatch(next.body, /private page of alice/);
        assert.equal(on.app.pagesOf('alice').length, before);
        for (const { request } of on.app.served) assert.deepEqual(request.all('x-app-token'), []);
        await mallory.login();
      }
    });

  for (const site of ['bare', 'barefront']) {
    test(`${site}: a door that no preset lists shows nothing of the other account`, async () => {
      const mallory = await inside(on, site);
      const doors = otherWays(on.app, 'alice').filter(({ target }) =>
        /^\/(?:api|xmlrpc|oauth|graphql|remember|reset|invite|switch)/.test(target),
      );
      for (const door of doors) {
        const name = `${door.method} ${door.target}`;
        on.app.csrf = false;
        const answer = await attempt(mallory, door);
        assert.doesNotMatch(answer.body, /private page of alice/, name);
        on.app.served.length = 0;
        const next = await mallory.page('/account');
        assert.doesNotMatch(next.body, /private page of alice/, name);
        assert.deepEqual(on.app.pagesOf('alice'), [], name);
        const again = await mallory.login();
        assert.equal(again.status, 302, `${name}: ${again.body}`);
        assert.match((await mallory.page('/account')).body, /private page of mallory/, name);
      }
    });
  }

  test('neither token nor Basic of another account rides on a verified session', async () => {
    for (const site of ['portal', 'front', 'form']) {
      const mallory = await inside(on, site);
      const bearer = await mallory.page('/account', {
        headers: [['Authorization', `Bearer ${on.app.people.token('alice')}`]],
      });
      assert.doesNotMatch(bearer.body, /private page of alice/);
      on.app.upstream.clear();
      const other = await mallory.page('/account', { headers: [['Authorization', basic('alice', ALICE.password)]] });
      assert.equal(other.status, 403);
      on.app.upstream.silent();
      assert.deepEqual(on.app.as('alice'), []);
    }
  });

  test('signing in again as oneself begins with fresh cookies', async () => {
    for (const site of ['portal', 'front', 'form', 'formfront']) {
      const mallory = await inside(on, site);
      on.app.rotate = false;
      // The token of the page goes with the session that is replaced.
      on.app.csrf = false;
      const before = on.app.sessionOf('mallory');
      const answer = await mallory.login();
      assert.equal(answer.status, 302, site);
      const login = on.app.served.findLast(({ method }) => method === 'POST')?.request;
      assert.ok(login !== undefined && before !== 'none');
      assert.equal(
        login.all('cookie').join('; ').includes(before),
        false,
        'the login is sent with the session that it replaces',
      );
    }
  });
}, BARE);
