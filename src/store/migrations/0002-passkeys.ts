import { sql } from 'kysely';
import type { DatabaseKind } from '../database.ts';
import { type ColumnTypes, columnTypes, index, type Migration, type MigrationDb, table } from './migration.ts';

async function credentials(db: MigrationDb, kind: DatabaseKind, { text, int }: ColumnTypes): Promise<void> {
  await table(db, kind, 'credentials')
    .addColumn('authenticator_id', text, (c) => c.primaryKey().references('authenticators.id').onDelete('cascade'))
    // Over all accounts and relying parties (WebAuthn L3 §7.1): whoever registers an id first keeps it.
    .addColumn('credential_id', text, (c) => c.notNull().unique())
    .addColumn('rp_id', text, (c) => c.notNull())
    .addColumn('public_key', text, (c) => c.notNull())
    .addColumn('sign_count', int, (c) => c.notNull())
    .addColumn('transports', text, (c) => c.notNull())
    .addColumn('backup_eligible', int, (c) => c.notNull().check(sql`backup_eligible in (0, 1)`))
    .addColumn('backed_up', int, (c) => c.notNull().check(sql`backed_up in (0, 1)`))
    .addColumn('user_verified', int, (c) => c.notNull().check(sql`user_verified in (0, 1)`))
    .addColumn('aaguid', text, (c) => c.notNull())
    .execute();
}

async function challenges(db: MigrationDb, kind: DatabaseKind, { text, int }: ColumnTypes): Promise<void> {
  await table(db, kind, 'challenges')
    .addColumn('hash', text, (c) => c.primaryKey())
    .addColumn('purpose', text, (c) => c.notNull())
    // No foreign key: a holder is a pending, a session or a cookie of nobody yet.
    .addColumn('holder', text, (c) => c.notNull())
    .addColumn('app_id', text, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('expires_at', int, (c) => c.notNull())
    .execute();
  await index(db, 'challenges', ['expires_at']);
}

async function notices(db: MigrationDb, kind: DatabaseKind, { text, int }: ColumnTypes): Promise<void> {
  await table(db, kind, 'notices')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('account_id', text, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('recipient', text, (c) => c.notNull())
    .addColumn('kind', text, (c) => c.notNull())
    .addColumn('detail', text, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('tries', int, (c) => c.notNull())
    .addColumn('next_at', int, (c) => c.notNull())
    .execute();
  await index(db, 'notices', ['account_id']);
  await index(db, 'notices', ['next_at']);
}

/** Passkeys, their challenges, and messages that wait to be sent. Adds tables; touches no row of those before. */
export const passkeys: Migration = {
  name: '0002-passkeys',
  async up(db, kind) {
    const types = columnTypes(kind);
    for (const part of [credentials, challenges, notices]) await part(db, kind, types);
  },
};
