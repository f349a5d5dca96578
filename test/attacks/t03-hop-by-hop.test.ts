import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeJwt } from 'jose';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ app: ['    headers: { Remote-User: "{account}" }'] }));

test('what Connection lists cannot remove what is ours, and hop-by-hop fields stay on their hop', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const lists = [
    'close, Sallyport-Assertion, Cookie, X-Forwarded-For, Remote-User, Host',
    'sallyport-assertion',
    'Sallyport_Assertion, remote.user',
    'close, "Sallyport-Assertion", ,,',
  ];
  for (const connection of lists) {
    sally.upstream.clear();
    const { text } = await sally.raw(
      [
        'GET / HTTP/1.1',
        'Host: app.test',
        `Cookie: ${cookie}; lang=en`,
        `Connection: ${connection}`,
        'Connection: close',
        'TE: trailers',
        'Trailer: X-T',
        'Keep-Alive: 1',
        'Proxy-Authorization: Basic x',
        'Proxy-Connection: keep-alive',
        'HTTP2-Settings: AAMAAABk',
        'Proxy: http://evil.test',
        '',
        '',
      ].join('\r\n'),
    );
    assert.match(text, /^HTTP\/1\.1 200 /, connection);
    const [arrived] = sally.upstream.requests;
    assert.equal(decodeJwt(arrived?.all('sallyport-assertion')[0] ?? '').name, 'bob');
    assert.deepEqual(arrived?.all('remote-user'), ['bob']);
    assert.deepEqual(arrived?.all('x-forwarded-for'), ['127.0.0.1']);
    assert.deepEqual(arrived?.all('host'), ['app.test']);
    for (const name of [
      'te',
      'trailer',
      'keep-alive',
      'proxy-authorization',
      'proxy-connection',
      'http2-settings',
      'upgrade',
      'proxy',
    ]) {
      assert.deepEqual(arrived?.all(name), [], name);
    }
    assert.doesNotMatch(arrived?.all('connection').join() ?? '', /sallyport|remote|cookie|host|forwarded/i);
  }
});

test('an offer of h2c is passed over: with a session an ordinary request, without one nothing', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  for (const [line, status] of [
    [`Cookie: ${cookie}`, 200],
    ['Accept: */*', 401],
  ] as const) {
    sally.upstream.clear();
    const { text } = await sally.raw(
      `GET / HTTP/1.1\r\nHost: app.test\r\n${line}\r\nOrigin: http://app.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`,
    );
    assert.ok(text.startsWith(`HTTP/1.1 ${status} `), text);
    if (status === 401) sally.upstream.silent();
    for (const name of ['upgrade', 'http2-settings']) assert.deepEqual(sally.upstream.requests[0]?.all(name) ?? [], []);
  }
});
