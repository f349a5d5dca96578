import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Database, DatabaseKind } from './database.ts';
import { guarded } from './fault.ts';
import { initial } from './migrations/0001-initial.ts';
import { passkeys } from './migrations/0002-passkeys.ts';
import { bindings } from './migrations/0003-bindings.ts';
import { nodes } from './migrations/0004-nodes.ts';
import { retention } from './migrations/0005-retention.ts';
import { organisations } from './migrations/0006-organisations.ts';
import { lockDown } from './migrations/0007-lock-down.ts';
import { scim } from './migrations/0008-scim.ts';
import { idempotency } from './migrations/0009-idempotency.ts';
import { reading } from './migrations/0010-reading.ts';
import { log } from './migrations/0011-log.ts';
import { erase } from './migrations/0012-erase.ts';
import { proposals } from './migrations/0013-proposals.ts';
import { quicker } from './migrations/0014-quicker.ts';
import { organisationsSeen } from './migrations/0015-organisations-seen.ts';
import { rosters } from './migrations/0016-rosters.ts';
import { counted } from './migrations/0017-counted.ts';
import { byDay } from './migrations/0018-by-day.ts';
import { columnTypes, type Migration } from './migrations/migration.ts';
import type { Schema } from './schema.ts';

/** All migrations, oldest first. Appended to, never edited. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  passkeys,
  bindings,
  nodes,
  retention,
  organisations,
  lockDown,
  scim,
  idempotency,
  reading,
  log,
  erase,
  proposals,
  quicker,
  organisationsSeen,
  rosters,
  counted,
  byDay,
];

/** Any number that is ours; only Sallyport's migrations take this lock. */
const LOCK = 7_325_801;
const LOCK_PATIENCE_MS = 60_000;

async function appliedNames(db: Kysely<Schema>, kind: DatabaseKind): Promise<Set<string>> {
  const exists =
    kind === 'sqlite'
      ? sql`select 1 from sqlite_master where type = 'table' and name = 'schema_migrations'`
      : sql`select 1 where to_regclass('schema_migrations') is not null`;
  if ((await exists.execute(db)).rows.length === 0) return new Set();
  const rows = await db.selectFrom('schemaMigrations').select('name').execute();
  return new Set(rows.map((row) => row.name));
}

function missing(applied: ReadonlySet<string>, known: readonly Migration[]): readonly Migration[] {
  const stranger = [...applied].find((name) => !known.some((migration) => migration.name === name));
  if (stranger !== undefined) {
    throw new SallyportError(
      'store-unavailable',
      `The database was migrated by a newer version (${stranger}); start that version, or restore a backup.`,
    );
  }
  return known.filter((migration) => !applied.has(migration.name));
}

/** Names of the migrations that the database still lacks, oldest first. Throws `store-unavailable`. */
export function pendingMigrations(database: Database, known = MIGRATIONS): Promise<string[]> {
  return guarded(async () =>
    missing(await appliedNames(database.db, database.kind), known).map((migration) => migration.name),
  );
}

/** undefined: another process is migrating. */
async function attempt(database: Database, clock: Clock, known: readonly Migration[]): Promise<string[] | undefined> {
  const { kind } = database;
  // SQLite: the transaction begins IMMEDIATE, so that a second process waits here.
  return database.db.transaction().execute(async (tx) => {
    if (kind === 'postgres') {
      const { rows } = await sql<{ got: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as got`.execute(tx);
      if (rows[0]?.got !== true) return undefined;
    }
    const { text, int } = columnTypes(kind);
    await tx.schema
      .createTable('schema_migrations')
      .ifNotExists()
      .addColumn('name', text, (c) => c.primaryKey())
      .addColumn('applied_at', int, (c) => c.notNull())
      .execute();
    const todo = missing(await appliedNames(tx, kind), known);
    for (const migration of todo) {
      await migration.up(tx, kind);
      await tx.insertInto('schemaMigrations').values({ name: migration.name, appliedAt: clock.now() }).execute();
    }
    return todo.map((migration) => migration.name);
  });
}

/**
 * Brings the database up to this version: all or nothing, one process at a time. Returns the names of what was applied.
 * Throws `store-unavailable`, also for a database that a newer version has migrated.
 */
export function migrate(database: Database, clock: Clock, known = MIGRATIONS): Promise<string[]> {
  return guarded(async () => {
    if ((await pendingMigrations(database, known)).length === 0) return [];
    const until = performance.now() + LOCK_PATIENCE_MS;
    for (;;) {
      const done = await attempt(database, clock, known);
      if (done !== undefined) return done;
      if (performance.now() > until) {
        throw new SallyportError('store-unavailable', 'Another process has been migrating the database for a minute.');
      }
      await sleep(100);
    }
  });
}
