import { sql } from 'kysely';
import { touched } from './columns.ts';
import type { Scope, Tx } from './database.ts';
import type { JarChange, JarStore } from './types.ts';

/**
 * Locks the session's row unless it has ended. First, so that its end, which takes the row first too and then removes the
 * jars, is before or after the whole of an insertion: no jar outlives its session.
 */
async function holdLive({ db }: Tx, sessionId: string): Promise<boolean> {
  const result = await db
    .updateTable('sessions')
    .set((e) => ({ idleMs: e.ref('idleMs') }))
    .where('id', '=', sessionId)
    .where('endedAt', 'is', null)
    .executeTakeFirstOrThrow();
  return touched(result) === 1;
}

/** One statement, however many: in the order of their ids, so that two processes rarely wait for each other. */
function updated({ kind, db }: Tx, changes: readonly JarChange[]): Promise<{ rows: { id: string }[] }> {
  const inOrder = changes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const json = JSON.stringify(inOrder.map(({ id, version, state, expiresAt }) => [id, version, state, expiresAt]));
  const next =
    kind === 'sqlite'
      ? sql`select value ->> 0 as id, value ->> 1 as version, value ->> 2 as state, value ->> 3 as until from json_each(${json})`
      : sql`select value ->> 0 as id, (value ->> 1)::bigint as version, value ->> 2 as state, (value ->> 3)::bigint as until
            from json_array_elements(${json}::json) as value`;
  return sql<{ id: string }>`update jars set version = next.version, state = next.state, expires_at = next.until
    from (${next}) as next where jars.id = next.id and jars.version = next.version - 1 returning jars.id`.execute(db);
}

export function jarStore({ db, write }: Scope): JarStore {
  return {
    byId: (id) => db.selectFrom('jars').selectAll().where('id', '=', id).executeTakeFirst(),
    insert: (row) =>
      write(async (tx) => {
        if (row.sessionId !== null && !(await holdLive(tx, row.sessionId))) return false;
        const result = await tx.db
          .insertInto('jars')
          .values(row)
          .onConflict((c) => c.doNothing())
          .executeTakeFirstOrThrow();
        if (Number(result.numInsertedOrUpdatedRows ?? 0n) !== 1) return false;
        tx.announce('jar', [row.id]);
        return true;
      }),
    update: (changes) =>
      write(async (tx) => {
        const { rows } = await updated(tx, changes);
        const ids = rows.map(({ id }) => id);
        tx.announce('jar', ids);
        return new Set(ids);
      }),
    remove: (id, version) =>
      write(async (tx) => {
        const query = tx.db.deleteFrom('jars').where('id', '=', id);
        const only = version === undefined ? query : query.where('version', '=', version);
        const result = await only.executeTakeFirstOrThrow();
        if (touched(result) !== 1) return false;
        tx.announce('jar', [id]);
        return true;
      }),
    async purge(before) {
      return touched(await db.deleteFrom('jars').where('expiresAt', '<', before).executeTakeFirstOrThrow());
    },
  };
}
