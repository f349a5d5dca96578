import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { WebSocket } from 'ws';
import { upgradeOriginAllowed } from '../../src/proxy/handshake.ts';
import { type Guarded, startGuarded, testApp, testSession } from '../support/guarded.ts';
import { parseAnswer, type RawOptions, raw, rawSocket } from '../support/raw.ts';
import {
  answer,
  bytes,
  chunked,
  hangUp,
  type RecordingUpstream,
  stall,
  startUpstream,
  webSocketEcho,
} from '../support/upstream.ts';

let upstream: RecordingUpstream;
let guarded: Guarded;

test.before(async () => {
  upstream = await startUpstream();
  guarded = await startGuarded(testApp(upstream.origin, { connectTimeoutMs: 100, firstByteTimeoutMs: 300 }));
});
test.after(async () => {
  await guarded.close();
  await upstream.close();
});
test.beforeEach(() => {
  upstream.clear();
  upstream.on('/ws', webSocketEcho());
  guarded.session = testSession();
});

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const FIELDS = ['Connection: Upgrade', 'Upgrade: websocket', `Sec-WebSocket-Key: ${KEY}`, 'Sec-WebSocket-Version: 13'];

function handshake(path: string, fields: readonly string[] = FIELDS, line = `GET ${path} HTTP/1.1`): string {
  return `${[line, 'Host: app.test', ...fields].join('\r\n')}\r\n\r\n`;
}

function ask(path: string, fields?: readonly string[], options?: RawOptions) {
  return raw(guarded.port, handshake(path, fields), options);
}

function client(path = '/ws'): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${guarded.port}${path}`, {
    headers: { host: 'app.test', cookie: 'a=1' },
  });
  socket.on('error', () => {});
  return socket;
}

async function noTunnels(): Promise<void> {
  await upstream.until(() => guarded.tunnels() === 0);
}

test('messages of all sizes go both ways', async () => {
  const socket = client('/ws');
  await once(socket, 'open');
  for (const size of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
    const sent = Buffer.alloc(size, 'x');
    socket.send(sent);
    const [received] = await once(socket, 'message');
    assert.ok(sent.equals(received), `${size} bytes`);
  }
  assert.equal(guarded.tunnels(), 1);
  socket.close();
  socket.terminate();
  await noTunnels();
  await upstream.until(() => upstream.requests[0]?.closed === true);
});

test('the app receives the judged target and the same clean headers as any request', async () => {
  const target = '/ws?x=%2e%2e&y=//[';
  upstream.on('/ws', stall);
  const spoofed = [
    'Remote_User: mallory',
    'X-Forwarded-For: 1.2.3.4',
    'Cookie: a=1; __Host-sallyport=s',
    'Cookie: b=2',
  ];
  const dirty = ['Connection: keep-alive, Upgrade, X-Gone', 'X-Gone: 1', 'Expect: 100-continue', '__proto__: x'];
  await ask(target, [
    ...dirty,
    ...FIELDS.slice(1),
    ...spoofed,
    'Sec-WebSocket-Protocol: chat',
    'Origin: http://app.test',
  ]);
  const [request] = upstream.requests;
  assert.equal(request?.target, target);
  assert.deepEqual(request?.all('remote-user'), ['alice']);
  assert.deepEqual(request?.all('remote_user'), []);
  assert.deepEqual(request?.all('cookie'), ['a=1; b=2']);
  assert.deepEqual(request?.all('x-forwarded-for'), ['192.0.2.7']);
  assert.deepEqual(request?.all('sallyport-assertion'), ['header.payload.signature']);
  assert.deepEqual(request?.all('connection'), ['Upgrade']);
  assert.deepEqual(request?.all('upgrade'), ['websocket']);
  assert.deepEqual(request?.all('host'), ['app.test']);
  assert.deepEqual(request?.all('sec-websocket-key'), [KEY]);
  assert.deepEqual(request?.all('sec-websocket-protocol'), ['chat']);
  assert.deepEqual([...(request?.all('x-gone') ?? []), ...(request?.all('expect') ?? [])], []);
});

test('fields of a 101 are filtered like any answer', async () => {
  const fields = [
    'Set-Cookie: __Host-sallyport=evil',
    'Set-Cookie: app=1',
    'Sallyport-X: 1',
    'Sec-WebSocket-Protocol: chat',
  ];
  upstream.on('/ws', webSocketEcho([...fields, 'Alt-Svc: h3=":443"']));
  const got = parseAnswer((await ask('/ws', FIELDS, { until: (text) => text.includes('\r\n\r\n') })).text);
  assert.equal(got.status, 101);
  assert.deepEqual(got.all('set-cookie'), ['app=1']);
  assert.equal(got.header('sec-websocket-protocol'), 'chat');
  assert.equal(got.header('sec-websocket-accept'), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  assert.deepEqual([got.all('sallyport-x'), got.all('alt-svc')], [[], []]);
  await noTunnels();
});

test('an app that does not switch: its answer passes, filtered, and the socket closes', async () => {
  const fields = ['Set-Cookie: __Host-sallyport=evil', 'Set-Cookie: app=1', 'WWW-Authenticate: NTLM'];
  upstream.on('/plain', answer('hello', '200 OK', fields));
  upstream.on('/chunks', chunked(['abc', 'de'], fields));
  upstream.on(
    '/nothing',
    bytes('HTTP/1.1 204 No Content\r\nSet-Cookie: __Host-sallyport=evil\r\nSet-Cookie: app=1\r\n\r\n'),
  );
  for (const [path, status, body] of [
    ['/plain', 200, 'hello'],
    ['/chunks', 200, 'abcde'],
    ['/nothing', 204, ''],
  ] as const) {
    const answered = await ask(path);
    const got = parseAnswer(answered.text);
    assert.equal(answered.closed, 'end');
    assert.equal(got.status, status);
    assert.equal(got.body, body);
    assert.equal(got.whole, true);
    assert.deepEqual(got.all('set-cookie'), ['app=1']);
    assert.deepEqual(got.all('www-authenticate'), []);
    assert.equal(got.header('connection'), 'close');
  }
  await noTunnels();
});

test('a client that keeps its side open after a refusal is not waited for', async () => {
  upstream.on('/plain', answer('hello'));
  const socket = await rawSocket(guarded.port);
  socket.allowHalfOpen = true;
  socket.resume();
  socket.write(handshake('/plain'));
  await upstream.until(() => guarded.tunnels() === 0 && upstream.hits === 1, 4000);
  socket.destroy();
});

test('an app that is not there, hangs up, or never answers: our page and a closed socket', async () => {
  upstream.on('/stall', stall);
  const late = await ask('/stall');
  assert.equal(parseAnswer(late.text).status, 504);
  assert.equal(late.closed, 'end');
  upstream.on('/hangup', hangUp);
  const hung = await ask('/hangup');
  assert.equal(parseAnswer(hung.text).status, 502);
  assert.equal(hung.closed, 'end');
  const gone = await startUpstream();
  await gone.close();
  const alone = await startGuarded(testApp(gone.origin));
  const refused = await raw(alone.port, handshake('/ws'), { deadlineMs: 1000 });
  await alone.close();
  assert.equal(parseAnswer(refused.text).status, 502);
  assert.equal(refused.closed, 'end');
  await noTunnels();
});

const ODD_ANSWERS: readonly (readonly [string, string])[] = [
  ['garbage', 'SECRET\r\n\r\n'],
  ['another protocol', 'HTTP/1.1 101 SECRET\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nX-A: SECRET\r\n\r\nSECRET'],
  ['two framings', 'HTTP/1.1 200 SECRET\r\nContent-Length: 5\r\nTransfer-Encoding: gzip, chunked\r\n\r\nSECRET'],
];

for (const [name, text] of ODD_ANSWERS) {
  test(`${name} in answer to a handshake is a 502 of ours`, async () => {
    upstream.on('/odd', bytes(text));
    const got = await ask('/odd');
    assert.notEqual(got.closed, 'deadline');
    assert.match(got.text, /^HTTP\/1\.1 502 /);
    assert.ok(!got.text.includes('SECRET'), got.text);
    await noTunnels();
  });
}

test('a target that the library does not take leaves no socket open', async () => {
  const got = await ask('//[');
  assert.notEqual(got.closed, 'deadline');
  assert.match(got.text, /^HTTP\/1\.1 502 /);
  upstream.silent();
});

test('a body that stands still or breaks off after a refusal closes the socket', async () => {
  upstream.on('/still', bytes('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'));
  upstream.on('/broken', bytes('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', true));
  for (const path of ['/still', '/broken']) {
    const got = await ask(path);
    assert.notEqual(got.closed, 'deadline', path);
    assert.equal(parseAnswer(got.text).whole, false);
  }
  await noTunnels();
});

const NO_HANDSHAKES: readonly (readonly [string, string])[] = [
  ['another protocol', handshake('/ws', ['Connection: Upgrade', 'Upgrade: h2c', ...FIELDS.slice(2)])],
  ['two protocols', handshake('/ws', ['Connection: Upgrade', 'Upgrade: websocket, foo', ...FIELDS.slice(2)])],
  ['another method', handshake('/ws', FIELDS, 'POST /ws HTTP/1.1')],
  ['HTTP/1.0', handshake('/ws', FIELDS, 'GET /ws HTTP/1.0')],
  ['no key', handshake('/ws', [...FIELDS.slice(0, 2), 'Sec-WebSocket-Version: 13'])],
  ['two keys', handshake('/ws', [...FIELDS, `Sec-WebSocket-Key: ${KEY}`])],
  [
    'a key of the wrong length',
    handshake('/ws', [...FIELDS.slice(0, 2), 'Sec-WebSocket-Key: abc', 'Sec-WebSocket-Version: 13']),
  ],
  ['version 8', handshake('/ws', [...FIELDS.slice(0, 3), 'Sec-WebSocket-Version: 8'])],
  ['a body', handshake('/ws', [...FIELDS, 'Content-Length: 3'])],
];

for (const [name, text] of NO_HANDSHAKES) {
  test(`an upgrade with ${name} reaches no app and leaves no socket open`, async () => {
    const got = await raw(guarded.port, text);
    assert.notEqual(got.closed, 'deadline');
    assert.match(got.text, /^HTTP\/1\.1 400 /);
    upstream.silent();
    assert.equal(guarded.tunnels(), 0);
  });
}

test('the end of a session closes its tunnels within a second, with a reason where it can', async () => {
  const socket = client();
  await once(socket, 'open');
  const idle = client();
  await once(idle, 'open');
  const closed = Promise.all([once(socket, 'close'), once(idle, 'close')]);
  const endedAt = performance.now();
  guarded.session.end();
  const [[code]] = await closed;
  assert.ok(performance.now() - endedAt < 1000);
  assert.equal(code, 1008);
  await upstream.until(() => upstream.requests.length === 2 && upstream.requests.every((seen) => seen.closed));
  assert.equal(guarded.tunnels(), 0);
});

test('the end of a session during the handshake ends it', async () => {
  upstream.on('/stall', stall);
  const pending = ask('/stall');
  await upstream.until(() => upstream.hits === 1);
  guarded.session.end();
  const got = await pending;
  assert.equal(got.text, '');
  await upstream.until(() => upstream.requests[0]?.closed === true);
});

test('either side that goes takes the other with it', async () => {
  const socket = client();
  await once(socket, 'open');
  socket.terminate();
  await upstream.until(() => upstream.requests[0]?.closed === true);
  upstream.on('/bye', (far, request) => {
    webSocketEcho()(far, request);
    setTimeout(() => far.destroy(), 20);
  });
  const second = client('/bye');
  await once(second, 'close');
  await noTunnels();
  assert.equal(guarded.session.busy, false);
});

test('messages of the person are activity, pings are not', async () => {
  const socket = client();
  await once(socket, 'open');
  guarded.session.lastSeenAt -= 30_000;
  const before = guarded.session.lastSeenAt;
  socket.ping();
  await once(socket, 'pong');
  assert.equal(guarded.session.lastSeenAt, before);
  socket.send('x');
  await once(socket, 'message');
  assert.ok(guarded.session.lastSeenAt > before);
  socket.terminate();
});

test('activity and the end reach a tunnel across a rotation of the session', async () => {
  const socket = client();
  await once(socket, 'open');
  const next = testSession();
  guarded.session.handOver(next);
  next.lastSeenAt -= 30_000;
  const before = next.lastSeenAt;
  socket.send('x');
  await once(socket, 'message');
  assert.ok(next.lastSeenAt > before);
  next.end();
  await once(socket, 'close');
});

test('a hundred tunnels opened and closed leave nothing behind', async () => {
  for (let round = 0; round < 5; round += 1) {
    const sockets = Array.from({ length: 20 }, () => client());
    await Promise.all(sockets.map((socket) => once(socket, 'open')));
    for (const socket of sockets) socket.terminate();
    await noTunnels();
  }
  assert.equal(guarded.session.busy, false);
});

test('an upgrade comes from the app itself or a listed origin', () => {
  const lists = { webSocketOrigins: ['https://partner.test'], webSocketWithoutOrigin: ['/api/live'] };
  const app = testApp('http://10.0.0.1', {}, lists);
  const from = (origin: string | undefined, path = '/ws') =>
    upgradeOriginAllowed(origin, 'https://app.test', app, path);
  assert.ok(from(undefined, '/api/live'));
  for (const origin of ['', 'null', 'https://evil.test']) assert.equal(from(origin, '/api/live'), false);
  for (const path of ['/api/live/', '/api', '/API/live', '/api/live/x', '/api/%6Cive'])
    assert.equal(from(undefined, path), false, path);
  assert.ok(from('https://app.test') && from('https://partner.test'));
  for (const origin of [
    undefined,
    '',
    'null',
    'http://app.test',
    'https://app.test.evil',
    'https://APP.test',
    'https://app.test:8443',
  ]) {
    assert.equal(from(origin), false, String(origin));
  }
});
