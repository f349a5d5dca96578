import { touched } from './columns.ts';
import type { Scope, Tx } from './database.ts';
import type { JarStore } from './types.ts';

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
    update: (id, oldVersion, set) =>
      write(async (tx) => {
        const result = await tx.db
          .updateTable('jars')
          .set({ version: set.version, state: set.state, expiresAt: set.expiresAt })
          .where('id', '=', id)
          .where('version', '=', oldVersion)
          .executeTakeFirstOrThrow();
        if (touched(result) !== 1) return false;
        tx.announce('jar', [id]);
        return true;
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
