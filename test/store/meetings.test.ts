import './endings/quick-passwords.ts';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import type { Kind } from './endings/databases.ts';
import type { Places, Serial } from './endings/judge.ts';
import type { Lane } from './endings/lane.ts';
import type { Where } from './endings/plan.ts';
import type { Pair, Theatre } from './endings/theatre.ts';

const { createEnrol } = await import('../../src/enrol/enrol.ts');
const { systemRandom } = await import('../../src/lib/random.ts');
const { createLogin } = await import('../../src/login/login.ts');
const { ENDINGS } = await import('./endings/endings.ts');
const { judge, judgeSerial } = await import('./endings/judge.ts');
const { Meeting } = await import('./endings/meeting.ts');
const { OPERATIONS } = await import('./endings/operations.ts');
const { alone, chosen, ofApps, placesIn, serialOf } = await import('./endings/plan.ts');
const { LEFT_OUT, STORE_LEFT_OUT } = await import('./endings/table.ts');
const { pairsOf, theatreOf } = await import('./endings/theatre.ts');
const { isOperation } = await import('../support/operations.ts');
const { noticing } = await import('./endings/unlocked.ts');

/** Set to `all`: every pair, at every place, on both databases. */
const WHOLE = process.env['SALLYPORT_MEETINGS'] === 'all';

/**
 * Outside of transactions both databases hold the same, so that one of them is enough there. Within, SQLite lets nobody
 * else begin to write; what PostgreSQL lets in is the matter of locks.
 */
const PLACES: Readonly<Record<Kind, Places>> = WHOLE
  ? { sqlite: 'all', postgres: 'all' }
  : { sqlite: 'outside of transactions', postgres: 'within transactions' };

/** Far longer than it takes, on a machine that does much else too. */
const TIMEOUT_MS = WHOLE ? 4 * 3_600_000 : 900_000;

interface Judged {
  readonly wrong: readonly string[];
  readonly cells: number;
}

async function judgePair(theatre: Theatre, lane: Lane, where: Where, [pair, serial]: [Pair, Serial]): Promise<Judged> {
  const stage = theatre.stage(where.source);
  const { ending } = pair;
  const meeting = new Meeting({ lane, world: theatre.world, stage }, pair);
  const places = await placesIn(theatre, where, pair, serial, PLACES[where.kind]);
  const beside = await ofApps(theatre, where, pair);
  const serially = where.kind === 'sqlite' ? judgeSerial(serial, ending, stage) : [];
  const { wrong, cells } = await judge(meeting, { stage, ending, serial, places, ofApps: beside });
  return { wrong: [...serially, ...wrong], cells };
}

/** What the two do by turns; a pair that fails there has no other place in the table. */
async function byTurns(theatre: Theatre, { source }: Where, pairs: readonly Pair[], wrong: string[]) {
  const serials: [Pair, Serial][] = [];
  await theatre.each({ kind: 'sqlite', source }, pairs, async (lane, pair) => {
    await serialOf(theatre, lane, source, pair).then(
      (serial) => serials.push([pair, serial]),
      (cause: unknown) => wrong.push(`${pair.name}, by turns: ${String(cause)}`),
    );
  });
  return serials;
}

for (const kind of ['sqlite', 'postgres'] as const)
  for (const source of ['app', 'local'] as const)
    test(`${kind}, ${source} passwords: whatever ends access, wherever an operation stands still, comes before it or after it`, {
      timeout: TIMEOUT_MS,
    }, async (t) => {
      const theatre = await theatreOf();
      const where = { kind, source };
      // First: they are asked for while others are done.
      for (const on of ['sqlite', kind] as const) await alone(theatre, { kind: on, source });
      const pairs = WHOLE ? pairsOf(source) : await chosen(theatre, source);
      const wrong: string[] = [];
      let cells = 0;
      await theatre.each(where, await byTurns(theatre, where, pairs, wrong), async (lane, each) => {
        const judged = await judgePair(theatre, lane, where, each).catch((cause: unknown) => ({
          wrong: [String(cause)],
          cells: 0,
        }));
        cells += judged.cells;
        wrong.push(...judged.wrong.map((what) => `${each[0].name}: ${what}`));
      });
      t.diagnostic(`${pairs.length} pairs of ${pairsOf(source).length}, ${cells} cells`);
      assert.deepEqual(wrong, []);
    });

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
