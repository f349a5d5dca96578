import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { JarStore } from './types.ts';

export function jarStore({ db, write }: Scope): JarStore {
  return {
    byId: (id) => db.selectFrom('jars').selectAll().where('id', '=', id).executeTakeFirst(),
    insert: (row) =>
      write(async (tx) => {
        const result = await tx.db
          .insertInto('jars')
          .values(row)
          .onConflict((c) => c.column('id').doNothing())
          .executeTakeFirstOrThrow();
        if (Number(result.numInsertedOrUpdatedRows ?? 0n) !== 1) return false;
        tx.announce('jar', [row.id]);
        return true;
      }),
    update: (id, oldVersion, set) =>
      write(async (tx) => {
        const result = await tx.db
          .updateTable('jars')
          .set(set)
          .where('id', '=', id)
          .where('version', '=', oldVersion)
          .executeTakeFirstOrThrow();
        if (touched(result) !== 1) return false;
        tx.announce('jar', [id]);
        return true;
      }),
    remove: (id) =>
      write(async (tx) => {
        const result = await tx.db.deleteFrom('jars').where('id', '=', id).executeTakeFirstOrThrow();
        if (touched(result) !== 1) return false;
        tx.announce('jar', [id]);
        return true;
      }),
    async purge(before) {
      return touched(await db.deleteFrom('jars').where('expiresAt', '<', before).executeTakeFirstOrThrow());
    },
  };
}
