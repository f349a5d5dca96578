import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KyselyPlugin, sql } from 'kysely';
import type { Config } from '../../../src/config/types.ts';
import { SallyportError } from '../../../src/errors.ts';
import { sha256 } from '../../../src/lib/bytes.ts';
import { SessionMap } from '../../../src/sessions/map.ts';
import { Session } from '../../../src/sessions/session.ts';
import { writeChanges } from '../../../src/store/changes.ts';
import type { Database } from '../../../src/store/database.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { openDatabase } from '../../../src/store/open.ts';
import { createStore } from '../../../src/store/store.ts';
import type { WholeStore } from '../../../src/store/types.ts';
import { postgres } from '../../support/stores.ts';
import type { World } from '../../unit/login/world.ts';
import { on, type Stage, TABLES } from './stage.ts';
import type { Ending, Operation, Place } from './table.ts';

/** Lets the work go on to its n-th answer of the database, and no further until it is told to. */
class Pause {
  #at = Number.POSITIVE_INFINITY;
  #reached: () => void = () => {};
  #go: Promise<void> = Promise.resolve();
  /** Answers so far; and of each transaction that is over, how many there were by then. */
  #count = 0;
  #over: number[] = [];
  readonly plugin: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      await this.point();
      return result;
    },
  };

  async point(): Promise<void> {
    this.#count += 1;
    if (this.#count !== this.#at) return;
    this.#reached();
    await this.#go;
  }

  /** `reached` settles there; `go` lets it go on. */
  after(n: number): { reached: Promise<void>; go: () => void } {
    const gone = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    this.#at = n;
    this.#count = 0;
    this.#over = [];
    this.#go = gone.promise;
    this.#reached = reached.resolve;
    return { reached: reached.promise, go: gone.resolve };
  }

  get count(): number {
    return this.#count;
  }

  /** The last answer within the transaction that the n-th was in; n itself when it was in none. */
  endOf(n: number): number {
    return this.#over.find((end) => end >= n) ?? n;
  }

  /** The store, whose transactions are seen to end. */
  on(store: WholeStore): WholeStore {
    const seen = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } finally {
        this.#over.push(this.#count);
      }
    };
    return {
      ...store,
      transaction: (work) => seen(store.transaction(work)),
      underAccount: (id, work) => seen(store.underAccount(id, work)),
      underApps: (which, work) => seen(store.underApps(which, work)),
    };
  }
}

/** What keeps files in memory, where there is such a place: that they are durable is not what is tested. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

async function emptyDatabase(kind: Config['store']['kind']) {
  if (kind === 'postgres') return { config: { kind, url: await (await postgres()).database() }, gone: async () => {} };
  const folder = await mkdtemp(join(FOLDER, 'sallyport-endings-'));
  return {
    config: { kind, path: join(folder, 'sallyport.db') },
    gone: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A node of the product: the sessions in its memory, fed by the store. */
interface Node {
  readonly map: SessionMap;
  /** Resolves when the feed has delivered the mark. */
  heard(mark: string): Promise<void>;
}

async function nodeOn(world: World, store: WholeStore): Promise<Node> {
  const seen = new Set<string>();
  let notice = () => {};
  const map = new SessionMap({
    store,
    clock: world.clock,
    sourceOf: (_app, realm) => world.manage.config.realms.get(realm)?.source,
    stands: () => true,
    onError: (error) => {
      throw error;
    },
  });
  await map.start(({ ref }) => {
    seen.add(ref);
    notice();
    return null;
  });
  return {
    map,
    heard: async (mark) => {
      while (!seen.has(mark))
        await new Promise<void>((resolve) => {
          notice = resolve;
        });
    },
  };
}

type Made = { readonly cookie: string; readonly session: Session } | undefined;

/** The session that an operation has opened or renewed, if it is one that does. */
function opened(made: unknown): Made {
  if (typeof made !== 'object' || made === null) return undefined;
  if ('signedIn' in made) return opened(made.signedIn);
  return 'session' in made && 'cookie' in made && Session.is(made.session) ? (made as Made) : undefined;
}

type Outcome = { readonly error: SallyportError | undefined; readonly made: unknown };

/** A refusal of ours; what is no answer of the product fails the test. */
async function outcomeOf(call: Promise<unknown>): Promise<Outcome> {
  try {
    return { made: await call, error: undefined };
  } catch (error) {
    if (error instanceof SallyportError && error.status < 500) return { made: undefined, error };
    throw error;
  }
}

export interface Result {
  /** What is left in the store, and who was told what; ids that came into being are all called `new`. */
  readonly state: string;
  readonly refused: boolean;
  readonly live: number;
  /** Places at which the operation could have stood still. */
  readonly places: number;
}

/** One database with two nodes on it, for one cell at a time. */
export class Lane {
  readonly #stage: Stage;
  readonly #one: Database;
  readonly #two: Database;
  readonly #probe: DatabaseSync | undefined;
  readonly #world: World;
  readonly #pause = new Pause();
  readonly #nodes: readonly [Node, Node];
  readonly #slow: World;
  readonly #other: World;
  readonly #known: ReadonlySet<string>;
  readonly close: () => Promise<void>;
  #marks = 0;

  private constructor(parts: {
    stage: Stage;
    world: World;
    one: Database;
    two: Database;
    nodes: readonly [Node, Node];
    probe: DatabaseSync | undefined;
    close: () => Promise<void>;
    wrap: (store: WholeStore) => WholeStore;
  }) {
    const { stage, world, one, two } = parts;
    this.#stage = stage;
    this.#world = world;
    this.#one = one;
    this.#two = two;
    this.#probe = parts.probe;
    this.#nodes = parts.nodes;
    this.close = parts.close;
    const slow = createStore({ ...one, db: one.db.withPlugin(this.#pause.plugin) }, world.clock);
    this.#slow = on(world, parts.wrap(this.#pause.on(slow)));
    this.#other = on(world, parts.wrap(createStore(two, world.clock)));
    const texts = [...stage.rows.values()].flat().flatMap((row) => Object.values(row));
    this.#known = new Set(texts.filter((value) => typeof value === 'string'));
  }

  /** `wrap` stands between the services and the store. */
  static async open(
    kind: Config['store']['kind'],
    world: World,
    stage: Stage,
    wrap: (store: WholeStore) => WholeStore = (store) => store,
  ): Promise<Lane> {
    const { config, gone } = await emptyDatabase(kind);
    const { clock } = world;
    const [one, two] = [openDatabase(config, { clock }), openDatabase(config, { clock })];
    await migrate(one, clock);
    const nodes = [await nodeOn(world, createStore(one, clock)), await nodeOn(world, createStore(two, clock))] as const;
    const probe = 'path' in config ? new DatabaseSync(config.path) : undefined;
    const close = async () => {
      await Promise.all(nodes.map(({ map }) => map.stop()));
      probe?.close();
      await Promise.all([one.close(), two.close()]);
      await gone();
    };
    return new Lane({ stage, world, one, two, nodes, probe, close, wrap });
  }

  async #reset(): Promise<void> {
    this.#pause.after(Number.POSITIVE_INFINITY);
    await this.#two.db.transaction().execute(async (tx) => {
      for (const table of ['accounts', 'pendings', 'challenges', 'holds', 'throttles', 'notices', 'jars'] as const)
        await tx.deleteFrom(table).execute();
      for (const table of TABLES) {
        const rows = this.#stage.rows.get(table) ?? [];
        // They were read from that very table.
        if (rows.length > 0)
          await tx
            .insertInto(table)
            .values(rows as never)
            .execute();
      }
    });
    for (const { map } of this.#nodes) map.reloadAll();
  }

  /** Waits until both nodes have heard all that is committed. */
  async #quiet(): Promise<void> {
    this.#marks += 1;
    const ref = `mark-${this.#marks}`;
    await this.#two.db
      .transaction()
      .execute((tx) => writeChanges(tx, this.#two.kind, [{ topic: 'session', ref }], this.#world.clock.now()));
    this.#one.wake();
    this.#two.wake();
    await Promise.all(this.#nodes.map((node) => node.heard(ref)));
  }

  async #place(node: 0 | 1, services: World): Promise<Place> {
    const { mine, other } = this.#stage;
    const { map } = this.#nodes[node];
    const found = [await map.find(mine), await map.find(other)] as const;
    const session = found[node];
    assert.ok(session, 'both sessions live when a cell begins');
    return { ...services, stage: this.#stage, session };
  }

  async #begin(): Promise<readonly [Place, Place]> {
    await this.#reset();
    return [await this.#place(0, this.#slow), await this.#place(1, this.#other)];
  }

  /** As the product does it: what was opened is taken into memory once it is committed. */
  #operate(operation: Operation, place: Place): Promise<Outcome> {
    const work = async () => {
      const made = await operation.run(place);
      await this.#pause.point();
      return made;
    };
    return outcomeOf(this.#nodes[0].map.adopting(work, opened));
  }

  /** Both by turns, or the ending alone. */
  async serial(operation: Operation, ending: Ending, order: 'before' | 'after' | 'alone'): Promise<Result> {
    const [mine, other] = await this.#begin();
    const steps = {
      operation: () => this.#operate(operation, mine),
      ending: () => outcomeOf(ending.run(other)),
    };
    const none: Outcome = { made: undefined, error: new SallyportError('conflict') };
    if (order === 'before') {
      const op = await steps.operation();
      return this.#result(op, await steps.ending());
    }
    const ended = await steps.ending();
    await this.#quiet();
    return this.#result(order === 'alone' ? none : await steps.operation(), ended);
  }

  /**
   * The ending while the operation stands still after its n-th answer; undefined when it has not that many. `next`: the
   * next place that differs: who waits for a lock of a transaction waits for it until that is over.
   */
  async cell(operation: Operation, ending: Ending, n: number): Promise<(Result & { next: number }) | undefined> {
    const [mine, other] = await this.#begin();
    const { reached, go } = this.#pause.after(n);
    const operating = this.#operate(operation, mine);
    const still = await Promise.race([reached.then(() => true), operating.then(() => false)]);
    if (!still) return undefined;
    const held = this.#held();
    const ended = outcomeOf(ending.run(other));
    const waits = await this.#waits(ended, held);
    // What was opened is committed, and not yet taken into memory: the node has heard of its end first.
    if (!waits) await this.#quiet();
    go();
    const op = await operating;
    const next = (waits ? this.#pause.endOf(n) : n) + 1;
    return { ...(await this.#result(op, await ended)), next };
  }

  /** SQLite: whether the operation stands inside its transaction, where it is the only one to write. */
  #held(): boolean {
    if (this.#probe === undefined) return false;
    try {
      this.#probe.exec('begin immediate');
      this.#probe.exec('rollback');
      return false;
    } catch {
      return true;
    }
  }

  /** Lets the ending come to its end, or to the lock that it waits for. */
  async #waits(ended: Promise<unknown>, held: boolean): Promise<boolean> {
    // SQLite: nothing that it writes gets in.
    if (held) return true;
    const done = ended.then(() => true);
    if (this.#probe !== undefined) return !(await done);
    while (!(await Promise.race([done, sleep(1, false)]))) {
      const { rows } = await sql<{ waiting: number }>`select count(*) as waiting from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(this.#two.db);
      if (Number(rows[0]?.waiting) > 0) return true;
    }
    return false;
  }

  async #result(operation: Outcome, ending: Outcome): Promise<Result> {
    const places = this.#pause.count;
    await this.#quiet();
    const { rows, live } = await this.#rows();
    await this.#agree(live, opened(operation.made)?.cookie);
    const told = [operation, ending].map(({ error }) => error === undefined);
    const state = JSON.stringify({ told, rows }, null, 1);
    return { state, refused: operation.error !== undefined, live: live.size, places };
  }

  /** What a node answers to a cookie is what the store says. */
  async #agree(live: ReadonlySet<unknown>, fresh: string | undefined): Promise<void> {
    const { mine, other } = this.#stage;
    for (const cookie of [mine, other, ...(fresh === undefined ? [] : [fresh])])
      for (const [i, { map }] of this.#nodes.entries()) {
        const held = (await map.find(cookie)) !== undefined;
        assert.equal(held, live.has(sha256(cookie)), `what node ${i} has in memory is not what the store has`);
      }
  }

  #named(column: string, value: unknown): unknown {
    if (column === 'proofs')
      return JSON.parse(String(value), (key, each: unknown) =>
        key === 'authenticatorId' ? this.#named('id', each) : each,
      );
    const id = /^(id|hash|.*Id|secret|state|passwordHash|publicKey|holder|answer|jar|lastSeenAt)$/.test(column);
    return id && typeof value === 'string' && !this.#known.has(value) ? 'new' : value;
  }

  async #rows(): Promise<{ rows: Record<string, unknown>; live: ReadonlySet<unknown> }> {
    const rows: Record<string, unknown> = {};
    const live = new Set<unknown>();
    const enabled = new Set<unknown>();
    for (const table of TABLES) {
      if (table === 'challenges') continue;
      const all: Record<string, unknown>[] = await this.#two.db.selectFrom(table).selectAll().execute();
      if (table === 'accounts') for (const row of all) if (row['disabledAt'] === null) enabled.add(row['id']);
      if (table === 'sessions')
        for (const row of all) if (row['endedAt'] === null && enabled.has(row['accountId'])) live.add(row['hash']);
      rows[table] = all
        .map((row) => JSON.stringify(Object.entries(row).map(([name, value]) => [name, this.#named(name, value)])))
        .sort();
    }
    return { rows, live };
  }
}
