import { readClient } from '../../src/request/client.ts';
import { readCookies } from '../../src/request/cookies.ts';
import { readExactForm } from '../../src/request/exact-form.ts';
import { HeaderFields } from '../../src/request/fields.ts';
import { parseHost } from '../../src/request/hosts.ts';
import { digestUser, parseBasic } from '../../src/request/login/basic.ts';
import { parseForm } from '../../src/request/login/form.ts';
import { bodyKind, checkMedia } from '../../src/request/login/media.ts';
import { foldField, placesOf } from '../../src/request/login/names.ts';
import { guardQuery } from '../../src/request/login/watch.ts';
import { loggablePath, parseTarget, unreadPath } from '../../src/request/target.ts';
import type { Reader } from '../support/growth.ts';

const KiB = 1024;
const NAME = ['[', ']', '_', '.', ' ', '?', '%', '%5b', '%u005b', '\u00a0', '\u00ad', '\0', '\u0301', '\u0316'];
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
    name: 'unreadPath',
    delimiters: ['/', '@', '?', ':', '\\'],
    limit: 16 * KiB,
    around: [
      ['/', ''],
      ['http://', '@a/'],
    ],
    read: unreadPath,
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
    read: (text) => readCookies(HeaderFields.of(['Cookie', text])),
  },
  {
    name: 'readExactForm',
    delimiters: ['&', '=', '+', '%', '%0D%0A', '%0D', '?', '%C3%A9'],
    limit: 256 * KiB,
    around: [
      ['', ''],
      ['a=', ''],
      ['', '='],
    ],
    read: (text) => readExactForm(Buffer.from(text, 'latin1')),
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
    // The last query is remembered: another one comes in between.
    read: (text) => [guardQuery('a', GUARD), guardQuery(text, GUARD)],
  },
  {
    name: 'parseTarget',
    delimiters: ['/', '.', '%', '%2e', ';', '?', '&', '%25', '=', '%41'],
    limit: 8 * KiB,
    around: [
      ['/', ''],
      ['/.', ''],
      ['/a?', ''],
    ],
    // So is the last path.
    read: (text) => [parseTarget('/%41'), parseTarget(text)],
  },
  { name: 'parseHost', delimiters: ['.', ':', '[', ']', '-', '@'], limit: 8 * KiB, read: parseHost },
  {
    name: 'readClient',
    delimiters: [',', ' ', ':', '[', ']', '1.1.1.1,'],
    limit: 16 * KiB,
    read: (text) => readClient('127.0.0.1', false, HeaderFields.of(['X-Forwarded-For', text]), () => true),
  },
  {
    name: 'bodyKind',
    delimiters: [';', '=', '"', ' ', '/', ',', '\\', ';a='],
    limit: 16 * KiB,
    around: [
      ['text/plain', ''],
      ['text/plain;', '!'],
    ],
    read: (text) => bodyKind(HeaderFields.of(['Content-Length', '1', 'Content-Type', text])),
  },
  {
    name: 'checkMedia',
    delimiters: [';', '=', '"', ' ', '/', 'charset='],
    limit: 16 * KiB,
    around: [
      ['', ''],
      ['application/json', '!'],
    ],
    read: (text) => checkMedia(HeaderFields.of(['Content-Type', text]), 'json'),
  },
  {
    name: 'parseBasic',
    delimiters: [' ', '=', ':', '+', '/'],
    limit: 16 * KiB,
    around: [
      ['Basic ', ''],
      ['Basic', '!'],
    ],
    read: parseBasic,
  },
  {
    name: 'digestUser',
    delimiters: [' ', ',', '=', '"', '\\', 'a=b,'],
    limit: 16 * KiB,
    around: [
      ['Digest ', ''],
      ['Digest username=', '!'],
    ],
    read: digestUser,
  },
];
