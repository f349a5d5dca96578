import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';
import { answerAtEnd } from '../support/upstream.ts';

const on = withSallyport();
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: h\r\nRemote-User: a\r\n\r\n';
const CHUNKED = `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`;

test('a chunked body of a method without body stays a body, whatever Connection lists', async () => {
  const { sally } = on;
  sally.upstream.on(
    '*',
    answerAtEnd(() => 'ok'),
  );
  const cookie = await sally.session('bob');
  const connections = [
    'close',
    'close, upgrade',
    'close, Transfer-Encoding, upgrade',
    'close, Content-Length, Transfer-Encoding',
  ];
  for (const method of ['DELETE', 'OPTIONS', 'GET', 'HEAD']) {
    for (const connection of connections) {
      sally.upstream.clear();
      await sally.raw(
        `${method} /a HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\nTransfer-Encoding: chunked\r\nConnection: ${connection}\r\n\r\n${CHUNKED}`,
        { deadlineMs: 1000 },
      );
      assert.ok(sally.upstream.hits <= 1, `${method} ${connection}`);
      for (const request of sally.upstream.requests) {
        assert.equal(request.target, '/a');
        assert.equal(request.body, SMUGGLED);
      }
    }
  }
});

test('with an Upgrade field beside the body nothing is forwarded as an upgrade', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  for (const method of ['DELETE', 'GET', 'POST']) {
    await sally.raw(
      `${method} /a HTTP/1.1\r\nHost: app.test\r\nOrigin: http://app.test\r\nCookie: ${cookie}\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive, upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n${CHUNKED}`,
      { deadlineMs: 1000 },
    );
  }
  assert.ok(!sally.upstream.requests.some((request) => request.target === '/smuggled'));
  sally.upstream.silent();
});

test('a pipelined second request is judged by itself', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const { text } = await sally.raw(
    `GET /a HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\n\r\nGET /b HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n`,
  );
  assert.match(text, /^HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 401 /);
  assert.deepEqual(
    sally.upstream.requests.map((request) => request.target),
    ['/a'],
  );
});
