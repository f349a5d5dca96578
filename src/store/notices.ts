import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { NoticeStore } from './types.ts';

export function noticeStore({ db }: Scope): NoticeStore {
  return {
    async insert(row) {
      await db.insertInto('notices').values(row).execute();
    },
    due: (at, limit) =>
      db
        .selectFrom('notices')
        .selectAll()
        .where('nextAt', '<=', at)
        .orderBy('createdAt')
        .orderBy('id')
        .limit(limit)
        .execute(),
    async claim(id, tries, nextAt) {
      const result = await db
        .updateTable('notices')
        .set({ tries: tries + 1, nextAt })
        .where('id', '=', id)
        .where('tries', '=', tries)
        .executeTakeFirstOrThrow();
      return touched(result) === 1;
    },
    async remove(id) {
      return touched(await db.deleteFrom('notices').where('id', '=', id).executeTakeFirstOrThrow()) === 1;
    },
  };
}
