import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';
import { answerAtEnd } from '../support/upstream.ts';

const on = withSallyport();

/** Fields and body of a POST that must be refused outright. */
const REFUSED: Readonly<Record<string, readonly [fields: string, body: string]>> = {
  'two lengths, different': ['Content-Length: 3\r\nContent-Length: 4', 'abcd'],
  'two lengths, alike': ['Content-Length: 3\r\nContent-Length: 3', 'abc'],
  'a signed length': ['Content-Length: +3', 'abc'],
  'a negative length': ['Content-Length: -3', 'abc'],
  'a list of lengths': ['Content-Length: 3,3', 'abc'],
  'a hexadecimal length': ['Content-Length: 0x3', 'abc'],
  'a length with a blank in it': ['Content-Length: 3 3', 'abc'],
  'an enormous length': ['Content-Length: 99999999999999999999', 'abc'],
  'length and coding': ['Content-Length: 3\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
  'coding and length': ['Transfer-Encoding: chunked\r\nContent-Length: 3', '0\r\n\r\n'],
  'an unknown coding': ['Transfer-Encoding: xchunked', '0\r\n\r\n'],
  'the coding twice': ['Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
  'another coding first': ['Transfer-Encoding: gzip, chunked', '0\r\n\r\n'],
  'chunked, then another': ['Transfer-Encoding: chunked, identity', '0\r\n\r\n'],
  'a blank before the colon of the coding': ['Transfer-Encoding : chunked', '0\r\n\r\n'],
  'a blank before the colon of the length': ['Content-Length : 3', 'abc'],
  'a folded coding': ['Transfer-Encoding:\r\n chunked', '0\r\n\r\n'],
  'a folded field': ['X-A: b\r\n c', ''],
  'NUL in a value': ['X-A: b\u0000c', ''],
  'a bare CR in a value': ['X-A: b\rTransfer-Encoding: chunked', ''],
  'a bare LF after a field': ['X-A: b\nTransfer-Encoding: chunked', '0\r\n\r\n'],
  'a CR where a field ends': ['X-A: b\r\n\rX-B: c', ''],
  'a chunk of negative size': ['Transfer-Encoding: chunked', '-1\r\na\r\n0\r\n\r\n'],
  'a chunk of absurd size': ['Transfer-Encoding: chunked', 'FFFFFFFFFFFFFFFFF\r\na\r\n0\r\n\r\n'],
  'a chunk size that is no number': ['Transfer-Encoding: chunked', 'xyz\r\na\r\n0\r\n\r\n'],
  'a chunk size with a blank before it': ['Transfer-Encoding: chunked', ' 1\r\na\r\n0\r\n\r\n'],
  'a chunk without its line end': ['Transfer-Encoding: chunked', '1\r\naGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n'],
  'a chunk that ends in a bare LF': ['Transfer-Encoding: chunked', '1\na\r\n0\r\n\r\n'],
  'an endless chunk extension': ['Transfer-Encoding: chunked', `1;${'x'.repeat(20_000)}\r\na\r\n0\r\n\r\n`],
};

for (const [what, [fields, body]] of Object.entries(REFUSED)) {
  test(`${what} makes no second request and no complete one`, async () => {
    const { sally } = on;
    sally.upstream.on(
      '*',
      answerAtEnd(() => 'ok'),
    );
    const cookie = await sally.session('bob');
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: app.test\r\n\r\n';
    const { text } = await sally.raw(
      `POST /a HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\n${fields}\r\nConnection: close\r\n\r\n${body}${smuggled}`,
      { deadlineMs: 1000 },
    );
    assert.doesNotMatch(text, /^HTTP\/1\.1 2/);
    // What is wrong inside of a body shows when its head is on its way; it may begin there, and never end well.
    assert.ok(
      sally.upstream.hits <= (body.startsWith('0') || !fields.startsWith('Transfer-Encoding: chunked') ? 0 : 1),
    );
    for (const request of sally.upstream.requests) {
      assert.equal(request.target, '/a');
      assert.equal(request.complete, false);
    }
  });
}

test('odd versions of HTTP are refused, and a coding in HTTP/1.0 too', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const rest = `\r\nHost: app.test\r\nCookie: ${cookie}\r\nConnection: close\r\n`;
  for (const line of [
    'GET / HTTP/1.2',
    'GET / HTTP/2.0',
    'GET / HTTP/0.9',
    'GET / http/1.1',
    'GET / HTTP/1.1 ',
    'GET /',
    'GET  / HTTP/1.1x',
    'GET / HTTP/11',
  ]) {
    const { text } = await sally.raw(`${line}${rest}\r\n`, { deadlineMs: 700, halfClose: true });
    assert.doesNotMatch(text, /^HTTP\/1\.1 2/, line);
  }
  await sally.raw(`GET /\r\n\r\n`, { deadlineMs: 500, halfClose: true });
  const { text } = await sally.raw(`POST / HTTP/1.0${rest}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`);
  assert.match(text, /^HTTP\/1\.1 400 /);
  sally.upstream.silent();
});

test('the two legal framings arrive once and whole', async () => {
  const { sally } = on;
  sally.upstream.on(
    '*',
    answerAtEnd((request) => request.body),
  );
  const cookie = await sally.session('bob');
  const head = `POST /a HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\nConnection: close\r\n`;
  for (const rest of [
    'Content-Length: 3\r\n\r\nabc',
    'Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2;x=y\r\nbc\r\n0\r\n\r\n',
  ]) {
    sally.upstream.clear();
    const { text } = await sally.raw(head + rest);
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.equal(sally.upstream.hits, 1);
    assert.equal(sally.upstream.requests[0]?.body, 'abc');
  }
});
