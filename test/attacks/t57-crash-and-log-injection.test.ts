import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { startSallyport, withSallyport } from '../support/sallyport.ts';
import { type Behaviour, bytes } from '../support/upstream.ts';

const on = withSallyport(() => ({
  app: ['    headers: { Remote-User: "{account}", X-Groups: "{groups}" }'],
}));

const NAMES = [
  'Łukasz',
  '🦊',
  'a\r\nSet-Cookie: x=1',
  'a\nInjected: 1',
  'a\u0000b',
  '\u202eecila',
  '\u2028{"level":60}',
  '"}\n{"level":60,"msg":"forged"}',
  '\u001b[31mred',
  '\ud800',
  '__proto__',
  'constructor',
  '%0d%0aSet-Cookie:x=1',
  'a'.repeat(5000),
];

/** No header that the text could have made. In a body it is data. */
function assertClean(text: string): void {
  assert.doesNotMatch(text.split('\r\n\r\n')[0] ?? '', /^(set-cookie: ?x|injected)/im);
}

test('an account name of any sort is a refusal, not a header, not a line of the log, and not a crash', async () => {
  const { sally } = on;
  for (const account of NAMES) {
    const lines = sally.log.length;
    for (const body of [
      { json: { account, password: 'not a password of ours' } },
      { form: { account, password: 'not a password of ours' } },
    ]) {
      const { text } = await sally.raw(
        sally.request('POST', '/.sallyport/sign-in', { ...body, headers: [['X-A', '1']] }),
      );
      assert.match(text, /^HTTP\/1\.1 (400|401|429) /, JSON.stringify(account).slice(0, 40));
      assertClean(text);
    }
    // The clock walks on, so that it is never the source's limit that refuses.
    await sally.advance(3_600_000);
    const fresh = sally.log.slice(lines);
    assert.ok(fresh.length >= 2);
    // Each of them was parsed from one line of its own.
    for (const entry of fresh) assert.ok(['request', 'refused'].includes(String(entry['msg'])), JSON.stringify(entry));
  }
  await sally.healthy();
  sally.upstream.silent();
});

test('names and groups with letters outside ASCII reach the app encoded', async (t) => {
  const sally = await startSallyport({ app: ['    headers: { Remote-User: "{account}" }'] });
  t.after(() => sally.close());
  for (const name of ['Łukasz', '🦊', 'a\r\nX-Evil: 1', '%41', 'tab\there']) {
    const cookie = await sally.session(name);
    assert.equal((await sally.send('GET', '/', { cookie })).status, 200, name);
    const arrived = sally.upstream.requests.at(-1);
    assert.deepEqual(arrived?.all('x-evil'), []);
    assert.deepEqual(arrived?.all('remote-user').map(decodeURIComponent), [name]);
    assert.match(arrived?.all('remote-user')[0] ?? '', /^[\x20-\x7e]+$/);
  }
});

test('line ends in paths, queries and credentials are data or refused', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const crlf = Buffer.from('bob:x\r\nInjected: 1').toString('base64');
  const basic = await sally.raw(sally.request('GET', '/q', { cookie, headers: [['Authorization', `Basic ${crlf}`]] }));
  assert.match(basic.text, /^HTTP\/1\.1 200 /);
  assertClean(basic.text);
  assert.equal(sally.upstream.requests.at(-1)?.all('authorization')[0], `Basic ${crlf}`);
  assert.deepEqual(sally.upstream.requests.at(-1)?.all('injected'), []);
  sally.upstream.clear();
  const targets = [
    '/a%0d%0aSet-Cookie:%20x=1',
    '/a%0aInjected:%201',
    '/q?a=%0d%0aSet-Cookie:%20x=1',
    '/a%00',
    '/a%1b[31m',
    '/.sallyport/sign-in%0d%0aSet-Cookie:%20x=1',
    '/.sallyport/sign-in?next=%0d%0aSet-Cookie:%20x=1',
    '/.sallyport/enrol/a%0d%0aSet-Cookie:x=1',
  ];
  for (const target of targets) {
    for (const who of [undefined, cookie]) {
      const answer = await sally.raw(
        sally.request('GET', target, {
          ...(who === undefined ? {} : { cookie: who }),
          headers: [['Accept', 'text/html']],
        }),
      );
      assert.match(answer.text, /^HTTP\/1\.1 400 /, target);
      assertClean(answer.text);
    }
  }
  sally.upstream.silent();
  // U+560A and U+560D end in the bytes of a line break for who cuts characters short; they travel as they came.
  const wide = '/%e5%98%8a%e5%98%8dSet-Cookie:x=1';
  for (const who of [{}, { cookie }]) {
    assertClean((await sally.raw(sally.request('GET', wide, { ...who, headers: [['Accept', 'text/html']] }))).text);
  }
  assert.deepEqual(
    sally.upstream.requests.map((request) => request.target),
    [wide],
  );
  for (const entry of sally.log) assert.ok(typeof entry['msg'] === 'string' && typeof entry['level'] === 'number');
});

test('a name and password in a target of another form are in no line of the log and not on record', async () => {
  const { sally } = on;
  const before = sally.log.length;
  for (const target of ['http://bob:hunter2-x@portal.test/a', '//bob:hunter2-x@portal.test/a', 'bob:hunter2-x@x:443'])
    assert.match((await sally.raw(sally.request('GET', target, {}))).text, /^HTTP\/1\.1 400 /, target);
  assert.ok(sally.log.length > before);
  assert.doesNotMatch(JSON.stringify(sally.log), /hunter2/);
  const rows = await sally.audit();
  assert.doesNotMatch(JSON.stringify(rows), /hunter2/);
  sally.upstream.silent();
});

test('an upstream that talks nonsense is a 502 of ours, each time, and never a crash', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const nonsense: Record<string, Behaviour> = {
    garbage: bytes('\x00\xff\x16\x03 not http at all\r\n\r\n', true),
    nothing: bytes('', true),
    'half a status line': bytes('HTTP/1.1 20', true),
    'bad version': bytes('HTTP/9.9 200 OK\r\n\r\n', true),
    'bad status': bytes('HTTP/1.1 999999 OK\r\n\r\n', true),
    'status below 100': bytes('HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n', true),
    'control characters in a value': bytes('HTTP/1.1 200 OK\r\nX-A: a\x00b\r\nContent-Length: 0\r\n\r\n', true),
    'a bare CR': bytes('HTTP/1.1 200 OK\r\nX-A: a\rSet-Cookie: x=1\r\nContent-Length: 0\r\n\r\n', true),
    'a blank before the colon': bytes('HTTP/1.1 200 OK\r\nX-A : a\r\nContent-Length: 0\r\n\r\n', true),
    'a nameless field': bytes('HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 0\r\n\r\n', true),
    'two lengths': bytes('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', true),
    'length and coding': bytes(
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      true,
    ),
    'a huge head': bytes(`HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(300_000)}\r\n\r\n`, true),
    'an unasked switch': bytes(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nfree',
      true,
    ),
  };
  for (const [what, behaviour] of Object.entries(nonsense)) {
    sally.upstream.on('/x', behaviour);
    for (const method of ['GET', 'POST', 'HEAD']) {
      const { text } = await sally.raw(sally.request(method, '/x', { cookie }));
      assert.match(text, /^HTTP\/1\.1 502 Bad Gateway\r\n/, `${method}: ${what}`);
      assertClean(text);
      assert.doesNotMatch(text, /free|\x00|127\.0\.0\.1|ERR_|HPE_|at .*\.ts/, what);
    }
  }
  // Oddities that are legal come through as bytes, and bring nothing with them.
  sally.upstream.on('/x', bytes('HTTP/1.1 200 \x01\xff\r\nX-B: caf\xe9\r\nContent-Length: 2\r\n\r\nok'));
  const odd = await sally.raw(sally.request('GET', '/x', { cookie }));
  assert.match(odd.text, /^HTTP\/1\.1 (200 |502 )/);
  await sally.healthy();
});

test('no secret is in the log, whatever was tried', async () => {
  const { sally } = on;
  const ada = new Person(sally, 'ada');
  const ticket = await ada.invited();
  await ada.send('GET', `/.sallyport/enrol/${ticket}`);
  await ada.enrol(ticket);
  const enrolled = ada.session ?? '';
  await ada.post('/.sallyport/sign-out');
  await ada.expect(401, ada.begin({ password: 'a wrong but long password' }));
  await ada.expect(200, ada.begin());
  const pending = ada.pending ?? '';
  const wrong = ada.wrongCode();
  await ada.expect(401, ada.post('/.sallyport/sign-in/totp', { code: wrong }));
  const code = await ada.code();
  await ada.expect(200, ada.post('/.sallyport/sign-in/totp', { code }));
  await ada.send('GET', `/.sallyport/enrol/${ticket}?token=querysecret`);
  await ada.send('GET', '/page?password=querysecret', { headers: [['Authorization', 'Bearer headersecret']] });
  await ada.send('GET', '/..%2f?token=querysecret');
  for (const spelt of [
    '/.SALLYPORT/enrol/',
    '//.sallyport/enrol/',
    '/.sallyport%2fENROL%2f',
    '/.sallyport/enrol/%20',
  ]) {
    await ada.send('GET', `${spelt}${ticket}`);
    await ada.send('GET', `${spelt}${ticket}).`);
  }
  const log = JSON.stringify(sally.log) + JSON.stringify(await sally.audit());
  const secrets = [
    ticket,
    ada.password,
    'a wrong but long password',
    ada.secret,
    enrolled,
    ada.session ?? '',
    pending,
    ada.browser ?? '',
    ...ada.recoveryCodes,
    'querysecret',
    'headersecret',
  ];
  for (const secret of secrets) {
    assert.ok(secret.length > 8);
    assert.ok(!log.includes(secret), `${secret.slice(0, 4)}… stands in the log`);
  }
  for (const shown of [wrong, code]) assert.doesNotMatch(log, new RegExp(`"${shown}"`));
});
