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

/** Waits for everybody who is opening a session of the app (of any app), and lets nobody begin. */
export async function lockApps({ db, kind }: Tx, which: AppsLock): Promise<void> {
  if (kind === 'sqlite') return;
  const key = which === 'all' ? sql`0` : sql`hashtext(${which.app})`;
  await sql`select pg_advisory_xact_lock(${APPS}, ${key})`.execute(db);
}

/** Somebody opens a session of the app: many at a time, but not while sessions of the app are being ended. */
export async function shareApps({ db, kind }: Tx, app: string): Promise<void> {
  if (kind === 'sqlite') return;
  await sql`select pg_advisory_xact_lock_shared(${APPS}, 0), pg_advisory_xact_lock_shared(${APPS}, hashtext(${app}))`.execute(
    db,
  );
}
