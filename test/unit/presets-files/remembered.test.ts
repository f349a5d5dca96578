import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { BoundLogin } from '../../../src/config/login-types.ts';
import { presetNames } from '../../../src/config/preset/load.ts';
import { readHeadOf } from '../../../src/presets/reading.ts';
import type { Reading } from '../../../src/presets/types.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { parseTarget } from '../../../src/request/target.ts';
import { bound } from './presets.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'];
const HEADERS: readonly (readonly string[])[] = [
  [],
  ['Authorization', 'Basic YWxpY2U6cA=='],
  ['X-Requested-With', 'XMLHttpRequest'],
  ['DpApi', '1'],
];
const QUERIES = [
  '',
  '?',
  '?id=1',
  '?PHPSESSID=x',
  '?u=alice&p=p',
  '?username=alice&password=p',
  '?_task=login',
  '?do=login',
];

/** Words of the preset's own addresses, and others; put together anew they make near and far paths. */
function wordsOf(login: BoundLogin): string[] {
  const patterns = [
    ...login.doors.map(({ path }) => path),
    ...login.steps.flatMap(({ on }) => on.paths),
    ...[...login.anon, ...login.logout].map(({ path }) => path),
  ];
  const words = patterns.flatMap(({ source }) => source.replace(/\\(.)/g, '$1').match(/[A-Za-z0-9_.+=-]{2,}/g) ?? []);
  return [...new Set([...words, 'index.php', 'a', 'Page', 'x.y', 'LOGIN'])];
}

/** What a process says that has read nothing before, or a refusal. */
function read(login: BoundLogin, method: string, target: string, headers: readonly string[]): Reading | string {
  try {
    return readHeadOf(login, method, parseTarget(target), HeaderFields.of(headers));
  } catch (error) {
    return String(error);
  }
}

for (const name of presetNames())
  test(`${name}: what was read before changes nothing`, () => {
    const login = bound(name);
    const word = fc.constantFrom(...wordsOf(login));
    const path = fc
      .tuple(fc.array(word, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '/'))
      .map(([words, end]) => `/${words.join('/')}${end}`);
    fc.assert(
      fc.property(
        path,
        fc.constantFrom(...METHODS),
        fc.constantFrom(...HEADERS),
        fc.constantFrom(...QUERIES),
        (at, method, headers, query) => {
          // Whoever comes first, the path is remembered by him.
          read(login, 'GET', at, []);
          const fresh = { ...login };
          assert.deepEqual(read(login, method, at + query, headers), read(fresh, method, at + query, headers));
        },
      ),
      { numRuns: 60 },
    );
  });
