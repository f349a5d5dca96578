import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ScimError } from '../../../src/scim/error.ts';
import { applyPatch } from '../../../src/scim/patch/apply.ts';
import { readPatch } from '../../../src/scim/patch/read.ts';
import { GROUP } from '../../../src/scim/schema/group.ts';
import type { Resource } from '../../../src/scim/schema/types.ts';
import { USER } from '../../../src/scim/schema/user.ts';
import { PATCHES, type PatchCase } from './patch-cases.ts';
import { refusal } from './refusal.ts';
import { GROUP_OF_TWO, PATCH_OP, USERS } from './resources.ts';

const before = (of: PatchCase['of']): Resource => (of === 'group' ? GROUP_OF_TWO : USERS[of]);

function after(of: PatchCase['of'], operations: unknown): Resource {
  // As it comes: through JSON.
  const body: unknown = JSON.parse(JSON.stringify({ schemas: [PATCH_OP], Operations: operations }));
  return applyPatch(of === 'group' ? GROUP : USER, before(of), readPatch(body));
}

for (const { section, about, of, operations, changes, refused } of PATCHES)
  test(`${section}: ${operations.map((each) => ('op' in each ? each.op : '')).join(', ')}: ${about}`, () => {
    const was = JSON.stringify(before(of));
    if (refused !== undefined)
      assert.equal(
        refusal(() => after(of, operations)),
        refused,
      );
    else
      assert.deepEqual(
        JSON.parse(JSON.stringify(after(of, operations))),
        JSON.parse(JSON.stringify({ ...before(of), ...changes })),
      );
    assert.equal(JSON.stringify(before(of)), was, 'the resource that was given is left alone');
  });

test('a resource that an operation leaves as it was is the same', () => {
  assert.equal(after('barbara', [{ op: 'add', path: 'displayName', value: null }]), USERS.barbara);
});

test('a message is of a form, and has bounds', () => {
  const message = (Operations: unknown, schemas: unknown = [PATCH_OP]) => ({ schemas, Operations });
  const fine = { op: 'remove', path: 'displayName' };
  const bad: readonly (readonly [unknown, string])[] = [
    [null, '400 invalidSyntax'],
    [[fine], '400 invalidSyntax'],
    [message([]), '400 invalidSyntax'],
    [message(fine), '400 invalidSyntax'],
    [message([fine], []), '400 invalidSyntax'],
    [message([fine], PATCH_OP), '400 invalidSyntax'],
    [message([null]), '400 invalidSyntax'],
    [message([{ ...fine, op: 'move' }]), '400 invalidSyntax'],
    [message([{ ...fine, op: 1 }]), '400 invalidSyntax'],
    [message([{ ...fine, OP: 'add' }]), '400 invalidSyntax'],
    [message([{ ...fine, path: 1 }]), '400 invalidPath'],
    [message([{ op: 'add', path: 'displayName' }]), '400 invalidValue'],
    [message(Array.from({ length: 101 }, () => fine)), '413 -'],
  ];
  for (const [body, refused] of bad)
    assert.equal(
      refusal(() => readPatch(body)),
      refused,
      JSON.stringify(body),
    );
  assert.equal(readPatch(message(Array.from({ length: 100 }, () => fine))).length, 100);
  assert.equal(readPatch({ SCHEMAS: [PATCH_OP.toUpperCase()], operations: [{ OP: 'REMOVE', Path: 'id' }] }).length, 1);
});

test('one message changes a bounded number of attributes', () => {
  const many = Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`emails[type eq "${i}"].display`, 'x']));
  assert.equal(
    refusal(() => after('barbara', [{ op: 'replace', value: many }])),
    '400 noTarget',
  );
  const few = Object.fromEntries(
    Array.from({ length: 101 }, (_, i) => [`emails[value pr and value ne "${i}"].display`, 'x']),
  );
  assert.equal(
    refusal(() =>
      after(
        'barbara',
        [1, 2].map(() => ({ op: 'replace', value: few })),
      ),
    ),
    '413 -',
  );
});

const names = [
  'userName',
  'emails',
  'name',
  'active',
  'members',
  'id',
  'meta',
  'groups',
  'schemas',
  'displayName',
  'x',
];
const pieces = [...names, '.', '[', ']', 'type eq "work"', 'value', ' ', '__proto__', 'constructor', 'pr'];
const chosen = [
  'emails[type eq "work"]',
  'emails[value pr].type',
  'emails.primary',
  'members[value pr]',
  'name.givenName',
];
const paths = fc.oneof(
  fc.constantFrom(...names, ...chosen),
  fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((all) => all.join('')),
  fc.string({ unit: 'binary' }),
);
const texts = fc.constantFrom('a', 'b@c.example', 'False', '', '\u0000', '\ud800');
const complex = fc.dictionary(
  fc.constantFrom('value', 'VALUE', 'type', 'primary', 'givenName', '$ref', '__proto__'),
  texts,
);
const plausible = fc.oneof(texts, fc.boolean(), fc.constant(null), complex, fc.array(complex, { maxLength: 3 }));
const hostile = fc.oneof(
  plausible,
  fc.dictionary(paths, plausible, { maxKeys: 3 }),
  fc.dictionary(paths, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 }),
);
const ops = fc.constantFrom('add', 'Replace', 'remove');
const email = fc.record({ value: fc.constantFrom('a@b.example', 'c@d.example'), primary: fc.boolean() });
/** Most of these can be done. */
const fitting = fc.oneof(
  fc.record({ op: ops, path: fc.constantFrom('displayName', 'externalId', 'title'), value: texts }),
  fc.record({
    op: ops,
    path: fc.constantFrom('active', 'emails.primary'),
    value: fc.constantFrom(true, 'False', null),
  }),
  fc.record({ op: ops, path: fc.constant('emails'), value: fc.array(email, { maxLength: 2 }) }),
  fc.record({
    op: ops,
    path: fc.constantFrom('members', 'members[value pr]'),
    value: fc.constant([{ value: 'omar' }]),
  }),
  fc.record({ op: ops, path: fc.constantFrom('name', 'emails[type eq "work"]'), value: complex }),
);
const anything = fc.record({ op: ops, path: paths, value: hostile }, { requiredKeys: ['op'], noNullPrototype: true });
const operation = fc.oneof({ weight: 3, arbitrary: fitting }, { weight: 2, arbitrary: anything });

/** Whatever comes of it holds nothing but what the schema has, in its form. */
function needForm(of: PatchCase['of'], resource: Resource): void {
  const type = of === 'group' ? GROUP : USER;
  const known = new Set(['schemas', 'id', 'externalId', 'meta', ...type.schema.attributes.map(({ name }) => name)]);
  for (const name of Object.keys(resource)) assert.ok(known.has(name), name);
  for (const { name, required, type: kind, multiValued } of type.schema.attributes) {
    const value = resource[name];
    if (value === undefined) assert.ok(!required, name);
    else if (multiValued) assert.ok(Array.isArray(value) && value.length > 0 && value.every((each) => each.value));
    else assert.equal(typeof value, kind === 'complex' ? 'object' : kind);
  }
  assert.equal(Object.getPrototypeOf(resource), Object.prototype);
}

test('whatever is sent as a PATCH changes what may be changed, or is refused by a ScimError', () => {
  let applied = 0;
  fc.assert(
    fc.property(
      fc.constantFrom('barbara', 'omar', 'group'),
      fc.array(operation, { minLength: 1, maxLength: 2 }),
      (of, operations) => {
        const was = JSON.stringify(before(of));
        try {
          const resource = after(of, operations);
          needForm(of, resource);
          assert.deepEqual(
            [resource['id'], resource['meta'], resource['groups']],
            [before(of)['id'], before(of)['meta'], before(of)['groups']],
          );
          applied += 1;
        } catch (error) {
          if (!(error instanceof ScimError)) throw error;
        }
        assert.equal(JSON.stringify(before(of)), was);
      },
    ),
    { numRuns: 5000, seed: 7644 },
  );
  assert.ok(applied > 500, `${applied} were applied`);
});
