import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../../src/lib/clock.ts';
import { SessionMap } from '../../../src/sessions/map.ts';
import type { Database, Feed } from '../../../src/store/database.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { openDatabase } from '../../../src/store/open.ts';
import { createStore } from '../../../src/store/store.ts';
import type { FeedListener, WholeStore } from '../../../src/store/types.ts';
import type { World } from '../../unit/login/world.ts';
import { type Kind, openSide, type Row, type Side } from './databases.ts';
import type { Kin } from './footprint.ts';
import { Pause } from './pause.ts';
import { type Stage, TABLES } from './stage.ts';

/** A node of the product: the sessions in its memory, fed by the store. */
export interface Node {
  readonly map: SessionMap;
  /** Settles when all that was committed by that moment is in force. */
  heard(moment: number): Promise<void>;
}

async function openNode(world: World, clock: Clock, store: WholeStore): Promise<Node> {
  let fed: { feed: Pick<Feed, 'freshAt'>; listener: FeedListener } | undefined;
  const watched: WholeStore = {
    ...store,
    watch: async (listener) => {
      const feed = await store.watch(listener);
      fed = { feed, listener };
      return feed;
    },
  };
  const map = new SessionMap({
    store: watched,
    clock,
    sourceOf: (_app, realm) => world.manage.config.realms.get(realm)?.source,
    stands: () => true,
    onError: (error) => {
      throw error;
    },
  });
  await map.start(() => null);
  const heard = async (moment: number) => {
    while (fed !== undefined && fed.feed.freshAt() < moment) await sleep(1);
    await fed?.listener.settled?.();
  };
  return { map, heard };
}

interface Parts {
  readonly side: Side;
  readonly clock: Clock;
  readonly one: Database;
  readonly two: Database;
  readonly three: Database;
  readonly kin: Kin;
}

/** How long an ending may do nothing before it is asked whether it is held up, milliseconds. */
const STILL_MS = 2;

/**
 * One database, for one cell at a time: the operation has one way into it, the ending another, each with a node. A third
 * node reads as slowly as the operation is done, and knows nothing before.
 */
export class Lane {
  readonly clock: Clock;
  readonly one: Database;
  /** Where the ending is done. */
  readonly other: WholeStore;
  readonly pause: Pause;
  readonly course: Pause;
  readonly nodes: readonly [Node, Node, Node];
  readonly #side: Side;
  readonly #parts: Parts;
  /** Whether the third node has been used since the stage was set. */
  #slowly = false;
  #since = 0;

  private constructor(parts: Parts, pause: Pause, nodes: readonly [Node, Node, Node]) {
    const { side, clock, one, two, kin } = parts;
    this.#parts = parts;
    this.#side = side;
    this.clock = clock;
    this.one = one;
    this.pause = pause;
    this.course = new Pause(kin);
    this.nodes = nodes;
    this.other = createStore(this.course.on(two), clock);
  }

  static async open(kind: Kind, world: World, kin: Kin): Promise<Lane> {
    const side = await openSide(kind);
    let ticks = 0;
    // Never stale, however slow the machine is; and each look at it is later than the last.
    const monotonic = () => {
      ticks += 1;
      return ticks / 1e6;
    };
    const clock = { now: () => world.clock.at, monotonic };
    const open = () => openDatabase(side.config, { clock });
    const parts = { side, clock, one: await open(), two: await open(), three: await open(), kin };
    await migrate(parts.one, clock);
    const pause = new Pause(kin);
    const node = (database: Database) => openNode(world, clock, createStore(database, clock));
    return new Lane(parts, pause, [await node(parts.one), await node(parts.two), await node(pause.on(parts.three))]);
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map(({ map }) => map.stop()));
    const { one, two, three } = this.#parts;
    await Promise.all([one, two, three].map((database) => database.close()));
    await this.#side.close();
  }

  /** Everything as the stage has it. */
  async reset(stage: Stage): Promise<void> {
    for (const pause of [this.pause, this.course]) pause.after(Number.POSITIVE_INFINITY);
    await this.#side.restore(stage.restoring);
    this.#since = await this.#side.newestEntry();
    this.#slowly = false;
    for (const { map } of this.nodes) map.reloadAll();
  }

  /** The third node. */
  get slowly(): SessionMap {
    this.#slowly = true;
    return this.nodes[2].map;
  }

  /** Those that have anything in memory. */
  get awake(): readonly Node[] {
    return this.#slowly ? this.nodes : this.nodes.slice(0, 2);
  }

  /** Waits until every node has heard of all that is committed. */
  async quiet(): Promise<void> {
    const { one, two, three } = this.#parts;
    const moment = this.clock.monotonic();
    for (const database of this.#slowly ? [one, two, three] : [one, two]) database.wake();
    await Promise.all(this.awake.map((node) => node.heard(moment)));
  }

  /** Whether the operation stands where nobody else can write (SQLite). */
  get taken(): boolean {
    return this.#side.taken();
  }

  /** Lets the ending come to its end, or to what it waits for until the operation goes on; whether it waits. */
  async waits(ended: Promise<unknown>): Promise<boolean> {
    let done = false;
    const over = () => {
      done = true;
    };
    ended.then(over, over);
    if (this.one.kind === 'postgres') {
      let before = -1;
      for (;;) {
        await Promise.race([ended.then(over, over), sleep(STILL_MS)]);
        if (done || (this.course.waiting && this.course.count === before && (await this.#side.blocked()))) break;
        before = this.course.count;
      }
      return !done;
    }
    const taken = this.taken;
    // It is asked in this very thread: what has no answer after some turns is not let in.
    for (let idle = 0; !done && idle < 4; idle = taken && this.course.waiting ? idle + 1 : 0) await turn();
    return !done;
  }

  /** What the database holds, by table; of the record what was written since the stage was set. */
  held(): Promise<ReadonlyMap<string, readonly Row[]>> {
    return this.#side.rows(TABLES, this.#since);
  }
}
