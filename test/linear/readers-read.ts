import { readCookies } from '../../src/read/cookies.ts';
import { parseForm } from '../../src/read/login/form.ts';
import { foldField, placesOf } from '../../src/read/login/names.ts';
import { guardQuery } from '../../src/read/login/watch.ts';
import { loggablePath } from '../../src/read/target.ts';
import type { Reader } from '../support/growth.ts';

const KiB = 1024;
const NAME = ['[', ']', '_', '.', ' ', '?', '%', '%5b', '%u005b', '\u00a0', '\u00ad', '\0'];
const GUARD = { fields: ['password'], sets: [['user', 'pass']], query: [], headers: [], queryEquals: new Map() };

export const READ: readonly Reader[] = [
  {
    name: 'loggablePath',
    delimiters: ['/', 'sallyport', 'enrol', 'sallyportenrol/', '-', '%'],
    limit: 8 * KiB,
    around: [
      ['/', ''],
      ['/.sallyport/enrol/', '/'],
      ['/sallyport', ''],
    ],
    read: loggablePath,
  },
  {
    name: 'readCookies',
    delimiters: [' ', '\t', ';', '=', '__Host-sallyport', '"', ','],
    limit: 64 * KiB,
    around: [
      ['__Host-sallyport', '!'],
      ['__Host-sallyport=', '!'],
      ['a=b; ', ';__Host-sallyport=a'],
    ],
    read: (text) => readCookies(['Cookie', text]),
  },
  { name: 'foldField', delimiters: NAME, limit: 8 * KiB, read: foldField },
  { name: 'placesOf', delimiters: NAME, limit: 8 * KiB, read: placesOf },
  {
    name: 'parseForm',
    delimiters: [...NAME, '=', '&', '%5f', '+', ';'],
    limit: 64 * KiB,
    around: [
      ['', '=b'],
      ['a=', ''],
      ['', '_a=b'],
    ],
    read: (text) => parseForm(Buffer.from(text)),
  },
  {
    name: 'guardQuery',
    delimiters: [...NAME, '=', '&', '%5f', '+', ';', '#'],
    limit: 8 * KiB,
    read: (text) => guardQuery(text, GUARD),
  },
];
