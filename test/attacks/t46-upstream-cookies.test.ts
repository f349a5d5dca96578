import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';
import { answer, bytes } from '../support/upstream.ts';

const on = withSallyport(() => ({
  app: ['    exemptions: [{ method: GET, path: /public, reason: probe, owner: ops, expires: 2099-12-31 }]'],
}));

const EVIL = [
  ...[
    '__Host-sallyport=evil; Path=/; Secure',
    '__Host-sallyport-pending=evil',
    '__Host-sallyport-browser=evil',
    '__host-SALLYPORT=evil',
  ],
  ...[
    'sallyport=evil; Domain=test',
    '__Secure-sallyport=evil',
    '__Http-sallyport=evil',
    '__Host-Http-sallyport=evil',
    '=__Host-sallyport=evil',
    '__Host-sallyport',
  ],
  ...[
    ' __Host-sallyport=evil',
    '\u00e2\u0080\u0080__Host-sallyport=evil',
    '\u00a0__Host-sallyport=evil',
    '__Host-sallyport =evil',
    '"__Host-sallyport"=evil',
  ],
];

test('in no status and on no route can the app set, delete or shadow a cookie of ours', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const fields = [
    ...EVIL.map((line) => `Set-Cookie: ${line}`),
    'Set-Cookie2: __Host-sallyport=evil',
    'Clear-Site-Data: "cookies"',
    'Clear-Site-Data: *',
    'Set-Cookie: theme=dark; Path=/',
  ];
  const interim = bytes(
    `HTTP/1.1 103 Early Hints\r\n${fields.join('\r\n')}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n${fields.join('\r\n')}\r\n\r\nok`,
  );
  sally.upstream.on('/103', interim);
  for (const status of [
    '200 OK',
    '204 No Content',
    '301 Moved',
    '302 Found',
    '304 Not Modified',
    '401 Unauthorized',
    '404 Not Found',
    '500 Error',
  ]) {
    sally.upstream.on(`/${status.slice(0, 3)}`, answer(/^(?:204|304)/.test(status) ? '' : 'x', status, fields));
  }
  sally.upstream.on('/public', answer('x', '200 OK', fields));
  for (const [target, by] of [
    ...['103', '200', '204', '301', '302', '304', '401', '404', '500'].map((n) => [`/${n}`, cookie] as const),
    ['/public', 'a=b'] as const,
  ]) {
    const { text } = await sally.raw(sally.request('GET', target, { cookie: by }));
    assert.doesNotMatch(text, /evil|sallyport|HTTP\/1\.1 103/i, target);
    assert.doesNotMatch(text, /clear-site-data/i, target);
    assert.match(text, /Set-Cookie: theme=dark/i, target);
  }
  assert.equal((await sally.send('GET', '/.sallyport/session', { cookie })).status, 200);
});
