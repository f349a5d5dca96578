import type { Scope } from './database.ts';
import type { MetaStore } from './types.ts';

export function metaStore({ db }: Scope): MetaStore {
  return {
    async get(name) {
      const row = await db.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst();
      return row?.value;
    },
    async putIfAbsent(name, value) {
      const result = await db
        .insertInto('meta')
        .values({ name, value })
        .onConflict((c) => c.column('name').doNothing())
        .executeTakeFirstOrThrow();
      return Number(result.numInsertedOrUpdatedRows ?? 0n) === 1;
    },
  };
}
