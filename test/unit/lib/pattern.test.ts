import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { compilePattern } from '../../../src/lib/pattern.ts';

/** As presets have them, and some with what is odd at the edges of a part. */
const SOURCES = [
  'logged in as remote user\\s*<b>([^<]{1,128})</b>',
  'class="user">[^<]*<bdi>[^<]*</bdi> \\(<bdi>([^<]{1,128})</bdi>\\)',
  '\\buser:"([^"\\\\]{1,80})"',
  '^([^<\\r\\n]{1,128})$',
  '(?i)user.{0,30}name=([a-z]+)',
  ...['([a-z]+)$', '(?m)^user (\\w+)$', '\\b(bob|alice)\\b', 'x?(a|ab)(c|bcd)', '(?s)user.{0,300}name=([a-z]+)'],
  ...['$', 'é+(.)', 'name="[^"]*"'],
];
const PIECES = [
  ...['logged in as remote user ', '<b>', '</b>', '"', 'class="user">', '<bdi>', '</bdi>', ' (', ')', ' user:"'],
  ...['alice', 'bob', '\n', 'user ', 'name=', 'name="', 'a', 'b', 'c', 'é', '\u{1f600}'],
];
const filler = fc
  .oneof(fc.integer({ min: 100, max: 1500 }), fc.integer({ min: 14_000, max: 18_000 }))
  .map((length) => '-'.repeat(length));
const text = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: filler }), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));

for (const source of SOURCES)
  test(`${source} finds in a long text, part by part, what it finds in the whole`, () => {
    const whole = RE2JS.compile(source);
    const pattern = compilePattern(source);
    const property = fc.property(text, (given) => {
      const found = whole.matcher(given);
      const matches = found.find();
      assert.equal(pattern.test(given), matches);
      const captured = pattern.capture(given);
      if (!matches) return assert.equal(captured, undefined);
      if (given.length <= 2048 || found.end() - found.start() <= 1024)
        return assert.equal(captured, found.group(Math.min(1, found.groupCount())) ?? undefined);
      // The first is too long to be given; if anything is, it is a short match that begins further on.
      if (captured !== undefined) assert.ok(captured.length <= 1024 && given.includes(captured, found.start() + 1));
    });
    const tooLong = `name="${'-'.repeat(8000)}name=" user:"`;
    fc.assert(property, { numRuns: 60, examples: [[tooLong]] });
  });

test('a first match that is too long for a long text is none', () => {
  const pattern = compilePattern('name="([^"]*)"');
  const of = (length: number) => `${'-'.repeat(3000)}name="${'a'.repeat(length)}" name="b"`;
  assert.equal(pattern.capture(of(1024 - 'name=""'.length))?.length, 1017);
  assert.equal(pattern.capture(of(1025 - 'name=""'.length)), undefined);
});
