import assert from 'node:assert/strict';
import test from 'node:test';
import { SallyportError } from '../../../src/errors.ts';
import {
  BROWSER_COOKIE,
  CEREMONY_COOKIE,
  PENDING_COOKIE,
  PREFS_COOKIE,
  readCookies,
  SESSION_COOKIE,
} from '../../../src/read/cookies.ts';

const VALUE = 'A'.repeat(43);
const NONE = { session: null, pending: null, browser: null, ceremony: null, prefs: null, visitor: null, jar: null };

function read(...lines: readonly string[]) {
  return readCookies(lines.flatMap((line) => ['Cookie', line]));
}

function refused(...lines: readonly string[]): void {
  assert.throws(
    () => read(...lines),
    (error) => error instanceof SallyportError && error.code === 'bad-cookie' && error.status === 400,
    `accepted: ${JSON.stringify(lines)}`,
  );
}

test('each of our cookies is read, wherever it stands and on whatever line', () => {
  const all = `lang=en; ${SESSION_COOKIE}=${VALUE}; ${PENDING_COOKIE}=p;${BROWSER_COOKIE}=v1.b`;
  assert.deepEqual(read(all), { ...NONE, session: VALUE, pending: 'p', browser: 'v1.b' });
  assert.deepEqual(read('a=b', `\t${SESSION_COOKIE}=${VALUE} `, 'c=d').session, VALUE);
  assert.deepEqual(readCookies(['cookie', `${SESSION_COOKIE}=x`, 'COOKIE', `${PENDING_COOKIE}=y`]), {
    ...NONE,
    session: 'x',
    pending: 'y',
  });
  assert.deepEqual(readCookies(['X-Cookie', `${SESSION_COOKIE}=x`, 'Cookie2', `${SESSION_COOKIE}=x`]), NONE);
});

test('a malformed value is no value', () => {
  const values = [
    '',
    '%00',
    'a'.repeat(8192),
    'a'.repeat(513),
    '!!!',
    '{"id":1}',
    '"quoted"',
    'a b',
    'a,b',
    'a=b',
    'a/b+c=',
    'é',
    '\u0000',
  ];
  for (const value of values) assert.deepEqual(read(`${SESSION_COOKIE}=${value}`), NONE, JSON.stringify(value));
  assert.deepEqual(read(SESSION_COOKIE), NONE);
  assert.deepEqual(read(''), NONE);
  assert.deepEqual(read(';;;='), NONE);
});

test('two values of one of ours are refused, in every order, alike or not, on one line or two', () => {
  for (const name of [SESSION_COOKIE, PENDING_COOKIE, BROWSER_COOKIE, CEREMONY_COOKIE, PREFS_COOKIE]) {
    refused(`${name}=a; ${name}=b`);
    refused(`${name}=b; x=y; ${name}=a`);
    refused(`${name}=a; ${name}=a`);
    refused(`${name}=a`, `${name}=b`);
    // A malformed second value is a second value.
    refused(`${name}=a; ${name}=`);
    refused(`${name}=; ${name}=a`);
    refused(`${name}=a; ${name}="b"`);
  }
});

test('only the exact name counts', () => {
  const others = [
    `sallyport=${VALUE}`,
    `__host-sallyport=${VALUE}`,
    `__Secure-sallyport=${VALUE}`,
    `__Host-Sallyport=${VALUE}`,
    `__Host-sallyport2=${VALUE}`,
    `x__Host-sallyport=${VALUE}`,
    `\u2000__Host-sallyport=${VALUE}`,
    `\u00a0__Host-sallyport=${VALUE}`,
    `__Host-sallyport =${VALUE}`,
    `$Version=1; __Host-sallyport="${VALUE}"`,
    `a="; __Host-sallyport"=${VALUE}`,
    `=__Host-sallyport=${VALUE}`,
    `a=__Host-sallyport=${VALUE}`,
  ];
  for (const line of others) assert.deepEqual(read(line), NONE, line);
});

test('a planted look-alike beside ours changes nothing', () => {
  assert.equal(read(`__Host-Sallyport=evil; ${SESSION_COOKIE}=${VALUE}; sallyport=evil`).session, VALUE);
});
