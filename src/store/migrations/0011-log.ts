import { sql } from 'kysely';
import { columnTypes, type Migration, type MigrationDb, table } from './migration.ts';

/** Every entry has a salt of its own; those of before get one now, which nothing but this step may do to them. */
async function saltOnSqlite(db: MigrationDb): Promise<void> {
  await sql`alter table audit add column salt text not null default ''`.execute(db);
  await sql`drop trigger audit_no_update`.execute(db);
  await sql`update audit set salt = lower(hex(randomblob(16)))`.execute(db);
  await sql`create trigger audit_no_update before update on audit
    begin select raise(abort, 'audit is append-only'); end`.execute(db);
}

/** Reckoned for each row; a node of an older version, which knows nothing of salts, writes salted entries too. */
async function saltOnPostgres(db: MigrationDb): Promise<void> {
  await sql`alter table audit add column salt text collate "C" not null
    default replace(gen_random_uuid()::text, '-', '')`.execute(db);
}

const APPEND_ONLY = ['leaves', 'checkpoints', 'documents'];

async function appendOnly(db: MigrationDb, kind: 'sqlite' | 'postgres', name: string): Promise<void> {
  if (kind === 'sqlite') {
    for (const event of ['update', 'delete'])
      await sql`create trigger ${sql.raw(`${name}_no_${event}`)} before ${sql.raw(event)} on ${sql.raw(name)}
        begin select raise(abort, ${sql.lit(`${name} is append-only`)}); end`.execute(db);
    return;
  }
  await sql`create trigger ${sql.raw(`${name}_no_change`)} before update or delete on ${sql.raw(name)}
    for each row execute function log_append_only()`.execute(db);
  await sql`create trigger ${sql.raw(`${name}_no_truncate`)} before truncate on ${sql.raw(name)}
    for each statement execute function log_append_only()`.execute(db);
}

/** The record as a transparency log (docs/decisions/0051). */
export const log: Migration = {
  name: '0011-log',
  async up(db, kind) {
    const { text, int } = columnTypes(kind);
    await (kind === 'sqlite' ? saltOnSqlite(db) : saltOnPostgres(db));
    await table(db, kind, 'leaves')
      .addColumn('idx', int, (c) => c.primaryKey())
      .addColumn('seq', int, (c) => c.notNull().unique())
      .addColumn('hash', text, (c) => c.notNull())
      .addColumn('sealed_at', int, (c) => c.notNull())
      .execute();
    await table(db, kind, 'tree')
      .addColumn('id', int, (c) => c.primaryKey())
      .addColumn('size', int, (c) => c.notNull())
      .addColumn('frontier', text, (c) => c.notNull())
      .addColumn('note', text)
      .execute();
    await sql`insert into tree (id, size, frontier) values (1, 0, '')`.execute(db);
    await table(db, kind, 'checkpoints')
      .addColumn('size', int, (c) => c.primaryKey())
      .addColumn('at', int, (c) => c.notNull())
      .addColumn('note', text, (c) => c.notNull())
      .execute();
    await table(db, kind, 'cosignatures')
      .addColumn('size', int, (c) => c.notNull())
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('line', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('cosignatures_of', ['size', 'name'])
      .execute();
    await table(db, kind, 'log_keys')
      .addColumn('id', text, (c) => c.primaryKey())
      .addColumn('public_key', text, (c) => c.notNull())
      .addColumn('private_key', text, (c) => c.notNull())
      .addColumn('created_at', int, (c) => c.notNull())
      .execute();
    await table(db, kind, 'documents')
      .addColumn('digest', text, (c) => c.primaryKey())
      .addColumn('kind', text, (c) => c.notNull())
      .addColumn('text', text, (c) => c.notNull())
      .addColumn('at', int, (c) => c.notNull())
      .execute();
    await table(db, kind, 'receivers')
      .addColumn('name', text, (c) => c.primaryKey())
      .addColumn('position', int, (c) => c.notNull())
      .addColumn('state', text, (c) => c.notNull())
      .execute();
    if (kind === 'postgres')
      await sql`create function log_append_only() returns trigger language plpgsql as
        $$ begin raise exception '% is append-only', tg_table_name; end $$`.execute(db);
    for (const name of APPEND_ONLY) await appendOnly(db, kind, name);
  },
};
