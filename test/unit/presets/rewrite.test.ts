import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { rewriteLocation, rewriteStream } from '../../../src/presets/rewrite.ts';

const FROM = ['http://app', 'http://app:8080', 'http://app:8080.internal'];
const TO = 'https://portal.example.org';

function rewrite(chunks: readonly Buffer[], from: readonly string[] = FROM): Buffer {
  const stream = rewriteStream(from, TO);
  return Buffer.concat([...chunks.map((chunk) => stream.push(chunk)), stream.end()]);
}

const text = (page: string): string => rewrite([Buffer.from(page)]).toString();

test('origins in the forms in which pages write them', () => {
  const pages: [string, string][] = [
    ['<form action="http://app:8080/login">', `<form action="${TO}/login">`],
    ["'http://app'+x", `'${TO}'+x`],
    ['{"u":"http:\\/\\/app:8080\\/a"}', '{"u":"https:\\/\\/portal.example.org\\/a"}'],
    ['?to=http%3A%2F%2Fapp%3A8080%2Fa', '?to=https%3A%2F%2Fportal.example.org%2Fa'],
    ['?to=http%3a%2f%2fapp%3a8080&', '?to=https%3a%2f%2fportal.example.org&'],
    ['http://app http://app:8080', `${TO} ${TO}`],
  ];
  for (const [page, expected] of pages) assert.equal(text(page), expected);
});

test('what only begins like an origin is another one', () => {
  const others = [
    'http://app.example/',
    'http://app2/',
    'http://app-x',
    'http://app:81/',
    'http://app@evil/',
    'http://app:80801/',
    'http://app_x',
  ];
  others.push('http%3A%2F%2Fapp%3A81', 'http%3A%2F%2Fapp%40evil', 'http:\\/\\/app.example', 'https://app/', 'app:8080');
  for (const page of others) assert.equal(text(page), page);
});

test('bytes that are no text pass untouched', () => {
  const bytes = Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256));
  assert.deepEqual(rewrite([bytes]), bytes);
  assert.deepEqual(rewrite([Buffer.from('é http://app/ü')]), Buffer.from(`é ${TO}/ü`));
  assert.deepEqual(rewrite([Buffer.from('http://app/')], []), Buffer.from('http://app/'));
});

const PARTS = [
  'http://app',
  ':8080',
  '.internal',
  'http:\\/\\/app',
  'http%3A%2F%2Fapp',
  '%3A8080',
  '%3A',
  ':',
  '/',
  ' ',
  'é',
  'h',
  'http',
  '://',
  '8',
  '@',
  '%40',
  '%',
];

test('where a piece ends makes no difference', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PARTS), { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 60 }),
      (parts, sizes) => {
        const whole = Buffer.from(parts.join(''));
        const chunks: Buffer[] = [];
        let at = 0;
        for (const size of sizes) {
          chunks.push(whole.subarray(at, at + size));
          at += size;
        }
        chunks.push(whole.subarray(at));
        assert.equal(rewrite(chunks).toString(), rewrite([whole]).toString());
      },
    ),
    { numRuns: 5000, seed: 4 },
  );
});

test('an origin is told from a longer one even where a piece ends right behind it', () => {
  for (const page of [
    'http%3A%2F%2Fapp%3A81/',
    'http%3A%2F%2Fapp%40evil',
    'http%3A%2F%2Fapp%2Fa',
    'http://app:81',
    'http://app/',
  ]) {
    const bytes = [...Buffer.from(page)].map((byte) => Buffer.from([byte]));
    assert.equal(rewrite(bytes, ['http://app']).toString(), rewrite([Buffer.from(page)], ['http://app']).toString());
  }
});

test('little is held back', () => {
  const stream = rewriteStream(FROM, TO);
  const sent = stream.push(Buffer.alloc(64 * 1024, 'a'));
  assert.ok(sent.length > 63 * 1024);
});

const location = (value: string): string => rewriteLocation(value, ['http://app', 'http://app:8080'], TO);

test('Location: the app itself becomes us, in any case and with its standard port', () => {
  for (const origin of ['http://app', 'HTTP://App', 'http://app:80', 'http://app:8080', '//app', '//app:8080']) {
    assert.equal(location(`${origin}/a?b#c`), `${TO}/a?b#c`, origin);
    assert.equal(location(origin), TO, origin);
    assert.equal(location(`${origin}?x`), `${TO}?x`, origin);
  }
});

test('Location: other hosts, and what is relative, are left', () => {
  const others = [
    '/a',
    'a',
    '',
    '?x',
    'http://app.example/',
    'http://app@evil/',
    'http://app:81/',
    'https://app/',
    '//evil/http://app',
    'http://app\\@evil',
  ];
  others.push('http:app/', 'http:/app/', 'javascript:http://app/', ' http://app/', 'http://', '/x?next=http://app/');
  for (const value of others) assert.equal(location(value), value);
});
