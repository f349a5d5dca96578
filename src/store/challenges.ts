import type { Selectable } from 'kysely';
import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { Schema } from './schema.ts';
import type { ChallengePurpose, ChallengeRow, ChallengeStore } from './types.ts';

function toRow(row: Selectable<Schema['challenges']>): ChallengeRow {
  // Written from the same type.
  return { ...row, purpose: row.purpose as ChallengePurpose };
}

export function challengeStore({ db }: Scope): ChallengeStore {
  return {
    async insert(row) {
      await db.insertInto('challenges').values(row).execute();
    },
    async take(hash, by) {
      // Bound in the same statement: an answer of somebody else neither gets the challenge nor uses it up.
      const row = await db
        .deleteFrom('challenges')
        .where('hash', '=', hash)
        .where('purpose', '=', by.purpose)
        .where('holder', '=', by.holder)
        .where('appId', '=', by.appId)
        .returningAll()
        .executeTakeFirst();
      return row && toRow(row);
    },
    async byHash(hash) {
      const row = await db.selectFrom('challenges').selectAll().where('hash', '=', hash).executeTakeFirst();
      return row && toRow(row);
    },
    async use(row) {
      const insert = db.insertInto('challenges').values(row);
      const result = await insert.onConflict((c) => c.column('hash').doNothing()).executeTakeFirstOrThrow();
      return Number(result.numInsertedOrUpdatedRows ?? 0n) === 1;
    },
    async purge(before) {
      return touched(await db.deleteFrom('challenges').where('expiresAt', '<', before).executeTakeFirstOrThrow());
    },
  };
}
