import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { SallyportError } from '../../../src/errors.ts';
import { parseTarget } from '../../../src/request/target.ts';

const lax = { encodedSlash: true, emptySegments: true };

function refused(raw: string, options?: typeof lax): void {
  assert.throws(
    () => parseTarget(raw, options),
    (error) => error instanceof SallyportError && error.code === 'bad-target' && error.status === 400,
    `accepted: ${JSON.stringify(raw)}`,
  );
}

test('a plain path is read at once as it is read at length', () => {
  const parts = fc.constantFrom(
    '/',
    '.',
    '..',
    '-',
    '_',
    'a',
    'B',
    '0',
    '~',
    '%41',
    ';',
    ',',
    'index.html',
    '.sallyport',
    'é',
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 8 }), (inner) => {
      const path = `/${inner.join('')}`;
      // What has a query is never read at once.
      const said = (raw: string): unknown => {
        try {
          const { path: read, reserved, strict } = parseTarget(raw);
          return { read, reserved, strict };
        } catch (error) {
          return (error as SallyportError).message;
        }
      };
      assert.deepEqual(said(path), said(`${path}?q`));
    }),
    { numRuns: 5000 },
  );
});

/** attacks.md §2.3, T15, T17–T19 and their relatives; none is ever right, whatever an app allows. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  'a dot segment': ['/..', '/.', '/a/..', '/a/.', '/a/../b', '/./a', '/a/./b', '/.../a', '/public/....//admin'],
  'a dot segment, encoded': ['/%2e%2e/a', '/%2E/a', '/public/%2e%2e/admin', '/public/.%2e/admin', '/public/%2e./admin'],
  'a dot segment with a parameter': ['/public/..;/admin', '/..;a=b/admin', '/.;/a', '/...;/a', '/public/..%3b/admin'],
  'a dot segment with something encoded behind it': ['/public/..%00/admin', '/..%20/a', '/..%c2%a0/a', '/a/..%09/b'],
  'a backslash': ['/public/..\\admin', '/\\evil/admin', '/a\\b', '/public/..%5cadmin', '/a%5Cb'],
  'double encoding': [
    '/public/%252e%252e/admin',
    '/a%252fb',
    '/a%255cb',
    '/a%25252fb',
    '/a%2500b',
    '/a%250ab',
    '/a%25c0%25ae',
    '/public/%25%32%65%25%32%65/admin',
    '/a%25%32%66b',
    '/a%25%35%63b',
    '/a%257fb',
  ],
  'overlong or broken UTF-8': ['/public/%c0%ae%c0%ae/admin', '/admin/%ff', '/a%e2%82', '/a%ed%a0%80', '/a%f8%88%80%80'],
  'a percent sign that encodes nothing': ['/public/%', '/a%', '/a%2', '/a%zz', '/a%u002e'],
  'a control character': ['/a%00', '/a%0a', '/a%0D%0Ab', '/a%7f', '/a\u0000b', '/a\tb', '/a\nb', '/a b'],
  'a fragment or query in disguise': ['/public#/../admin', '/admin#/public', '/admin%3f/public', '/admin%23'],
  'a character that browsers encode in a path': ['/a{b}', '/a^b', '/a"b', '/a<b>', '/a`b', '/\u00e9', '/a\u2028b'],
  'another form than origin-form': [
    '*',
    'admin',
    '',
    'http://app.test/admin',
    'HTTP://evil/admin',
    'http:///admin',
    'https://x',
    'x:y',
    '?a',
    '#',
  ],
  'an empty first segment': ['//', '//evil/admin', '//public/admin', '///admin', '//.sallyport/x'],
  'our prefix in another spelling': [
    '/.SALLYPORT/admin',
    '/.Sallyport',
    '/%2esallyport/admin',
    '/%2Esallyport',
    '/.sallypor%74/x',
    '/.%73allyport/x',
    '/.sallyport;a=b/x',
    '/.sallyport/;x',
    '/.sallyport/%61',
    '/.sallyport%2fadmin',
    '/./.sallyport/x',
    '/.sallyport/../admin',
    '/.sallyport%20/x',
    '/%20.sallyport/x',
    '/.sallyport%5cx',
    '/%ef%bc%8esallyport/x',
    '/.%ef%bd%93allyport/x',
    '/.sallyport%09/x',
    '/.sallyport//x%2f',
  ],
  'NUL or a line break in the query': ['/?a=%00', '/?%0d%0aX:y', '/?a=%0A'],
  'a character that stands bare in no query': ['/?a b', '/?a#b', '/?\u00e9', '/?\u007f', '/?a\tb'],
};

for (const [what, targets] of Object.entries(NEVER)) {
  test(`a target with ${what} is refused, whatever the app allows`, () => {
    for (const target of targets) {
      refused(target);
      refused(target, lax);
    }
  });
}

test('an encoded slash and an empty segment pass only where the app allows them, and are not strict then', () => {
  for (const target of ['/a%2fb', '/a%2Fb', '/a//b', '/a/b//']) {
    refused(target);
    const parsed = parseTarget(target, lax);
    assert.equal(parsed.raw, target);
    assert.equal(parsed.strict, false);
  }
  refused('/a%2fb', { encodedSlash: false, emptySegments: true });
  refused('/a//b', { encodedSlash: true, emptySegments: false });
  for (const target of ['/a%2f..%2fb', '/a%2f%2e%2e%2fb', '/a%2f..', '/a%2f.%2fb', '/%2f.sallyport/x', '/%2fevil']) {
    refused(target, lax);
  }
});

test('a canonical target comes out as it came in', () => {
  for (const target of [
    '/',
    '/a',
    '/a/b/',
    '/a.b/..c',
    '/.well-known/x',
    '/a~!$&()*+,=:@-_',
    "/it's",
    '/%C3%A9',
    '/a%20b',
  ]) {
    assert.deepEqual(
      { ...parseTarget(target), strict: true },
      { raw: target, path: target, query: null, reserved: false, strict: true },
    );
  }
  for (const target of ['/100%25', '/%E2%82%AC', '/a;b=c', '/x%252']) assert.equal(parseTarget(target).raw, target);
});

test('path and query are parted at the first question mark and nowhere else', () => {
  const parsed = parseTarget('/admin?x=/public/../?y=%2e%2e/&z[]=1|2');
  assert.equal(parsed.path, '/admin');
  assert.equal(parsed.query, 'x=/public/../?y=%2e%2e/&z[]=1|2');
  assert.equal(parseTarget('/admin?').query, '');
  assert.equal(parseTarget('/admin?/healthz').path, '/admin');
});

test('only the exact prefix is ours; what merely begins like it is the app’s', () => {
  for (const target of ['/.sallyport', '/.sallyport/', '/.sallyport/sign-in?next=/%2e'])
    assert.equal(parseTarget(target).reserved, true);
  for (const target of ['/.sallyportx', '/sallyport/', '/a/.sallyport/x', '/?/.sallyport/']) {
    assert.equal(parseTarget(target).reserved, false);
  }
});

test('an exemption applies to plain paths alone: a percent sign or a parameter is not strict', () => {
  for (const target of ['/healthz', '/a/b?x=%41']) assert.equal(parseTarget(target).strict, true);
  for (const target of ['/health%7a', '/healthz;x', '/caf%C3%A9']) assert.equal(parseTarget(target).strict, false);
});

/** WHATWG URL, percent-encode sets: what is in them arrives encoded, everything else of ASCII that prints arrives bare. */
const QUERY_SET = ' "#<>';
const PATH_SET = `${QUERY_SET}?^\`{}`;
const PRINTS = Array.from({ length: 0x7e - 0x20 }, (_, i) => String.fromCharCode(0x21 + i));

test('what browsers leave bare by the sets of the URL standard is taken as it comes', () => {
  for (const each of PRINTS) {
    // A path ends at ? and #; a backslash is a slash to browsers, and a bare percent sign has no one meaning in a path.
    if (!PATH_SET.includes(each) && each !== '\\' && each !== '%')
      assert.equal(parseTarget(`/a${each}b`).raw, `/a${each}b`, `path ${each}`);
    if (each !== '#') assert.equal(parseTarget(`/a?x=${each}&y`).query, `x=${each}&y`, `query ${each}`);
    if (each === '#' || each === '?') continue;
    const url = new URL(`http://app.test/a${each}b?x=${each}&y`);
    if (each !== '%') assert.equal(parseTarget(url.pathname + url.search).raw, url.pathname + url.search, each);
  }
  // Older browsers, and programs that encode nothing.
  for (const target of ['/a?%', '/a?100%', '/a?%zz=%u0041', '/a?"<>`{}^|\\[]'])
    assert.equal(parseTarget(target).raw, target);
});

test('a refusal says which character it was and where, and shows nothing of the target', () => {
  const cases = {
    '/a"b': ['U+0022', 3, '%22'],
    '/ab?x=#': ['U+0023', 7, '%23'],
    '/é': ['U+00E9', 2, ''],
    '/a%zz': ['U+0025', 3, '%25'],
  };
  for (const [target, [code, position, encoded]] of Object.entries(cases))
    assert.throws(
      () => parseTarget(target),
      (error) =>
        error instanceof SallyportError &&
        error.shown?.startsWith(`Character ${code} at position ${position}: `) === true &&
        error.shown.includes(String(encoded)),
      target,
    );
});

test('a target longer than the limit is 414', () => {
  for (const [target, longest] of [
    [`/${'a'.repeat(8192)}`, undefined],
    [`/?${'a'.repeat(8192)}`, undefined],
    ['/abc', 3],
  ] as const)
    assert.throws(
      () => parseTarget(target, lax, longest),
      (error) => error instanceof SallyportError && error.code === 'target-too-long' && error.status === 414,
    );
  assert.equal(parseTarget(`/${'a'.repeat(9000)}`, lax, 9001).raw.length, 9001);
});

/** Pieces that make trouble, joined at random: far more telling than random characters. */
const piece = fc.constantFrom(
  ...[
    '/',
    '.',
    '..',
    '%2e',
    '%2E',
    '%2f',
    '%5c',
    '%25',
    '%00',
    '%c0%ae',
    '\\',
    ';',
    'a',
    'admin',
    '.sallyport',
    '?',
    '#',
  ],
  ...[
    '%',
    '%C3%A9',
    '32',
    '65',
    '2e',
    '=',
    '&',
    ':',
    '@',
    '//',
    ' ',
    '\t',
    '~',
    '%20',
    '%3f',
    '%23',
    '.SallyPort',
    '%73',
  ],
);
const hostile = fc.array(piece, { maxLength: 12 }).map((parts) => `/${parts.join('')}`);

/** Every reading that a forgiving server could make of a path, up to two more decodings. */
function readings(path: string): string[] {
  const all = [path];
  let now = path;
  for (let i = 0; i < 3; i += 1) {
    now = now.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    all.push(now, now.replaceAll('\\', '/'));
  }
  return all;
}

test('whatever is accepted has no dot segment, control or prefix of ours in any reading of it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        hostile,
        fc.string({ maxLength: 40 }).map((text) => `/${text}`),
      ),
      (raw) => {
        let parsed: ReturnType<typeof parseTarget>;
        try {
          parsed = parseTarget(raw, lax);
        } catch (error) {
          assert.ok(error instanceof SallyportError && error.code === 'bad-target');
          return;
        }
        assert.equal(parsed.raw, raw);
        assert.equal(parsed.query === null ? parsed.path : `${parsed.path}?${parsed.query}`, raw);
        for (const reading of readings(parsed.path)) {
          for (const segment of reading.split('/')) {
            const bare = segment.replace(/;.*$/s, '');
            assert.ok(!/^\.+$/.test(bare), `${JSON.stringify(raw)} reads as ${JSON.stringify(reading)}`);
          }
          assert.ok(!/[\0-\x1f\x7f\\]/.test(reading), `${JSON.stringify(raw)} reads as ${JSON.stringify(reading)}`);
          const first = reading.split('/').find((segment) => segment !== '') ?? '';
          assert.equal(parsed.reserved, first.toLowerCase().replace(/;.*$/s, '').trim() === '.sallyport');
        }
      },
    ),
    { numRuns: 3000, seed: 20260101 },
  );
});
