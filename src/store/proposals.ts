import { sql } from 'kysely';
import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { ProposalStore } from './proposal-types.ts';

/** A token as it stands on record. */
const TOKEN_ACTOR = sql<string>`'token:' || api_tokens.id`.as('actor');

export function proposalStore({ db }: Scope): ProposalStore {
  const waiting = (at: number) => db.selectFrom('proposals').where('endedAt', 'is', null).where('expiresAt', '>', at);
  return {
    async insert(row) {
      await db.insertInto('proposals').values(row).execute();
    },
    byId: (id) => db.selectFrom('proposals').selectAll().where('id', '=', id).executeTakeFirst(),
    open(at, reach, limit) {
      const all = waiting(at).selectAll().orderBy('createdAt').orderBy('id').limit(limit);
      if (reach === 'all') return all.execute();
      return all.where('organisationId', 'in', reach.size === 0 ? [''] : [...reach]).execute();
    },
    async countOf(actor, accountId, at) {
      const own = db.selectFrom('apiTokens').where('accountId', '=', accountId).select(TOKEN_ACTOR);
      const row = await waiting(at)
        .where((e) => e.or([e('actor', '=', actor), e('actor', '=', accountId), e('actor', 'in', own)]))
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
