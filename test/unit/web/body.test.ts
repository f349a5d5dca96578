import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { SallyportError } from '../../../src/errors.ts';
import { bodyKind, parseBody } from '../../../src/web/body.ts';

const KNOWN = ['account', 'code', 'next'];
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const refusedWith = (code: string) => (error: unknown) => error instanceof SallyportError && error.code === code;

test('one media type, utf-8 or no charset, is read as form or JSON', () => {
  assert.equal(bodyKind('application/json', undefined), 'json');
  assert.equal(bodyKind('application/json; charset=utf-8', undefined), 'json');
  assert.equal(bodyKind('application/json;charset="UTF-8"', undefined), 'json');
  assert.equal(bodyKind('application/x-www-form-urlencoded', undefined), 'form');
  assert.equal(bodyKind('APPLICATION/X-WWW-FORM-URLENCODED', undefined), 'form');
});

for (const type of [
  undefined,
  '',
  'text/plain',
  'text/json',
  'application/json, application/x-www-form-urlencoded',
  'text/plain, application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded; charset=iso-8859-1',
  'application/json; charset=utf-8; charset=utf-16',
  'application/json; boundary=x',
  'application/json; charset="utf-8',
  'application/problem+json',
]) {
  test(`the media type ${String(type)} is refused`, () => {
    assert.throws(() => bodyKind(type, undefined), refusedWith('unsupported-media-type'));
  });
}

test('a content coding is refused, even identity', () => {
  for (const coding of ['gzip', 'br', 'identity', '']) {
    assert.throws(() => bodyKind('application/json', coding), refusedWith('unsupported-media-type'));
  }
});

test('a form is decoded once, blanks and all', () => {
  const form = parseBody('form', bytes('account=a%2Bb+c%C3%A9&code=12%3456&next='), KNOWN);
  assert.equal(form.get('account'), 'a+b cé');
  assert.equal(form.get('code'), '12456');
  assert.equal(form.get('next'), '');
  assert.equal(form.get('toString'), undefined);
});

test('an empty form and an empty object have no fields', () => {
  assert.equal(parseBody('form', bytes(''), KNOWN).get('code'), undefined);
  assert.equal(parseBody('json', bytes(' { } '), KNOWN).get('code'), undefined);
});

for (const raw of [
  'code=1&code=2',
  'code=1&c%6Fde=2',
  'code',
  '=1',
  'code=1&',
  '&code=1',
  'code=%',
  'code=%zz',
  'code=%00',
  'code=%ff',
  'account=al%EFce',
  'code[]=1',
  'code[$ne]=1',
  '_charset_=utf-7&code=1',
  'other=1',
  '__proto__=1',
  '\ufeffcode=1',
]) {
  test(`the form ${JSON.stringify(raw)} is refused`, () => {
    assert.throws(() => parseBody('form', bytes(raw), KNOWN), refusedWith('bad-body'));
  });
}

for (const raw of [
  '',
  'null',
  '[]',
  '"code"',
  '{"code":123456}',
  '{"code":["123456"]}',
  '{"code":{"$ne":1}}',
  '{"code":null}',
  '{"code":true}',
  '{"code":1e5}',
  '{"code":"1","code":"2"}',
  '{"code":"1","\\u0063ode":"2"}',
  '{"code":"1",}',
  '{,"code":"1"}',
  '{"code":"1"',
  '{"code":"1"}}',
  '{"code":"1"} x',
  '{code:"1"}',
  "{'code':'1'}",
  '{"code":"1\n"}',
  '{"code":"\\u0000"}',
  '{"code":"\\ud800"}',
  '{"code":"\\x41"}',
  '{"__proto__":"1"}',
  '{"other":"1"}',
  '\ufeff{"code":"1"}',
]) {
  test(`the JSON ${JSON.stringify(raw)} is refused`, () => {
    assert.throws(() => parseBody('json', bytes(raw), KNOWN), refusedWith('bad-body'));
  });
}

test('what readers would read in two ways is refused within an object, too', () => {
  const read = (text: string) => parseBody('json', bytes(text), ['response'], ['response']).get('response');
  assert.equal(read('{"response": {"id": "a", "transports": ["usb"]}}'), '{"id":"a","transports":["usb"]}');
  for (const inner of ['"id":"a","id":"b"', '"id":"a","\\u0069d":"b"', '"id":"a","ID":"b"', '"a":{"b":1,"b":2}'])
    assert.throws(() => read(`{"response":{${inner}}}`), refusedWith('bad-body'), inner);
});

test('control characters have no place in a form but for the line breaks and tabs of a value', () => {
  assert.equal(parseBody('form', bytes('next=a%0D%0A%09b'), KNOWN).get('next'), 'a\r\n\tb');
  for (const raw of ['code=%07', 'code=%1B', 'code=%C2%85', 'code=a;next=b'])
    assert.throws(() => parseBody('form', bytes(raw), KNOWN), refusedWith('bad-body'), raw);
});

test('bytes that are not UTF-8 are refused', () => {
  for (const kind of ['form', 'json'] as const) {
    assert.throws(() => parseBody(kind, Uint8Array.of(0x63, 0xff), KNOWN), refusedWith('bad-body'));
  }
});

test('whatever JSON.stringify writes of known strings is read back, and JSON.parse reads whatever is accepted', () => {
  const value = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
  const record = fc.dictionary(fc.constantFrom(...KNOWN), value, { noNullPrototype: true });
  fc.assert(
    fc.property(record, fc.nat(3), (fields, indent) => {
      const form = parseBody('json', bytes(JSON.stringify(fields, null, indent)), KNOWN);
      for (const name of KNOWN) assert.equal(form.get(name), fields[name]);
      const encoded = new URLSearchParams(Object.entries(fields)).toString();
      for (const name of KNOWN) assert.equal(parseBody('form', bytes(encoded), KNOWN).get(name), fields[name]);
    }),
  );
});
