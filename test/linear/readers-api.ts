import { addAccount } from '../../src/manage/accounts.ts';
import { HeaderFields } from '../../src/request/fields.ts';
import { parseObject } from '../../src/request/login/json.ts';
import { checked, joined, readQuery } from '../../src/web/console/api/input.ts';
import { keyOf } from '../../src/web/console/api/keys.ts';
import { pageOf } from '../../src/web/console/api/pages.ts';
import { placeOf } from '../../src/web/console/api/table.ts';
import { ifMatch } from '../../src/web/console/api/tags.ts';
import type { Reader } from '../support/growth.ts';

const KiB = 1024;
const KNOWN = new Map([
  ['a', 'texts'],
  ['b', 'numbers'],
  ['c', 'text'],
] as const);
const JSON_TEXT = ['{', '}', '[', ']', ',', '"', '\\', ':', '"groups":[', '"name":', '\u0301', '\u001b', '"a",'];

const head = (name: string, value: string) => HeaderFields.of([name, value]);

/** A body as it is read, and what it holds as the form of an act, whatever it is. */
function body(text: string): void {
  const sent = parseObject(Buffer.from(text), 64 * KiB);
  checked({ form: addAccount.input }, joined({ account: 'x' }, sent));
}

/** The readers of the API. */
export const API_TEXTS: readonly Reader[] = [
  {
    name: 'readQuery',
    delimiters: ['&', '=', 'a=', 'b=1&', 'c', '%', '%41', '+', '%ff'],
    limit: 16 * KiB,
    read: (text) => readQuery(text, KNOWN),
  },
  {
    name: 'checked',
    delimiters: JSON_TEXT,
    limit: 64 * KiB,
    around: [
      ['', ''],
      ['{"groups":["', '"]}'],
      ['{"name":"', '"}'],
    ],
    read: body,
  },
  {
    name: 'joined',
    delimiters: ['a', 'account'],
    limit: 16 * KiB,
    read: (text) => joined({ account: 'x' }, { [text]: 1 }),
  },
  {
    name: 'pageOf',
    delimiters: ['.', '1', 'a', '-', '_', '1.a.'],
    limit: 16 * KiB,
    read: (cursor) => pageOf([1, 2, 3], 'list', { cursor }),
  },
  {
    name: 'placeOf',
    delimiters: ['/', 'accounts/', '{', '}', 'a'],
    limit: 8 * KiB,
    read: (text) => placeOf(text.split('/')),
  },
  {
    name: 'ifMatch',
    delimiters: [',', '"', ' ', '\t', 'W/', '*', '"a",'],
    limit: 16 * KiB,
    read: (text) => ifMatch(head('If-Match', text))?.('"a"'),
  },
  {
    name: 'keyOf',
    delimiters: [' ', 'a', '"', '\t'],
    limit: 16 * KiB,
    read: (text) => keyOf(head('Idempotency-Key', text)),
  },
];
