import { SallyportError } from '../errors.ts';
import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { AppNameStore } from './types.ts';

export function appNameStore({ db, write }: Scope): AppNameStore {
  return {
    ofAccount: (accountId) =>
      db.selectFrom('appNames').selectAll().where('accountId', '=', accountId).orderBy('appId').execute(),
    ofApp: (appId) => db.selectFrom('appNames').selectAll().where('appId', '=', appId).orderBy('accountId').execute(),
    byName: (appId, name) =>
      db.selectFrom('appNames').selectAll().where('appId', '=', appId).where('name', '=', name).executeTakeFirst(),
    put: (row) =>
      write(async (tx) => {
        await tx.db
          .deleteFrom('appNames')
          .where('accountId', '=', row.accountId)
          .where('appId', '=', row.appId)
          .execute();
        const result = await tx.db
          .insertInto('appNames')
          .values(row)
          .onConflict((c) => c.columns(['appId', 'name']).doNothing())
          .executeTakeFirstOrThrow();
        if (Number(result.numInsertedOrUpdatedRows ?? 0n) !== 1)
          throw new SallyportError('conflict', 'Another account has that name at this app.');
        // Sessions remember what their account is called.
        tx.announce('account', [row.accountId]);
      }),
    remove: (accountId, appId) =>
      write(async (tx) => {
        const result = await tx.db
          .deleteFrom('appNames')
          .where('accountId', '=', accountId)
          .where('appId', '=', appId)
          .executeTakeFirstOrThrow();
        if (touched(result) !== 1) return false;
        tx.announce('account', [accountId]);
        return true;
      }),
  };
}
