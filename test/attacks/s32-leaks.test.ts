import assert from 'node:assert/strict';
import test from 'node:test';
import { sawNothing } from '../support/login-app-attempts.ts';
import { boundTests, SITES } from '../support/login-app-bound.ts';
import { answer } from '../support/upstream.ts';

const IDENTITY = [
  'Remote-User',
  'Remote_User',
  'REMOTE-USER',
  'X-Remote-User',
  'X-Forwarded-User',
  'X-WEBAUTH-USER',
  'X-Forwarded-Preferred-Username',
  'Sallyport-Assertion',
  'Sallyport_Assertion',
  'sap-user',
  'X-Webobjects-Remote-User',
];
const FORWARDED = [
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'Forwarded',
  'X-Real-IP',
  'X-Original-URL',
  'X-Rewrite-URL',
  'Proxy-Authorization',
  'X-HTTP-Method-Override',
  'Expect',
];
const EVIL = [
  ...IDENTITY.filter((name) => name !== 'sap-user' && !name.startsWith('X-Web')),
  ...FORWARDED.filter((name) => name !== 'Expect'),
];

boundTests((on) => {
  for (const site of ['portal', 'front', 'form', 'formfront']) {
    test(`${site}: in a whole run the app never hears a cookie, code or address of ours, and the browser nothing of the app’s keeping`, async () => {
      const alice = await on.signer('alice', site);
      if (!site.includes('front')) await alice.signIn();
      await alice.login({ password: 'wrong' });
      const done = site.includes('front')
        ? await alice.release({ remember: '1' })
        : await alice.login({ remember: '1' });
      assert.equal(done.status, 302);
      await alice.page('/account');
      await alice.send('POST', '/account', { form: { a: 'b' } });
      await alice.page('/static/app.css');
      await alice.page('/logout');
      await alice.post('/.sallyport/sign-out');
      const codes = [alice.codeOf(alice.lastStep), alice.secret];
      const ours = alice.answers
        .flatMap((got) => got.all('set-cookie').map((line) => line.slice(line.indexOf('=') + 1).split(';')[0] ?? ''))
        .filter((value) => value.length > 8);
      assert.ok(ours.length > 1);
      const heard = on.app.upstream.requests.map(({ head, body }) => `${head}\n${body}`).join('\n');
      assert.ok(heard.length > 0);
      for (const value of [...ours, ...codes]) assert.equal(heard.includes(value), false, value);
      assert.doesNotMatch(heard, /__Host-|\.sallyport\/|[?&]next=/);
      sawNothing(alice, on.app, 'nobody');
      const seen = alice.answers.map(({ headers, body }) => `${headers.join('\n')}\n${body}`).join('\n');
      assert.doesNotMatch(
        seen,
        /sallyport-assertion|eyJ[\w-]+\.eyJ|127\.0\.0\.1:\d+|X-Powered-By|node_modules|at \w+ \(/i,
      );
      assert.equal(seen.includes(alice.password), false);
      const told = await on.told();
      for (const value of [alice.password, 'password=', ...ours]) assert.equal(told.includes(value), false, value);
    });

    test(`${site}: no request on the way of a login carries an identity or a forwarding header of the browser’s`, async () => {
      const alice = await on.signer('alice', site);
      const headers = EVIL.map((name) => [name, 'evil-alice'] as const);
      if (!site.includes('front')) await alice.signIn();
      const csrf = await alice.loginPage();
      on.app.upstream.clear();
      await alice.page('/login', { headers });
      await alice.page('/static/app.css', { headers });
      const got = await alice.form('/login', { csrf, username: 'alice', password: alice.password }, { headers });
      assert.equal(got.status, site.includes('front') ? 303 : 302, got.body);
      if (site.includes('front')) await alice.page((await alice.factor()).header('location') ?? '');
      await alice.page('/account', { headers });
      assert.ok(on.app.upstream.hits >= 4);
      for (const { head, target } of on.app.upstream.requests) {
        assert.doesNotMatch(head, /evil-alice/, target);
        const assertions = head.match(/^sallyport-assertion:/gim) ?? [];
        const inSession = target === '/account' || !site.includes('front');
        assert.equal(assertions.length, inSession ? 1 : 0, `${target}: ${head}`);
      }
    });
  }

  test('what is denied, held, asked for and given out is kept by no cache', async () => {
    const alice = await on.signer('alice', 'front');
    const denied = await alice.page('/account');
    const csrf = await alice.loginPage();
    const held = await alice.form('/login', { csrf, username: 'alice', password: alice.password });
    const second = await alice.page(held.header('location') ?? '');
    const waiting = await alice.page('/account');
    const passed = await alice.factor();
    const released = await alice.page(passed.header('location') ?? '');
    const misplaced = await alice.page('/account?password=x&username=y');
    const other = await alice.form('/login', { csrf, username: 'bob', password: 'x' });
    for (const [name, got] of Object.entries({ denied, held, second, waiting, passed, released, misplaced, other })) {
      assert.match(got.header('cache-control') ?? '', /no-store/, name);
    }
    assert.deepEqual([misplaced.status, other.status], [403, 403]);
  });

  test('an answer that a cache may keep for everybody is not made of one person’s cookies', async () => {
    const alice = await on.signer('alice', 'front');
    on.app.noise = ['Cache-Control: public, max-age=9999'];
    on.app.answers = (account, fields) =>
      account === undefined
        ? answer('no', '401 Unauthorized')
        : answer('', '302 Found', [...fields, 'Location: /account', 'Cache-Control: public, max-age=9999']);
    const failed = await alice.login({ password: 'wrong' });
    assert.match(failed.header('cache-control') ?? '', /no-store|private/);
    const released = await alice.release();
    assert.match(released.header('cache-control') ?? '', /no-store/);
  });

  test('after the second step one comes to the login step’s own address, whatever was asked for', async () => {
    const alice = await on.signer('alice', 'front');
    for (const next of [
      '//evil.test',
      'https://evil.test',
      '/\\evil.test',
      '/.sallyport/sign-out',
      '/account',
      'javascript:alert(1)',
    ]) {
      const csrf = await alice.loginPage();
      const got = await alice.form('/login', { csrf, username: 'alice', password: alice.password, next });
      assert.equal(got.status, 303);
      const passed = await alice.form(`/.sallyport/sign-in/totp?next=${encodeURIComponent(next)}`, {
        code: await alice.code(),
        next,
      });
      if (passed.status === 303) assert.equal(passed.header('location'), '/login', next);
      alice.cookies.clear();
    }
  });
}, SITES);
