import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { migrate } from '../../src/store/migrate.ts';
import { openDatabase } from '../../src/store/open.ts';
import { createStore } from '../../src/store/store.ts';
import { openWorld, type World } from '../unit/login/world.ts';
import { Lane } from './endings/lane.ts';
import { furnish, on, type Stage } from './endings/stage.ts';
import { ENDINGS, type Ending, meet, OPERATIONS, type Operation, type Source } from './endings/table.ts';

const LANES = 4;
/** An app that checks the password itself, so that none is hashed here. */
const SOURCES: readonly Source[] = ['app'];

interface Pair {
  readonly name: string;
  readonly operation: Operation;
  readonly ending: Ending;
}

/** What can meet at an app of that kind. */
function pairsOf(source: Source): Pair[] {
  return Object.entries(OPERATIONS).flatMap(([what, operation]) =>
    Object.entries(ENDINGS)
      .filter(([how]) => meet(source, what, how))
      .map(([how, ending]) => ({ name: `${what} / ${how}`, operation, ending })),
  );
}

interface Furnished {
  readonly world: World;
  readonly stage: Stage;
}

const furnished = new Map<Source, Furnished>();

before(async () => {
  for (const source of SOURCES) {
    const world = await openWorld();
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-stage-'));
    const database = openDatabase({ kind: 'sqlite', path: join(folder, 'stage.db') }, { clock: world.clock });
    await migrate(database, world.clock);
    const services = on(world, createStore(database, world.clock));
    const stage = await furnish(services, database.db, source === 'local' ? world.wiki : world.portal);
    furnished.set(source, { world, stage });
    await database.close();
    await rm(folder, { recursive: true });
  }
});

after(async () => {
  for (const { world } of furnished.values()) await world.close();
});

function furnishedFor(source: Source): Furnished {
  const found = furnished.get(source);
  assert.ok(found);
  return found;
}

/** Every place where the operation can stand still; what came out wrong, and how many cells there were. */
async function judge(lane: Lane, { operation, ending }: Pair): Promise<{ wrong: string[]; cells: number }> {
  const before = await lane.serial(operation, ending, 'before');
  const after = await lane.serial(operation, ending, 'after');
  const alone = await lane.serial(operation, ending, 'alone');
  const wrong: string[] = [];
  if (ending.leaves !== 'others' && before.live > 0) wrong.push('one after the other: a session is left');
  if (ending.leaves === 'nobody' && after.live > 0)
    wrong.push('one after the other: a session is opened after the end');
  let cells = 0;
  for (let n = 1; ; cells += 1) {
    const result = await lane.cell(operation, ending, n);
    if (result === undefined) return { wrong, cells };
    const right = result.state === before.state || result.state === after.state;
    // Refused whole, it was not there.
    if (!right && !(result.refused && result.state === alone.state))
      wrong.push(`after statement ${n}: ${result.state}\nneither ${before.state}\nnor ${after.state}`);
    // The last place is after the commit, before the node takes it into memory.
    n = n < before.places ? Math.min(result.next, before.places) : n + 1;
  }
}

for (const kind of ['sqlite'] as const)
  for (const source of SOURCES)
    test(`${kind}, ${source} passwords: whatever ends access, wherever an operation stands still, comes before it or after it`, async (t) => {
      const { world, stage } = furnishedFor(source);
      const left = pairsOf(source);
      const lanes = await Promise.all(Array.from({ length: LANES }, () => Lane.open(kind, world, stage)));
      t.after(() => Promise.all(lanes.map((lane) => lane.close())));
      const wrong: string[] = [];
      let cells = 0;
      await Promise.all(
        lanes.map(async (lane) => {
          for (let pair = left.shift(); pair !== undefined; pair = left.shift()) {
            try {
              const judged = await judge(lane, pair);
              cells += judged.cells;
              // The last place is after the commit, so each has two at least.
              if (judged.cells < 2) wrong.push(`${pair.name}: only ${judged.cells} places`);
              wrong.push(...judged.wrong.map((what) => `${pair.name}: ${what}`));
            } catch (cause) {
              throw new Error(pair.name, { cause });
            }
          }
        }),
      );
      t.diagnostic(`${pairsOf(source).length} pairs, ${cells} cells`);
      assert.deepEqual(wrong, []);
    });
