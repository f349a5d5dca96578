import { PIECE } from '../../src/lib/turns.ts';
import { rewriter } from '../../src/presets/rewrite.ts';
import { PartsEdit } from '../../src/presets/rewrite-parts.ts';
import { createScanner } from '../../src/request/login/guard.ts';
import { parseJson } from '../../src/request/login/json.ts';
import type { BodyKind } from '../../src/request/login/media.ts';
import { parseXml, readXml } from '../../src/request/login/xml.ts';
import type { Reader } from '../support/growth.ts';

const LIMIT = 64 * 1024;
/** As they come from afar: chunks of a client's, each a turn of its own. */
const CHUNK = 61;

/** All that is looked at between two looks at the clock. */
function* looks(kind: BodyKind, text: string, piece: number): Generator<Buffer> {
  const scan = createScanner({ kind, boundary: 'b' }, { fields: ['password'], sets: [['user', 'pass']] });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += piece) yield scan.push(bytes.subarray(at, at + piece));
  yield scan.end();
}

const MULTIPART = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n';

/** A form that is mapped back on its way, field by field. */
function parts(piece: number): Reader {
  const look = function* (text: string): Generator<Buffer> {
    const edit = new PartsEdit('b', rewriter(['https://a'], 'http://b'));
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += piece) yield edit.push(bytes.subarray(at, at + piece));
    yield edit.end();
  };
  return {
    name: `PartsEdit in pieces of ${piece}`,
    delimiters: ['--b', '\r\n', '\r\n--b', MULTIPART, 'https://a', 'https%3A%2F%2Fa', 'filename'],
    limit: LIMIT,
    around: [
      ['', ''],
      [MULTIPART, '\r\n--b--'],
    ],
    read: (text) => [...look(text)],
    pieces: look,
  };
}

function scanner(kind: BodyKind, delimiters: readonly string[], around?: Reader['around']): Reader[] {
  return [PIECE, CHUNK].map((piece) => ({
    name: `createScanner ${kind} in pieces of ${piece}`,
    delimiters,
    limit: LIMIT,
    ...(around === undefined ? {} : { around }),
    read: (text: string) => [...looks(kind, text, piece)],
    pieces: (text: string) => looks(kind, text, piece),
  }));
}

const JSON_MARKS = ['"', '\\', '\\"', '{', '}', '[', ']', ':', ',', ' '];
const XML_MARKS = ['<', '>', '</a>', '<a>', '<a b="', '="', "'", '&', '&amp;', ' ', '<!--', '<![CDATA[', '/'];

export const BODIES: readonly Reader[] = [
  ...[PIECE, CHUNK].map(parts),
  {
    name: 'parseJson',
    delimiters: JSON_MARKS,
    limit: LIMIT,
    around: [
      ['', ''],
      ['{"a":"', ''],
      ['{"', '":1}'],
      ['{"a":"', '"}'],
    ],
    read: (text) => parseJson(Buffer.from(text)),
  },
  {
    name: 'parseXml',
    delimiters: XML_MARKS,
    limit: LIMIT,
    around: [
      ['', ''],
      ['<a>', '</a>'],
      ['<a b="', '"/>'],
    ],
    read: (text) => parseXml(Buffer.from(text)),
    pieces: (text) => readXml(Buffer.from(text)),
  },
  ...scanner(
    'form',
    ['=', '&', ';', '+', '%5b', '_', '[', ']', '\u0301', '\u0316', '%22', '%3c', '%257b'],
    [
      ['', ''],
      ['a=%7B', ''],
      ['a=%3Cb%20', ''],
    ],
  ),
  ...scanner('yaml', [':', '-', '\n', ' ', '"', '#', '{', '?']),
  ...scanner('json', JSON_MARKS, [
    ['{"a":"', ''],
    ['{"', '":1}'],
    ['', ''],
  ]),
  ...scanner('xml', XML_MARKS, [
    ['<a>', '</a>'],
    ['<', ''],
  ]),
  ...scanner(
    'text',
    ['=', '&', '{', '"', '<', '\n', '/', '#', "'", '\\', ':', ',', 'a', '>'],
    [
      ['', ''],
      ['{', ''],
      ['<a ', ''],
      ['{"', '":1'],
    ],
  ),
  ...scanner(
    'multipart',
    ['--b', '\r\n', '\r\n--b', ';', '"', ' ', ':', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'],
    [
      ['--b\r\nContent-Disposition: form-data; name="a', '"\r\n\r\n'],
      ['--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n', '\r\n--b--'],
      ['--b\r\nA:', '\r\n\r\n'],
    ],
  ),
];
