import type { Selectable } from 'kysely';
import { dropDue } from './audit-drop.ts';
import type { Scope } from './database.ts';
import type { Schema } from './schema.ts';
import type { AuditRow, AuditStore } from './types.ts';

function toRow(row: Selectable<Schema['audit']>): AuditRow {
  // Written from the same type.
  return { ...row, outcome: row.outcome as AuditRow['outcome'] };
}

export function auditStore({ db, write }: Scope): AuditStore {
  return {
    async append(row) {
      await db.insertInto('audit').values(row).execute();
    },
    drop: (due) => write((tx) => dropDue(tx, due)),
    async latest() {
      const row = await db
        .selectFrom('audit')
        .select((eb) => eb.fn.max('at').as('at'))
        .executeTakeFirst();
      return row?.at === null || row?.at === undefined ? undefined : Number(row.at);
    },
    async latestOf(kind) {
      const rows = await db
        .selectFrom('audit')
        .select(['accountId', (eb) => eb.fn.max('at').as('at')])
        .where('kind', '=', kind)
        .where('accountId', 'is not', null)
        .groupBy('accountId')
        .execute();
      return new Map(rows.map((row) => [row.accountId ?? '', Number(row.at)]));
    },
    async list({ after, limit, kind, accountId }) {
      let query = db.selectFrom('audit').selectAll().limit(limit);
      if (kind !== undefined) query = query.where('kind', '=', kind);
      if (accountId !== undefined) query = query.where('accountId', '=', accountId);
      if (after !== undefined) return (await query.where('seq', '>', after).orderBy('seq').execute()).map(toRow);
      return (await query.orderBy('seq', 'desc').execute()).map(toRow).reverse();
    },
  };
}
