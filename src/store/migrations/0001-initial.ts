import { type CreateTableBuilder, sql, type Transaction } from 'kysely';
import type { DatabaseKind } from '../database.ts';
import type { Schema } from '../schema.ts';
import { type ColumnTypes, columnTypes, type Migration } from './migration.ts';

type Db = Transaction<Schema>;

/** A table; STRICT on SQLite, which otherwise takes text for a number. */
function table(db: Db, kind: DatabaseKind, name: string): CreateTableBuilder<string, never> {
  const builder = db.schema.createTable(name);
  return kind === 'sqlite' ? builder.modifyEnd(sql`strict`) : builder;
}

function sequence<C extends string>(builder: CreateTableBuilder<string, C>, kind: DatabaseKind) {
  return kind === 'sqlite'
    ? builder.addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
    : builder.addColumn('seq', 'bigint', (c) => c.generatedAlwaysAsIdentity().primaryKey());
}

async function index(db: Db, on: string, columns: readonly string[]): Promise<void> {
  await db.schema
    .createIndex(`${on}_by_${columns.join('_')}`)
    .on(on)
    .columns([...columns])
    .execute();
}

async function accounts(db: Db, kind: DatabaseKind, { text, int }: ColumnTypes): Promise<void> {
  await table(db, kind, 'accounts')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('realm', text, (c) => c.notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('password_hash', text)
    .addColumn('groups', text, (c) => c.notNull())
    .addColumn('email', text)
    .addColumn('admin', int, (c) => c.notNull().check(sql`admin in (0, 1)`))
    .addColumn('disabled_at', int)
    .addColumn('created_at', int, (c) => c.notNull())
    .addUniqueConstraint('accounts_realm_name', ['realm', 'name'])
    .execute();
}

async function authenticators(db: Db, kind: DatabaseKind, { text, int }: ColumnTypes): Promise<void> {
  await table(db, kind, 'authenticators')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('account_id', text, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('kind', text, (c) => c.notNull())
    .addColumn('label', text, (c) => c.notNull())
    .addColumn('secret', text)
    .addColumn('last_step', int, (c) => c.notNull())
    .addColumn('failures', int, (c) => c.notNull())
    .addColumn('disabled_at', int)
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('last_used_at', int)
    .execute();
  await index(db, 'authenticators', ['account_id']);
  // An account has one set of recovery codes.
  await db.schema
    .createIndex('authenticators_one_recovery')
    .on('authenticators')
    .column('account_id')
    .unique()
    .where(sql.ref('kind'), '=', sql.lit('recovery'))
    .execute();
  await table(db, kind, 'recovery_codes')
    .addColumn('authenticator_id', text, (c) => c.notNull().references('authenticators.id').onDelete('cascade'))
    .addColumn('hash', text, (c) => c.notNull())
    .addColumn('used_at', int)
    .addPrimaryKeyConstraint('recovery_codes_pk', ['authenticator_id', 'hash'])
    .execute();
}

async function tickets(db: Db, kind: DatabaseKind, { text, int }: ColumnTypes): Promise<void> {
  await table(db, kind, 'tickets')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('hash', text, (c) => c.notNull().unique())
    .addColumn('account_id', text, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('issued_by', text, (c) => c.notNull())
    .addColumn('reset_password', int, (c) => c.notNull().check(sql`reset_password in (0, 1)`))
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('expires_at', int, (c) => c.notNull())
    .addColumn('used_at', int)
    .execute();
  await index(db, 'tickets', ['account_id']);
  await index(db, 'tickets', ['expires_at']);
}

async function pendings(db: Db, kind: DatabaseKind, { text, int }: ColumnTypes): Promise<void> {
  await table(db, kind, 'pendings')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('hash', text, (c) => c.notNull().unique())
    .addColumn('purpose', text, (c) => c.notNull())
    .addColumn('app_id', text, (c) => c.notNull())
    .addColumn('account_id', text, (c) => c.references('accounts.id').onDelete('cascade'))
    .addColumn('claimed_name', text, (c) => c.notNull())
    .addColumn('proofs', text, (c) => c.notNull())
    .addColumn('state', text)
    .addColumn('ticket_id', text)
    .addColumn('next', text, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('expires_at', int, (c) => c.notNull())
    .execute();
  await index(db, 'pendings', ['account_id']);
  await index(db, 'pendings', ['expires_at']);
}

async function sessions(db: Db, kind: DatabaseKind, { text, int }: ColumnTypes): Promise<void> {
  await table(db, kind, 'sessions')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('hash', text, (c) => c.notNull().unique())
    .addColumn('account_id', text, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('app_id', text, (c) => c.notNull())
    .addColumn('proofs', text, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('last_seen_at', int, (c) => c.notNull())
    .addColumn('expires_at', int, (c) => c.notNull())
    .addColumn('idle_ms', int, (c) => c.notNull())
    .addColumn('admitted_at', int)
    .addColumn('ended_at', int)
    .addColumn('end_reason', text)
    .addColumn('source', text, (c) => c.notNull())
    .addColumn('user_agent', text, (c) => c.notNull())
    .execute();
  await index(db, 'sessions', ['account_id']);
  await index(db, 'sessions', ['app_id']);
  await index(db, 'sessions', ['expires_at']);
  await index(db, 'sessions', ['ended_at']);
}

async function keysAndThrottles(db: Db, kind: DatabaseKind, { text, int }: ColumnTypes): Promise<void> {
  await table(db, kind, 'signing_keys')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('public_jwk', text, (c) => c.notNull())
    .addColumn('private_jwk', text, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('active_at', int, (c) => c.notNull())
    .addColumn('retired_at', int)
    .execute();
  await table(db, kind, 'throttles')
    .addColumn('key', text, (c) => c.primaryKey())
    .addColumn('failures', int, (c) => c.notNull())
    .addColumn('next_at', int, (c) => c.notNull())
    .addColumn('updated_at', int, (c) => c.notNull())
    .execute();
  await index(db, 'throttles', ['updated_at']);
}

async function audit(db: Db, kind: DatabaseKind, { text, int }: ColumnTypes): Promise<void> {
  await sequence(table(db, kind, 'audit'), kind)
    .addColumn('at', int, (c) => c.notNull())
    .addColumn('kind', text, (c) => c.notNull())
    .addColumn('outcome', text, (c) => c.notNull())
    .addColumn('actor', text, (c) => c.notNull())
    .addColumn('account_id', text)
    .addColumn('session_id', text)
    .addColumn('app_id', text)
    .addColumn('source', text)
    .addColumn('detail', text, (c) => c.notNull())
    .execute();
  await index(db, 'audit', ['account_id']);
  await index(db, 'audit', ['kind']);
  await appendOnly(db, kind);
}

/** The record is evidence: what stands in it is neither changed nor taken away, by nobody who has this connection. */
async function appendOnly(db: Db, kind: DatabaseKind): Promise<void> {
  if (kind === 'sqlite') {
    for (const event of ['update', 'delete']) {
      await sql`create trigger ${sql.raw(`audit_no_${event}`)} before ${sql.raw(event)} on audit
        begin select raise(abort, 'audit is append-only'); end`.execute(db);
    }
    return;
  }
  await sql`create function audit_append_only() returns trigger language plpgsql as
    $$ begin raise exception 'audit is append-only'; end $$`.execute(db);
  await sql`create trigger audit_no_change before update or delete on audit
    for each row execute function audit_append_only()`.execute(db);
  await sql`create trigger audit_no_truncate before truncate on audit
    for each statement execute function audit_append_only()`.execute(db);
}

async function changesAndMeta(db: Db, kind: DatabaseKind, { text, int }: ColumnTypes): Promise<void> {
  await sequence(table(db, kind, 'changes'), kind)
    .addColumn('topic', text, (c) => c.notNull())
    .addColumn('ref', text, (c) => c.notNull())
    .addColumn('at', int, (c) => c.notNull())
    .execute();
  await index(db, 'changes', ['at']);
  await table(db, kind, 'meta')
    .addColumn('name', text, (c) => c.primaryKey())
    .addColumn('value', text, (c) => c.notNull())
    .execute();
}

export const initial: Migration = {
  name: '0001-initial',
  async up(db, kind) {
    const types = columnTypes(kind);
    for (const part of [
      accounts,
      authenticators,
      tickets,
      pendings,
      sessions,
      keysAndThrottles,
      audit,
      changesAndMeta,
    ]) {
      await part(db, kind, types);
    }
  },
};
