import { sql } from 'kysely';
import type { Migration, MigrationDb } from './migration.ts';

/** Beside what migration 0005 lets go: of an account those that the newest `audit.erased` about it names, by number from first to last. */
async function onSqlite(db: MigrationDb): Promise<void> {
  await sql`drop trigger audit_no_delete`.execute(db);
  await sql`create trigger audit_no_delete before delete on audit
    when not exists (
      select 1 from (select detail from audit where kind = 'audit.dropped' order by seq desc limit 1) as named
      where instr(' ' || json_extract(named.detail, '$.what') || ' ', ' ' || old.kind || ':' || old.outcome || ' ') > 0
        and (old.at, old.seq) >= (json_extract(named.detail, '$.from'), json_extract(named.detail, '$.first'))
        and (old.at, old.seq) <= (json_extract(named.detail, '$.to'), json_extract(named.detail, '$.last'))
    ) and not exists (
      select 1 from (select account_id, detail from audit where kind = 'audit.erased' order by seq desc limit 1) as named
      where old.account_id = named.account_id and old.kind <> 'audit.erased'
        and old.seq >= json_extract(named.detail, '$.first') and old.seq <= json_extract(named.detail, '$.last')
    )
    begin select raise(abort, 'audit is append-only'); end`.execute(db);
}

async function onPostgres(db: MigrationDb): Promise<void> {
  await sql`create or replace function audit_drop_named() returns trigger language plpgsql as
    $$ declare named jsonb; erased text; begin
      select detail::jsonb into named from audit where kind = 'audit.dropped' order by seq desc limit 1;
      if position(' ' || old.kind || ':' || old.outcome || ' ' in ' ' || (named->>'what') || ' ') > 0
        and (old.at, old.seq) >= ((named->>'from')::bigint, (named->>'first')::bigint)
        and (old.at, old.seq) <= ((named->>'to')::bigint, (named->>'last')::bigint) then return old;
      end if;
      select detail::jsonb, account_id into named, erased from audit where kind = 'audit.erased' order by seq desc limit 1;
      if old.account_id = erased and old.kind <> 'audit.erased'
        and old.seq >= (named->>'first')::bigint and old.seq <= (named->>'last')::bigint then return old;
      end if;
      raise exception 'audit is append-only';
    end $$`.execute(db);
}

/** What is on record about an account that was removed may be erased, once an entry of the record says so. */
export const erase: Migration = {
  name: '0012-erase',
  up: (db, kind) => (kind === 'sqlite' ? onSqlite(db) : onPostgres(db)),
};
