import { sql } from 'kysely';
import { columnTypes, index, type Migration, type MigrationDb, table } from './migration.ts';

/** Lists that were kept as texts move, and leave that table, which nothing but this step may do to it. Of which app, and when it was read last, the record says. */
const MOVED = sql`insert into rosters (digest, app_id, read_at, text, erased_by)
  select d.digest,
    (select a.app_id from audit a where a.kind = 'roster.read' and a.outcome = 'ok'
      and a.detail like '%"digest":"' || d.digest || '"%' order by a.seq desc limit 1),
    coalesce((select max(a.at) from audit a where a.kind = 'roster.read' and a.outcome = 'ok'
      and a.detail like '%"digest":"' || d.digest || '"%'), d.at),
    d.text, null
  from documents d where d.kind = 'roster'`;

async function onSqlite(db: MigrationDb): Promise<void> {
  await MOVED.execute(db);
  await sql`drop trigger documents_no_delete`.execute(db);
  await sql`delete from documents where kind = 'roster'`.execute(db);
  await sql`create trigger documents_no_delete before delete on documents
    begin select raise(abort, 'documents is append-only'); end`.execute(db);
  await sql`create trigger documents_no_roster before insert on documents when new.kind = 'roster'
    begin select raise(abort, 'lists of accounts are kept in rosters'); end`.execute(db);
  await sql`create trigger rosters_no_delete before delete on rosters
    begin select raise(abort, 'rosters is append-only'); end`.execute(db);
  await sql`create trigger rosters_no_update before update on rosters
    when not (
      new.digest = old.digest and new.app_id is old.app_id and new.text is old.text and new.text is not null
      and new.erased_by is null and old.erased_by is null and new.read_at > old.read_at
    ) and not (
      new.digest = old.digest and new.app_id is old.app_id and new.read_at = old.read_at
      and old.text is not null and new.erased_by > coalesce(old.erased_by, 0) and exists (
        select 1 from audit where audit.seq = new.erased_by and audit.kind = 'roster.erased'
          and json_extract(audit.detail, '$.digest') = old.digest
          and (json_extract(audit.detail, '$.left') = 0) = (new.text is null)
      )
    )
    begin select raise(abort, 'rosters is append-only'); end`.execute(db);
}

async function onPostgres(db: MigrationDb): Promise<void> {
  await MOVED.execute(db);
  await sql`alter table documents disable trigger documents_no_change`.execute(db);
  await sql`delete from documents where kind = 'roster'`.execute(db);
  await sql`alter table documents enable trigger documents_no_change`.execute(db);
  await sql`create function documents_no_roster() returns trigger language plpgsql as
    $$ begin raise exception 'lists of accounts are kept in rosters'; end $$`.execute(db);
  await sql`create trigger documents_no_roster before insert on documents for each row
    when (new.kind = 'roster') execute function documents_no_roster()`.execute(db);
  await sql`create function rosters_erase_named() returns trigger language plpgsql as
    $$ declare named jsonb; begin
      if new.digest <> old.digest or new.app_id is distinct from old.app_id or old.text is null then
        raise exception 'rosters is append-only';
      end if;
      if new.text is not distinct from old.text and new.erased_by is null and old.erased_by is null
        and new.read_at > old.read_at then return new;
      end if;
      select detail::jsonb into named from audit where seq = new.erased_by and kind = 'roster.erased';
      if new.read_at = old.read_at and new.erased_by > coalesce(old.erased_by, 0) and named->>'digest' = old.digest
        and ((named->>'left')::bigint = 0) = (new.text is null) then return new;
      end if;
      raise exception 'rosters is append-only';
    end $$`.execute(db);
  await sql`create trigger rosters_no_update before update on rosters
    for each row execute function rosters_erase_named()`.execute(db);
  await sql`create trigger rosters_no_delete before delete on rosters
    for each row execute function log_append_only()`.execute(db);
  await sql`create trigger rosters_no_truncate before truncate on rosters
    for each statement execute function log_append_only()`.execute(db);
}

/** Lists of an app's accounts, whose names go when an entry of the record says so, and only then (docs/decisions/0066). */
export const rosters: Migration = {
  name: '0016-rosters',
  async up(db, kind) {
    const { text, int } = columnTypes(kind);
    await table(db, kind, 'rosters')
      .addColumn('digest', text, (c) => c.primaryKey())
      .addColumn('app_id', text)
      .addColumn('read_at', int, (c) => c.notNull())
      .addColumn('text', text)
      .addColumn('erased_by', int)
      .execute();
    await index(db, 'rosters', ['app_id', 'read_at']);
    await sql`create index rosters_kept on rosters (read_at, digest) where text is not null`.execute(db);
    await (kind === 'sqlite' ? onSqlite(db) : onPostgres(db));
  },
};
