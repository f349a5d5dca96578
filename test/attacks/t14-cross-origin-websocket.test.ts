import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';
import { webSocketEcho } from '../support/upstream.ts';

/** That tunnels and streams are cut when a session ends is measured in test/e2e/revocation.test.ts. */
const on = withSallyport(() => ({ app: ['    websocket_origins: [https://partner.test]'] }));

test('a WebSocket from another origin, or from none, is refused though the session is good', async () => {
  const { sally } = on;
  sally.upstream.on('/ws', webSocketEcho());
  const cookie = await sally.session('bob');
  const open = (lines: readonly string[]) =>
    sally.raw(
      [
        'GET /ws HTTP/1.1',
        'Host: app.test',
        `Cookie: ${cookie}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Version: 13',
        ...lines,
        '',
        '',
      ].join('\r\n'),
      { until: (text) => text.includes('101') },
    );
  const origins = [
    'https://evil.test',
    'http://evil.test',
    'null',
    '',
    'http://app.test.evil.test',
    'http://app.test:8080',
    'https://app.test',
    'http://APP.test',
    'http://app.test/',
    'http://partner.test',
    'http://app.test, https://evil.test',
  ];
  for (const origin of origins) {
    const answer = await open([`Origin: ${origin}`]);
    assert.match(answer.text, /^HTTP\/1\.1 403 /, origin);
    assert.equal(answer.closed, 'end');
  }
  assert.match((await open([])).text, /^HTTP\/1\.1 403 /);
  assert.match((await open(['Origin: http://app.test', 'Origin: https://evil.test'])).text, /^HTTP\/1\.1 400 /);
  sally.upstream.silent();
  for (const origin of ['http://app.test', 'https://partner.test']) {
    assert.match((await open([`Origin: ${origin}`])).text, /^HTTP\/1\.1 101 /);
  }
});
