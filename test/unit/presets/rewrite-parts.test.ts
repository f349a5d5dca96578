import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { rewriter } from '../../../src/presets/rewrite.ts';
import { PartsEdit } from '../../../src/presets/rewrite-parts.ts';

const OURS = 'https://portal.test';
const OWN = 'http://app:81';

function through(body: string, pieces: readonly number[]): string {
  const edit = new PartsEdit('XX', rewriter([OURS], OWN));
  const bytes = Buffer.from(body, 'latin1');
  const out: Buffer[] = [];
  let at = 0;
  for (const piece of pieces) {
    out.push(edit.push(bytes.subarray(at, at + piece)));
    at += piece;
  }
  return Buffer.concat([...out, edit.push(bytes.subarray(at)), edit.end()]).toString('latin1');
}

const content = fc
  .array(fc.constantFrom(OURS, `${OURS}/a`, '/', '-', '--', '\r\n', '\r', '\n', '--X', 'é', 'x', ' ', '%2F', '.'))
  .map((all) => all.join(''));
const part = fc.record({ file: fc.boolean(), content });
const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 });

function written(parts: readonly { file: boolean; content: string }[], edit: (text: string) => string): string {
  const each = parts.map(
    ({ file, content: text }, i) =>
      `--XX\r\nContent-Disposition: form-data; name="${OURS}${i}"${file ? '; filename="a"' : ''}\r\n\r\n${file ? text : edit(text)}\r\n`,
  );
  return `${each.join('')}--XX--\r\n`;
}

test('fields are mapped, files and heads are not, wherever the pieces end', () => {
  const one = rewriter([OURS], OWN);
  const mapped = (text: string): string => {
    const edit = one();
    return Buffer.concat([edit.push(Buffer.from(text, 'latin1')), edit.end()]).toString('latin1');
  };
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), pieces, (parts, cut) => {
      assert.equal(
        through(
          written(parts, (text) => text),
          cut,
        ),
        written(parts, mapped),
      );
    }),
    { numRuns: 2000 },
  );
});

test('what is not built like such a body passes byte for byte where no field begins', () => {
  const none = fc.array(fc.constantFrom('a', '\r\n', '--XX', '--', OURS, ' ')).map((all) => all.join(''));
  fc.assert(
    fc.property(none, pieces, (text, cut) => {
      fc.pre(!text.includes('\r\n\r\n'));
      assert.equal(through(text, cut), text);
    }),
    { numRuns: 2000 },
  );
});

test('a head of more than 8 KiB begins nothing', () => {
  const text = `--XX\r\nA: ${'x'.repeat(9000)}\r\n\r\n${OURS}\r\n--XX--\r\n`;
  for (const cut of [[], [100, 8191, 1], Array.from({ length: 300 }, () => 31)]) assert.equal(through(text, cut), text);
});
