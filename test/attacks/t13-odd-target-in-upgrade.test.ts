import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport();

test('an upgrade’s target cannot lead to another host or another path', async (t) => {
  const { sally } = on;
  let visits = 0;
  const elsewhere = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.2', resolve));
  t.after(() => elsewhere.close());
  const address = elsewhere.address();
  assert.ok(address !== null && typeof address !== 'string');
  const evil = `127.0.0.2:${address.port}`;
  const cookie = await sally.session('bob');
  const targets = [
    `http://${evil}/latest`,
    `ws://${evil}/ws`,
    `//${evil}/ws`,
    `/\\${evil}/ws`,
    `${evil}`,
    '/public/../ws',
    '/public/%2e%2e/ws',
    '/ws#x',
    '*',
    '/.SALLYPORT/ws',
  ];
  for (const target of targets) {
    for (const host of ['app.test', evil]) {
      const { text, closed } = await sally.raw(
        `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://app.test\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
      assert.match(text, /^HTTP\/1\.1 4(?:00|21) /, `${target} ${host}`);
      assert.equal(closed, 'end');
    }
  }
  assert.equal(visits, 0);
  sally.upstream.silent();
});
