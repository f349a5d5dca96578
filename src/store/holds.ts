import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { HoldStore } from './types.ts';

export function holdStore({ db }: Scope): HoldStore {
  return {
    async insert(row) {
      await db.insertInto('holds').values(row).execute();
    },
    async adopt(pendingId, sessionId, at) {
      const result = await db
        .updateTable('holds')
        .set({ holder: sessionId })
        .where('holder', '=', pendingId)
        .where('expiresAt', '>', at)
        .executeTakeFirstOrThrow();
      return touched(result) === 1;
    },
    byHolder: (holder) => db.selectFrom('holds').selectAll().where('holder', '=', holder).executeTakeFirst(),
    take: (holder) => db.deleteFrom('holds').where('holder', '=', holder).returningAll().executeTakeFirst(),
    async removeOfHolder(holder) {
      await db.deleteFrom('holds').where('holder', '=', holder).execute();
    },
    async purge(before) {
      return touched(await db.deleteFrom('holds').where('expiresAt', '<', before).executeTakeFirstOrThrow());
    },
  };
}
