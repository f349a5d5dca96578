import {
  CamelCasePlugin,
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Clock } from '../lib/clock.ts';
import type { Database, Feed } from './database.ts';
import { storeFault } from './fault.ts';
import type { Schema } from './schema.ts';
import { followSqlite } from './sqlite-feed.ts';
import { createFile, SqliteFile } from './sqlite-file.ts';

/** How long a statement waits for the writer of another process. The wait blocks this process: keep it modest. */
const BUSY_MS = 2000;

class Driver extends SqliteDriver {
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    super({ database: file });
    this.#file = file;
  }

  /** IMMEDIATE takes the write lock at once; a deferred one that reads first fails with BUSY without waiting. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  /** SQLite has rolled back by itself after a full disk; a second rollback would hide that error behind its own. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#file.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }
}

function dialect(file: SqliteFile): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new Driver(file),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/**
 * Opens (and creates, 0600) the SQLite database at `path`: WAL, synchronous=FULL, foreign keys on. Throws
 * `store-unavailable`.
 */
export function openSqlite(path: string, deps: { clock: Clock }): Database {
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
      const feed = followSqlite({ path, clock: deps.clock, db, listener, stopped: () => feeds.delete(feed) });
      feeds.add(feed);
      return feed;
    },
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
    return new SqliteFile(path, { busyMs: BUSY_MS });
  } catch (error) {
    throw storeFault(error);
  }
}
