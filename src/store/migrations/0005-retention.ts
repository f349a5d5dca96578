import { sql } from 'kysely';
import { index, type Migration, type MigrationDb } from './migration.ts';

/** Entries may go that the newest `audit.dropped` names: by kind and outcome, and by moment and number from first to last. */
async function onSqlite(db: MigrationDb): Promise<void> {
  await sql`drop trigger audit_no_delete`.execute(db);
  await sql`create trigger audit_no_delete before delete on audit
    when not exists (
      select 1 from (select detail from audit where kind = 'audit.dropped' order by seq desc limit 1) as named
      where instr(' ' || json_extract(named.detail, '$.what') || ' ', ' ' || old.kind || ':' || old.outcome || ' ') > 0
        and (old.at, old.seq) >= (json_extract(named.detail, '$.from'), json_extract(named.detail, '$.first'))
        and (old.at, old.seq) <= (json_extract(named.detail, '$.to'), json_extract(named.detail, '$.last'))
    )
    begin select raise(abort, 'audit is append-only'); end`.execute(db);
}

async function onPostgres(db: MigrationDb): Promise<void> {
  await sql`create function audit_drop_named() returns trigger language plpgsql as
    $$ declare named jsonb; begin
      select detail::jsonb into named from audit where kind = 'audit.dropped' order by seq desc limit 1;
      if position(' ' || old.kind || ':' || old.outcome || ' ' in ' ' || (named->>'what') || ' ') > 0
        and (old.at, old.seq) >= ((named->>'from')::bigint, (named->>'first')::bigint)
        and (old.at, old.seq) <= ((named->>'to')::bigint, (named->>'last')::bigint) then return old;
      end if;
      raise exception 'audit is append-only';
    end $$`.execute(db);
  await sql`drop trigger audit_no_change on audit`.execute(db);
  await sql`create trigger audit_no_change before update on audit
    for each row execute function audit_append_only()`.execute(db);
  await sql`create trigger audit_no_delete before delete on audit
    for each row execute function audit_drop_named()`.execute(db);
}

/** What is over its time may leave the record, once an entry of the record says so; all else stays as it was written. */
export const retention: Migration = {
  name: '0005-retention',
  async up(db, kind) {
    await index(db, 'audit', ['kind', 'outcome', 'at', 'seq']);
    await (kind === 'sqlite' ? onSqlite(db) : onPostgres(db));
  },
};
