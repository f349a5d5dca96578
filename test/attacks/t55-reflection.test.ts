import assert from 'node:assert/strict';
import test from 'node:test';
import { Keyholder } from '../support/keyholder.ts';
import { Person } from '../support/person.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { startSallyport, withSallyport } from '../support/sallyport.ts';
import { answer, bytes, hangUp } from '../support/upstream.ts';

const on = withSallyport();
const HTML = [['Accept', 'text/html']] as const;
const MARKUP = [
  '"><svg onload=1>',
  "'><script>alert(1)</script>",
  '</title><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '" autofocus onfocus="alert(1)',
  '&lt;script&gt;',
  'javascript:alert(1)',
];

const OUR_SCRIPT = /<script src="\/\.sallyport\/assets\/pages\.[0-9a-f]{16}\.js"><\/script>/g;

/** A page of ours: typed, locked down, and without a piece of markup that is not our own. */
function assertOurs(heard: ParsedAnswer, what: string): void {
  assert.match(
    heard.header('content-type') ?? '',
    /^(text\/html|application\/problem\+json|application\/json); charset=utf-8$/,
    what,
  );
  assert.equal(heard.header('x-content-type-options'), 'nosniff', what);
  const csp = heard.header('content-security-policy') ?? '';
  assert.match(csp, /default-src 'none'/, what);
  assert.match(csp, /frame-ancestors 'none'/, what);
  assert.match(csp, /base-uri 'none'/, what);
  assert.doesNotMatch(csp, /unsafe|script-src (?!https?:\/\/[\w.:-]+\/\.sallyport\/assets\/(?:;|$))|\*/, what);
  assert.equal(heard.header('x-powered-by'), undefined, what);
  if (heard.header('content-type')?.startsWith('text/html') !== true) return;
  // Within quotes an attribute's value is data, and none of ours holds a quote.
  const bare = heard.body.replace(OUR_SCRIPT, '').replace(/"[^"]*"/g, '""');
  assert.doesNotMatch(bare, /<script|<svg (?!viewBox)|<img|<[^>]*\son[a-z]+=/i, what);
  assert.doesNotMatch(heard.body.replace(OUR_SCRIPT, ''), /<script|<svg onload|<img src=x/i, what);
  assert.doesNotMatch(heard.body, /(?:href|src|action)="?\s*(?:javascript|data:text)/i, what);
}

test('markup in a target, in any place of it, is refused or escaped', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  for (const markup of MARKUP) {
    const places = [
      `/${markup}`,
      `/?q=${markup}`,
      `/.sallyport/${markup}`,
      `/.sallyport/sign-in?next=${markup}`,
      `/.sallyport/sign-in/totp?next=/${encodeURIComponent(markup)}`,
      `/.sallyport/sign-in?next=/${encodeURIComponent(markup)}`,
      `/.sallyport/sign-in?next=/a?${encodeURIComponent(encodeURIComponent(markup))}`,
      `/.sallyport/enrol/${encodeURIComponent(markup)}`,
      `/.sallyport/nowhere?x=${encodeURIComponent(markup)}`,
    ];
    for (const place of places) {
      for (const how of [{ headers: HTML }, { headers: HTML, cookie: 'lang=<script>alert(1)</script>' }]) {
        const { text } = await sally.raw(sally.request('GET', place, how));
        assert.doesNotMatch(text.replace(OUR_SCRIPT, ''), /<script|<svg onload|<img src=x|onfocus="/i, place);
        assert.match(text, /^HTTP\/1\.1 [2-4]\d\d /);
      }
    }
    const nowhere = await sally.send('GET', `/.sallyport/nowhere?x=${encodeURIComponent(markup)}`, {
      headers: HTML,
      cookie,
    });
    assert.equal(nowhere.status, 404);
    assertOurs(nowhere, markup);
  }
  sally.upstream.silent();
});

test('a Host with markup is refused without being repeated', async () => {
  const { sally } = on;
  for (const markup of MARKUP) {
    for (const host of [markup, `app.test${markup}`, `app.test:${markup}`]) {
      const heard = await sally.send('GET', '/.sallyport/sign-in', { host, headers: HTML });
      assert.ok(heard.status === 400 || heard.status === 421, host);
      assertOurs(heard, host);
      assert.ok(!heard.body.includes(markup.slice(0, 12)), host);
    }
  }
});

test('what was typed comes back escaped, on every step', async () => {
  const { sally } = on;
  const ada = new Person(sally, 'ada');
  await ada.enrol();
  await ada.post('/.sallyport/sign-out');
  for (const markup of MARKUP) {
    await sally.advance(3_600_000);
    const typed = { account: markup, password: markup, next: `/${markup}` };
    const first = await sally.send('POST', '/.sallyport/sign-in', { form: typed, headers: HTML });
    assert.equal(first.status, 401);
    assertOurs(first, markup);
    assert.ok(!first.body.includes(`value="${markup}"`) || !/[<>"]/.test(markup), markup);
    await ada.begin({ next: `/${markup}` });
    const second = await ada.send('POST', '/.sallyport/sign-in/totp', {
      form: { code: markup, next: markup },
      headers: HTML,
    });
    assert.equal(second.status, 401);
    assertOurs(second, markup);
    assertOurs(await ada.post('/.sallyport/enrol', { ticket: markup }), markup);
    assertOurs(await ada.send('POST', '/.sallyport/enrol', { form: { ticket: markup }, headers: HTML }), markup);
    assertOurs(await ada.send('POST', '/.sallyport/sign-in', { form: { [markup]: 'x' }, headers: HTML }), markup);
  }
  // A name given to an authenticator by its owner, on the owner's page.
  await sally.advance(3_600_000);
  await ada.signIn();
  const made = JSON.parse((await ada.expect(200, ada.post('/.sallyport/enrol/totp'))).body) as { secret: string };
  const before = ada.secret;
  ada.secret = made.secret;
  await ada.expect(
    200,
    ada.post('/.sallyport/enrol/totp/confirm', { code: ada.codeOf(ada.step), label: MARKUP[0] ?? '' }),
  );
  await ada.expect(200, ada.post('/.sallyport/enrol/finish'));
  ada.secret = before;
  const page = await ada.send('GET', '/.sallyport/account', { headers: HTML });
  assert.equal(page.status, 200);
  assertOurs(page, 'account');
  assert.match(page.body, /&lt;svg onload=1&gt;/);
  sally.upstream.silent();
});

test('an app that is down or talks nonsense leaves an error page of ours, with nothing of the app in it', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  sally.upstream.on('/gone', hangUp);
  sally.upstream.on('/garbage', bytes('<script>alert(1)</script>\r\n\r\n', true));
  sally.upstream.on('/reason', bytes('HTTP/1.1 099 <script>alert(1)</script>\r\nX-App: secret\r\n\r\n', true));
  for (const path of ['/gone', '/garbage', '/reason']) {
    for (const headers of [HTML, []]) {
      const heard = await sally.send('GET', `${path}?<x>`.replace('<x>', encodeURIComponent('<svg onload=1>')), {
        cookie,
        headers,
      });
      assert.equal(heard.status, 502);
      assert.equal(heard.reason, 'Bad Gateway');
      assertOurs(heard, path);
      assert.equal(heard.header('x-app'), undefined);
      assert.doesNotMatch(heard.body, new RegExp(`${sally.upstream.port}|ECONN|node:|\\.ts|svg onload`));
    }
  }
  // What the app itself answers stays the app's, with its own type and policy.
  sally.upstream.on('/own', answer('<script>own</script>', '500 Oops', ['Content-Type: text/html']));
  assert.equal((await sally.send('GET', '/own', { cookie })).body, '<script>own</script>');
});

test('no language that a browser claims, and no preference in its cookie, puts anything of its own on a page', async () => {
  const { sally } = on;
  const pages = ['/.sallyport/sign-in', '/.sallyport/nowhere', '/.sallyport/enrol', '/.sallyport/signed-out'];
  const plain = new Map<string, string>();
  for (const page of pages) plain.set(page, (await sally.send('GET', page, { headers: HTML })).body);
  const odd = [
    ...MARKUP,
    'en"><svg onload=1>.passkey',
    '__proto__',
    'constructor.totp',
    '../../etc/passwd',
    'tlh.passkey',
    'en.passkey.x',
    'en.<script>',
    '-.javascript:',
    'a'.repeat(2000),
    ',;q=,;q=9,*;q=NaN',
    'en-US-x-"onload=1',
    `${'x,'.repeat(2000)}`,
  ];
  for (const value of odd) {
    for (const page of pages) {
      const byHeader = await sally.send('GET', page, { headers: [...HTML, ['Accept-Language', value]] });
      const cookie = `__Host-sallyport-prefs=${value}`;
      const byCookie = await sally.send('GET', page, { headers: HTML, cookie });
      for (const heard of [byHeader, byCookie]) {
        assertOurs(heard, value.slice(0, 40));
        assert.equal(heard.body, plain.get(page), value.slice(0, 40));
      }
    }
    const asked = { language: value, next: '/.sallyport/sign-in' };
    const switched = await sally.send('POST', '/.sallyport/language', { form: asked });
    assert.equal(switched.status, 303, value.slice(0, 40));
    assert.deepEqual(switched.all('set-cookie'), [], 'an unknown language is not remembered');
  }
  sally.upstream.silent();
});

test('what a passkey says is shown to nobody as it was said', async (t) => {
  const sally = await startSallyport({ host: 'portal.localhost' });
  t.after(() => sally.close());
  const eve = new Keyholder(sally, 'eve');
  await eve.enrolling();
  for (const markup of MARKUP) {
    await eve.forgiven();
    const made = JSON.parse(eve.created({ ...(await eve.creation()), excludeCredentials: [] })) as {
      response: object;
    };
    const spoilt = [
      { ...made, id: markup },
      { ...made, type: markup },
      { ...made, response: { ...made.response, transports: [markup] } },
      { ...made, response: { ...made.response, clientDataJSON: Buffer.from(markup).toString('base64url') } },
      { ...made, [markup]: markup },
      markup,
    ];
    for (const response of spoilt) {
      await eve.forgiven();
      const form = { response: JSON.stringify(response), label: markup };
      const heard = await eve.send('POST', '/.sallyport/enrol/passkey', { form, headers: HTML });
      assert.ok([303, 400, 401].includes(heard.status), `${heard.status} ${markup}`);
      if (heard.status !== 303) assertOurs(heard, markup);
      const stranger = new Keyholder(sally, 'nobody');
      const start = { response: form.response, start: 'yes', next: `/${markup}` };
      const page = await stranger.send('POST', '/.sallyport/sign-in/passkey', { form: start, headers: HTML });
      assert.equal(page.status, 401);
      assertOurs(page, markup);
    }
  }
  await eve.forgiven();
  const label = MARKUP[0] ?? '';
  const response = eve.created({ ...(await eve.creation()), excludeCredentials: [] });
  await eve.expect(200, eve.post('/.sallyport/enrol/passkey', { response, label }));
  assertOurs(await eve.send('GET', '/.sallyport/enrol', { headers: HTML }), 'the enrolment');
  await eve.expect(200, eve.post('/.sallyport/enrol/finish'));
  const account = await eve.send('GET', '/.sallyport/account', { headers: HTML });
  assertOurs(account, 'the account');
  assert.match(account.body, /&lt;svg onload=1&gt;/);
});
