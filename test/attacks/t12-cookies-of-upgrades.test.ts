import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';
import { answer, chunked, webSocketEcho } from '../support/upstream.ts';

const on = withSallyport();
const EVIL = [
  'Set-Cookie: __Host-sallyport=evil; Path=/; Secure',
  'Set-Cookie: sallyport=evil; Domain=test',
  'Set-Cookie2: a=b',
  'Clear-Site-Data: "*"',
  'Set-Cookie: =__Host-sallyport=evil',
  'Set-Cookie: lang=en',
];

const upgrade = (target: string, cookie: string): string =>
  `GET ${target} HTTP/1.1\r\nHost: app.test\r\nOrigin: http://app.test\r\n${cookie === '' ? '' : `Cookie: ${cookie}\r\n`}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;

test('an upgrade without a session hears nothing of the app, whatever the app would answer', async () => {
  const { sally } = on;
  sally.upstream.on('/login', chunked(['hello'], ['Set-Cookie: SESS=1']));
  sally.upstream.on('/ws', webSocketEcho(['Set-Cookie: SESS=1']));
  for (const target of ['/login?user=alice&pass=ok', '/ws']) {
    const { text } = await sally.raw(upgrade(target, ''));
    assert.match(text, /^HTTP\/1\.1 401 /);
    assert.doesNotMatch(text, /SESS|set-cookie|hello/i);
  }
  sally.upstream.silent();
});

test('whether the app switches or not, its answer cannot touch our cookies', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  sally.upstream.on('/ws', webSocketEcho(EVIL));
  sally.upstream.on('/chunked', chunked(['hello'], EVIL));
  for (const status of ['200 OK', '302 Found', '401 Unauthorized', '404 Not Found', '426 Upgrade Required']) {
    sally.upstream.on(`/${status.slice(0, 3)}`, answer('hello', status, EVIL));
  }
  for (const target of ['/ws', '/chunked', '/200', '/302', '/401', '/404', '/426']) {
    const { text } = await sally.raw(upgrade(target, cookie), {
      until: (all) => target === '/ws' && all.includes('\r\n\r\n'),
    });
    assert.match(text, /^HTTP\/1\.1 [1-4]\d\d /, target);
    assert.doesNotMatch(text, /evil|set-cookie2/i, target);
    assert.doesNotMatch(text, /"\*"|"cookies"/, target);
    assert.match(text, /Set-Cookie: lang=en/i, target);
  }
});
