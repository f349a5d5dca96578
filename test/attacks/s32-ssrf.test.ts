import assert from 'node:assert/strict';
import test from 'node:test';
import { boundTests, SITES } from '../support/login-app-bound.ts';
import { answer, startUpstream } from '../support/upstream.ts';

boundTests((on) => {
  test('no redirect of the app is followed: not by the login, not by the question who is signed in', async (t) => {
    const other = await startUpstream();
    t.after(() => other.close());
    other.on('*', answer('<b id="who">alice</b>'));
    for (const site of ['portal', 'front']) {
      const alice = await on.signer('alice', site);
      if (site === 'portal') await alice.signIn();
      const csrf = await alice.loginPage();
      on.app.whoami = answer('', '302 Found', [`Location: ${other.origin}/whoami`]);
      const got = await alice.form('/login', { csrf, username: 'alice', password: alice.password });
      assert.ok([403, 502].includes(got.status), String(got.status));
      on.app.whoami = null;
      on.app.answers = (_, fields) =>
        answer('', '302 Found', [
          ...fields,
          `Location: ${other.origin}/account`,
          'Refresh: 0; url=http://169.254.169.254/',
        ]);
      const away = await alice.login();
      // Who signed in is known; where the app then sends the browser is the browser's matter, never ours.
      assert.ok([302, 303, 502].includes(away.status), String(away.status));
      on.app.reset();
    }
    other.silent();
  });

  test('neither Host nor address nor name decides where the login and the question go', async (t) => {
    const other = await startUpstream();
    t.after(() => other.close());
    const alice = await on.signer('alice', 'portal');
    await alice.signIn();
    on.app.upstream.clear();
    for (const username of [
      `alice@127.0.0.1:${other.port}`,
      `http://127.0.0.1:${other.port}/`,
      '../../x',
      'alice?x=1',
      'alice#',
      'alice HTTP/1.1',
    ]) {
      const got = await alice.login({ username });
      assert.ok([400, 403].includes(got.status), username);
    }
    for (const { target } of on.app.upstream.requests) assert.match(target, /^\/(?:login|whoami)$/);
    const got = await alice.login();
    assert.equal(got.status, 302);
    const { connections } = on.app.upstream;
    assert.ok(connections > 0);
    other.silent();
  });

  test('addresses of the app’s own that come back in its answers do not lead past us', async () => {
    const alice = await on.signer('alice', 'portal');
    await alice.signIn();
    on.app.answers = (_, fields) => answer('', '302 Found', [...fields, `Location: ${on.app.origin}/account`]);
    const got = await alice.login();
    if (got.status === 302) assert.match(got.header('location') ?? '', /^(?:http:\/\/portal\.test)?\/account$/);
    else assert.equal(got.status, 502);
  });
}, SITES);
