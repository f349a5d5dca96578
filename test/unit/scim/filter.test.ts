import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ScimError } from '../../../src/scim/error.ts';
import { resourceMatch } from '../../../src/scim/filter/match.ts';
import { parseFilter } from '../../../src/scim/filter/parser.ts';
import { printFilter } from '../../../src/scim/filter/print.ts';
import { type AttributePath, COMPARE, type Filter } from '../../../src/scim/filter/types.ts';
import { USER } from '../../../src/scim/schema/user.ts';
import { FILTERS } from './filter-cases.ts';
import { refusal } from './refusal.ts';
import { USERS } from './resources.ts';

function found(filter: string): readonly string[] {
  const match = resourceMatch(USER, parseFilter(filter));
  return Object.entries(USERS)
    .filter(([, user]) => match(user))
    .map(([id]) => id);
}

for (const { section, filter, finds } of FILTERS)
  test(`${section}: ${JSON.stringify(filter)}`, () => {
    if (finds === 'invalidFilter')
      assert.equal(
        refusal(() => found(filter)),
        '400 invalidFilter',
      );
    else assert.deepEqual(found(filter), finds);
  });

test('a filter has bounds of length, depth and number, and what is at them is read', () => {
  const at = (depth: number) => `${'('.repeat(depth)}id pr${')'.repeat(depth)}`;
  const wide = (many: number) => Array.from({ length: many }, () => 'id pr').join(' or ');
  const long = (length: number) => `id eq "${'x'.repeat(length - 8)}"`;
  for (const fine of [at(16), wide(128), long(2048)]) assert.ok(parseFilter(fine));
  for (const much of [at(17), wide(129), long(2049), `${'not ('.repeat(17)}id pr${')'.repeat(17)}`])
    assert.equal(
      refusal(() => parseFilter(much)),
      '400 invalidFilter',
    );
});

function record<T extends object>(of: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(of, { noNullPrototype: true }) as fc.Arbitrary<T>; // without `requiredKeys` all are there
}

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/).filter((each) => each.toLowerCase() !== 'not');
const path: fc.Arbitrary<AttributePath> = record({
  schema: fc.option(fc.constantFrom('urn:ietf:params:scim:schemas:core:2.0:User', 'urn:a:b'), { nil: undefined }),
  name: word,
  sub: fc.option(word, { nil: undefined }),
});
const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((each) => each.isWellFormed()),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => (Object.is(each, -0) ? 0 : each)),
);
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  record({ kind: fc.constant('present' as const), path }),
  record({ kind: fc.constant('compare' as const), path, op: fc.constantFrom(...COMPARE), value }),
);

/** Filters as the parser makes them: brackets within values hold no values. */
function filters(depth: number, values: boolean): fc.Arbitrary<Filter> {
  if (depth === 0) return leaf;
  const inner = filters(depth - 1, values);
  const joined = (kind: 'and' | 'or') =>
    record({ kind: fc.constant(kind), all: fc.array(inner, { minLength: 2, maxLength: 3 }) });
  const parts: fc.Arbitrary<Filter>[] = [
    leaf,
    joined('and'),
    joined('or'),
    record({ kind: fc.constant('not' as const), of: inner }),
  ];
  if (values)
    parts.push(
      record({
        kind: fc.constant('values' as const),
        path: path.map((each) => ({ ...each, sub: undefined })),
        where: filters(depth - 1, false),
      }),
    );
  return fc.oneof(...parts);
}

test('a filter that is printed is read as the same filter', () => {
  fc.assert(
    fc.property(filters(3, true), (filter) => {
      const text = printFilter(filter);
      if (text.length > 2048) return;
      assert.deepEqual(parseFilter(text), filter);
    }),
    { numRuns: 2000, seed: 7644 },
  );
});

test('whatever is sent as a filter is read and matched, or refused as a filter', () => {
  const pieces = fc.constantFrom(
    ...['id', 'emails', 'name', '.', '[', ']', '(', ')', '"', '\\', ' ', 'eq', 'pr', 'and', 'or', 'not', 'active'],
    ...[
      '"x"',
      'true',
      'null',
      '1',
      'type',
      'meta.created',
      ':',
      'urn:a:',
      '__proto__',
      'constructor',
      '\u0000',
      '\ud800',
    ],
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 30 }).map((all) => all.join('')),
    fc.array(pieces, { maxLength: 30 }).map((all) => all.join(' ')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        found(text);
      } catch (error) {
        assert.ok(error instanceof ScimError, String(error));
        assert.equal(error.scimType, 'invalidFilter');
      }
    }),
    { numRuns: 5000, seed: 7644 },
  );
});
