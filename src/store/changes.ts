import { type Kysely, sql, type Transaction } from 'kysely';
import { chunks, touched } from './columns.ts';
import type { DatabaseKind } from './database.ts';
import { KEEP_MS } from './feed.ts';
import type { Schema } from './schema.ts';
import type { Change } from './types.ts';

/** PostgreSQL channel that wakes the other processes; the table is the truth. */
export const CHANNEL = 'sallyport_changes';

/** Any number that is ours; held from the first change of a transaction to its end. */
const LOCK = 7_325_802;

/**
 * Writes the announcements of a transaction; the last thing that it does. On PostgreSQL a sequence hands out numbers
 * before the commit, so that a lower seq could become visible after a higher one and be overlooked by who reads on from
 * there: the lock makes numbers visible in their order. It is taken last, so that nobody who holds it waits for a row.
 */
export async function writeChanges(
  db: Transaction<Schema>,
  kind: DatabaseKind,
  changes: readonly Change[],
  at: number,
): Promise<void> {
  if (changes.length === 0) return;
  if (kind === 'postgres') await sql`select pg_advisory_xact_lock(${LOCK})`.execute(db);
  for (const part of chunks(changes, 1000)) {
    await db
      .insertInto('changes')
      .values(part.map(({ topic, ref }) => ({ topic, ref, at })))
      .execute();
  }
  // Delivered at commit, or not at all (PostgreSQL manual, NOTIFY).
  if (kind === 'postgres') await sql`select pg_notify(${CHANNEL}, '')`.execute(db);
}

/** Removes changes older than an hour, but never the newest one (see Position). */
export async function purgeChanges(db: Kysely<Schema>, now: number): Promise<number> {
  const result = await db
    .deleteFrom('changes')
    .where('at', '<', now - KEEP_MS)
    .where('seq', '<', (q) => q.selectFrom('changes').select((e) => e.fn.max('seq').as('newest')))
    .executeTakeFirstOrThrow();
  return touched(result);
}
