import type { IncomingMessage } from 'node:http';
import type { Admission } from '../../src/gate/admission.ts';
import {
  conditionInwards,
  inwards,
  linksOutwards,
  originInwards,
  outwards,
  refreshOutwards,
} from '../../src/proxy/addresses.ts';
import { isOurCookie, passing } from '../../src/proxy/cookies.ts';
import { FrameReader } from '../../src/proxy/frames.ts';
import { filterAnswer, handshakeHeaders } from '../../src/proxy/handshake.ts';
import { requestHeaders } from '../../src/proxy/headers.ts';
import { AnswerReader } from '../../src/proxy/http1/answer.ts';
import { writeRequestHead } from '../../src/proxy/http1/request-head.ts';
import { judgeName } from '../../src/proxy/names.ts';
import { responseHeaders } from '../../src/proxy/response-headers.ts';
import { ownAddress } from '../../src/request/addresses.ts';
import { cleanHead, MOST_LINES } from '../../src/request/clean.ts';
import { readDestination } from '../../src/request/destination.ts';
import { HeaderFields } from '../../src/request/fields.ts';
import { fieldName, foldName } from '../../src/request/names.ts';
import { partsOf, type Reader } from '../support/growth.ts';
import { admit, testApp, testSession } from '../support/guarded.ts';

const KiB = 1024;
const APP = testApp('http://10.0.0.1:9000');
const SESSION = testSession();

function admission(rawHeaders: readonly string[]): Admission {
  const request = { rawHeaders, method: 'GET', url: '/', httpVersion: '1.1', headers: { host: 'app.test' } };
  return admit(request as unknown as IncomingMessage, APP, SESSION); // only these parts of a request are read
}

const ASKED = admission([]);
const ADDRESS = ['http://', '10.0.0.1:9000', '/', ':', '@', '#', '?', '<', '>', '"', '\\', '(', ')', ' ', ';', 'url='];
const IN_BRACKETS: Reader['around'] = [
  ['', ''],
  ['<', ''],
  ['(', '>'],
  ['"', '<a>'],
];

function address(name: string, read: (text: string) => unknown, around?: Reader['around']): Reader {
  return { name, delimiters: ADDRESS, limit: 64 * KiB, ...(around === undefined ? {} : { around }), read };
}

/** Fields of one name, as many as there are line ends, and no more than a head of that many bytes has room for. */
function lines(name: string, text: string): string[] {
  const most = Math.ceil(text.length / (name.length + ': \r\n'.length));
  const fields: string[] = [];
  for (const value of text.split('\n', most)) fields.push(name, value);
  return fields;
}
/** As many fields of one name as a head may have, however long each is. */
const many = (name: string, text: string): string[] => partsOf(text, MOST_LINES - 8).flatMap((value) => [name, value]);
const HANDSHAKE = [
  ...['Connection', 'Upgrade', 'Upgrade', 'websocket', 'Sec-WebSocket-Version', '13'],
  ...['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
];
const ASKING = ['Cookie', 'Connection', 'Referer', 'If', 'Destination', 'Authorization', 'X-Other'];
const ANSWERING = [
  ...['Location', 'Content-Location', 'Refresh', 'Link', 'Clear-Site-Data', 'Cache-Control', 'Connection'],
  ...['WWW-Authenticate', 'Set-Cookie', 'Content-Type', 'X-Other'],
];
const FIELD = [',', ' ', ';', '=', '"', '<', '/', 'sallyport', 'ntlm', '\t', '\\', '\n'];

/** An answer as it comes, in one piece and, since what is held must not be looked at anew, in pieces of a few bytes. */
function readAnswer(text: string): void {
  const bytes = Buffer.from(text, 'latin1');
  for (const most of [bytes.length, 7]) {
    const reader = new AnswerReader({ onInterim() {}, onHead() {}, onPiece() {}, onWhole() {} });
    reader.expect('GET');
    try {
      for (let at = 0; at < bytes.length; at += most) {
        const piece = bytes.subarray(at, at + most);
        reader.read(piece, piece.length);
      }
    } catch {
      // Refused, as it may be.
    }
  }
}

const ANSWER_HEAD = 'HTTP/1.1 200 OK\r\n';

export const PROXY: readonly Reader[] = [
  {
    name: 'AnswerReader',
    delimiters: [
      '\r\n',
      ':',
      ' ',
      '\t',
      ',',
      ';',
      '=',
      '"',
      '\\',
      'a',
      '0',
      'X: y\r\n',
      '1\r\na\r\n',
      '1;a="b"\r\na\r\n',
      'close,',
    ],
    limit: 64 * KiB,
    around: [
      ['', ''],
      [ANSWER_HEAD, '\r\n\r\n'],
      [`${ANSWER_HEAD}X: `, '\r\n\r\n'],
      [`${ANSWER_HEAD}Connection: `, '\r\n\r\n'],
      [`${ANSWER_HEAD}Keep-Alive: `, '\r\n\r\n'],
      [`${ANSWER_HEAD}Transfer-Encoding: chunked\r\n\r\n`, '0\r\n\r\n'],
      [`${ANSWER_HEAD}Transfer-Encoding: chunked\r\n\r\n1;`, '\r\n'],
      [`${ANSWER_HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\n`, '\r\n\r\n'],
    ],
    read: readAnswer,
  },
  {
    name: 'writeRequestHead',
    delimiters: FIELD,
    limit: 64 * KiB,
    read: (text) =>
      writeRequestHead(
        { method: 'GET', path: '/', headers: ['Host', 'a', 'X', text, ...many('Y', text)], body: null },
        true,
      ),
  },
  address('ownAddress', (text) => ownAddress(text, APP)),
  address('outwards', (text) => outwards(text, ASKED)),
  address('inwards', (text) => inwards(text, ASKED)),
  address('originInwards', (text) => originInwards(text, ASKED)),
  address('refreshOutwards', (text) => refreshOutwards(text, ASKED), [
    ['', ''],
    ['0', 'x'],
    ['0; url="', ''],
  ]),
  address('linksOutwards', (text) => linksOutwards(text, ASKED), IN_BRACKETS),
  address('conditionInwards', (text) => conditionInwards(text, ASKED), IN_BRACKETS),
  {
    name: 'readDestination',
    delimiters: ['/', '.', '%', '%2e', ';', '?', 'http://', '@', ':'],
    limit: 16 * KiB,
    around: [
      ['/', ''],
      ['http://', ''],
      ['http://app.test/', ''],
    ],
    read: (text) => readDestination(text, 'COPY', APP),
  },
  ...ASKING.map((name) => ({
    name: `requestHeaders ${name}`,
    delimiters: FIELD,
    limit: 16 * KiB,
    read: (text: string) => requestHeaders(admission(lines(name, text))),
  })),
  ...ANSWERING.map((name) => ({
    name: `responseHeaders ${name}`,
    delimiters: FIELD,
    limit: 64 * KiB,
    read: (text: string) =>
      responseHeaders(lines(name, text), { method: 'GET', status: 200, session: true, requested: ASKED }),
  })),
  ...ANSWERING.map((name) => ({
    name: `responseHeaders ${name} of many lines`,
    delimiters: FIELD,
    limit: 64 * KiB,
    read: (text: string) =>
      responseHeaders(many(name, text), { method: 'GET', status: 200, session: true, requested: ASKED }),
  })),
  ...ASKING.map((name) => ({
    name: `requestHeaders ${name} of many lines`,
    delimiters: FIELD,
    limit: 16 * KiB,
    read: (text: string) => requestHeaders(admission(many(name, text))),
  })),
  {
    name: 'handshakeHeaders of many lines',
    delimiters: FIELD,
    limit: 16 * KiB,
    read: (text) => handshakeHeaders(admission([...HANDSHAKE, ...many('X-Other', text)]), passing),
  },
  {
    name: 'cleanHead of many lines',
    delimiters: [...FIELD, '_', 'Accept.'],
    limit: 16 * KiB,
    read(text) {
      const rawHeaders = ['Connection', text, ...partsOf(text, MOST_LINES - 1).flatMap((name) => [name, 'a'])];
      const request = { rawHeaders, headers: {}, headersDistinct: {} };
      cleanHead(request as unknown as IncomingMessage); // only these parts of a request are read
    },
  },
  {
    name: 'handshakeHeaders',
    delimiters: FIELD,
    limit: 16 * KiB,
    read: (text) => handshakeHeaders(admission([...HANDSHAKE, ...lines('X-Other', text)]), passing),
  },
  {
    name: 'filterAnswer',
    delimiters: FIELD,
    limit: 64 * KiB,
    read(text) {
      const answer = { statusCode: 200, headers: {}, rawHeaders: lines('X-Other', text) };
      filterAnswer(answer as unknown as IncomingMessage, ASKED, passing); // only these parts of an answer are read
    },
  },
  { name: 'isOurCookie', delimiters: FIELD, limit: 16 * KiB, read: isOurCookie },
  {
    name: 'passing',
    delimiters: [...FIELD, '__Host-sallyport='],
    limit: 16 * KiB,
    read: (text) => [passing.outbound(text.split('\n')), passing.inbound(text)],
  },
  { name: 'fieldName', delimiters: ['-', '_', '.', ' ', 'é'], limit: 16 * KiB, read: fieldName },
  { name: 'foldName', delimiters: ['-', '_', '.', ' ', 'é'], limit: 16 * KiB, read: foldName },
  {
    name: 'cleanHead',
    delimiters: [...FIELD, '_', 'Accept.'],
    limit: 16 * KiB,
    read(text) {
      const rawHeaders = lines('Connection', text);
      for (const name of text.split('\n', Math.ceil(text.length / 4))) rawHeaders.push(name, 'a');
      const request = { rawHeaders, headers: {}, headersDistinct: {} };
      cleanHead(request as unknown as IncomingMessage); // only these parts of a request are read
    },
  },
  {
    name: 'HeaderFields.spelt',
    delimiters: [...FIELD, '_', 'Accept.'],
    limit: 16 * KiB,
    read(text) {
      const head = lines('X-Other', text);
      const fields = HeaderFields.of(head);
      return [fields.spelt(text), fields.spelt('x-other')];
    },
  },
  { name: 'judgeName', delimiters: ['-', '_', '.', 'x-'], limit: 16 * KiB, read: (text) => judgeName(fieldName(text)) },
  {
    name: 'FrameReader',
    delimiters: ['\x81\x00', '\x82\x7e', '\x89\x80', '\x00', '\x7f', '\xff'],
    limit: 64 * KiB,
    read(text) {
      const reader = new FrameReader();
      const bytes = Buffer.from(text, 'latin1');
      for (let at = 0; at < bytes.length; at += 7) reader.push(bytes.subarray(at, at + 7));
    },
  },
];
