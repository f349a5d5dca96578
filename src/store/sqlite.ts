import { setTimeout as sleep } from 'node:timers/promises';
import {
  CamelCasePlugin,
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Clock } from '../lib/clock.ts';
import { type Database, type Feed, NODE_TIMES, type NodeTimes } from './database.ts';
import { storeFault } from './fault.ts';
import { callNodes } from './node-sockets.ts';
import type { Schema } from './schema.ts';
import { followSqlite } from './sqlite-feed.ts';
import { createFile, SqliteFile } from './sqlite-file.ts';

/** How long a statement waits for the writer of another process. */
const BUSY_MS = 2000;
const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  // Extended result codes carry the primary one in their low byte.
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}

/**
 * Runs statements on the file. SQLite's own waiting for a lock would stop this whole process, open streams and all;
 * what is busy is tried again here instead. Only outside a transaction: there a busy statement has had no effect.
 */
class Connection implements DatabaseConnection {
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const until = performance.now() + BUSY_MS;
    for (let pause = 1; ; pause = Math.min(pause * 2, 20)) {
      const retry = !this.#file.inTransaction;
      try {
        return this.#run<R>(query);
      } catch (error) {
        if (!retry || !isBusy(error) || performance.now() > until) throw error;
      }
      await sleep(pause);
    }
  }

  #run<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const statement = this.#file.prepare(sql);
    // kysely knows the type of the rows from the query.
    if (statement.reader) return { rows: statement.all(parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; nothing here streams rows.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('rows are not streamed');
  }
}

/** One connection; kysely hands it to one transaction or query at a time (the adapter supports no second one). */
class SqliteFileDriver implements Driver {
  readonly #file: SqliteFile;
  readonly #connection: Connection;

  constructor(file: SqliteFile) {
    this.#file = file;
    this.#connection = new Connection(file);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {}

  /** IMMEDIATE takes the write lock at once; a deferred one that reads first cannot wait for it any more. */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  /** SQLite has rolled back by itself after a full disk; a second rollback would hide that error behind its own. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#file.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    this.#file.close();
  }
}

function dialect(file: SqliteFile): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SqliteFileDriver(file),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/**
 * Opens (and creates, 0600) the SQLite database at `path`: WAL, synchronous=FULL, foreign keys on. Throws
 * `store-unavailable`.
 */
export function openSqlite(path: string, deps: { clock: Clock; nodes?: NodeTimes }): Database {
  const file = open(path);
  const db = new Kysely<Schema>({ dialect: dialect(file), plugins: [new CamelCasePlugin()] });
  const feeds = new Set<Feed & { poll(): void }>();
  return {
    kind: 'sqlite',
    db,
    wake: () => {
      for (const feed of feeds) feed.poll();
    },
    follow: async (listener) => {
      const { clock, nodes: times = NODE_TIMES } = deps;
      const feed = await followSqlite({ path, clock, times, db, listener, stopped: () => feeds.delete(feed) });
      feeds.add(feed);
      return feed;
    },
    settle: (since) => callNodes(path, since),
    close: async () => {
      await Promise.all([...feeds].map((feed) => feed.stop()));
      await db.destroy();
      file.close();
    },
  };
}

function open(path: string): SqliteFile {
  try {
    createFile(path);
    return new SqliteFile(path);
  } catch (error) {
    throw storeFault(error);
  }
}
