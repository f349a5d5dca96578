import { touched } from './columns.ts';
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
    async replace(name, from, to) {
      const replaced = db.updateTable('meta').set({ value: to }).where('name', '=', name).where('value', '=', from);
      return touched(await replaced.executeTakeFirstOrThrow()) === 1;
    },
  };
}
