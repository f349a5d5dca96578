import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';
import { webSocketEcho } from '../support/upstream.ts';

const on = withSallyport(() => ({ app: ['    websocket_without_origin: [/api/live]'] }));

/** A handshake as programs send it. */
function open(path: string, lines: readonly string[]) {
  return on.sally.raw(
    [
      `GET ${path} HTTP/1.1`,
      'Host: app.test',
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
}

test('a program without Origin opens a WebSocket at a listed path, and at no other', async () => {
  const { sally } = on;
  sally.upstream.on('/api/live', webSocketEcho());
  const cookie = `Cookie: ${await sally.session('bob')}`;
  for (const path of [
    '/ws',
    '/',
    '/api',
    '/api/live/',
    '/api/livE',
    '/api/live/x',
    '/api/%6Cive',
    '/api/live;a',
    '//api/live',
  ])
    assert.match((await open(path, [cookie])).text, /^HTTP\/1\.1 40[03] /, path);
  for (const origin of ['', 'null', 'https://evil.test', 'http://app.test.evil.test'])
    assert.match((await open('/api/live', [cookie, `Origin: ${origin}`])).text, /^HTTP\/1\.1 403 /, origin);
  for (const lines of [[], [`Cookie: ${cookie.slice(8, -1)}x`]])
    assert.match((await open('/api/live', lines)).text, /^HTTP\/1\.1 401 /, 'no session');
  sally.upstream.silent();
  for (const lines of [[], ['Origin: http://app.test']])
    assert.match((await open('/api/live', [cookie, ...lines])).text, /^HTTP\/1\.1 101 /);
  assert.match((await open('/api/live?room=1', [cookie])).text, /^HTTP\/1\.1 101 /);
  assert.equal(sally.upstream.hits, 3);
});

test('what is no longer listed is refused after a reload', async () => {
  const { sally } = on;
  const cookie = `Cookie: ${await sally.session('bea')}`;
  await sally.app.reload(await sally.load({ app: [] }));
  sally.upstream.clear();
  assert.match((await open('/api/live', [cookie])).text, /^HTTP\/1\.1 403 /);
  sally.upstream.silent();
});
