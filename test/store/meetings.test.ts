// In a process of its own: passwords are hashed at their least cost.
import './endings/quick-passwords.ts';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';

const { createEnrol } = await import('../../src/enrol/enrol.ts');
const { systemRandom } = await import('../../src/lib/random.ts');
const { createLogin } = await import('../../src/login/login.ts');
const { ENDINGS } = await import('./endings/endings.ts');
const { Meeting } = await import('./endings/meeting.ts');
const { OPERATIONS } = await import('./endings/operations.ts');
const { alone } = await import('./endings/plan.ts');
const { meetOn } = await import('./endings/meet.ts');
const { LEFT_OUT, STORE_LEFT_OUT } = await import('./endings/table.ts');
const { pairsOf, theatreOf } = await import('./endings/theatre.ts');
const { isOperation } = await import('../support/operations.ts');
const { noticing } = await import('./endings/unlocked.ts');

// In one file: what each does by itself, and what two do by turns, is found out once.
for (const kind of ['sqlite', 'postgres'] as const) meetOn(kind);

for (const source of ['app', 'local'] as const)
  test(`${source} passwords: by itself everything does on PostgreSQL what it does on SQLite`, async () => {
    const theatre = await theatreOf();
    const [one, other] = [
      await alone(theatre, { kind: 'sqlite', source }),
      await alone(theatre, { kind: 'postgres', source }),
    ];
    for (const pair of pairsOf(source)) {
      assert.deepEqual(other.operation(pair).lines, one.operation(pair).lines, pair.what);
      assert.deepEqual(other.ending(pair).lines, one.ending(pair).lines, pair.how);
    }
  });

test('every method of the store is asked in some meeting, or is left out for a reason', async () => {
  const theatre = await theatreOf();
  const { world } = theatre;
  const made = new Set<string>();
  for (const source of ['app', 'local'] as const) {
    const stage = theatre.stage(source);
    const all = [...Object.values(OPERATIONS), ...Object.values(ENDINGS)].filter(({ at }) => at.includes(source));
    const [ending] = Object.values(ENDINGS);
    assert.ok(ending);
    await theatre.each({ kind: 'sqlite', source }, all, async (lane, operation) => {
      await new Meeting({ lane, world, stage }, { operation, ending }, noticing(made)).serial('operation');
    });
  }
  const { store } = world;
  const methods = Object.entries(store).flatMap(([part, each]) =>
    typeof each === 'object' ? Object.keys(each).map((method) => `${part}.${method}`) : [],
  );
  const missing = methods.filter((method) => !made.has(method)).sort();
  assert.deepEqual(missing, Object.keys(STORE_LEFT_OUT).sort());
});

/** What administrators can do: the functions of manage/, and its operations. */
async function managed(): Promise<string[]> {
  const folder = new URL('../../src/manage/', import.meta.url);
  const names: string[] = [];
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.ts')) continue;
    const module: Record<string, unknown> = await import(new URL(file, folder).href);
    names.push(
      ...Object.keys(module).filter((name) => typeof module[name] === 'function' || isOperation(module[name])),
    );
  }
  return names.map((name) => `manage.${name}`);
}

test('every operation of login/, enrol/ and manage/ is in the tables, or is left out for a reason', async () => {
  const { world } = await theatreOf();
  const context = { ...world, random: systemRandom };
  const all = [
    ...Object.keys(createLogin(context)).map((name) => `login.${name}`),
    ...Object.keys(createEnrol(context)).map((name) => `enrol.${name}`),
    ...(await managed()),
  ];
  const tabled = [...Object.values(OPERATIONS), ...Object.values(ENDINGS)].map(({ is }) => is);
  const listed = new Set([...tabled, ...Object.keys(LEFT_OUT)]);
  assert.deepEqual(
    all.filter((name) => !listed.has(name)),
    [],
    'in no table',
  );
  const known = new Set([...all, 'gate.pass', 'holds.take', 'jars.insert', 'sessions.byHash']);
  assert.deepEqual(
    [...listed].filter((name) => !known.has(name)),
    [],
    'what is listed exists',
  );
});
