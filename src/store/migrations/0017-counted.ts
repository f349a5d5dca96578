import { sql } from 'kysely';
import { index, type Migration } from './migration.ts';

/**
 * Entries of a kind are counted by account from the index alone: it says whose each is (docs/decisions/0050). What was last found of an app, of
 * a thousand apps, is not looked for in the whole record.
 */
export const counted: Migration = {
  name: '0017-counted',
  async up(db) {
    await index(db, 'audit', ['kind', 'outcome', 'at', 'seq', 'account_id']);
    await sql`drop index audit_by_kind_outcome_at_seq`.execute(db);
    await sql`create index audit_found on audit (app_id, kind, seq)
      where kind in ('canary.passed', 'canary.failed', 'origin.checked', 'origin.log-read', 'roster.read')`.execute(db);
  },
};
