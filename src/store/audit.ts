import { sql } from 'kysely';
import { dropDue } from './audit-drop.ts';
import { eraseEntries } from './audit-erase.ts';
import { AUDIT_COLUMNS, salted, toAuditRow } from './audit-rows.ts';
import { chunks } from './columns.ts';
import type { Scope } from './database.ts';
import type { AuditStore } from './types.ts';

/** Entries that are written by one statement: each has its number in their order, on both databases. */
const AT_ONCE = 100;

export function auditStore({ db, kind: database, write }: Scope): AuditStore {
  return {
    async append(rows) {
      for (const some of chunks([rows].flat(), AT_ONCE))
        await db
          .insertInto('audit')
          .values(some.map((row) => salted(row)))
          .execute();
    },
    drop: (due) => write((tx) => dropDue(tx, due)),
    erase: (asked) => write((tx) => eraseEntries(tx, asked)),
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
      let query = db.selectFrom('audit').select(AUDIT_COLUMNS).limit(limit);
      // Of an account there are few entries and of a kind there are many, which SQLite does not know before somebody has run ANALYZE: a
      // term with + is looked up in no index.
      const alone = accountId === undefined || database === 'postgres';
      if (kind !== undefined) query = query.where(alone ? 'kind' : sql<string>`+kind`, '=', kind);
      if (accountId !== undefined) query = query.where('accountId', '=', accountId);
      if (after !== undefined) return (await query.where('seq', '>', after).orderBy('seq').execute()).map(toAuditRow);
      return (await query.orderBy('seq', 'desc').execute()).map(toAuditRow).reverse();
    },
  };
}
