import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_HEAD } from '../../../../src/proxy/http1/answer.ts';
import { readOurs } from '../../../support/answers/readers.ts';

const read = (text: string, method = 'GET') => readOurs([Buffer.from(text, 'latin1')], method);
const answer = (fields: string, body = '', line = 'HTTP/1.1 200 OK'): string => `${line}\r\n${fields}\r\n${body}`;
const chunked = (body: string): string => answer('Transfer-Encoding: chunked\r\n', body);

const REFUSED: Readonly<Record<string, string>> = {
  'another protocol': 'SSH-2.0-OpenSSH_9.9\r\n',
  'HTTP/1.2': answer('Content-Length: 0\r\n', '', 'HTTP/1.2 200 OK'),
  'HTTP/2': answer('Content-Length: 0\r\n', '', 'HTTP/2.0 200 OK'),
  'lower case': answer('Content-Length: 0\r\n', '', 'http/1.1 200 OK'),
  'an empty line before': `\r\n${answer('Content-Length: 0\r\n')}`,
  'two digits': answer('Content-Length: 0\r\n', '', 'HTTP/1.1 20 OK'),
  'four digits': answer('Content-Length: 0\r\n', '', 'HTTP/1.1 2000 OK'),
  'status 099': answer('Content-Length: 0\r\n', '', 'HTTP/1.1 099 OK'),
  'two blanks before the status': answer('Content-Length: 0\r\n', '', 'HTTP/1.1  200 OK'),
  'a control in the reason': answer('Content-Length: 0\r\n', '', 'HTTP/1.1 200 O\x01K'),
  'a bare LF after the status line': 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n',
  'a bare CR after the status line': 'HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n',
  'a bare LF after a field': answer('Content-Length: 0\nX: y\r\n'),
  'a bare LF as the empty line': 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n',
  'a bare CR in a value': answer('X: a\rb\r\nContent-Length: 0\r\n'),
  'CR CR LF': answer('X: a\r\r\nContent-Length: 0\r\n'),
  'NUL in a value': answer('X: a\0b\r\nContent-Length: 0\r\n'),
  'DEL in a value': answer('X: a\x7fb\r\nContent-Length: 0\r\n'),
  'NUL in a name': answer('X\0: a\r\nContent-Length: 0\r\n'),
  'a letter beyond ASCII in a name': answer('X\xe4: a\r\nContent-Length: 0\r\n'),
  'obs-fold with a blank': answer('X: a\r\n b\r\nContent-Length: 0\r\n'),
  'obs-fold with a tab': answer('X: a\r\n\tb\r\nContent-Length: 0\r\n'),
  'a fold in the first line': 'HTTP/1.1 200 OK\r\n Content-Length: 0\r\n\r\n',
  'a blank before the colon': answer('Content-Length : 0\r\n'),
  'a tab before the colon': answer('Content-Length\t: 0\r\n'),
  'no name': answer(': a\r\nContent-Length: 0\r\n'),
  'no colon': answer('Content-Length\r\n'),
  'two equal lengths': answer('Content-Length: 1\r\nContent-Length: 1\r\n', 'x'),
  'two lengths': answer('Content-Length: 1\r\ncontent-length: 2\r\n', 'xy'),
  'a list of lengths': answer('Content-Length: 1, 1\r\n', 'x'),
  'a signed length': answer('Content-Length: +1\r\n', 'x'),
  'a negative length': answer('Content-Length: -1\r\n', 'x'),
  'a hexadecimal length': answer('Content-Length: 0x1\r\n', 'x'),
  'a length with a blank behind': answer('Content-Length: 1 \r\n', 'x'),
  'a length with a tab behind': answer('Content-Length: 1\t\r\n', 'x'),
  'chunked with a tab behind': answer('Transfer-Encoding: chunked\t\r\n', '0\r\n\r\n'),
  'an empty length': answer('Content-Length:\r\n', 'x'),
  'a length that no number holds': answer('Content-Length: 9007199254740993\r\n', 'x'),
  'length and chunks': answer('Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  'chunks by HTTP/1.0': answer('Transfer-Encoding: chunked\r\n', '0\r\n\r\n', 'HTTP/1.0 200 OK'),
  'gzip, chunked': answer('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'),
  'chunked twice': answer('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  'chunked, chunked': answer('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n'),
  identity: answer('Transfer-Encoding: identity\r\n', 'x'),
  xchunked: answer('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'),
  'an empty coding': answer('Transfer-Encoding:\r\n', '0\r\n\r\n'),
  'another protocol unasked': answer('Upgrade: websocket\r\nConnection: Upgrade\r\n', '', 'HTTP/1.1 101 Switching'),
  'an interim answer with a body':
    answer('Content-Length: 1\r\n', 'x', 'HTTP/1.1 103 Hints') + answer('Content-Length: 0\r\n'),
  'an interim answer in chunks': answer('Transfer-Encoding: chunked\r\n', '', 'HTTP/1.1 103 Hints'),
  'a shorter body': answer('Content-Length: 2\r\n', 'x'),
  'no last chunk': chunked('1\r\nx\r\n'),
  'no end of trailers': chunked('1\r\nx\r\n0\r\n'),
  'a signed chunk': chunked('+1\r\nx\r\n0\r\n\r\n'),
  'a negative chunk': chunked('-1\r\nx\r\n0\r\n\r\n'),
  'a chunk of 0x1': chunked('0x1\r\nx\r\n0\r\n\r\n'),
  'a chunk of 1_0': chunked('1_0\r\nx\r\n0\r\n\r\n'),
  'no size': chunked('\r\nx\r\n0\r\n\r\n'),
  'a blank after the size': chunked('1 \r\nx\r\n0\r\n\r\n'),
  'a blank before the size': chunked(' 1\r\nx\r\n0\r\n\r\n'),
  'a size that no number holds': chunked('FFFFFFFFFFFFFFFF\r\nx'),
  'too many zeros': chunked(`${'0'.repeat(14)}1\r\nx\r\n0\r\n\r\n`),
  'a bare LF after the size': chunked('1\nx\r\n0\r\n\r\n'),
  'a bare CR after the size': chunked('1\rx\r\n0\r\n\r\n'),
  'a longer chunk': chunked('1\r\nxy\r\n0\r\n\r\n'),
  'a bare LF after a chunk': chunked('1\r\nx\n0\r\n\r\n'),
  'an extension without a name': chunked('1;\r\nx\r\n0\r\n\r\n'),
  'an extension with a blank': chunked('1; a=b\r\nx\r\n0\r\n\r\n'),
  'an extension without a value': chunked('1;a=\r\nx\r\n0\r\n\r\n'),
  'an extension with a bare LF': chunked('1;a\nx\r\n0\r\n\r\n'),
  'an extension with a bare LF in quotes': chunked('1;a="\n"\r\nx\r\n0\r\n\r\n'),
  'a long extension': chunked(`1;${'a'.repeat(1100)}\r\nx\r\n0\r\n\r\n`),
  'a folded trailer': chunked('0\r\nX: a\r\n b\r\n\r\n'),
  'a length in trailers': chunked('0\r\nContent-Length: 5\r\n\r\n'),
  'a coding in trailers': chunked('0\r\nTransfer-Encoding: chunked\r\n\r\n'),
  'long trailers': chunked(`0\r\n${`X: ${'a'.repeat(100)}\r\n`.repeat(200)}\r\n`),
  'a long head': answer(`X: ${'a'.repeat(MAX_HEAD)}\r\nContent-Length: 0\r\n`),
};

test('what could be understood in two ways is refused', () => {
  for (const [name, text] of Object.entries(REFUSED)) assert.equal(read(text).understood, null, name);
});

test('it is refused at the byte that decides, before anything more comes', () => {
  const early = [
    'SSH-',
    'HTTP/1.1 200 OK\n',
    'HTTP/1.1 200 OK\r\nX: a\0',
    'HTTP/1.1 200 OK\r\nX: a\r\n ',
    'HTTP/1.1 200 OK\r\nA B',
  ];
  for (const text of early) assert.notEqual(read(text).why, 'broken off', text);
  assert.equal(read('HTTP/1.1 200 OK\r\nX: a\r\n').why, 'broken off');
});

const good = (text: string, method?: string) => {
  const { understood, why } = read(text, method);
  assert.notEqual(understood, null, `${text}: ${why}`);
  const { status, reason, body, reusable } = understood ?? { status: 0, reason: '', body: '', reusable: false };
  return [status, reason, body, reusable];
};

test('what an answer says of its body and of the connection is kept', () => {
  assert.deepEqual(good(answer('Content-Length: 2\r\n', 'ok')), [200, 'OK', 'ok', true]);
  assert.deepEqual(good(answer('', 'until the end')), [200, 'OK', 'until the end', false]);
  assert.deepEqual(good(answer('', 'x', 'HTTP/1.0 200')), [200, '', 'x', false]);
  assert.deepEqual(good(answer('Content-Length: 1\r\n', 'x', 'HTTP/1.0 200 OK')), [200, 'OK', 'x', false]);
  const kept = answer('Content-Length: 1\r\nConnection: x, Keep-Alive\r\n', 'x', 'HTTP/1.0 200 OK');
  assert.deepEqual(good(kept), [200, 'OK', 'x', true]);
  assert.deepEqual(good(answer('Connection: a,\tCLOSE ,b\r\nContent-Length: 1\r\n', 'x')), [200, 'OK', 'x', false]);
  assert.deepEqual(good(answer('Keep-Alive: timeout=2\r\nContent-Length: 1\r\n', 'x')), [200, 'OK', 'x', false]);
  assert.deepEqual(good(answer('Keep-Alive: max=3, timeout=3\r\nContent-Length: 1\r\n', 'x')), [200, 'OK', 'x', true]);
  assert.deepEqual(good(chunked('3;a=b;c="\\"\xe4";d\r\nabc\r\nA\r\n0123456789\r\n000;x\r\nY: z\r\n\r\n')), [
    200,
    'OK',
    'abc0123456789',
    true,
  ]);
});

test('some answers have no body, whatever they announce', () => {
  assert.deepEqual(good(answer('Content-Length: 5\r\n'), 'HEAD'), [200, 'OK', '', false]);
  assert.deepEqual(good(answer('Transfer-Encoding: chunked\r\n'), 'HEAD'), [200, 'OK', '', false]);
  assert.deepEqual(good(answer('', '', 'HTTP/1.1 204 None')), [204, 'None', '', true]);
  assert.deepEqual(good(answer('Content-Length: 5\r\n', '', 'HTTP/1.1 304 Same')), [304, 'Same', '', false]);
  assert.deepEqual(good(answer('Transfer-Encoding: chunked\r\n', '', 'HTTP/1.1 204 None')), [204, 'None', '', false]);
});

test('bytes beyond an answer make the connection unusable, and leave the answer good', () => {
  const more = answer('Content-Length: 6\r\n', 'POISON');
  for (const whole of [answer('Content-Length: 2\r\n', 'ok'), chunked('2\r\nok\r\n0\r\n\r\n')])
    for (const beyond of [more, '\r\n', '\0']) {
      const { understood, size } = read(whole + beyond);
      assert.deepEqual([understood?.body, understood?.reusable, size], ['ok', false, whole.length]);
    }
  assert.equal(read(answer('', '', 'HTTP/1.1 204 No') + more).understood?.reusable, false);
});

test('interim answers are told of, and do not end the reading', () => {
  const { understood, interim } = read(
    answer('Link: </a>\r\n', '', 'HTTP/1.1 103 Hints') +
      answer('', '', 'HTTP/1.0 100 Continue') +
      answer('Content-Length: 1\r\n', 'x'),
  );
  assert.deepEqual(
    interim.map(({ status }) => status),
    [103, 100],
  );
  assert.deepEqual([understood?.status, understood?.body, understood?.reusable], [200, 'x', true]);
});

test('names and values come as they stood, octet for octet, without the blanks around a value', () => {
  const { understood } = read(answer('x-A:1\r\nX-b: \t \xe4 b\t \r\nEmpty:\r\nEmpty: \t\r\nContent-Length: 0\r\n'));
  assert.deepEqual(understood?.raw, ['x-A', '1', 'X-b', '\xe4 b', 'Empty', '', 'Empty', '', 'Content-Length', '0']);
});
