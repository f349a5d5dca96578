import { SallyportError } from '../errors.ts';
import { touched } from './columns.ts';
import type { Scope, Tx } from './database.ts';
import type { AppNameRow, AppNameStore } from './types.ts';

function taken(): SallyportError {
  return new SallyportError('conflict', 'Another account has that name at this app.');
}

/** Id of the account that an app calls by the name of the row. */
async function holderOf({ db }: Tx, { appId, name }: AppNameRow): Promise<string | undefined> {
  const row = await db
    .selectFrom('appNames')
    .select('accountId')
    .where('appId', '=', appId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.accountId;
}

/** Gives an account the name of the row at its app, in place of the one that it had there. Throws `conflict` where another has it. */
async function take(tx: Tx, row: AppNameRow): Promise<void> {
  const holder = await holderOf(tx, row);
  if (holder === row.accountId) return;
  if (holder !== undefined) throw taken();
  const { accountId, appId } = row;
  await tx.db.deleteFrom('appNames').where('accountId', '=', accountId).where('appId', '=', appId).execute();
  const result = await tx.db
    .insertInto('appNames')
    .values(row)
    // Not by catching the driver's error: that would leave a transaction of PostgreSQL aborted.
    .onConflict((c) => c.doNothing())
    .executeTakeFirstOrThrow();
  // Somebody was faster.
  if (Number(result.numInsertedOrUpdatedRows ?? 0n) !== 1) throw taken();
  // Sessions remember what their account is called.
  tx.announce('account', [accountId]);
}

export function appNameStore({ db, write }: Scope): AppNameStore {
  return {
    ofAccount: (accountId) =>
      db.selectFrom('appNames').selectAll().where('accountId', '=', accountId).orderBy('appId').execute(),
    ofApp: (appId) => db.selectFrom('appNames').selectAll().where('appId', '=', appId).orderBy('accountId').execute(),
    byName: (appId, name) =>
      db.selectFrom('appNames').selectAll().where('appId', '=', appId).where('name', '=', name).executeTakeFirst(),
    put: (row) => write((tx) => take(tx, row)),
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
