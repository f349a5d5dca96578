import { sql } from 'kysely';
import type { DatabaseKind } from '../database.ts';
import { columnTypes, index, type Migration, type MigrationDb, table } from './migration.ts';

async function organisationTable(db: MigrationDb, kind: DatabaseKind): Promise<void> {
  const { text, int } = columnTypes(kind);
  await table(db, kind, 'organisations')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('realm', text, (c) => c.notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('contact', text, (c) => c.notNull())
    .addColumn('policy', text, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addUniqueConstraint('organisations_realm_name', ['realm', 'name'])
    .execute();
  // Every account that there is belongs to the one that is called as its realm.
  await sql`insert into organisations (id, realm, name, contact, policy, created_at)
    select 'realm.' || realm, realm, realm, '', '{}', min(created_at) from accounts group by realm`.execute(db);
}

/** A column with a reference cannot be `not null` on SQLite when it is added; the store always writes it. */
async function accountColumns(db: MigrationDb, kind: DatabaseKind): Promise<void> {
  const { text } = columnTypes(kind);
  await db.schema
    .alterTable('accounts')
    .addColumn('organisation_id', text, (c) => c.references('organisations.id'))
    .execute();
  await sql`update accounts set organisation_id = 'realm.' || realm`.execute(db);
  if (kind === 'postgres') await sql`alter table accounts alter column organisation_id set not null`.execute(db);
  await db.schema
    .alterTable('accounts')
    .addColumn('roles', text, (c) => c.notNull().defaultTo('[]'))
    .execute();
  // Who was marked as an administrator may do all that there is.
  await sql`update accounts set roles = '[{"role":"owner","organisation":null}]' where admin = 1`.execute(db);
  await index(db, 'accounts', ['organisation_id', 'name']);
  await sql`create index accounts_with_role on accounts (id) where admin = 1`.execute(db);
}

async function tokenTable(db: MigrationDb, kind: DatabaseKind): Promise<void> {
  const { text, int } = columnTypes(kind);
  await table(db, kind, 'api_tokens')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('hash', text, (c) => c.notNull().unique())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('created_by', text, (c) => c.notNull())
    .addColumn('account_id', text, (c) => c.references('accounts.id').onDelete('cascade'))
    .addColumn('grants', text, (c) => c.notNull())
    .addColumn('operations', text, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('expires_at', int, (c) => c.notNull())
    .addColumn('last_used_at', int)
    .addColumn('revoked_at', int)
    .execute();
  await index(db, 'api_tokens', ['account_id']);
}

/** Client organisations, the roles of people, and tokens of programs. */
export const organisations: Migration = {
  name: '0006-organisations',
  async up(db, kind) {
    await organisationTable(db, kind);
    await accountColumns(db, kind);
    await tokenTable(db, kind);
  },
};
