import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { RETENTION } from '../../../src/audit/retention.ts';
import { ENROLMENT } from '../../../src/enrol/operations.ts';
import { SIGNING_IN } from '../../../src/login/operations.ts';
import { ADMINISTRATION } from '../../../src/manage/operations.ts';
import { isNoticeKind } from '../../../src/notices/text.ts';
import type { Listed } from '../../../src/operations/types.ts';
import { isOperation } from '../../support/operations.ts';

const TABLES: Readonly<Record<string, readonly Listed[]>> = {
  manage: ADMINISTRATION,
  enrol: ENROLMENT,
  login: SIGNING_IN,
};
const ALL = Object.values(TABLES).flat();

const WHO = ['administrator', 'owner', 'enrolling', 'anybody', 'sallyport'];

/** Whether every object within the form takes the keys that it names, and no others. */
function rejectsStrangers(schema: z.ZodType): boolean {
  const json = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  const objects: unknown[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('type' in node && node.type === 'object') objects.push(node);
    for (const each of Object.values(node)) walk(each);
  };
  walk(json);
  return objects.every((each) => (each as { additionalProperties?: unknown }).additionalProperties === false);
}

test('every operation that a module gives out stands in the table of its room', async () => {
  for (const [room, table] of Object.entries(TABLES)) {
    const folder = fileURLToPath(new URL(`../../../src/${room}/`, import.meta.url));
    const found = new Set<unknown>();
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    )) {
      const module: Record<string, unknown> = await import(`${folder}${file}`);
      for (const value of Object.values(module)) if (isOperation(value)) found.add(value);
    }
    const named = (all: Iterable<unknown>) => [...all].map((each) => (each as Listed).name);
    // The steps of an act of several transactions bear its name, since that is what a token lists.
    const steps = new Set(table.filter((each) => 'apart' in each).map(({ name }) => name));
    const given = named(found).filter((name) => !steps.has(name));
    assert.deepEqual(named(table).sort(), [...given, ...steps].sort(), room);
  }
});

test('names are unique, dotted and plain', () => {
  const names = ALL.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
  for (const name of names) assert.match(name, /^[a-z]+(?:-[a-z]+)*(?:\.[a-z]+(?:-[a-z]+)*)+$/);
});

for (const operation of ALL)
  test(`${operation.name}: who may, forms, lock, record and messages are said`, () => {
    const { who, does, input, output, lock, records, notices = [] } = operation;
    assert.ok(WHO.includes(who));
    assert.match(does, /^[a-z].{10,100}[^.]$/);
    assert.ok(rejectsStrangers(input), 'its input takes unknown keys');
    assert.ok(rejectsStrangers(output), 'its output takes unknown keys');
    assert.equal(input.safeParse({ stranger: 'not in the form' }).success, false);
    assert.equal(input.safeParse(undefined).success, false);
    if (typeof lock !== 'string') assert.ok(lock.none.length > 10, 'no reason to take no lock');
    if ('none' in records) assert.ok(records.none.length > 10, 'no reason to leave no entry');
    else for (const kind of records) assert.ok(kind in RETENTION, `${kind} is no kind of entry`);
    for (const kind of notices) assert.ok(isNoticeKind(kind, 'en'), `${kind} is no kind of message`);
  });
