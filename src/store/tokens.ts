import type { Selectable } from 'kysely';
import type { Grant } from '../roles.ts';
import { readList, touched, writeList } from './columns.ts';
import type { Scope } from './database.ts';
import type { TokenRow, TokenStore } from './organisation-types.ts';
import type { Schema } from './schema.ts';

function toRow(row: Selectable<Schema['apiTokens']>): TokenRow {
  return { ...row, grants: readList<Grant>(row.grants), operations: readList<string>(row.operations) };
}

export function tokenStore({ db }: Scope): TokenStore {
  return {
    async insert(row) {
      const lists = { grants: writeList(row.grants), operations: writeList(row.operations) };
      await db
        .insertInto('apiTokens')
        .values({ ...row, ...lists })
        .execute();
    },
    async byHash(hash) {
      const row = await db.selectFrom('apiTokens').selectAll().where('hash', '=', hash).executeTakeFirst();
      return row && toRow(row);
    },
    async byId(id) {
      const row = await db.selectFrom('apiTokens').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRow(row);
    },
    async list() {
      const rows = await db.selectFrom('apiTokens').selectAll().orderBy('createdAt', 'desc').orderBy('id').execute();
      return rows.map(toRow);
    },
    async revoke(id, at) {
      const result = await db
        .updateTable('apiTokens')
        .set({ revokedAt: at })
        .where('id', '=', id)
        .where('revokedAt', 'is', null)
        .where('expiresAt', '>', at)
        .executeTakeFirstOrThrow();
      return touched(result) === 1;
    },
    async touch(id, at) {
      await db
        .updateTable('apiTokens')
        .set({ lastUsedAt: at })
        .where('id', '=', id)
        .where((e) => e.or([e('lastUsedAt', 'is', null), e('lastUsedAt', '<', at)]))
        .execute();
    },
    async purge(before) {
      const result = await db
        .deleteFrom('apiTokens')
        .where((e) => e.or([e('expiresAt', '<', before), e('revokedAt', '<', before)]))
        .executeTakeFirstOrThrow();
      return touched(result);
    },
  };
}
