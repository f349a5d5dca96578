import assert from 'node:assert/strict';
import test from 'node:test';
import { responseHeaders } from '../../../src/proxy/response-headers.ts';

const context = { method: 'GET', status: 200, session: false };

function passed(...raw: string[]): string[] {
  return responseHeaders(
    raw.map((part) => Buffer.from(part, 'latin1')),
    context,
  ).headers;
}

const DROPPED: readonly (readonly [string, string])[] = [
  ['Connection', 'keep-alive'],
  ['Keep-Alive', 'timeout=5'],
  ['Trailer', 'X-Sum'],
  ['Alt-Svc', 'h3=":443"'],
  ['Public-Key-Pins', 'x'],
  ['Set-Cookie2', 'a=1'],
  ['Set-Cookie', '__Host-sallyport=x; Path=/'],
  ['Set-Cookie', '__HOST-SALLYPORT=x'],
  ['Set-Cookie', '\xe2\x80\x80__Host-sallyport=x'],
  ['Set-Cookie', '=__Host-sallyport=x'],
  ['Set-Cookie', 'sallyport-pending=x; Domain=test'],
  ['WWW-Authenticate', 'NTLM'],
  ['WWW-Authenticate', 'Negotiate oYG2MIGz'],
  ['Proxy-Authenticate', 'Basic'],
  ['Sallyport-Assertion', 'x'],
  ['X-Accel-Redirect', '/internal'],
  ['Service-Worker-Allowed', '/'],
  ['Clear-Site-Data', '"cookies"'],
];

for (const [name, value] of DROPPED) {
  test(`an app's ${name}: ${JSON.stringify(value)} does not reach the browser`, () => {
    assert.deepEqual(passed(name, value, 'X-App', '1'), ['X-App', '1']);
  });
}

test('what is left of a field when a part of it must go', () => {
  assert.deepEqual(passed('WWW-Authenticate', 'Negotiate, NTLM, Basic realm="x"'), [
    'WWW-Authenticate',
    'Basic realm="x"',
  ]);
  assert.deepEqual(passed('Clear-Site-Data', '"cache", "cookies"'), ['Clear-Site-Data', '"cache"']);
  assert.deepEqual(passed('Clear-Site-Data', '"*"'), ['Clear-Site-Data', '"cache", "storage"']);
});

test('fields of the app pass byte for byte, in their order and number', () => {
  const raw = [
    'Set-Cookie',
    'a=1; Path=/',
    'Location',
    'http://169.254.169.254/',
    'set-cookie',
    'b=\xe9',
    'X-Powered-By',
    'PHP',
    'Server',
    'IIS',
  ];
  assert.deepEqual(passed(...raw), raw);
});

test('fields listed by Connection go, framing and caching cannot be listed away', () => {
  assert.deepEqual(passed('Connection', 'X-Hop, Content-Length', 'X-Hop', '1', 'Content-Length', '3'), [
    'Content-Length',
    '3',
  ]);
});

test('an answer whose end is doubtful is refused', () => {
  const cases = [
    ['Content-Length', '3', 'Content-Length', '3'],
    ['Content-Length', '3', 'Transfer-Encoding', 'chunked'],
    ['Content-Length', '+3'],
    ['Content-Length', '3, 3'],
    ['Transfer-Encoding', 'gzip, chunked'],
    ['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'],
  ];
  for (const raw of cases) assert.throws(() => responseHeaders(raw, context), { code: 'upstream-invalid' }, raw.join());
});

test("a session's answer is private unless the app says otherwise", () => {
  const added = (...raw: string[]) => responseHeaders(raw, { ...context, session: true }).headers.slice(raw.length);
  const mark = ['Cache-Control', 'private'];
  assert.deepEqual(added(), mark);
  assert.deepEqual(added('Cache-Control', 'max-age=3600'), mark);
  assert.deepEqual(added('Expires', 'Thu, 01 Jan 2037 00:00:00 GMT'), mark);
  assert.deepEqual(added('Cache-Control', 'x-public'), mark);
  for (const said of ['public', 'private', 'no-store', 'max-age=1, public', 's-maxage=5', 'private="x"']) {
    assert.deepEqual(added('Cache-Control', said), [], said);
  }
  assert.deepEqual(passed('A', '1'), ['A', '1']);
});

test('204 and HEAD announce no body to come', () => {
  assert.deepEqual(responseHeaders(['Content-Length', '5'], { ...context, status: 204 }).headers, []);
  assert.deepEqual(responseHeaders(['Content-Length', '5'], { ...context, method: 'HEAD' }), {
    headers: ['Content-Length', '5'],
    length: 0,
    chunked: false,
    eventStream: false,
  });
});

test('event streams are recognised', () => {
  const type = (value: string) => responseHeaders(['Content-Type', value], context).eventStream;
  assert.ok(type('text/event-stream') && type('Text/Event-Stream; charset=utf-8'));
  assert.ok(!type('text/event-streams') && !type('text/html'));
});
