import assert from 'node:assert/strict';
import test from 'node:test';
import { SallyportError } from '../../../src/errors.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { checkMethod, isNavigation, readHead, userAgentOf, wantsHtml } from '../../../src/request/head.ts';

function head(fields: readonly (readonly [string, string])[], version = '1.1') {
  return readHead(HeaderFields.of(fields.flat()), version);
}

function refused(fields: readonly (readonly [string, string])[], version = '1.1'): void {
  assert.throws(
    () => head(fields, version),
    (error) => error instanceof SallyportError && error.code === 'bad-headers' && error.status === 400,
    `accepted: ${JSON.stringify(fields)}`,
  );
}

const HOST = ['Host', 'app.test'] as const;

test('a missing, empty or second Host is refused', () => {
  refused([]);
  refused([['Host', '']]);
  refused([HOST, HOST]);
  refused([HOST, ['hOST', 'evil.test']]);
  assert.equal(head([HOST]).host, 'app.test');
});

test('two lines of a field that names one thing are refused, alike or not', () => {
  for (const name of [
    'Authorization',
    'Content-Type',
    'Content-Length',
    'Expect',
    'Transfer-Encoding',
    'Origin',
    'Content-Encoding',
  ]) {
    refused([HOST, [name, 'a'], [name, 'b']]);
    refused([HOST, [name.toLowerCase(), '1'], [name.toUpperCase(), '1']]);
  }
  head([HOST, ['Cookie', 'a=b'], ['Cookie', 'c=d'], ['Accept', 'a'], ['Accept', 'b']]);
});

test('framing that two parties may read differently is refused', () => {
  refused([HOST, ['Content-Length', '3'], ['Transfer-Encoding', 'chunked']]);
  for (const coding of [
    'gzip, chunked',
    'chunked, chunked',
    'xchunked',
    'identity',
    '',
    'chunked;x',
    'chunked, identity',
  ]) {
    refused([HOST, ['Transfer-Encoding', coding]]);
  }
  refused([HOST, ['Transfer-Encoding', 'chunked']], '1.0');
  head([HOST, ['Transfer-Encoding', 'Chunked']]);
});

test('HTTP versions other than 1.0 and 1.1 are refused', () => {
  for (const version of ['0.9', '1.2', '2.0', '']) refused([HOST], version);
  assert.equal(head([HOST], '1.0').host, 'app.test');
});

test('names from the prototype of an object are names like any other', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const { headers: _all, ...judged } = head([[name, 'x'], [name, 'y'], HOST]);
    assert.deepEqual(judged, {
      host: 'app.test',
      origin: undefined,
      expect: undefined,
      destination: undefined,
    });
  }
});

test('TRACE, CONNECT, unknown and lower-case methods are refused', () => {
  for (const method of [
    'TRACE',
    'CONNECT',
    'FOO',
    'PRI',
    'RDG_OUT_DATA',
    'get',
    '',
    'GET ',
    undefined,
    'LINK',
    'SOURCE',
  ]) {
    assert.throws(
      () => checkMethod(method),
      (error) => error instanceof SallyportError && error.status === 405,
      `${method}`,
    );
  }
  for (const method of ['GET', 'HEAD', 'POST', 'PROPFIND', 'PATCH', 'QUERY']) assert.equal(checkMethod(method), method);
});

test('a redirect is for navigations alone', () => {
  const html = ['Accept', 'text/html,*/*'];
  assert.equal(isNavigation('GET', HeaderFields.of(html)), true);
  assert.equal(isNavigation('HEAD', HeaderFields.of(html)), true);
  assert.equal(isNavigation('POST', HeaderFields.of(html)), false);
  assert.equal(isNavigation('GET', HeaderFields.of(['Accept', '*/*'])), false);
  assert.equal(isNavigation('GET', HeaderFields.none), false);
  assert.equal(isNavigation('GET', HeaderFields.of([...html, 'X-Requested-With', 'XMLHttpRequest'])), false);
  assert.equal(isNavigation('GET', HeaderFields.of([...html, 'Sec-Fetch-Mode', 'cors'])), false);
  assert.equal(isNavigation('GET', HeaderFields.of(['Sec-Fetch-Mode', 'navigate'])), true);
  assert.equal(wantsHtml(HeaderFields.of([...html, 'X-Requested-With', 'x'])), false);
});

test('a User-Agent is cut and printable', () => {
  assert.equal(
    userAgentOf(HeaderFields.of(['User-Agent', `a\u0007\u001b[31m\u00e9${'b'.repeat(300)}`])),
    `a[31m${'b'.repeat(195)}`,
  );
  assert.equal(userAgentOf(HeaderFields.none), '');
});
