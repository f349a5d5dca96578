import assert from 'node:assert/strict';
import test from 'node:test';
import { MOST_LINES } from '../../src/request/clean.ts';
import { withSallyport } from '../support/sallyport.ts';
import { answer, webSocketEcho } from '../support/upstream.ts';

const on = withSallyport();

/** A head of exactly so many lines. */
function head(count: number, own: readonly string[]): string {
  return [...own, ...Array.from({ length: count - own.length }, () => 'a:b')].join('\r\n');
}

const HANDSHAKE = [
  ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Origin: http://app.test'],
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

test('a head of more lines than anybody sends is refused, with its reason; one line less passes', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  for (const own of [['Connection: close'], HANDSHAKE]) {
    sally.upstream.clear();
    const all = ['Host: app.test', `Cookie: ${cookie}`, 'Accept: application/json', ...own];
    sally.upstream.on('*', own === HANDSHAKE ? webSocketEcho() : answer('ok', '200 OK', ['Connection: close']));
    const most = await sally.raw(`GET /a HTTP/1.1\r\n${head(MOST_LINES, all)}\r\n\r\n`, {
      until: (text) => text.includes('\r\n\r\n'),
    });
    assert.match(most.text, own === HANDSHAKE ? /^HTTP\/1\.1 101 / : /^HTTP\/1\.1 200 /);
    assert.equal(sally.upstream.requests.length, 1);
    sally.upstream.clear();
    const more = await sally.raw(`GET /a HTTP/1.1\r\n${head(MOST_LINES + 1, all)}\r\n\r\n`);
    assert.match(more.text, /^HTTP\/1\.1 431 /);
    if (own !== HANDSHAKE) assert.match(more.text, /more than 2000 header lines/);
    sally.upstream.silent();
  }
});

test('an answer of more lines than anybody sends is none; one line less passes', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  for (const [count, status] of [
    [MOST_LINES, 200],
    [MOST_LINES + 1, 502],
  ] as const) {
    const own = ['Content-Length: 2', 'Connection: close'];
    sally.upstream.on('*', (socket) => void socket.end(`HTTP/1.1 200 OK\r\n${head(count, own)}\r\n\r\nok`));
    const { text } = await sally.raw(
      `GET /a HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
    );
    assert.match(text, new RegExp(`^HTTP/1\\.1 ${status} `));
  }
});
