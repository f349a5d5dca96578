import { sql } from 'kysely';
import type { DatabaseKind } from '../database.ts';
import { columnTypes, index, type Migration, type MigrationDb } from './migration.ts';

/** What works for the account, as bits: 1 a one-time code, 2 a passkey, 4 recovery codes. */
const factorsOf = (account: string) => `(select coalesce(
  max(case when kind = 'totp' then 1 else 0 end) + max(case when kind = 'passkey' then 2 else 0 end)
    + max(case when kind = 'recovery' then 4 else 0 end), 0)
  from authenticators where account_id = ${account} and disabled_at is null)`;

const EVENTS = [
  ['insert', 'insert', 'new'],
  ['update of disabled_at, kind, account_id', 'update', 'new'],
  ['delete', 'delete', 'old'],
] as const;

/**
 * Kept by the database itself, so that nobody who writes authenticators can forget it; each of these writes holds the lock of its
 * account (docs/decisions/0016), and sees all that was written before.
 */
async function factorColumn(db: MigrationDb, kind: DatabaseKind): Promise<void> {
  const { int } = columnTypes(kind);
  await db.schema
    .alterTable('accounts')
    .addColumn('factors', int, (c) => c.notNull().defaultTo(0))
    .execute();
  await sql`update accounts set factors = ${sql.raw(factorsOf('accounts.id'))}`.execute(db);
  for (const [event, name, row] of EVENTS) {
    const set = `update accounts set factors = ${factorsOf(`${row}.account_id`)} where id = ${row}.account_id`;
    if (kind === 'sqlite') {
      await sql
        .raw(`create trigger account_factors_${name} after ${event} on authenticators begin ${set}; end`)
        .execute(db);
      continue;
    }
    await sql
      .raw(`create function account_factors_${name}() returns trigger language plpgsql as
        $$ begin ${set}; return null; end $$`)
      .execute(db);
    await sql
      .raw(`create trigger account_factors_${name} after ${event} on authenticators
        for each row execute function account_factors_${name}()`)
      .execute(db);
  }
}

/** What lists, searches and counts of a hundred thousand accounts, and of the record, need to be quick. */
export const reading: Migration = {
  name: '0010-reading',
  async up(db, kind) {
    await factorColumn(db, kind);
    await index(db, 'accounts', ['organisation_id', 'factors', 'disabled_at']);
    // With all that accounts are found by: on SQLite the rows themselves need not be read.
    await sql`create index accounts_found on accounts
      (name, id, organisation_id, realm, factors, disabled_at, admin, created_at, email)`.execute(db);
    await index(db, 'authenticators', ['account_id', 'last_used_at']);
    await index(db, 'audit', ['at', 'seq']);
    await index(db, 'audit', ['account_id', 'at', 'seq']);
    await index(db, 'organisations', ['name', 'id']);
  },
};
