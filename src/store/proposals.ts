import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { ProposalStore } from './proposal-types.ts';

export function proposalStore({ db }: Scope): ProposalStore {
  const waiting = (at: number) => db.selectFrom('proposals').where('endedAt', 'is', null).where('expiresAt', '>', at);
  return {
    async insert(row) {
      await db.insertInto('proposals').values(row).execute();
    },
    byId: (id) => db.selectFrom('proposals').selectAll().where('id', '=', id).executeTakeFirst(),
    open: (at, limit) => waiting(at).selectAll().orderBy('createdAt').orderBy('id').limit(limit).execute(),
    async countOf(actor, at) {
      const row = await waiting(at)
        .where('actor', '=', actor)
        .select((e) => e.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
    async end(id, at) {
      const ended = db.updateTable('proposals').set({ endedAt: at }).where('id', '=', id);
      const still = ended.where('endedAt', 'is', null).where('expiresAt', '>', at);
      return touched(await still.executeTakeFirstOrThrow()) === 1;
    },
    async purge(before) {
      return touched(await db.deleteFrom('proposals').where('expiresAt', '<', before).executeTakeFirstOrThrow());
    },
  };
}
