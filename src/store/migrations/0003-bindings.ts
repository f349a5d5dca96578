import type { DatabaseKind } from '../database.ts';
import { type ColumnTypes, columnTypes, index, type Migration, type MigrationDb, table } from './migration.ts';

async function jars(db: MigrationDb, kind: DatabaseKind, { text, int }: ColumnTypes): Promise<void> {
  await table(db, kind, 'jars')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('app_id', text, (c) => c.notNull())
    .addColumn('session_id', text, (c) => c.references('sessions.id').onDelete('cascade'))
    .addColumn('version', int, (c) => c.notNull())
    .addColumn('state', text, (c) => c.notNull())
    .addColumn('expires_at', int, (c) => c.notNull())
    .execute();
  await index(db, 'jars', ['session_id']);
  await index(db, 'jars', ['expires_at']);
}

async function holds(db: MigrationDb, kind: DatabaseKind, { text, int }: ColumnTypes): Promise<void> {
  await table(db, kind, 'holds')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('app_id', text, (c) => c.notNull())
    .addColumn('account_id', text, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    // No foreign key: a pending sign-in, then a session. One of them holds one answer at most.
    .addColumn('holder', text, (c) => c.notNull().unique())
    .addColumn('target', text, (c) => c.notNull())
    .addColumn('answer', text, (c) => c.notNull())
    .addColumn('jar', text, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('expires_at', int, (c) => c.notNull())
    .execute();
  await index(db, 'holds', ['account_id']);
  await index(db, 'holds', ['expires_at']);
}

async function appNames(db: MigrationDb, kind: DatabaseKind, { text }: ColumnTypes): Promise<void> {
  await table(db, kind, 'app_names')
    .addColumn('account_id', text, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('app_id', text, (c) => c.notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addPrimaryKeyConstraint('app_names_pk', ['account_id', 'app_id'])
    // What an app calls an account, it calls no other.
    .addUniqueConstraint('app_names_name', ['app_id', 'name'])
    .execute();
}

/** The apps' own logins: their cookies, held answers, and what accounts are called there. Adds tables only. */
export const bindings: Migration = {
  name: '0003-bindings',
  async up(db, kind) {
    const types = columnTypes(kind);
    for (const part of [jars, holds, appNames]) await part(db, kind, types);
  },
};
