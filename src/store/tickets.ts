import type { Selectable } from 'kysely';
import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import { accountsWithin } from './organisations.ts';
import type { Schema } from './schema.ts';
import type { TicketRow, TicketStore } from './types.ts';

function toRow(row: Selectable<Schema['tickets']>): TicketRow {
  return { ...row, resetPassword: row.resetPassword === 1 };
}

export function ticketStore({ db }: Scope): TicketStore {
  return {
    async insert(row) {
      await db
        .insertInto('tickets')
        .values({ ...row, resetPassword: row.resetPassword ? 1 : 0 })
        .execute();
    },
    async byHash(hash) {
      const row = await db.selectFrom('tickets').selectAll().where('hash', '=', hash).executeTakeFirst();
      return row && toRow(row);
    },
    async consume(hash, at) {
      const row = await db
        .updateTable('tickets')
        .set({ usedAt: at })
        .where('hash', '=', hash)
        .where('usedAt', 'is', null)
        .where('expiresAt', '>', at)
        .returningAll()
        .executeTakeFirst();
      return row && toRow(row);
    },
    async revokeOfAccount(accountId, at) {
      const result = await db
        .updateTable('tickets')
        .set({ usedAt: at })
        .where('accountId', '=', accountId)
        .where('usedAt', 'is', null)
        .where('expiresAt', '>', at)
        .executeTakeFirstOrThrow();
      return touched(result);
    },
    async listOpen(at, { accountId, reach = 'all' } = {}) {
      let query = db
        .selectFrom('tickets')
        .innerJoin('accounts', 'accounts.id', 'tickets.accountId')
        .selectAll('tickets')
        .where('tickets.usedAt', 'is', null)
        .where('tickets.expiresAt', '>', at)
        .where(accountsWithin(reach));
      if (accountId !== undefined) query = query.where('tickets.accountId', '=', accountId);
      return (await query.orderBy('tickets.createdAt').execute()).map(toRow);
    },
  };
}
