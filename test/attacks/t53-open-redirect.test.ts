import assert from 'node:assert/strict';
import test from 'node:test';
import { Keyholder } from '../support/keyholder.ts';
import { Person } from '../support/person.ts';
import { startSallyport, withSallyport } from '../support/sallyport.ts';

const on = withSallyport();
const HTML = [['Accept', 'text/html']] as const;
/** As a browser hears them; each must lead to `/`. */
const AWAY = [
  '//evil.test',
  '///evil.test',
  '/\\evil.test',
  '\\\\evil.test',
  '/\t/evil.test',
  '/\n/evil.test',
  '/%09/evil.test',
  '/%0d%0aLocation:%20http://evil.test',
  '/%5cevil.test',
  '/%2f/evil.test',
  '/%2fevil.test',
  'https:evil.test',
  'https:/evil.test',
  'https://evil.test',
  'http://app.test@evil.test',
  '//app.test@evil.test',
  'https://app.test.evil.test',
  'https://evilapp.test',
  'http://app.test/ok',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
  '/..//evil.test',
  '/.//evil.test',
  '/a/../..//evil.test',
  '/%2e%2e//evil.test',
  '/;//evil.test',
  ' //evil.test',
  '\u0000//evil.test',
  '/\u2215evil.test',
  '\uff0f\uff0fevil.test',
  '//[::1]',
  '?//evil.test',
  '#//evil.test',
  '@evil.test',
  '.evil.test',
  ':444/x',
  '',
  '/a\r\nSet-Cookie: x=1',
  `/${'a'.repeat(8200)}`,
  '/.sallyport/sign-out',
  '/.sallyport/enrol/abcdefghijklmnopqrstuvwxyz',
  '/.SALLYPORT/account',
];
const HOME = ['/', '/page', '/page?a=1&b=//evil.test', '/a?next=https://evil.test', '/.sallyport/account'];

/** Where a browser at our origin would end up. */
function assertHome(location: string | undefined, what: string): asserts location is string {
  assert.ok(location !== undefined, what);
  assert.match(location, /^\/(?![/\\])[\x21-\x7e]*$/, what);
  assert.equal(new URL(location, 'http://app.test').origin, 'http://app.test', what);
}

test('no spelling of next leads out of this origin, at any step, by any way', async () => {
  const { sally } = on;
  const ada = new Person(sally, 'ada');
  await ada.enrol();
  for (const [n, next] of [...AWAY, ...HOME].entries()) {
    const good = HOME.includes(next);
    const query = `next=${encodeURIComponent(next)}`;
    // A person who is signed in already is sent on at once.
    const sent = await ada.send('GET', `/.sallyport/sign-in?${query}`, { headers: HTML });
    // An escape of a line break or NUL is refused in any query.
    if (sent.status === 303) {
      assertHome(sent.header('location'), next);
      assert.equal(sent.header('location'), good ? next : '/', next);
    } else assert.ok(sent.status === 400 || sent.status === 414, next);

    const other = ada.elsewhere();
    const page = await other.send('GET', `/.sallyport/sign-in?${query}`, { headers: HTML });
    if (page.status === 200) {
      assert.match(page.body, /<input type="hidden" name="next" value="\/[^"]*">/);
      if (!good) assert.match(page.body, /name="next" value="\/">/, next);
      assert.doesNotMatch(page.body, /(?:href|action)="(?:\/\/|https?:|javascript:|data:)/);
    }
    // Every fourth goes all the way, by form and by JSON.
    if (n % 4 !== 0 && !good) continue;
    const form = { account: 'ada', password: other.password, next };
    const begun = await other.send('POST', '/.sallyport/sign-in', { form });
    if (begun.status === 400 || begun.status === 414) continue;
    assertHome(begun.header('location'), next);
    const code = await other.code();
    const byForm = n % 8 === 0;
    const done = byForm
      ? await other.send('POST', '/.sallyport/sign-in/totp', { form: { code, next } })
      : await other.post('/.sallyport/sign-in/totp', { code, next });
    assert.equal(done.status, byForm ? 303 : 200, done.body.slice(0, 300));
    const to = byForm ? done.header('location') : (JSON.parse(done.body) as { next: string }).next;
    assertHome(to, next);
    assert.equal(to, good ? next : '/', next);
    const again = await other.send('POST', '/.sallyport/sign-in/totp', { form: { code: await other.code(), next } });
    assertHome(again.header('location'), `step-up: ${next}`);
    assert.equal(again.header('location'), good ? next : '/');
    ada.lastStep = other.lastStep;
  }
  sally.upstream.silent();
});

test('two values of next are none', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const pairs = [
    'next=/a&next=//evil.test',
    'next=//evil.test&next=/a',
    'next=/a&next=/a',
    'next',
    'Next=/a',
    'next[]=/a',
    'rd=/a',
  ];
  for (const query of pairs) {
    const heard = await sally.send('GET', `/.sallyport/sign-in?${query}`, { cookie, headers: HTML });
    assert.equal(heard.header('location'), '/', query);
  }
  const twice = await sally.send('POST', '/.sallyport/sign-in', {
    body: 'account=a&password=bbbbbbbbbbbbbbb&next=/a&next=//evil.test',
    headers: [['Content-Type', 'application/x-www-form-urlencoded']],
  });
  assert.equal(twice.status, 400);
});

test('the way to sign-in is a path of ours with the very target that was asked for, and holds no secret', async () => {
  const { sally } = on;
  for (const target of ['/', '/a/b?c=d&e=%20f', '/@evil.test', '/:444', '/a?//evil.test', '/%E2%82%AC']) {
    const heard = await sally.send('GET', target, { headers: HTML, host: 'APP.test' });
    const location = heard.header('location');
    assertHome(location, target);
    assert.equal(new URL(location, 'http://app.test').searchParams.get('next'), target);
  }
  const expired = await sally.session('bob', { ageMs: 9 * 3_600_000 });
  const heard = await sally.send('GET', '/x', { headers: HTML, cookie: expired });
  assert.equal(heard.header('location'), '/.sallyport/sign-in?next=%2Fx');
  sally.upstream.silent();
});

test('nor do passkeys, the page that ends their form, the language switch, or the page that nothing was sent', async (t) => {
  const sally = await startSallyport({ host: 'portal.localhost' });
  t.after(() => sally.close());
  const PASSKEY = '/.sallyport/sign-in/passkey';
  const eve = new Keyholder(sally, 'eve');
  await eve.enrolKey();
  const browser = eve.another();
  await browser.signInByKey();
  for (const next of [...AWAY, ...HOME]) {
    const goal = HOME.includes(next) ? next : '/';
    const query = `next=${encodeURIComponent(next)}`;
    // Without a session the page sends to the first step, with one it holds the goal in its form.
    const sent = await sally.send('GET', `${PASSKEY}?${query}&only=yes`, { headers: HTML });
    if (sent.status === 303) {
      const location = sent.header('location');
      assertHome(location, next);
      assert.equal(new URL(location, sally.origin).searchParams.get('next') ?? '/', goal, next);
    } else assert.ok(sent.status === 400 || sent.status === 414, next);
    const page = await browser.send('GET', `${PASSKEY}?${query}`, { headers: HTML });
    if (page.status === 200) {
      const value = /name="next" value="([^"]*)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&');
      assert.equal(value, goal, next);
      assert.doesNotMatch(page.body, /(?:href|action)="(?:\/\/|https?:|javascript:|data:)/, next);
    }
    // The switch leads to pages of ours too, never elsewhere.
    const form = { language: 'en', next };
    const switched = await browser.send('POST', '/.sallyport/language', { form });
    if (switched.status === 303) assertHome(switched.header('location'), next);
    else assert.ok(switched.status === 400 || switched.status === 414, next);
    // A form by a Referer that says it came from anywhere.
    const referer = next.startsWith('/') ? `${sally.origin}${next}` : next;
    if (/^[\x21-\x7e]+$/.test(referer) && referer.length < 8000) {
      const navigation = [...HTML, ['Sec-Fetch-Mode', 'navigate'], ['Referer', referer]] as const;
      const unsent = await sally.send('POST', '/x', { form: { a: 'b' }, headers: navigation });
      assert.equal(unsent.status, 401, next);
      const links = [...unsent.body.matchAll(/(?:href|action)="([^"]*)"/g)].map(([, href = '']) => href);
      assert.ok(links.length > 0);
      for (const href of links) assertHome(href.replaceAll('&amp;', '&'), `${next}: ${href}`);
    }
  }
  sally.upstream.silent();
  for (const next of [...AWAY.filter((_, n) => n % 3 === 0), ...HOME]) {
    const goal = HOME.includes(next) ? next : '/';
    const ceremony = async (start: boolean) => browser.answer(await browser.options(start ? { start: 'yes' } : {}));
    const begun = await browser.send('POST', PASSKEY, {
      form: { response: await ceremony(true), start: 'yes', next },
    });
    if (begun.status === 400 || begun.status === 414) continue;
    assert.equal(begun.status, 200, next);
    const [, refreshed] = /^0; url=(.*)$/.exec(begun.header('refresh') ?? '') ?? [];
    assertHome(refreshed, next);
    assert.equal(refreshed, goal);
    const named = [...begun.body.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'));
    assert.ok(named.includes(goal), next);
    for (const href of named) assertHome(href, next);
    const confirmed = await browser.send('POST', PASSKEY, { form: { response: await ceremony(false), next } });
    assert.deepEqual([confirmed.status, confirmed.header('location')], [303, goal], next);
    const json = await browser.say(await ceremony(false), { next });
    assert.equal((JSON.parse(json.body) as { next: string }).next, goal, next);
  }
});
