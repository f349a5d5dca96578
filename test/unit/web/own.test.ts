import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test from 'node:test';
import supertest from 'supertest';
import { SallyportError } from '../../../src/errors.ts';
import { PAGE_HEADERS } from '../../../src/web/headers.ts';
import { renderError } from '../../../src/web/pages/error.ts';
import { wordsOf } from '../../../src/web/words/words.ts';
import { frame } from './pages-views.ts';
import { CODE, NAME, PASSKEY, PASSWORD, RECOVERY, type Stand, startStand, TICKET, USED_CODE } from './stand.ts';

const P = '/.sallyport';
const en = wordsOf('en');

/** Runs with a stand that is closed afterwards, come what may. */
function stand(
  name: string,
  run: (s: Stand, ask: ReturnType<typeof supertest.agent>) => Promise<void>,
  passkeys = false,
): void {
  test(name, async () => {
    const s = await startStand('local', passkeys);
    try {
      await run(s, supertest.agent(s.origin));
    } finally {
      await s.close();
    }
  });
}

const post = (s: Stand, path: string, body: object | string, headers: Record<string, string> = {}) => {
  const request = supertest(s.origin).post(`${P}${path}`).set('Origin', s.origin).set(headers);
  return typeof body === 'string' ? request.type('form').set('Accept', 'text/html').send(body) : request.send(body);
};

const visit = (s: Stand, path: string, cookie: string) =>
  supertest(s.origin).get(`${P}${path}`).set({ Cookie: cookie, Accept: 'text/html' });

/** The cookies of an answer, as a browser would send them back. */
function cookiesOf(answer: supertest.Response): string {
  // A cast: supertest types a header that may be given several times as one string.
  const lines = (answer.headers['set-cookie'] ?? []) as unknown as string[];
  return lines
    .filter((line) => !line.includes('Max-Age=0'))
    .map((line) => line.split(';')[0])
    .join('; ');
}

async function signIn(s: Stand): Promise<string> {
  const first = await post(s, '/sign-in', { account: NAME, password: PASSWORD });
  assert.equal(first.status, 200);
  const second = await post(s, '/sign-in/totp', { code: CODE }, { Cookie: cookiesOf(first) });
  assert.equal(second.status, 200);
  return cookiesOf(second);
}

const ADDRESSES = ['/sign-in', '/sign-in/totp', '/sign-in/recovery', '/enrol', '/enrol/password', '/enrol/totp'];
const MORE = ['/enrol/totp/confirm', '/enrol/finish', '/sign-out', '/account/sign-out-everywhere'];
const CEREMONIES = ['/sign-in/passkey', '/sign-in/passkey/options', '/enrol/passkey', '/enrol/passkey/options'];
const HELPERS = ['/language', '/enrol/choose', '/enrol/extend', '/enrol/password/advice', '/session/extend'];
const CHANGES = ['recovery-codes', 'authenticators/remove', 'authenticators/rename', 'add', 'sessions/end'];
const ENDS = ['/account/sessions/end-others', ...CHANGES.map((change) => `/account/${change}`)];
const POSTS = [...ADDRESSES, ...MORE, ...CEREMONIES, ...HELPERS, ...ENDS];
/** A ceremony's answer holds certificates; all other bodies are small. */
const LARGE = new Set(['/sign-in/passkey', '/enrol/passkey']);

for (const path of POSTS) {
  stand(`a POST to ${path} from anywhere but this very origin changes nothing`, async (s) => {
    const cookie = await signIn(s);
    const before = [...s.world.calls];
    const foreign = [
      undefined,
      'null',
      'https://evil.test',
      `${s.origin}.evil.test`,
      s.origin.replace('http:', 'https:'),
    ];
    for (const origin of [...foreign, `${s.origin}/`, s.origin.toUpperCase()]) {
      const request = supertest(s.origin).post(`${P}${path}`).set('Cookie', cookie);
      if (origin !== undefined) request.set('Origin', origin);
      const answer = await request.send({});
      assert.equal(answer.status, 403, String(origin));
      assert.equal(answer.body.code, 'wrong-origin');
      assert.equal(answer.headers['set-cookie'], undefined);
    }
    for (const site of ['cross-site', 'same-site', 'same-origin, cross-site']) {
      assert.equal((await post(s, path, {}, { Cookie: cookie, 'Sec-Fetch-Site': site })).status, 403, site);
    }
    assert.deepEqual(s.world.calls, before);
  });

  stand(`${path} takes a form or JSON of its own fields and nothing else`, async (s) => {
    const send = (type: string, body: string, more: Record<string, string> = {}) =>
      supertest(s.origin)
        .post(`${P}${path}`)
        .set({ Origin: s.origin, 'Content-Type': type, ...more })
        .send(body);
    assert.equal((await send('text/plain', '{}')).status, 415);
    assert.equal((await send('multipart/form-data; boundary=x', '--x--')).status, 415);
    assert.equal((await send('application/json', '{}', { 'Content-Encoding': 'gzip' })).status, 415);
    assert.equal((await send('application/json', '{"surprise":"x"}')).status, 400);
    assert.equal((await send('application/json', '{"code":123456}')).status, 400);
    assert.equal((await send('application/x-www-form-urlencoded', 'surprise=x')).status, 400);
    const much = LARGE.has(path) ? 98_400 : 16_400;
    assert.equal((await send('application/json', `{"code":"${'9'.repeat(much)}"}`)).status, 413);
    assert.deepEqual(s.world.calls, []);
  });

  stand(`${path} is not asked for a state change by another method`, async (s) => {
    for (const method of ['put', 'delete', 'patch', 'options'] as const) {
      const answer = await supertest(s.origin)[method](`${P}${path}`).set('Origin', s.origin);
      assert.equal(answer.status, 405, method);
      assert.match(answer.headers['allow'] ?? '', /POST/);
    }
    assert.deepEqual(s.world.calls, []);
  });
}

stand('a body that never ends is cut off at 16 KiB, chunked too', async (s) => {
  const socket = connect(s.port, '127.0.0.1');
  const head = `POST ${P}/sign-in HTTP/1.1\r\nHost: localhost:${s.port}\r\nOrigin: ${s.origin}\r\n`;
  socket.write(`${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`);
  for (let i = 0; i < 5; i++) socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.match(answer, /Connection: close/i);
});

stand('every page carries the whole of the protection, and so does an error outside of the pages', async (s) => {
  const paths = ['/sign-in', '/nowhere', `/enrol/${TICKET}`, '/enrol', '/session', '/signed-out'];
  for (const path of paths) {
    const { headers } = await supertest(s.origin).get(`${P}${path}`).set('Accept', 'text/html');
    const scripts = `;script-src ${s.origin}/.sallyport/assets/;connect-src ${s.origin}/.sallyport/`;
    for (const [name, value] of Object.entries(PAGE_HEADERS)) {
      const more = name === 'Content-Security-Policy' ? scripts : '';
      assert.equal(headers[name.toLowerCase()], `${value}${more}`, `${path} ${name}`);
    }
    assert.match(headers['content-type'] ?? '', /; charset=utf-8$/);
    assert.equal(headers['x-powered-by'], undefined);
    assert.equal(headers['strict-transport-security'], undefined);
    const known = new Set([
      ...Object.keys(PAGE_HEADERS).map((name) => name.toLowerCase()),
      'content-type',
      'content-length',
    ]);
    const extra = Object.keys(headers).filter((name) => !known.has(name));
    assert.deepEqual(extra.sort(), ['connection', 'date'], path);
  }
  const rendered = renderError(new SallyportError('upstream-timeout', 'secret detail'), frame());
  for (const [name, value] of Object.entries(PAGE_HEADERS)) assert.equal(rendered.headers[name], value);
  assert.doesNotMatch(rendered.body, /secret detail/);
});

stand('no page holds a line of script or style; scripts and styles are files of ours', async (s) => {
  const cookie = await signIn(s);
  for (const path of ['/sign-in', `/enrol/${TICKET}`, '/account', '/sign-in/totp', '/sign-in/recovery', '/nowhere']) {
    const { text } = await supertest(s.origin).get(`${P}${path}`).set('Cookie', cookie).set('Accept', 'text/html');
    if (path !== '/sign-in') assert.match(text, /<html lang="en" dir="ltr">/);
    const own = /<script src="\/\.sallyport\/assets\/pages\.[0-9a-f]{16}\.js"><\/script>/g;
    assert.doesNotMatch(text.replace(own, ''), /<script|<style|\sstyle=|\son[a-z]+=|javascript:/i, path);
  }
});

stand('the style sheet may be kept for ever, the keys for five minutes, both by anybody', async (s) => {
  const { text } = await supertest(s.origin).get(`${P}/sign-in`);
  const style = /href="(\/\.sallyport\/assets\/pages\.[0-9a-f]{16}\.css)"/.exec(text)?.[1] ?? '';
  const css = await supertest(s.origin).get(style);
  assert.equal(css.status, 200);
  assert.equal(css.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(css.headers['vary'], undefined);
  const keys = await supertest(s.origin).get(`${P}/jwks.json`);
  assert.equal(keys.headers['cache-control'], 'public, max-age=300');
  assert.deepEqual(keys.body, { keys: [] });
  assert.equal((await supertest(s.origin).get(`${P}/assets/pages.css`)).status, 404);
});

stand('the second step ends the pending sign-in and sets four cookies of the strict kind', async (s) => {
  const first = await post(s, '/sign-in', { account: NAME, password: PASSWORD, next: '/reports?y=1' });
  assert.deepEqual(first.body, {
    ok: true,
    next: '/.sallyport/sign-in/totp?next=%2Freports%3Fy%3D1',
    offer: ['totp', 'recovery'],
  });
  const second = await post(s, '/sign-in/totp', { code: CODE }, { Cookie: cookiesOf(first) });
  assert.deepEqual(second.body, { ok: true, next: '/reports?y=1' });
  // A cast: see cookiesOf.
  const lines = second.headers['set-cookie'] as unknown as string[];
  assert.equal(lines.length, 4);
  for (const line of lines)
    assert.match(
      line,
      /^__Host-sallyport(-pending|-browser|-prefs)?=[A-Za-z0-9._-]*; Path=\/; Secure; HttpOnly; SameSite=Lax(; Max-Age=(0|15552000))?$/,
    );
  assert.match(lines[0] ?? '', /^__Host-sallyport=[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  assert.match(lines[2] ?? '', /^__Host-sallyport-pending=; .*Max-Age=0$/);
});

stand('a form is sent on by 303, never outside of this origin', async (s) => {
  for (const next of ['//evil.test', 'https://evil.test', '/\\evil.test', `${P}/sign-out`]) {
    const first = await post(
      s,
      '/sign-in',
      `account=a&password=${encodeURIComponent(PASSWORD)}&next=${encodeURIComponent(next)}`,
    );
    assert.equal(first.status, 303);
    assert.equal(first.headers['location'], `${P}/sign-in/totp`);
    const second = await post(s, '/sign-in/totp', `code=${CODE}&next=${encodeURIComponent(next)}`, {
      Cookie: cookiesOf(first),
    });
    assert.equal(second.headers['location'], '/');
  }
  const page = await supertest(s.origin).get(`${P}/sign-in?next=/a&next=//evil.test`);
  assert.match(page.text, /name="next" value="\/"/);
});

stand('wrong input comes back as the page with a message, the account name kept, the password not', async (s) => {
  const answer = await post(s, '/sign-in', 'account=%3Cb%3E%22ada&password=sesame-secret&next=%2F');
  assert.equal(answer.status, 401);
  assert.match(answer.text, /value="&lt;b&gt;&quot;ada"/);
  assert.doesNotMatch(answer.text, /<b>|sesame-secret/);
  assert.match(answer.text, /id="password-error" role="alert"/);
});

stand('JSON is answered with problem+json', async (s) => {
  const answer = await post(s, '/sign-in', { account: NAME, password: 'wrong' }, { Accept: 'text/html' });
  assert.equal(answer.status, 401);
  assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
  assert.deepEqual(Object.keys(answer.body).sort(), ['code', 'status', 'title', 'type']);
});

stand('who must wait is told how long, in words and in Retry-After', async (s) => {
  s.world.fault = new SallyportError('too-many-attempts', undefined, { retryAfter: 89.2 });
  const page = await post(s, '/sign-in', `account=a&password=b`);
  assert.equal(page.status, 429);
  assert.equal(page.headers['retry-after'], '90');
  assert.match(page.text, /Please wait 2 minutes/);
  s.world.fault = new SallyportError('too-many-attempts', undefined, { retryAfter: 30 });
  const json = await post(s, '/sign-in', { account: 'a', password: 'b' });
  assert.equal(json.headers['retry-after'], '30');
  assert.equal(json.body.retry_after, 30);
});

stand('a missing or empty code is refused before anything is asked', async (s) => {
  for (const body of [{}, { code: '' }]) {
    for (const path of ['/sign-in/totp', '/sign-in/recovery', '/enrol/totp/confirm']) {
      assert.equal((await post(s, path, body)).status, 400);
    }
  }
  assert.deepEqual(s.world.calls, []);
});

stand('a code without a waiting sign-in or session leads back to the first step', async (s) => {
  const json = await post(s, '/sign-in/totp', { code: CODE });
  assert.equal(json.status, 401);
  assert.equal(json.body.code, 'pending-expired');
  const form = await post(s, '/sign-in/totp', `code=${CODE}`);
  assert.equal(form.status, 401);
  assert.match(form.text, /action="\/\.sallyport\/sign-in"/);
  const page = await supertest(s.origin).get(`${P}/sign-in/totp?next=%2Fa`);
  assert.equal(page.headers['location'], `${P}/sign-in?next=%2Fa`);
});

stand('who has not what a page asks for is sent on to what they have', async (s) => {
  const first = await post(s, '/sign-in', { account: NAME, password: PASSWORD });
  const Cookie = cookiesOf(first);
  const get = (path: string) => supertest(s.origin).get(`${P}${path}`).set({ Cookie, Accept: 'text/html' });
  // No passkey works at this app: who has nothing else is told what everybody is.
  for (const [has, here] of [
    [['passkey'], ['totp', 'recovery']],
    [['passkey', 'recovery'], ['recovery']],
    [['totp'], ['totp']],
    [['recovery'], ['recovery']],
  ] as const) {
    s.world.offers = has;
    for (const page of ['totp', 'passkey', 'recovery'] as const) {
      const answer = await get(`/sign-in/${page}?next=%2Fa`);
      if (here.some((way) => way === page)) assert.equal(answer.status, 200, page);
      else assert.equal(answer.headers['location'], `${P}/sign-in/${here[0]}?next=%2Fa`);
      const ways = [...answer.text.matchAll(/href="[^"]*\/sign-in\/(passkey|totp|recovery)/g)].map(([, way]) => way);
      assert.ok(
        ways.every((way) => here.some((each) => each === way)),
        `${page} leads to ${ways}`,
      );
    }
  }
});

stand('a code inside a session steps up; a new sign-in ends the session it replaces', async (s) => {
  const cookie = await signIn(s);
  const up = await post(s, '/sign-in/recovery', { code: RECOVERY, next: `${P}/account` }, { Cookie: cookie });
  assert.deepEqual(up.body, { ok: true, next: `${P}/account`, recovery_left: 9 });
  assert.ok(s.world.calls.includes('stepUp recovery'));
  const session = cookiesOf(up);
  assert.notEqual(session.split(';')[0], cookie.split(';')[0]);
  const first = await post(s, '/sign-in', { account: NAME, password: PASSWORD }, { Cookie: session });
  await post(s, '/sign-in/totp', { code: CODE }, { Cookie: `${session}; ${cookiesOf(first)}` });
  assert.equal(s.world.calls.at(-1)?.startsWith('signOut'), true);
  assert.equal(s.world.sessions.size, 1);
});

stand('looking at an enrolment link changes nothing, HEAD and GET alike', async (s) => {
  for (let i = 0; i < 3; i++) {
    assert.equal((await supertest(s.origin).head(`${P}/enrol/${TICKET}`)).status, 200);
    const page = await supertest(s.origin).get(`${P}/enrol/${TICKET}`);
    assert.match(page.text, new RegExp(NAME));
    assert.equal(page.headers['set-cookie'], undefined);
  }
  assert.deepEqual(s.world.calls, []);
  assert.equal((await post(s, '/enrol', { ticket: TICKET })).status, 200);
  assert.equal((await supertest(s.origin).get(`${P}/enrol/${TICKET}`)).status, 403);
  assert.equal((await supertest(s.origin).get(`${P}/enrol/short`)).status, 403);
});

stand('enrolment speaks JSON from ticket to recovery codes', async (s) => {
  let cookie = cookiesOf(await post(s, '/enrol', { ticket: TICKET }));
  cookie = cookiesOf(await post(s, '/enrol/password', { password: PASSWORD }, { Cookie: cookie }));
  const totp = await post(s, '/enrol/totp', {}, { Cookie: cookie });
  assert.deepEqual(Object.keys(totp.body), ['secret', 'uri']);
  assert.equal((await post(s, '/enrol/totp/confirm', { code: USED_CODE }, { Cookie: cookie })).status, 401);
  assert.equal((await post(s, '/enrol/finish', {}, { Cookie: cookie })).status, 409);
  cookie = cookiesOf(await post(s, '/enrol/totp/confirm', { code: CODE, label: 'Phone' }, { Cookie: cookie }));
  assert.ok(s.world.calls.includes('confirm Phone'));
  const finish = await post(s, '/enrol/finish', {}, { Cookie: cookie });
  assert.equal(finish.body.recovery_codes.length, 10);
  assert.match(cookiesOf(finish), /__Host-sallyport=/);
});

stand('adding an authenticator asks for a fresh factor', async (s) => {
  const cookie = await signIn(s);
  s.world.factorIsFresh = false;
  const json = await post(s, '/enrol/totp', {}, { Cookie: cookie });
  assert.equal(json.status, 403);
  assert.equal(json.body.code, 'step-up-required');
  for (const path of ['/enrol/totp', '/account/recovery-codes']) {
    const form = await post(s, path, '', { Cookie: cookie });
    assert.equal(form.status, 303);
    assert.equal(form.headers['location'], `${P}/sign-in/totp?next=%2F.sallyport%2Faccount`);
  }
});

stand('the session says what was proven, in seconds; without one it is 401', async (s) => {
  const none = await supertest(s.origin).get(`${P}/session`);
  assert.equal(none.status, 401);
  assert.equal(none.body.code, 'sign-in-required');
  const { body } = await supertest(s.origin)
    .get(`${P}/session`)
    .set('Cookie', await signIn(s));
  assert.deepEqual(Object.keys(body), ['account', 'realm', 'app', 'evidence', 'expires_at', 'idle_expires_at']);
  assert.equal(body.account, NAME);
  assert.deepEqual(body.evidence.amr, ['mfa', 'otp', 'pwd']);
  assert.ok(body.evidence.auth_time < 10_000_000_000 && body.idle_expires_at < body.expires_at);
});

stand('signing out ends the session, clears the cookies and what the browser keeps', async (s) => {
  const cookie = await signIn(s);
  const answer = await post(s, '/sign-out', {}, { Cookie: cookie });
  assert.equal(answer.headers['clear-site-data'], '"cache", "storage"');
  // A cast: see cookiesOf.
  const lines = answer.headers['set-cookie'] as unknown as string[];
  for (const line of lines)
    assert.match(line, /^__Host-sallyport(-pending)?=; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=0$/);
  assert.equal((await supertest(s.origin).get(`${P}/session`).set('Cookie', cookie)).status, 401);
  assert.equal((await supertest(s.origin).get(`${P}/sign-out`).set('Cookie', cookie)).status, 405);
});

stand('an unforeseen failure is 500 without detail, and is told to the operator', async (s) => {
  const fault = new SallyportError('internal', 'the disk of db-7 is full');
  s.world.fault = fault;
  const answer = await post(s, '/sign-in', { account: NAME, password: PASSWORD });
  assert.equal(answer.status, 500);
  assert.doesNotMatch(answer.text, /db-7|stack/);
  assert.deepEqual(s.failures, [{ err: fault, app: 'portal' }]);
});

stand('a passkey signs in without a name: JSON goes on by itself, a form by a page in between', async (s) => {
  const options = await post(s, '/sign-in/passkey/options', {});
  assert.deepEqual(options.body, { challenge: 'Y2hhbGxlbmdl' });
  assert.match(cookiesOf(options), /^__Host-sallyport-ceremony=[A-Za-z0-9_-]{43}$/);
  const body = { response: JSON.parse(PASSKEY), next: '/reports' };
  const json = await post(s, '/sign-in/passkey', body, { Cookie: cookiesOf(options) });
  assert.deepEqual(json.body, { ok: true, next: '/reports' });
  assert.match(cookiesOf(json), /__Host-sallyport=.*__Host-sallyport-prefs=-\.passkey/);
  const form = `start=yes&response=${encodeURIComponent(PASSKEY)}&next=${encodeURIComponent('/a?b=1;c')}`;
  const page = await post(s, '/sign-in/passkey', form, { Cookie: cookiesOf(options) });
  assert.equal(page.status, 200);
  assert.equal(page.headers['refresh'], '0; url=/a?b=1;c');
  assert.match(page.text, /href="\/a\?b=1;c"/);
  const away = await post(s, '/sign-in/passkey', form.replace('%2Fa', '%2F%2Fevil.test%2Fa'));
  assert.equal(away.headers['refresh'], '0; url=/');
  assert.deepEqual(s.world.calls, ['passkeyOptions start', ...Array.from({ length: 3 }, () => 'passkey start')]);
});

stand('a passkey is the second step where a sign-in waits, and a confirmation within a session', async (s) => {
  const first = await post(s, '/sign-in', { account: NAME, password: PASSWORD, next: '/reports' });
  const waiting = { Cookie: cookiesOf(first) };
  assert.equal(cookiesOf(await post(s, '/sign-in/passkey/options', {}, waiting)), '');
  const second = await post(s, '/sign-in/passkey', { response: JSON.parse(PASSKEY) }, waiting);
  assert.deepEqual(second.body, { ok: true, next: '/reports' });
  const form = `response=${encodeURIComponent(PASSKEY)}&next=%2F.sallyport%2Faccount`;
  const up = await post(s, '/sign-in/passkey', form, { Cookie: cookiesOf(second) });
  assert.deepEqual([up.status, up.headers['location']], [303, `${P}/account`]);
  assert.deepEqual(s.world.calls.slice(1), ['passkeyOptions second', 'passkey second', 'passkey step-up']);
});

/** What the form of a page posts, and what its script asks options with: with an answer of the passkey. */
function ceremonyFields(page: string): Record<string, string> {
  const [form = ''] = page.match(/<form[^>]*data-ceremony="get"[\s\S]*?<\/form>/) ?? [];
  const fields = [...form.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return { ...Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value])), response: PASSKEY };
}

const page = (s: Stand, path: string, Cookie = '') => supertest(s.origin).get(`${P}${path}`).set({ Cookie });
const asForm = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

/** As `stand`, where passkeys work. */
const passkeys = (name: string, run: (s: Stand) => Promise<void>) => stand(name, run, true);

for (const gone of ['no sign-in waits', 'no cookie is left'])
  passkeys(`a passkey for a sign-in that is over is for nothing else: ${gone}`, async (s) => {
    const first = await post(s, '/sign-in', { account: NAME, password: PASSWORD, next: '/reports' });
    const fields = ceremonyFields((await page(s, '/sign-in/passkey', cookiesOf(first))).text);
    assert.equal(fields['purpose'], 'sign-in');
    s.world.signIns.clear();
    const Cookie = gone === 'no cookie is left' ? '' : cookiesOf(first);
    const options = await post(s, '/sign-in/passkey/options', { purpose: 'sign-in', next: '/reports' }, { Cookie });
    assert.deepEqual([options.status, options.body.code], [401, 'pending-expired']);
    assert.equal(cookiesOf(options), '');
    const answer = await post(s, '/sign-in/passkey', asForm(fields), { Cookie });
    assert.equal(answer.status, 401);
    assert.match(answer.text, /name="password"/);
    assert.equal(cookiesOf(answer), '');
    const json = await post(s, '/sign-in/passkey', { purpose: 'sign-in', response: JSON.parse(PASSKEY) }, { Cookie });
    assert.deepEqual([json.status, json.body.code], [401, 'pending-expired']);
    assert.deepEqual(
      s.world.calls.filter((call) => /passkey.* (start|step-up)/.test(call)),
      [],
    );
  });

passkeys(
  'who signed in in another tab is taken on by the passkey of this one, and confirms nothing by it',
  async (s) => {
    const first = await post(s, '/sign-in', { account: NAME, password: PASSWORD, next: '/reports' });
    const fields = ceremonyFields((await page(s, '/sign-in/passkey?next=%2Fhere', cookiesOf(first))).text);
    const Cookie = await signIn(s);
    const before = [...s.world.calls];
    const form = await post(s, '/sign-in/passkey', asForm(fields), { Cookie });
    assert.deepEqual([form.status, form.headers['location'], cookiesOf(form)], [303, '/here', '']);
    for (const path of ['/sign-in/passkey', '/sign-in/passkey/options']) {
      const json = await post(s, path, { purpose: 'sign-in', next: '/here' }, { Cookie });
      assert.deepEqual([json.status, json.body], [200, { ok: true, next: '/here' }], path);
    }
    assert.deepEqual(s.world.calls, before);
  },
);

passkeys('a passkey that confirms needs the session, whatever else waits, and opens none', async (s) => {
  const Cookie = await signIn(s);
  const fields = ceremonyFields((await page(s, '/sign-in/passkey', Cookie)).text);
  assert.equal(fields['purpose'], 'step-up');
  const first = await post(s, '/sign-in', { account: NAME, password: PASSWORD });
  const before = s.world.calls.length;
  for (const cookies of ['', cookiesOf(first)]) {
    const options = await post(s, '/sign-in/passkey/options', { purpose: 'step-up' }, { Cookie: cookies });
    assert.deepEqual([options.status, options.body.code], [401, 'sign-in-required']);
    const json = await post(s, '/sign-in/passkey', { ...fields, response: JSON.parse(PASSKEY) }, { Cookie: cookies });
    assert.deepEqual([json.status, json.body.code], [401, 'sign-in-required']);
    const form = await post(s, '/sign-in/passkey', asForm(fields), { Cookie: cookies });
    assert.equal(form.status, 401);
    assert.match(form.text, /name="password"/);
    assert.equal(cookiesOf(form), '');
  }
  assert.equal(s.world.calls.length, before);
  const both = await post(s, '/sign-in/passkey', asForm(fields), { Cookie: `${Cookie}; ${cookiesOf(first)}` });
  assert.equal(both.status, 303);
  assert.deepEqual(s.world.calls.slice(before), ['passkey step-up']);
});

passkeys('a passkey without a name is for whoever answers, and what is for nothing known is refused', async (s) => {
  const fields = ceremonyFields((await page(s, '/sign-in')).text);
  assert.equal(fields['purpose'], 'start');
  const first = await post(s, '/sign-in', { account: NAME, password: PASSWORD });
  const waiting = { Cookie: cookiesOf(first) };
  const before = s.world.calls.length;
  for (const said of [{ purpose: 'start' }, { start: 'yes' }] as const) {
    assert.equal((await post(s, '/sign-in/passkey/options', said, waiting)).status, 200);
    assert.equal((await post(s, '/sign-in/passkey', { ...said, response: JSON.parse(PASSKEY) }, waiting)).status, 200);
  }
  const two = ['passkeyOptions start', 'passkey start'];
  assert.deepEqual(s.world.calls.slice(before), [...two, ...two]);
  for (const purpose of ['', 'second', 'START', 'constructor', 'sign-in ']) {
    assert.equal((await post(s, '/sign-in/passkey/options', { purpose }, waiting)).status, 400, purpose);
    const json = await post(s, '/sign-in/passkey', { purpose, response: JSON.parse(PASSKEY) }, waiting);
    assert.equal(json.status, 400, purpose);
    assert.equal((await post(s, '/sign-in/passkey', asForm({ ...fields, purpose }), waiting)).status, 400, purpose);
  }
  assert.equal(s.world.calls.length, before + 4);
});

stand('a refused passkey is told on the page that it was used on', async (s) => {
  const json = await post(s, '/sign-in/passkey', { response: { id: 'x' } });
  assert.deepEqual([json.status, json.body.code], [401, 'passkey-refused']);
  const start = await post(s, '/sign-in/passkey', 'start=yes&response=%7B%7D');
  assert.equal(start.status, 401);
  assert.match(start.text, /role="alert"/);
  assert.match(start.text, /name="password"/);
  const first = await post(s, '/sign-in', { account: NAME, password: PASSWORD });
  const second = await post(s, '/sign-in/passkey', 'response=%7B%7D', { Cookie: cookiesOf(first) });
  assert.equal(second.status, 401);
  assert.match(second.text, /data-options="\/\.sallyport\/sign-in\/passkey\/options"/);
});

stand('only the answer of a ceremony may be an object, once, closed, and of bounded depth', async (s) => {
  const send = (body: string) =>
    supertest(s.origin)
      .post(`${P}/sign-in/passkey`)
      .set({ Origin: s.origin, 'Content-Type': 'application/json' })
      .send(body);
  const bad = [
    '{"response":{"id":"x"},"response":{"id":"y"}}',
    '{"next":{"a":"b"},"response":"x"}',
    '{"response":{"id":"x"}',
    '{"response":{"id":}}',
    '{"response":["x"]}',
    `{"response":${'{"a":'.repeat(9)}1${'}'.repeat(9)}}`,
    '{"response":{"id":"x"}}}',
  ];
  for (const body of bad) assert.equal((await send(body)).status, 400, body);
  assert.deepEqual(s.world.calls, []);
  assert.equal((await send('{ "response" : {"a":"}\\"{","b":[{}]} , "next":"/" }')).status, 401);
  assert.equal((await send(`{"response":{"a":"${'x'.repeat(60_000)}"}}`)).status, 401);
});

stand('enrolment by passkey, in JSON and by form; the label is kept', async (s) => {
  let cookie = cookiesOf(await post(s, '/enrol', { ticket: TICKET }));
  cookie = cookiesOf(await post(s, '/enrol/password', { password: PASSWORD }, { Cookie: cookie }));
  const options = await post(s, '/enrol/passkey/options', {}, { Cookie: cookie });
  assert.deepEqual(options.body, { challenge: 'Y2hhbGxlbmdl' });
  const wrong = await post(s, '/enrol/passkey', 'response=%7B%7D', { Cookie: cookie });
  assert.equal(wrong.status, 401);
  const done = await post(s, '/enrol/passkey', `label=Laptop&response=${encodeURIComponent(PASSKEY)}`, {
    Cookie: cookie,
  });
  assert.deepEqual([done.status, done.headers['location']], [303, `${P}/enrol`]);
  assert.ok(s.world.calls.includes('enrol passkey Laptop'));
  assert.equal((await post(s, '/enrol/finish', {}, { Cookie: cookiesOf(done) })).body.recovery_codes.length, 10);
});

stand('an easily guessed password is advised on once, and taken when the person means it', async (s) => {
  const cookie = cookiesOf(await post(s, '/enrol', { ticket: TICKET }));
  const weak = 'password=zxgarden77&again=zxgarden77';
  const advised = await post(s, '/enrol/password', weak, { Cookie: cookie });
  assert.equal(advised.status, 200);
  assert.match(advised.text, /name="anyway" value="yes"/);
  assert.doesNotMatch(advised.text, /zxgarden77/);
  assert.ok(!s.world.calls.includes('password'));
  assert.equal((await post(s, '/enrol/password', `${weak}&anyway=yes`, { Cookie: cookie })).status, 303);
});

stand('live advice, another choice and more time belong to an open enrolment', async (s) => {
  const cookie = cookiesOf(await post(s, '/enrol', { ticket: TICKET }));
  assert.deepEqual((await post(s, '/enrol/password/advice', { password: 'a b c' }, { Cookie: cookie })).body, {
    score: 4,
  });
  for (const path of ['/enrol/choose', '/enrol/extend']) {
    assert.equal((await post(s, path, {}, { Cookie: cookie })).status, 200);
    assert.equal((await post(s, path, {})).status, 401);
  }
});

stand('the account page renames, ends one session, ends all others', async (s) => {
  const cookie = await signIn(s);
  await signIn(s);
  await signIn(s);
  const body = { id: 'auth-1', label: 'Blue key' };
  assert.equal((await post(s, '/account/authenticators/rename', body, { Cookie: cookie })).status, 200);
  assert.ok(s.world.calls.includes('rename auth-1 Blue key'));
  assert.equal((await post(s, '/account/sessions/end', { id: 'ses-2' }, { Cookie: cookie })).status, 200);
  assert.equal((await post(s, '/account/sessions/end', { id: 'ses-9' }, { Cookie: cookie })).status, 404);
  const rest = await post(s, '/account/sessions/end-others', {}, { Cookie: cookie });
  assert.equal(rest.body.sessions, 1);
  assert.equal(s.world.sessions.size, 1);
  s.world.factorIsFresh = false;
  for (const path of ['rename', 'remove']) {
    const form = await post(s, `/account/authenticators/${path}`, path === 'rename' ? 'id=a&label=b' : 'id=a', {
      Cookie: cookie,
    });
    assert.equal(form.headers['location'], `${P}/sign-in/totp?next=%2F.sallyport%2Faccount`);
  }
});

const TOLD: readonly (readonly [path: string, form: string, done: keyof typeof en.account.done])[] = [
  ['/account/password', 'current=current&password=nine+quiet+lighthouses&again=nine+quiet+lighthouses', 'password'],
  ['/account/authenticators/rename', 'id=auth-1&label=Blue+key', 'renamed'],
  ['/account/authenticators/remove', 'id=auth-1', 'removed'],
  ['/account/sessions/end', 'id=ses-2', 'ended'],
  ['/account/sessions/end-others', '', 'ended-others'],
];

stand('whoever changes something of the account is told on its page that it is done', async (s) => {
  const cookie = await signIn(s);
  await signIn(s);
  s.world.authenticators.push({ id: 'auth-2', label: 'Key' });
  for (const [path, form, done] of TOLD) {
    const answer = await post(s, path, form, { Cookie: cookie });
    assert.deepEqual([answer.status, answer.headers['location']], [303, `${P}/account?done=${done}`], path);
    const { text } = await visit(s, `/account?done=${done}`, cookie);
    assert.ok(text.includes(`<div class="note" role="status"><p>${en.account.done[done]}</p></div>`), path);
  }
});

stand('nothing but what is on the list is told by the address of the account page', async (s) => {
  const cookie = await signIn(s);
  const others = ['', '?done=', '?done=<b>', '?done=constructor', '?done=password&x', '?done=password&done=renamed'];
  for (const query of others) {
    const { status, text } = await visit(s, `/account${query}`, cookie);
    assert.equal(status, 200, query);
    assert.doesNotMatch(text, /class="note" role="status"/, query);
  }
});

for (const path of POSTS) {
  stand(`the language switch of whatever ${path} answers leads to a page`, async (s) => {
    const cookie = await signIn(s);
    const head = { Cookie: cookie, 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'text/html' };
    for (const body of ['', 'next=%2Fa', 'surprise=x', 'code=000000&next=%2Fa', 'response=%7B%7D&next=%2Fa&only=yes']) {
      const { text } = await supertest(s.origin)
        .post(`${P}${path}`)
        .set({ Origin: s.origin, ...head })
        .send(body);
      const [, back] =
        /action="\/\.sallyport\/language"[^>]*>\s*<input type="hidden" name="next" value="([^"]*)"/.exec(text) ?? [];
      assert.equal(back === undefined, !text.includes('/.sallyport/language'));
      if (back === undefined) continue;
      const shown = await supertest(s.origin)
        .get(back.replaceAll('&amp;', '&'))
        .set({ Cookie: cookie, Accept: 'text/html' });
      assert.ok([200, 303].includes(shown.status), `${body}: ${back} answers ${shown.status}`);
      if (body.includes('only=yes') && text.includes('name="only"')) assert.match(back, /only=yes/);
    }
  });
}

stand('the language is the person’s choice, else the browser’s, and stays with the browser', async (s) => {
  const page = (headers: Record<string, string>) => supertest(s.origin).get(`${P}/sign-in`).set(headers);
  assert.match((await page({})).text, /<html lang="en" dir="ltr">/);
  assert.match((await page({ 'Accept-Language': 'de, cy;q=0.8, en;q=0.5' })).text, /<html lang="cy" dir="ltr">/);
  const chosen = await post(s, '/language', `language=ar&next=${encodeURIComponent(`${P}/sign-in?next=/a`)}`);
  assert.deepEqual([chosen.status, chosen.headers['location']], [303, `${P}/sign-in?next=/a`]);
  const cookie = cookiesOf(chosen);
  assert.equal(cookie, '__Host-sallyport-prefs=ar.-');
  assert.match((await page({ Cookie: cookie, 'Accept-Language': 'cy' })).text, /<html lang="ar" dir="rtl">/);
  assert.match((await page({ Cookie: '__Host-sallyport-prefs=xx.<b>' })).text, /<html lang="en"/);
  const away = await post(s, '/language', 'language=cy&next=%2F%2Fevil.test');
  assert.equal(away.headers['location'], '/');
  assert.equal(cookiesOf(await post(s, '/language', 'language=tlh&next=%2F')), '');
});

stand('the warning script is for anybody; more time is for the person of the session', async (s) => {
  const script = await supertest(s.origin).get(`${P}/session.js`);
  assert.deepEqual([script.status, script.headers['cache-control']], [200, 'public, max-age=3600']);
  assert.match(script.headers['content-type'] ?? '', /javascript/);
  assert.equal((await post(s, '/session/extend', {})).status, 401);
  const more = await post(s, '/session/extend', {}, { Cookie: await signIn(s) });
  assert.equal(typeof more.body.idle_expires_at, 'number');
  assert.equal(s.world.calls.at(-1), 'touch ses-1');
});
