import assert from 'node:assert/strict';
import test from 'node:test';
import { basic } from '../support/login-app-attempts.ts';
import { boundTests, SITES } from '../support/login-app-bound.ts';
import { answer, bytes } from '../support/upstream.ts';

const NAMES = [
  'Łukasz',
  '🦊',
  'a\r\nSet-Cookie: x=1',
  'a\nb',
  'a\u0000b',
  'a\u001b[31mb',
  'a\u2028b',
  '<script>alert(1)</script>',
  '%s%n',
  '{"a":1}',
  '__proto__',
  'constructor',
  'x'.repeat(5000),
  "'; drop table accounts; --",
];

boundTests((on) => {
  test('no name, password or address breaks a line of the log or a header, in any part of a login', async () => {
    for (const site of ['portal', 'front']) {
      const alice = await on.signer('alice', site);
      if (site === 'portal') await alice.signIn();
      const csrf = await alice.loginPage();
      for (const name of NAMES) {
        await alice.forgiven();
        const got = [
          await alice.form('/login', { csrf, username: name, password: 'the secret word' }),
          await alice.form('/login', { csrf, username: 'alice', password: `${name} the secret word` }),
          await alice.form('/login', { csrf: name.slice(0, 500), username: 'alice', password: 'the secret word' }),
          await alice.page(`/account?username=${encodeURIComponent(name.slice(0, 500))}&password=the+secret+word`),
          await alice.send('GET', '/account', {
            headers: [['Authorization', basic(name.slice(0, 500), 'the secret word')]],
          }),
        ];
        for (const one of got) {
          assert.ok(one.status >= 300 && one.status < 504, `${JSON.stringify(name)}: ${one.status}`);
          assert.notEqual(one.status, 500, JSON.stringify(name));
          assert.equal(
            one.headers.some(([field, value]) => /^set-cookie$/i.test(field) && value.startsWith('x=')),
            false,
          );
          assert.doesNotMatch(one.body, /<script>alert/);
        }
      }
      const told = await on.told();
      assert.doesNotMatch(told, /secret word|secret\+word/);
      for (const { head } of on.app.upstream.requests) assert.doesNotMatch(head, /^set-cookie|\u001b/im);
    }
    assert.equal((await on.sally.send('GET', '/.sallyport/health', { host: 'x' })).status, 200);
  });

  test('nor does anything that the app says: names, cookies, headers and garbage', async () => {
    const alice = await on.signer('alice', 'front');
    for (const name of NAMES) {
      on.app.whoami = answer(Buffer.from(`<b id="who">${name}</b>`));
      const got = await alice.login();
      assert.ok([401, 403, 413, 502].includes(got.status), `${JSON.stringify(name)}: ${got.status}`);
      assert.doesNotMatch(got.body, /<script>alert|drop table/);
    }
    on.app.whoami = null;
    for (const [line, fatal] of [
      ['Set-Cookie: a=\u0001\u0002; Path=/', false],
      ['Set-Cookie: \u00e9=\u00ff; Path=/', false],
      ['Set-Cookie: ;;;===', false],
      [`Set-Cookie: ${'a'.repeat(7000)}`, false],
      ['X-Odd: \u0007bell', true],
      [' folded: x', true],
    ] as const) {
      on.app.answers = (_, fields) =>
        bytes(
          `HTTP/1.1 302 Found\r\nLocation: /account\r\nContent-Length: 0\r\n${[...fields, line].join('\r\n')}\r\n\r\n`,
        );
      alice.cookies.clear();
      const got = await alice.login();
      assert.ok(
        got.status === 303 || (fatal && got.status === 502) || got.status === 502,
        `${line.slice(0, 20)}: ${got.status}`,
      );
      assert.doesNotMatch(JSON.stringify(got.headers), /bell|folded/);
    }
    assert.equal((await on.sally.send('GET', '/.sallyport/health', { host: 'x' })).status, 200);
  });
}, SITES);
