import assert from 'node:assert/strict';
import test from 'node:test';
import { isSessionCookie } from '../../../src/jar/credentials.ts';
import type { JarApp } from '../../../src/jar/types.ts';
import { compilePattern } from '../../../src/lib/pattern.ts';

// Only what is asked of an app here.
const app = (...patterns: string[]) =>
  ({ login: { sessionCookies: patterns.map((each) => compilePattern(each)) } }) as unknown as JarApp;

test('whether a name is a session’s is the same however often it is asked, and each login’s own', () => {
  const [one, other] = [app('^SESS', '^id$'), app('^other$')];
  const names = [
    'SESS1',
    'id',
    'ids',
    'other',
    '',
    'x'.repeat(5_000),
    ...Array.from({ length: 3_000 }, (_, i) => `n${i}`),
  ];
  for (let round = 0; round < 3; round += 1)
    for (const name of names) {
      assert.equal(isSessionCookie(one, name), name.startsWith('SESS') || name === 'id', name);
      assert.equal(isSessionCookie(other, name), name === 'other', name);
    }
});
