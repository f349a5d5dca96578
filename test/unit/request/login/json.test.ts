import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type JsonFields, parseJson, serialiseJson } from '../../../../src/request/login/json.ts';
import { LoginBodyRefused } from '../../../../src/request/login/refused.ts';
import type { BodyFault } from '../../../../src/request/login/types.ts';
import { refused } from './refusals.ts';

const parse = (body: string): JsonFields => parseJson(Buffer.from(body));

test('scalars are read by pointer, with their types', () => {
  assert.deepEqual(
    [...parse('{"userName":"ali\\u0063e", "domain":null,"rememberLogin":0,"o":{"a/b":true,"~":-1.5,"":"x"}}')],
    [
      ['/userName', 'alice'],
      ['/domain', null],
      ['/rememberLogin', 0],
      ['/o/a~1b', true],
      ['/o/~0', -1.5],
      ['/o/', 'x'],
    ],
  );
  assert.equal(parse(' {} ').size, 0);
});

test('JSON that two readers read differently is refused', () => {
  const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const bodies: readonly (readonly [string | Buffer, BodyFault])[] = [
    ['{"username":"bob","username":"alice"}', 'duplicate'],
    ['{"username":"bob","user\\u006eame":"alice"}', 'duplicate'],
    ['{"o":{"a":1,"a":2}}', 'duplicate'],
    ['{"username":"bob","Username":"alice"}', 'look-alike'],
    ['{"username":"bob","ｕsername":"alice"}', 'look-alike'],
    ['{"username":"bob","username\\u0000":"alice"}', 'look-alike'],
    ['{"user_name":"bob","user.name":"alice"}', 'look-alike'],
    ['{"username":["alice"]}', 'malformed'],
    ['{"username":{}}', 'malformed'],
    ['[{"username":"bob"}]', 'malformed'],
    ['[]', 'malformed'],
    ['"x"', 'malformed'],
    ['null', 'malformed'],
    ['', 'malformed'],
    ['{"a":1}{"a":2}', 'malformed'],
    ['{"a":1,}', 'malformed'],
    ["{'a':1}", 'malformed'],
    ['{a:1}', 'malformed'],
    ['{"a":1/**/}', 'malformed'],
    ['{"a":01}', 'malformed'],
    ['{"a":1e400}', 'malformed'],
    ['{"a":12345678901234567890}', 'malformed'],
    ['{"a":NaN}', 'malformed'],
    ['{"a":"\n"}', 'malformed'],
    ['{"__proto__":"x"}', 'malformed'],
    ['{"a":"\\ud800"}', 'encoding'],
    ['\ufeff{"a":1}', 'encoding'],
    [Buffer.from('{"a":"al\xefce"}', 'latin1'), 'encoding'],
    [Buffer.from('{"a":1}', 'utf16le'), 'malformed'],
    [deep(9), 'malformed'],
    ['['.repeat(30_000), 'malformed'],
    [`{${Array.from({ length: 101 }, (_, i) => `"f${i}":1`).join(',')}}`, 'too-large'],
    [`{"a":"${'x'.repeat(64 * 1024)}"}`, 'too-large'],
  ];
  for (const [body, fault] of bodies)
    refused(() => parseJson(Buffer.from(body)), fault, JSON.stringify(String(body)).slice(0, 80));
  assert.equal(parse(deep(8)).size, 1);
  assert.equal(parse('{"a":"}]}{[[[[[[[[[[[","b":"\\"[[[[[[[[[["}').size, 2);
});

test('whatever is taken, JSON.parse reads out of our bytes what we read', () => {
  const key = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom('a', 'A', 'user', 'user.', 'a/b', '~1', '__proto__', '0'),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { weight: 4, arbitrary: fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null)) },
      { weight: 1, arbitrary: fc.dictionary(key, tie('value'), { maxKeys: 3 }) },
    ),
  }));
  let taken = 0;
  fc.assert(
    fc.property(fc.dictionary(key, value, { minKeys: 1, maxKeys: 4 }), (object) => {
      const body = Buffer.from(JSON.stringify(object));
      let fields: JsonFields;
      try {
        fields = parseJson(body);
      } catch (error) {
        assert.ok(error instanceof LoginBodyRefused);
        return;
      }
      taken += 1;
      const ours = serialiseJson(fields);
      assert.deepEqual(JSON.parse(ours.toString()), JSON.parse(body.toString()));
      assert.deepEqual([...parseJson(ours)].sort(), [...fields].sort());
    }),
    { numRuns: 2000, seed: 4 },
  );
  assert.ok(taken > 500, `only ${taken} bodies were taken`);
});

test('an object is not built through a scalar', () => {
  assert.throws(
    () =>
      serialiseJson(
        new Map([
          ['/a', 1],
          ['/a/b', 2],
        ]),
      ),
    TypeError,
  );
  assert.throws(() => serialiseJson(new Map([['/__proto__/b', 2]])), TypeError);
});
