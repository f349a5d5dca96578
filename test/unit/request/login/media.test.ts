import assert from 'node:assert/strict';
import test from 'node:test';
import { HeaderFields } from '../../../../src/request/fields.ts';
import { type BodyKind, bodyKind, boundaryOf, checkMedia } from '../../../../src/request/login/media.ts';
import { refused } from './refusals.ts';

const FORM = 'application/x-www-form-urlencoded';

test('a login body has exactly its one media type', () => {
  const taken: readonly (readonly ['form' | 'json' | 'xml', string, string])[] = [
    ['form', FORM, FORM],
    ['form', 'APPLICATION/X-WWW-FORM-URLENCODED', FORM],
    ['form', `${FORM}; charset=UTF-8`, FORM],
    ['form', `${FORM};charset="utf-8"`, FORM],
    ['json', 'application/json', 'application/json'],
    ['json', 'application/json; charset=utf-8 ', 'application/json'],
    ['xml', 'text/xml', 'text/xml'],
    ['xml', 'application/xml;charset=utf-8', 'application/xml'],
  ];
  for (const [type, value, media] of taken)
    assert.equal(checkMedia(HeaderFields.of(['content-type', value]), type), media);
  assert.equal(checkMedia(HeaderFields.of(['Content-Type', FORM, 'Content-Encoding', 'Identity']), 'form'), FORM);
});

test('whatever an app may decode in another way is refused with 415 (T49)', () => {
  const values = [
    `text/plain, ${FORM}`,
    `${FORM}, text/plain`,
    '',
    'application/json',
    'text/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    'MULTIPART/form-data; boundary=x',
    'multipart/form-data',
    `${FORM}; charset=utf-16`,
    `${FORM}; charset=iso-8859-1`,
    `${FORM}; charset=ibm037`,
    `${FORM}; charset=utf-7`,
    `${FORM}; charset=utf-8; charset=ibm037`,
    `${FORM}; charset=utf-8; boundary=x`,
    `${FORM}; charset="utf-8`,
    `${FORM}; charset=utf8`,
    `${FORM} charset=utf-8`,
    `${FORM};`,
    `${FORM}\u0000`,
    'application/x-www-form-urlencoded-x',
  ];
  for (const value of values)
    refused(() => checkMedia(HeaderFields.of(['Content-Type', value]), 'form'), 'media-type', value);
  const lines: readonly (readonly string[])[] = [
    [],
    ['Content-Length', '3'],
    ['Content-Type', FORM, 'content-type', FORM],
    ['Content-Type', FORM, 'Content-Encoding', 'gzip'],
    ['Content-Type', FORM, 'Content-Encoding', 'br'],
    ['Content-Type', FORM, 'Content-Encoding', 'identity, gzip'],
    ['Content-Type', FORM, 'Content-Encoding', 'identity', 'Content-Encoding', 'identity'],
  ];
  for (const raw of lines) refused(() => checkMedia(HeaderFields.of(raw), 'form'), 'media-type', raw.join(' '));
  refused(() => checkMedia(HeaderFields.of(['Content-Type', FORM]), 'json'), 'media-type', 'form for json');
  refused(
    () => checkMedia(HeaderFields.of(['Content-Type', 'application/xhtml+xml']), 'xml'),
    'media-type',
    'xhtml for xml',
  );
});

test('ordinary bodies are of the kind that an app takes them for', () => {
  const kinds: readonly (readonly [string, BodyKind])[] = [
    [FORM, 'form'],
    [`${FORM}; charset=ISO-8859-1`, 'form'],
    [`${FORM}; charset=windows-1252`, 'form'],
    [`${FORM}; charset=ibm037`, 'doubtful'],
    [`${FORM}; charset=utf-16`, 'doubtful'],
    [`${FORM}; charset=utf-7`, 'doubtful'],
    [`${FORM}; boundary=x`, 'doubtful'],
    [`${FORM} x`, 'doubtful'],
    [`${FORM}, text/plain`, 'doubtful'],
    [`text/plain, ${FORM}`, 'doubtful'],
    ['application/x-www-form-urlencoded-x', 'doubtful'],
    ['text/form-data', 'doubtful'],
    ['', 'doubtful'],
    ['form', 'doubtful'],
    ['multipart/form-data; boundary=----WebKitFormBoundaryA', 'multipart'],
    ['Multipart/Form-Data; boundary="x"', 'multipart'],
    ['multipart/form-data', 'doubtful'],
    ['multipart/form-data; boundary=', 'doubtful'],
    ['multipart/form-data; boundary=a; boundary=b', 'doubtful'],
    ['multipart/form-data; xboundary=a; boundary=b', 'doubtful'],
    ['multipart/form-data; boundary="a;b"', 'doubtful'],
    ['multipart/form-data; boundary="a b"', 'doubtful'],
    [`multipart/form-data; boundary=${'a'.repeat(71)}`, 'doubtful'],
    ...['mixed', 'related', 'alternative', 'digest', 'x', 'anything', 'form', 'form-data-x', 'x-mixed-replace'].flatMap(
      (sub): readonly (readonly [string, BodyKind])[] => [
        [`multipart/${sub}; boundary=x`, 'multipart'],
        [`MULTIPART/${sub.toUpperCase()};boundary="x"`, 'multipart'],
        [`multipart/${sub}`, 'doubtful'],
        [`multipart/${sub}; type="text/plain"; boundary=x`, 'doubtful'],
        [`multipart/${sub}; boundary=x; boundary=y`, 'doubtful'],
        [`application/x-multipart-${sub}; boundary=x`, 'doubtful'],
        [`application/octet-stream; x=multipart/${sub}; boundary=x`, 'doubtful'],
        [`text/plain; x="multipart/${sub}"; boundary=x`, 'doubtful'],
      ],
    ),
    ['application/json; x=urlencoded', 'doubtful'],
    ['image/x-urlencoded', 'doubtful'],
    ['application/json5', 'text'],
    ['application/jsonlines', 'text'],
    ['application/gzip', 'other'],
    ['application/octet-stream; name=x', 'other'],
    ['application/json', 'json'],
    ['application/vnd.api+json; charset=utf-8', 'json'],
    ['text/json', 'json'],
    ['application/x-ndjson', 'json'],
    ['application/json; charset=utf-16', 'doubtful'],
    ['text/xml', 'xml'],
    ['application/soap+xml; charset=utf-8; action="urn:x"', 'xml'],
    ['text/plain;charset=UTF-8', 'text'],
    ['text/plain; charset=utf-16le', 'doubtful'],
    ['application/graphql', 'text'],
    ['application/octet-stream', 'other'],
    ['image/png', 'other'],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'other'],
  ];
  for (const [type, kind] of kinds) {
    assert.equal(bodyKind(HeaderFields.of(['Content-Length', '3', 'Content-Type', type])), kind, type);
    assert.equal(bodyKind(HeaderFields.of(['Transfer-Encoding', 'chunked', 'Content-Type', type])), kind, type);
  }
});

/** What it is to some reader that bytes below 0x80 are not ASCII, belong to a longer character, or go with a broken one. */
const NOT_ALLOWED = [
  ...['shift_jis', 'Shift-JIS', 'sjis', 'ms_kanji', 'windows-31j', 'gbk', 'gb18030', 'gb2312', 'BIG5', 'big5-hkscs'],
  ...['euc-jp', 'EUC-KR', 'euc-tw', 'euc-cn', 'windows-949', 'ks_c_5601-1987', 'johab', 'cp932', 'iso-2022-jp'],
  ...['iso-2022-kr', 'iso-2022-cn', 'hz-gb-2312', 'utf-16', 'utf-16le', 'unicode', 'utf-32', 'utf-7', 'cesu-8'],
  ...['ibm037', 'cp1140', 'ebcdic-int', 'replacement', 'x', 'viscii', 'x'.repeat(200)],
];
const ALLOWED = [
  ...[
    'utf-8',
    'UTF8',
    'us-ascii',
    'ascii',
    'latin1',
    'l9',
    'iso8859-1',
    'koi8-r',
    'KOI8-U',
    'ibm866',
    'macintosh',
    'tis-620',
  ],
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16].map((part) => `ISO-8859-${part}`),
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((page) => [`windows-125${page}`, `cp125${page}`]),
];

test('of character sets those are taken in which a byte of ASCII is nothing else, whatever stands before it', () => {
  for (const type of [FORM, 'text/plain', 'application/json', 'text/xml', 'multipart/form-data; boundary=x']) {
    const kind = bodyKind(HeaderFields.of(['Content-Length', '3', 'Content-Type', type]));
    for (const charset of ALLOWED)
      assert.equal(
        bodyKind(HeaderFields.of(['Content-Length', '3', 'Content-Type', `${type}; charset=${charset}`])),
        kind,
        charset,
      );
    for (const charset of NOT_ALLOWED)
      assert.equal(
        bodyKind(HeaderFields.of(['Content-Length', '3', 'Content-Type', `${type}; charset="${charset}"`])),
        'doubtful',
        charset,
      );
  }
});

test('a body without type is text, one with a coding is doubtful where its bytes matter', () => {
  assert.equal(bodyKind(HeaderFields.none), 'none');
  assert.equal(bodyKind(HeaderFields.of(['Content-Length', '0', 'Content-Type', FORM])), 'none');
  assert.equal(bodyKind(HeaderFields.of(['Content-Length', '5'])), 'text');
  assert.equal(bodyKind(HeaderFields.of(['Content-Length', '5', 'Content-Encoding', 'gzip'])), 'doubtful');
  for (const type of [FORM, 'application/json', 'text/plain', 'text/xml', 'multipart/form-data; boundary=x'])
    assert.equal(
      bodyKind(HeaderFields.of(['Content-Length', '5', 'Content-Type', type, 'Content-Encoding', 'gzip'])),
      'doubtful',
      type,
    );
  const git = ['Content-Type', 'application/x-git-upload-pack-request', 'Content-Encoding', 'gzip'];
  assert.equal(bodyKind(HeaderFields.of(['Transfer-Encoding', 'chunked', ...git])), 'other');
  assert.equal(
    bodyKind(HeaderFields.of(['Content-Length', '5', 'Content-Type', FORM, 'Content-Type', FORM])),
    'doubtful',
  );
});

test('the boundary is the one that the app uses too', () => {
  const of = (type: string): string | null =>
    boundaryOf(HeaderFields.of(['Content-Length', '5', 'Content-Type', type]));
  assert.equal(of('multipart/form-data; boundary=----WebKitFormBoundaryA'), '----WebKitFormBoundaryA');
  assert.equal(of('multipart/form-data; charset=utf-8; boundary="x.y"'), 'x.y');
  assert.equal(of('multipart/mixed; boundary=x'), 'x');
  assert.equal(of(FORM), null);
});
