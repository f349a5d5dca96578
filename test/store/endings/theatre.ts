import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { migrate } from '../../../src/store/migrate.ts';
import { openDatabase } from '../../../src/store/open.ts';
import { createStore } from '../../../src/store/store.ts';
import { closeFirst } from '../../support/stores.ts';
import { openWorld, type World } from '../../unit/login/world.ts';
import { type Kind, openSide } from './databases.ts';
import { ENDINGS } from './endings.ts';
import { type Kin, kinOf } from './footprint.ts';
import { Lane } from './lane.ts';
import { OPERATIONS } from './operations.ts';
import { furnish, on, type Stage, TABLES } from './stage.ts';
import type { Ending, Operation, Source } from './table.ts';

/** An operation and an ending that meet at an app of one kind. */
export interface Pair {
  readonly name: string;
  readonly what: string;
  readonly how: string;
  readonly operation: Operation;
  readonly ending: Ending;
}

/** Everything that can meet at an app of that kind. */
export function pairsOf(source: Source): Pair[] {
  return Object.entries(OPERATIONS).flatMap(([what, operation]) =>
    Object.entries(ENDINGS)
      .filter(([, ending]) => operation.at.includes(source) && ending.at.includes(source))
      .map(([how, ending]) => ({ name: `${what} / ${how}`, what, how, operation, ending })),
  );
}

const LANES = 2;

/** Where pairs meet: a stage for each kind of app, and some lanes for each kind of database. */
export class Theatre {
  readonly world: World;
  readonly #kin: Kin;
  readonly #stages: ReadonlyMap<Source, Stage>;
  readonly #lanes = new Map<Kind, Promise<readonly Lane[]>>();

  private constructor(world: World, kin: Kin, stages: ReadonlyMap<Source, Stage>) {
    this.world = world;
    this.#kin = kin;
    this.#stages = stages;
  }

  static async open(): Promise<Theatre> {
    const world = await openWorld();
    const stages = new Map<Source, Stage>();
    let kin: Kin | undefined;
    for (const source of ['local', 'app'] as const) {
      const side = await openSide('sqlite');
      const database = await openDatabase(side.config, { clock: world.clock });
      await migrate(database, world.clock);
      const services = on(world, createStore(database, world.clock));
      stages.set(source, await furnish(services, side, source === 'local' ? world.wiki : world.portal));
      kin ??= 'path' in side.config ? kinOf(new DatabaseSync(side.config.path, { readOnly: true }), TABLES) : undefined;
      await database.close();
      await side.close();
    }
    assert.ok(kin);
    return new Theatre(world, kin, stages);
  }

  async close(): Promise<void> {
    for (const lanes of this.#lanes.values()) await Promise.all((await lanes).map((lane) => lane.close()));
    await this.world.close();
  }

  stage(source: Source): Stage {
    const stage = this.#stages.get(source);
    assert.ok(stage);
    return stage;
  }

  /** Does the work for each, so many at a time as there are lanes; the clock stands where the stage does. */
  async each<T>(
    { kind, source }: { readonly kind: Kind; readonly source: Source },
    all: readonly T[],
    work: (lane: Lane, each: T) => Promise<void>,
  ): Promise<void> {
    this.world.clock.at = this.stage(source).at;
    const left = [...all];
    const lanes = await this.#opened(kind);
    await Promise.all(
      lanes.map(async (lane) => {
        for (let each = left.shift(); each !== undefined; each = left.shift()) await work(lane, each);
      }),
    );
  }

  #opened(kind: Kind): Promise<readonly Lane[]> {
    const known = this.#lanes.get(kind);
    if (known !== undefined) return known;
    const lanes = Promise.all(Array.from({ length: LANES }, () => Lane.open(kind, this.world, this.#kin)));
    this.#lanes.set(kind, lanes);
    return lanes;
  }
}

let theatre: Promise<Theatre> | undefined;

/** The one of this test file; opened at first use, closed after the last test. */
export function theatreOf(): Promise<Theatre> {
  theatre ??= Theatre.open();
  return theatre;
}

closeFirst(async () => {
  if (theatre !== undefined) await (await theatre).close();
});
