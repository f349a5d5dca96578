import assert from 'node:assert/strict';
import test from 'node:test';
import { type Guarded, startGuarded, testApp } from '../support/guarded.ts';
import { parseAnswer, type RawOptions, raw } from '../support/raw.ts';
import {
  answer,
  answerAtEnd,
  bytes,
  chunked,
  hangUp,
  type RecordingUpstream,
  stall,
  startUpstream,
  ticks,
  unsolicited,
} from '../support/upstream.ts';

let upstream: RecordingUpstream;
let guarded: Guarded;

test.before(async () => {
  upstream = await startUpstream();
  guarded = await startGuarded(testApp(upstream.origin));
});
test.after(async () => {
  await guarded.close();
  await upstream.close();
});
test.beforeEach(() => {
  upstream.clear();
  guarded.failures.length = 0;
});

function get(path: string, fields: readonly string[] = [], options: RawOptions = {}, method = 'GET') {
  const head = [`${method} ${path} HTTP/1.1`, 'Host: app.test', 'Connection: close', ...fields].join('\r\n');
  return raw(guarded.port, `${head}\r\n\r\n`, options);
}

function post(path: string, body: string, options: RawOptions = {}) {
  const head = `POST ${path} HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\nContent-Length: ${body.length}`;
  return raw(guarded.port, `${head}\r\n\r\n${body}`, options);
}

test('the app receives the judged target byte for byte and our headers', async () => {
  const target = "/a/%7Eb;c=d/e?q=%20+'&r=%e9//..";
  const got = parseAnswer((await get(target, ['Remote-User: mallory', 'Cookie: a=1; __Host-sallyport=s'])).text);
  assert.equal(got.status, 200);
  assert.equal(got.body, 'ok');
  const [request] = upstream.requests;
  assert.equal(request?.target, target);
  assert.deepEqual(request?.all('remote-user'), ['alice']);
  assert.deepEqual(request?.all('sallyport-assertion'), ['header.payload.signature']);
  assert.deepEqual(request?.all('cookie'), ['a=1']);
  assert.deepEqual(request?.all('host'), ['app.test']);
  assert.deepEqual(request?.all('connection'), ['keep-alive']);
});

test('bytes above 0x7f pass in both directions as they are', async () => {
  upstream.on('/latin', answer('\xe9', '200 OK', ['X-App: \xe9\xff']));
  const got = parseAnswer((await get('/latin', ['X-Client: \xe9\xff'])).text);
  assert.equal(got.header('x-app'), '\xe9\xff');
  assert.deepEqual(upstream.requests[0]?.all('x-client'), ['\xe9\xff']);
});

test('a header value that cannot be sent on is a 400 of ours', async () => {
  const got = await get('/x', ['X-Bad: a\x7fb']);
  assert.equal(parseAnswer(got.text).status, 400);
  upstream.silent();
});

test('bodies arrive whole, with length or in chunks, for any method', async () => {
  upstream.on(
    '/echo',
    answerAtEnd((request) => `${request.method} ${request.body}`),
  );
  assert.equal(parseAnswer((await post('/echo', 'hello')).text).body, 'POST hello');
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'GET']) {
    const head = `${method} /echo HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\nTransfer-Encoding: chunked`;
    const got = await raw(guarded.port, `${head}\r\n\r\n3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n`);
    assert.equal(parseAnswer(got.text).body, `${method} abcde`);
  }
  for (const method of ['DELETE', 'OPTIONS', 'POST']) {
    assert.equal(parseAnswer((await get('/echo', [], {}, method)).text).body, `${method} `);
  }
});

test('a request hidden in a body stays in the body', async () => {
  upstream.on(
    '/b',
    answerAtEnd((request) => String(request.bodyBytes)),
  );
  const inner = 'GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n';
  for (const method of ['GET', 'DELETE', 'OPTIONS']) {
    const head = `${method} /b HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\nContent-Length: ${inner.length}`;
    assert.equal(parseAnswer((await raw(guarded.port, `${head}\r\n\r\n${inner}`)).text).body, String(inner.length));
  }
  assert.ok(upstream.requests.every((request) => request.target === '/b'));
});

test('HEAD, 204 and 304 have no body, and their fields pass', async () => {
  upstream.on('/head', (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'));
  const head = parseAnswer((await get('/head', [], {}, 'HEAD')).text, true);
  assert.equal(head.header('content-length'), '5');
  assert.equal(head.rest, '');
  upstream.on('/204', bytes('HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n'));
  const none = await get('/204');
  assert.match(none.text, /^HTTP\/1\.1 204 No Content\r\n[\s\S]*\r\n\r\n$/);
  upstream.on('/304', bytes('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'));
  const unchanged = await get('/304');
  assert.match(unchanged.text, /ETag: "x"[\s\S]*\r\n\r\n$/);
});

test('interim answers are dropped, switching protocols unasked is an error', async () => {
  upstream.on(
    '/hints',
    bytes('HTTP/1.1 103 Early Hints\r\nSet-Cookie: early=1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx'),
  );
  const got = await get('/hints');
  assert.ok(!got.text.includes('103') && !got.text.includes('early'));
  assert.equal(parseAnswer(got.text).body, 'x');
  upstream.on(
    '/101',
    bytes('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-App: secret\r\n\r\n'),
  );
  upstream.on('/101bare', bytes('HTTP/1.1 101 Switching Protocols\r\nX-App: secret\r\n\r\n'));
  for (const path of ['/101', '/101bare']) {
    const switched = await get(path);
    assert.equal(parseAnswer(switched.text).status, 502);
    assert.ok(!switched.text.includes('secret'));
  }
});

const GARBAGE: readonly (readonly [name: string, text: string])[] = [
  ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ['a control character in a value', 'HTTP/1.1 200 OK\r\nX-A: a\x01b\r\nContent-Length: 0\r\n\r\n'],
  ['NUL in a value', 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n'],
  ['a folded line', 'HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 0\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['another coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
  ['status 099', 'HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n'],
  ['a head without end', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(70_000)}\r\n\r\n`],
];

for (const [name, text] of GARBAGE) {
  test(`an answer with ${name} is a 502 of ours and holds no byte of the app's`, async () => {
    upstream.on('/garbage', bytes(text.replace('OK', 'SECRET'), true));
    const got = parseAnswer((await get('/garbage')).text);
    assert.equal(got.status, 502);
    assert.equal(got.reason, 'Bad Gateway');
    assert.equal(got.body, 'page of ours: upstream-invalid');
    assert.equal(parseAnswer((await get('/fine')).text).status, 200);
  });
}

test('an app that hangs up, is not there, or does not answer in time', async () => {
  upstream.on('/hangup', hangUp);
  assert.equal(parseAnswer((await get('/hangup')).text).status, 502);
  upstream.on('/stall', stall);
  const slow = await get('/stall');
  assert.equal(parseAnswer(slow.text).body, 'page of ours: upstream-timeout');
  const gone = await startUpstream();
  await gone.close();
  const alone = await startGuarded(testApp(gone.origin));
  const got = await raw(alone.port, 'GET / HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n');
  await alone.close();
  assert.equal(parseAnswer(got.text).body, 'page of ours: upstream-unreachable');
});

test('who waits for a free connection waits no longer than the limits', async () => {
  const narrow = await startGuarded(
    testApp(upstream.origin, { connections: 1, connectTimeoutMs: 100, firstByteTimeoutMs: 300 }),
  );
  upstream.on('/stream', ticks(20));
  const busy = raw(narrow.port, 'GET /stream HTTP/1.1\r\nHost: app.test\r\n\r\n', { deadlineMs: 1500 });
  await upstream.until(() => upstream.hits === 1);
  const got = await raw(narrow.port, 'GET /next HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n');
  assert.equal(parseAnswer(got.text).body, 'page of ours: upstream-timeout');
  await narrow.close();
  await busy;
  assert.equal(upstream.hits, 1);
});

test('a truncated answer is never a clean end', async () => {
  upstream.on('/short', bytes('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', true));
  const short = parseAnswer((await get('/short')).text);
  assert.equal(short.whole, false);
  upstream.on('/cut', bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', true));
  const cutOff = parseAnswer((await get('/cut')).text);
  assert.equal(cutOff.whole, false);
  upstream.on('/junk', bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n', true));
  const junk = parseAnswer((await get('/junk')).text);
  assert.equal(junk.whole, false);
});

test('a body that stands still is cut, a silent event stream is not', async () => {
  upstream.on('/still', bytes('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'));
  const still = await get('/still', [], { deadlineMs: 3000 });
  assert.notEqual(still.closed, 'deadline');
  assert.equal(parseAnswer(still.text).whole, false);
  upstream.on('/events', bytes('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n'));
  const events = await get('/events', [], { deadlineMs: 1200 });
  assert.equal(events.closed, 'deadline');
  assert.ok(events.text.includes('data: 1'));
});

test('events arrive one by one while the stream is open, and the head before the first', async () => {
  upstream.on('/ticks', ticks(30));
  const got = await get('/ticks', [], { until: (text) => text.includes('data: 2') });
  assert.ok(got.text.includes('data: 0') && got.text.includes('data: 2'));
  await upstream.until(() => upstream.requests[0]?.closed === true);
  upstream.on('/headonly', bytes('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'));
  const head = await get('/headonly', [], { until: (text) => text.includes('\r\n\r\n') });
  assert.equal(parseAnswer(head.text).status, 200);
});

for (const afterMs of [0, 20]) {
  test(`an answer nobody asked for, ${afterMs} ms after the first, reaches nobody`, async () => {
    const narrow = await startGuarded(testApp(upstream.origin, { connections: 1 }));
    const poison = 'HTTP/1.1 200 OK\r\nSet-Cookie: evil=1\r\nContent-Length: 6\r\n\r\nPOISON';
    upstream.on('/first', unsolicited('first', poison, afterMs));
    const ask = (path: string) =>
      raw(narrow.port, `GET ${path} HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n`);
    const answers: string[] = [(await ask('/first')).text];
    if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, 3 * afterMs));
    for (let i = 0; i < 3; i += 1) answers.push((await ask('/second')).text);
    await narrow.close();
    assert.ok(answers.every((text) => !text.includes('POISON') && !text.includes('evil')));
    assert.deepEqual(
      answers.map((text) => parseAnswer(text).body),
      ['first', 'ok', 'ok', 'ok'],
    );
  });
}

test('redirects are passed on, not followed', async () => {
  upstream.on('/redirect', answer('', '302 Found', ['Location: http://169.254.169.254/']));
  const got = parseAnswer((await get('/redirect')).text);
  assert.equal(got.status, 302);
  assert.equal(got.header('location'), 'http://169.254.169.254/');
  assert.equal(upstream.hits, 1);
});

test('an admission is good for one request', async () => {
  const { forward } = await import('../../src/proxy/forward.ts');
  const { admit } = await import('../support/guarded.ts');
  const { createUpstreams } = await import('../../src/proxy/upstreams.ts');
  const { systemClock } = await import('../../src/lib/clock.ts');
  const { Admission } = await import('../../src/gate/admission.ts');
  const { createServer } = await import('node:http');
  const upstreams = createUpstreams([guarded.app]);
  const errors: unknown[] = [];
  const server = createServer((request, response) => {
    const spent = admit(request, guarded.app, guarded.session);
    assert.ok(Admission.spend(spent, ['session']));
    const genuine = admit(request, guarded.app, guarded.session);
    for (const wrong of [spent, { ...genuine }, Object.create(genuine)]) {
      try {
        forward(wrong, response, { upstreams, clock: systemClock }, { fail: () => {} });
      } catch (error) {
        errors.push(error);
      }
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  await raw(address.port, 'GET / HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n');
  server.close();
  await upstreams.close();
  assert.equal(errors.length, 3);
  upstream.silent();
});

test('chunked answers pass, in chunks', async () => {
  upstream.on('/chunks', chunked(['abc', 'de'], ['Trailer: X-Sum']));
  const got = parseAnswer((await get('/chunks')).text);
  assert.equal(got.body, 'abcde');
  assert.equal(got.header('trailer'), undefined);
  assert.equal(got.whole, true);
});
