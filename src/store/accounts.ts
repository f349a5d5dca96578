import type { Selectable } from 'kysely';
import { SallyportError } from '../errors.ts';
import { readList, touched, writeList } from './columns.ts';
import type { Scope } from './database.ts';
import type { Schema } from './schema.ts';
import type { AccountRow, AccountStore } from './types.ts';

export function accountOf(row: Selectable<Schema['accounts']>): AccountRow {
  return { ...row, groups: readList<string>(row.groups), admin: row.admin === 1 };
}

type Settable = Parameters<AccountStore['update']>[1];

function toColumns(set: Settable): Partial<Schema['accounts']> {
  const { groups, admin, ...rest } = set;
  return {
    ...rest,
    ...(groups === undefined ? {} : { groups: writeList(groups) }),
    ...(admin === undefined ? {} : { admin: admin ? 1 : 0 }),
  };
}

/** Whether the gate decides otherwise after this change. */
function matters(set: Settable): boolean {
  return set.disabledAt !== undefined || set.groups !== undefined || set.admin !== undefined;
}

export function accountStore({ db, write }: Scope): AccountStore {
  return {
    async insert(row) {
      const result = await db
        .insertInto('accounts')
        .values({ ...row, groups: writeList(row.groups), admin: row.admin ? 1 : 0 })
        // Not by catching the driver's error: that would leave a transaction of PostgreSQL aborted.
        .onConflict((c) => c.columns(['realm', 'name']).doNothing())
        .executeTakeFirstOrThrow();
      if (Number(result.numInsertedOrUpdatedRows ?? 0n) !== 1) {
        throw new SallyportError('conflict', 'An account of that name exists in the realm.');
      }
    },
    async byId(id) {
      const row = await db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
      return row && accountOf(row);
    },
    async byName(realm, name) {
      const row = await db
        .selectFrom('accounts')
        .selectAll()
        .where('realm', '=', realm)
        .where('name', '=', name)
        .executeTakeFirst();
      return row && accountOf(row);
    },
    async list(realm) {
      const all = db.selectFrom('accounts').selectAll().orderBy('realm').orderBy('name');
      const rows = await (realm === undefined ? all : all.where('realm', '=', realm)).execute();
      return rows.map(accountOf);
    },
    update: (id, set) =>
      write(async (tx) => {
        const columns = toColumns(set);
        if (Object.keys(columns).length === 0)
          return (
            (await tx.db.selectFrom('accounts').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
          );
        const result = await tx.db.updateTable('accounts').set(columns).where('id', '=', id).executeTakeFirstOrThrow();
        if (touched(result) !== 1) return false;
        if (matters(set)) tx.announce('account', [id]);
        return true;
      }),
    remove: (id) =>
      write(async (tx) => {
        const live = await tx.db
          .selectFrom('sessions')
          .select('id')
          .where('accountId', '=', id)
          .where('endedAt', 'is', null)
          .execute();
        const jars = await tx.db
          .selectFrom('jars')
          .innerJoin('sessions', 'sessions.id', 'jars.sessionId')
          .select('jars.id')
          .where('sessions.accountId', '=', id)
          .execute();
        // All that is its own goes with it (on delete cascade).
        const result = await tx.db.deleteFrom('accounts').where('id', '=', id).executeTakeFirstOrThrow();
        if (touched(result) !== 1) return false;
        tx.announce('account', [id]);
        tx.announce(
          'session',
          live.map((session) => session.id),
        );
        tx.announce(
          'jar',
          jars.map((jar) => jar.id),
        );
        return true;
      }),
  };
}
