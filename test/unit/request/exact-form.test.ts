import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MOST_FIELDS, readExactForm } from '../../../src/request/exact-form.ts';

/** What a browser makes of fields (HTML, constructing the entry list; URL Standard §5.2). */
function sent(fields: readonly (readonly [string, string])[]): string {
  const body = new URLSearchParams();
  for (const [name, value] of fields) body.append(lines(name), lines(value));
  return body.toString();
}
const lines = (text: string): string => text.replace(/\r\n?|\n/g, '\r\n');
const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));

test('whatever a browser sends is read, and sent again it is the same', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          text.filter((name) => name !== '' && name !== '_charset_'),
          text,
        ),
      ),
      (fields) => {
        const body = sent(fields);
        assert.equal(sent(readExactForm(Buffer.from(body, 'latin1'))), body);
      },
    ),
  );
});

test('any bytes are refused, or are what a browser sends again', () => {
  const near = fc.string({
    unit: fc.constantFrom('a', '=', '&', '+', '%', '0', 'D', 'A', '%0D%0A', '%C3', '\xff', '?'),
  });
  fc.assert(
    fc.property(near, (body) => {
      let fields: readonly (readonly [string, string])[];
      try {
        fields = readExactForm(Buffer.from(body, 'latin1'));
      } catch {
        return;
      }
      assert.equal(sent(fields), body);
    }),
  );
});

test('what a browser would send in another form is refused', () => {
  const bodies = [
    'a',
    'a=b&',
    '&a=b',
    '=b',
    'a=%0A',
    'a=%0D',
    'a=%0D%0A%0A',
    '%0A=b',
    'a=%00',
    'a=%FF',
    'a=\xe9',
    'a=%c3%a9',
    'a=%41',
  ];
  for (const body of [...bodies, '?a=b', 'a=b c', 'a=%', 'a=~', '_charset_=iso-8859-1', '_CHARSET_=utf-8'])
    assert.throws(() => readExactForm(Buffer.from(body, 'latin1')), { code: 'bad-body' }, body);
  assert.throws(
    () =>
      readExactForm(
        Buffer.from(
          Array(MOST_FIELDS + 1)
            .fill('a=b')
            .join('&'),
        ),
      ),
    { code: 'bad-body' },
  );
  assert.equal(readExactForm(Buffer.from(Array(MOST_FIELDS).fill('a=b').join('&'))).length, MOST_FIELDS);
  assert.deepEqual(readExactForm(Buffer.alloc(0)), []);
});
