import { type Selectable, sql } from 'kysely';
import type { Tx } from './database.ts';
import type { Schema } from './schema.ts';
import type { AppsLock } from './types.ts';

/**
 * The locks of PostgreSQL, in the order in which every transaction takes them: an account's row, then apps, then all
 * other rows. SQLite has one writer and begins IMMEDIATE: whoever is inside is alone.
 */

/** Any number that is ours: class of the locks of apps. Key 0 is all apps. */
const APPS = 7_325_803;

/** The account's row as it is now, held to the end of the transaction. */
export async function lockAccount({ db, kind }: Tx, id: string): Promise<Selectable<Schema['accounts']> | undefined> {
  const row = db.selectFrom('accounts').selectAll().where('id', '=', id);
  return (kind === 'postgres' ? row.forUpdate() : row).executeTakeFirst();
}

/** Rows are asked for in so many statements at a time. */
const AT_ONCE = 500;

/**
 * The rows of several accounts as they are now, those that there are, held to the end of the transaction. Taken in the order of their
 * ids, so that of two who want some of the same neither waits for the other.
 */
export async function lockAccounts(
  { db, kind }: Tx,
  ids: readonly string[],
): Promise<readonly Selectable<Schema['accounts']>[]> {
  const sorted = [...new Set(ids)].sort();
  const found: Selectable<Schema['accounts']>[] = [];
  for (let at = 0; at < sorted.length; at += AT_ONCE) {
    const some = db
      .selectFrom('accounts')
      .selectAll()
      .where('id', 'in', sorted.slice(at, at + AT_ONCE));
    // In the order of bytes, as they were sorted, whatever the database's own is.
    const ordered = some.orderBy(kind === 'postgres' ? sql`id collate "C"` : sql`id`);
    found.push(...(await (kind === 'postgres' ? ordered.forUpdate() : ordered).execute()));
  }
  return found;
}

/** Waits for everybody who is opening a session of the app (of any app), and lets nobody begin. */
export async function lockApps({ db, kind }: Tx, which: AppsLock): Promise<void> {
  if (kind === 'sqlite') return;
  const key = which === 'all' ? sql`0` : sql`hashtext(${which.app})`;
  await sql`select pg_advisory_xact_lock(${APPS}, ${key})`.execute(db);
}

/** Somebody opens a session, whatever the app: many at a time, but not while a lock-down begins or ends. */
export async function shareOpening({ db, kind }: Tx): Promise<void> {
  if (kind === 'sqlite') return;
  await sql`select pg_advisory_xact_lock_shared(${APPS}, 0)`.execute(db);
}

/** Somebody opens a session of the app: many at a time, but not while sessions of the app are being ended. */
export async function shareApps({ db, kind }: Tx, app: string): Promise<void> {
  if (kind === 'sqlite') return;
  await sql`select pg_advisory_xact_lock_shared(${APPS}, 0), pg_advisory_xact_lock_shared(${APPS}, hashtext(${app}))`.execute(
    db,
  );
}
