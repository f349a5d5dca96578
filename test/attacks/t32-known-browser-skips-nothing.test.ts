import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { BROWSER, withSallyport } from '../support/sallyport.ts';

/** There is no cookie that remembers a device in place of a factor; the one that knows a browser must never become one. */
const on = withSallyport(() => ({ realm: 'app' }));

test('the known-browser cookie opens nothing and skips no step, whoever’s it is', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  const bob = new Person(sally, 'bob');
  await bob.enrol();
  await sally.advance(60_000);
  const value = alice.browser ?? '';
  assert.match(value, /^v1\./);
  const [version, nonce = '', expires, mac = ''] = value.split('.');
  const forged = [
    value,
    bob.browser ?? '',
    `${version}.${nonce}.9999999999999.${mac}`,
    `${version}.${nonce}.${expires}.${'A'.repeat(mac.length)}`,
    'v1...',
    'v2.a.b.c',
    `${value}.x`,
  ];
  sally.upstream.clear();
  for (const cookie of forged) {
    for (const account of [alice, bob]) {
      const browser = account.elsewhere();
      browser.cookies.set(BROWSER, cookie);
      assert.equal((await browser.send('GET', '/')).status, 401);
      assert.equal((await browser.send('GET', '/.sallyport/session')).status, 401);
      await browser.expect(200, browser.begin());
      assert.equal(browser.session, undefined);
      assert.equal((await browser.send('GET', '/')).status, 401);
      assert.equal((await browser.post('/.sallyport/sign-in/totp', { code: '' })).status, 400);
      assert.equal((await browser.post('/.sallyport/enrol/totp')).status, 401);
      browser.cookies.set('__Host-sallyport', cookie);
      assert.equal((await browser.send('GET', '/')).status, 401);
    }
  }
  sally.upstream.silent();
});

test('what a browser remembers for comfort, and the cookie of a ceremony, open nothing and skip nothing either', async () => {
  const { sally } = on;
  const carol = new Person(sally, 'carol');
  await carol.enrol();
  await sally.advance(60_000);
  sally.upstream.clear();
  for (const name of ['__Host-sallyport-prefs', '__Host-sallyport-ceremony']) {
    for (const value of [
      'en.passkey',
      'cy.recovery',
      '-.totp',
      carol.session ?? '',
      carol.browser ?? '',
      'A'.repeat(43),
    ]) {
      const browser = carol.elsewhere();
      browser.cookies.set(name, value);
      for (const target of ['/', '/.sallyport/session']) assert.equal((await browser.send('GET', target)).status, 401);
      await browser.expect(200, browser.begin());
      for (const target of ['/', '/.sallyport/session']) assert.equal((await browser.send('GET', target)).status, 401);
      assert.equal((await browser.post('/.sallyport/sign-in/totp', { code: '' })).status, 400);
      assert.equal(browser.session, undefined);
    }
  }
  sally.upstream.silent();
});
