import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { nextOf, safeNext, withNext } from '../../../src/web/routes/next.ts';

for (const target of ['/', '/a/b?c=d', '/a?next=//evil', '/%20x', '/a?u=https://evil.test/', '/.sallyport/account']) {
  test(`${target} is a place to go on to`, () => assert.equal(safeNext(target), target));
}

for (const raw of [
  undefined,
  '',
  'a',
  '//evil.test',
  '///evil.test',
  '/\\evil.test',
  '\\\\evil.test',
  '/\t/evil.test',
  '\t//evil.test',
  ' //evil.test',
  '/%09/evil.test',
  '/%5cevil.test',
  '/%2fevil.test',
  '/%2Fevil.test',
  'https:evil.test',
  'https:/evil.test',
  'https://evil.test',
  '//app.test@evil.test',
  'javascript:alert(1)',
  'data:text/html,x',
  '/..//evil.test',
  '/../evil',
  '/%2e%2e/evil',
  '/a/./b',
  '/a//b',
  '/a\r\nSet-Cookie: x=1',
  '/a%0d%0aSet-Cookie:%20x=1',
  '/a\0',
  '/ä',
  '/a#b',
  '/%zz',
  `/${'a'.repeat(2048)}`,
  '/.sallyport',
  '/.sallyport/sign-out',
  '/.sallyport/sign-in?next=/',
  '/.sallyport/account?x=1',
  '/.sallyport/account/',
  '/.Sallyport/account',
  '/%2esallyport/account',
]) {
  test(`${JSON.stringify(raw?.slice(0, 40))} leads to the start page instead`, () => assert.equal(safeNext(raw), '/'));
}

test('whatever comes in, a browser stays on this origin', () => {
  const spiced = fc.string({
    unit: fc.constantFrom('/', '\\', '.', '%', '2', 'f', '5', 'c', '@', ':', '?', '#', 'a', '\t'),
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), spiced), (raw) => {
      const url = new URL(safeNext(`/${raw}`), 'https://portal.example.org');
      assert.equal(url.origin, 'https://portal.example.org');
    }),
    { numRuns: 2000 },
  );
});

test('next is taken from a query that names it once', () => {
  assert.equal(nextOf('next=%2Fa%3Fb%3D1%2B2'), '/a?b=1+2');
  assert.equal(nextOf('x=1&next=/a'), '/a');
  for (const query of ['', 'x=1', 'next=/a&next=//evil', 'next=/a&next=/a', 'next=%ff', 'nextt=/a']) {
    assert.equal(nextOf(query), undefined, query);
  }
});

test('an address with next is read back as it was', () => {
  const target = '/a b?c=d&e=ä'.replace(' ', '%20').replace('ä', '%C3%A4');
  assert.equal(nextOf(withNext('/x', target).split('?')[1] ?? ''), target);
  assert.equal(withNext('/x', '/'), '/x');
});
