import assert from 'node:assert/strict';
import test from 'node:test';
import { countSealedRows } from '../support/count-rows.ts';
import { SESSION, type Send, withSallyport } from '../support/sallyport.ts';
import { answerAtEnd } from '../support/upstream.ts';

const IDP = 'https://idp.example';
const on = withSallyport(() => ({
  app: [
    '    rules: [{ path: /ruled, groups: [ops] }]',
    '    cross_site:',
    `      - { path: /acs, from: [${IDP}] }`,
    `      - { path: /ruled, from: [${IDP}] }`,
    '      - { path: /paid, from: ["null", http://localhost:9000] }',
  ],
}));
const HTML = [['Accept', 'text/html']] as const;
const FORM = {
  SAMLResponse: 'PHNhbWw+"\'&<b>',
  RelayState: 'https://x.example/?a=b&c=é\r\n 中',
  submit: '',
  action: '/evil',
};
const BODY = new URLSearchParams(FORM).toString();

const post = (target: string, more: Send = {}) =>
  on.sally.send('POST', target, { form: FORM, origin: IDP, headers: HTML, ...more });

/** The fields of our page, as a browser would send them. */
function fieldsOf(page: string): string {
  const text = (value: string) =>
    value.replace(
      /&(?:quot|#39|lt|gt|amp);/g,
      (c) => ({ '&quot;': '"', '&#39;': "'", '&lt;': '<', '&gt;': '>' })[c] ?? '&',
    );
  const found = Buffer.from(page, 'latin1')
    .toString()
    .matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  const fields = new URLSearchParams();
  for (const [, name = '', value = ''] of found) fields.append(text(name), text(value));
  return fields.toString();
}

const rows = async () =>
  JSON.stringify([await on.sally.audit(), await on.sally.manage.store.sessions.listLive(on.sally.clock.now())]);

test('a form of a listed site gets our page, which sends the same bytes once more, and with a session it arrives once', async () => {
  const { sally } = on;
  sally.upstream.on(
    '/acs',
    answerAtEnd((request) => request.body),
  );
  // The key of the record is made when the first entries are sealed, and its own entry is nobody's deed.
  await countSealedRows(undefined, sally.data);
  const before = await rows();
  for (const headers of [HTML, [...HTML, ['Sec-Fetch-Mode', 'navigate'], ['Sec-Fetch-Site', 'cross-site']] as const]) {
    const page = await post('/acs?x=1&y=2', { headers });
    assert.equal(page.status, 200);
    assert.equal(page.header('cache-control'), 'no-store');
    const policy = page.header('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src http:\/\/app\.test\/\.sallyport\/assets\//);
    assert.doesNotMatch(policy, /unsafe|nonce/);
    assert.deepEqual(page.all('set-cookie'), []);
    assert.equal(page.body.match(/<form/g)?.length, 1);
    assert.match(page.body, /<form method="post" action="\/acs\?x=1&amp;y=2" accept-charset="utf-8"/);
    assert.match(page.body, /<button class="button" type="submit"[^>]*>Continue</);
    assert.equal(fieldsOf(page.body), BODY);
  }
  sally.upstream.silent();
  assert.equal(await rows(), before, 'not a row');
  const cookie = await sally.session('bob');
  const sent = await sally.send('POST', '/acs', { form: FORM, origin: sally.origin, headers: HTML, cookie });
  assert.equal(sent.body, BODY);
  assert.equal(sally.upstream.hits, 1);
});

test('the second post without a session is told to sign in, and never gets our page again', async () => {
  for (const origin of [on.sally.origin, null]) {
    const answer = await post('/acs', { origin });
    assert.equal(answer.status, 401);
    assert.match(answer.body, /<h1>Please sign in<\/h1>/);
    assert.match(answer.body, /from the site you came from/);
    assert.doesNotMatch(answer.body, /has ended|<form/);
  }
  on.sally.upstream.silent();
});

test('every other path, origin, method and kind of body is refused as ever', async () => {
  const paths = ['/acs/', '/ACS', '/acs/x', '/', '/%61cs', '/acs;a', '/other'];
  for (const path of paths) assert.ok([400, 403].includes((await post(path)).status), path);
  for (const origin of [
    'null',
    'https://evil.test',
    'https://idp.example:444',
    'http://idp.example',
    'https://IDP.example',
    '',
  ])
    assert.equal((await post('/acs', { origin })).status, 403, origin);
  assert.equal((await post('/paid')).status, 403);
  for (const origin of ['null', 'http://localhost:9000']) assert.equal((await post('/paid', { origin })).status, 200);
  for (const method of ['PUT', 'PATCH', 'DELETE', 'GET']) {
    const answer = await on.sally.send(method, '/acs', { form: FORM, origin: IDP, headers: HTML });
    assert.notEqual(answer.status, 200, method);
  }
  const script = await post('/acs', { headers: [...HTML, ['Sec-Fetch-Mode', 'cors']] });
  assert.equal(script.status, 401);
  for (const type of ['multipart/form-data; boundary=x', 'text/plain'])
    assert.ok(
      [401, 403].includes(
        (await on.sally.send('POST', '/acs', { body: BODY, origin: IDP, headers: [...HTML, ['Content-Type', type]] }))
          .status,
      ),
    );
  on.sally.upstream.silent();
});

test('a body that a browser would not send back as it came, or that is too large, is refused in words', async () => {
  const type = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
  const send = (body: string, headers: readonly (readonly [string, string])[] = [type]) =>
    on.sally.send('POST', '/acs', { body, origin: IDP, headers: [...HTML, ...headers] });
  for (const body of ['a', 'a=%0A', 'a=%FF', 'a=%e9', '=x', 'a=%00'])
    assert.equal((await send(body)).status, 400, body);
  assert.equal((await send(`a=${'b'.repeat(256 * 1024)}`)).status, 413);
  assert.equal((await send(`a=${'b'.repeat(256 * 1024 - 2)}`)).status, 200);
  assert.equal((await send('a=b', [type, ['Content-Encoding', 'gzip']])).status, 415);
  assert.equal((await send('a=b', [['Content-Type', `${type[1]}; charset=iso-8859-1`]])).status, 415);
  on.sally.upstream.silent();
});

test('forms of one address that stand still take a bounded number of places, and give them back', async () => {
  const { sally } = on;
  const head = `POST /acs HTTP/1.1\r\nHost: app.test\r\nOrigin: ${IDP}\r\nAccept: text/html\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\na=`;
  const stop = new AbortController();
  const { connect } = await import('node:net');
  const slow = Array.from({ length: 8 }, () => connect({ port: sally.port, host: '127.0.0.1', signal: stop.signal }));
  for (const socket of slow) socket.on('error', () => {}).write(head);
  while ((await post('/acs')).status !== 503);
  assert.equal((await post('/acs')).header('retry-after'), '5');
  stop.abort();
  while ((await post('/acs')).status !== 200);
  sally.upstream.silent();
});

test('with a cookie of ours the request of a listed site is an ordinary one', async () => {
  const { sally } = on;
  const cookie = await sally.session('eve');
  assert.equal((await post('/acs', { cookie })).status, 200);
  assert.equal(sally.upstream.hits, 1);
  assert.equal((await post('/ruled', { cookie })).status, 403, 'rules hold');
  const stale = await post('/acs', { cookie: `${SESSION}=${'A'.repeat(43)}` });
  assert.equal(stale.status, 401);
  assert.equal(sally.upstream.hits, 1);
});

test('preflights to listed paths are answered by us, exactly, and nothing reaches the app', async () => {
  const ask = (target: string, origin: string | null, more: readonly (readonly [string, string])[] = []) =>
    on.sally.send('OPTIONS', target, { origin, headers: [['Access-Control-Request-Method', 'POST'], ...more] });
  const good = await ask('/acs?x', IDP, [['Access-Control-Request-Headers', 'content-type, x-one']]);
  assert.equal(good.status, 204);
  const told = Object.fromEntries(good.headers.map(([name, value]) => [name.toLowerCase(), value]));
  assert.equal(told['access-control-allow-origin'], IDP);
  assert.equal(told['access-control-allow-credentials'], 'true');
  assert.equal(told['access-control-allow-methods'], 'POST');
  assert.equal(told['access-control-allow-headers'], 'content-type, x-one');
  assert.equal(told['access-control-max-age'], '600');
  assert.equal(told['vary'], 'Origin');
  assert.equal((await ask('/acs', IDP)).header('access-control-allow-headers'), undefined);
  const names = (value: string) => [['Access-Control-Request-Headers', value]] as const;
  const refused = [
    await ask('/acs/', IDP),
    await ask('/other', IDP),
    await ask('/acs', 'https://evil.test'),
    await ask('/acs', 'null'),
    await ask('/paid', 'null'),
    await ask('/acs', null),
    await ask('/acs', IDP, names('a b')),
    await ask('/acs', IDP, names('a,,b')),
    await ask('/acs', IDP, names(Array(40).fill('x').join(','))),
    await ask('/acs', IDP, names('x'.repeat(2000))),
    await on.sally.send('OPTIONS', '/acs', { origin: IDP, headers: [['Access-Control-Request-Method', 'DELETE']] }),
    await on.sally.send('OPTIONS', '/acs', { origin: IDP }),
  ];
  for (const answer of refused) {
    assert.equal(answer.status, 401);
    for (const [name] of answer.headers) assert.doesNotMatch(name, /^access-control/i);
  }
  on.sally.upstream.silent();
});
