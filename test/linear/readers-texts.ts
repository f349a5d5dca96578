import { shown, shownLines } from '../../src/letters/clean.ts';
import { typedLink } from '../../src/letters/link.ts';
import { paperLogo } from '../../src/letters/logo.ts';
import { decodeCsv, parseCsv } from '../../src/lib/csv.ts';
import { member, quoted } from '../../src/lib/log-text.ts';
import { readPicture } from '../../src/lib/picture/picture.ts';
import { plainLabel } from '../../src/notices/plain.ts';
import { fillName } from '../../src/presets/fill.ts';
import { rewriteLocation, rewriteStream } from '../../src/presets/rewrite.ts';
import { stripStream } from '../../src/presets/session-ids.ts';
import { cookiesSet } from '../../src/presets/set-cookies.ts';
import { HeaderFields } from '../../src/request/fields.ts';
import { parseBody } from '../../src/web/body.ts';
import { chooseLanguage } from '../../src/web/words/words.ts';
import { formsIn } from '../../src/workbench/direct/forms.ts';
import type { Reader } from '../support/growth.ts';

const KiB = 1024;
const HTML = ['<', '>', '<!--', '-->', '<input ', '<script>', '</', '"', "'", '=', '/', ' ', '</script', '<!'];

/** Words of a letter: what joins, turns, and has no end. */
const SCRIPTS = ['W', ' ', 'ع', '(', '1', '\u0301', '\ufdfa', '漢', '\u202e'];

export const TEXTS: readonly Reader[] = [
  {
    name: 'a line of the log',
    delimiters: ['"', '\\', 'a', '\0', '\ud800', 'é'],
    limit: 64 * KiB,
    read: (text) => [quoted(text), member('path', text)],
  },
  { name: 'shown', delimiters: SCRIPTS, limit: 64 * KiB, read: shown },
  { name: 'shownLines', delimiters: SCRIPTS, limit: 64 * KiB, read: (text) => shownLines(text.split('W'), 6) },
  {
    name: 'typedLink',
    delimiters: ['https://', '/', '.', 'a', '%'],
    limit: 8 * KiB,
    read: (text) => typedLink(`https://a.example/${text}`),
  },
  ...[
    ['PNG', '\x89PNG\r\n\x1a\n', ['\x00\x00\x00\x00', 'IHDR', 'IDAT', 'IEND', '\x00\x00\x00\x0dIHDR']],
    ['JPEG', '\xff\xd8', ['\xff', '\xff\xda\x00\x02', '\xff\xfe\x00\x02', '\xff\x00', '\xff\xd0', '\xff\xd9']],
    ['WebP', 'RIFF\xf0\xff\x00\x00WEBP', ['VP8 ', 'VP8L', '\x00\x00\x00\x00', 'ALPH\x00\x00\x00\x00']],
  ].map(
    ([name, begins, delimiters]): Reader => ({
      name: `readPicture ${name}`,
      delimiters: delimiters as string[],
      limit: 64 * 1024,
      around: [[String(begins), '']],
      read: (text) => readPicture(Buffer.from(text, 'latin1')),
    }),
  ),
  {
    name: 'paperLogo',
    delimiters: ['\x89PNG\r\n\x1a\n', 'IHDR', 'IDAT', '\0\0\0\x01', '\xff'],
    limit: 64 * KiB,
    read: (text) => paperLogo(Buffer.from(text, 'latin1')),
  },
  { name: 'formsIn', delimiters: HTML, limit: 64 * KiB, read: formsIn },
  { name: 'fillName', delimiters: HTML, limit: 128 * KiB, read: (text) => fillName(text, 'user', 'alice') },
  {
    name: 'decodeCsv',
    delimiters: ['\u00ff\u00fe', 'é', '\0', ','],
    limit: 64 * KiB,
    read: (text) => decodeCsv(Buffer.from(text, 'latin1')),
  },
  {
    name: 'parseCsv',
    delimiters: [',', '"', '""', '\n', '\r', ' ', ';'],
    limit: 64 * KiB,
    read: (text) => parseCsv(text),
  },
  {
    name: 'plainLabel',
    delimiters: ['.', ':', '/', '@', ' ', '\u3002', '\u200d', '\u0301', '\u0316'],
    limit: 16 * KiB,
    read: plainLabel,
  },
  {
    name: 'rewriteLocation',
    delimiters: ['/', ':', '?', '#', '@', '\\', ' ', 'http://'],
    limit: 16 * KiB,
    read: (text) => rewriteLocation(text, ['http://app.example'], 'https://x.example'),
  },
  {
    name: 'rewriteStream',
    delimiters: ['http://', 'http://app.example', ':', '/', '%', '\\/'],
    limit: 64 * KiB,
    read(text) {
      const stream = rewriteStream(['http://app.example'], 'https://x.example');
      return [stream.push(Buffer.from(text)), stream.end()];
    },
  },
  {
    name: 'stripStream',
    delimiters: [';', ';jsessionid=', '=', '!', '"'],
    limit: 64 * KiB,
    read(text) {
      const stream = stripStream();
      return [stream.push(Buffer.from(text)), stream.end()];
    },
  },
  {
    name: 'cookiesSet',
    delimiters: [';', '=', ' ', '"', ',', 'expires=', 'max-age='],
    limit: 8 * KiB,
    read: (text) => cookiesSet(HeaderFields.of(['Set-Cookie', text]), 0),
  },
  {
    name: 'parseBody',
    delimiters: ['"', '\\', '{', '}', ':', ',', ' ', '&', '=', '%'],
    limit: 16 * KiB,
    around: [
      ['{"a":"', '"}'],
      ['{', '}'],
      ['a=', ''],
      ['{"a":{"b":"', '"}}'],
    ],
    read: (text) => [parseBody(text.startsWith('{') ? 'json' : 'form', Buffer.from(text), ['a'], ['a'])],
  },
  {
    name: 'chooseLanguage',
    delimiters: [',', '-', ';q=', ' ', '*', '.'],
    limit: 16 * KiB,
    read: (text) => chooseLanguage(text, null, 'en'),
  },
];
