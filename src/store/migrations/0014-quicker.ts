import { sql } from 'kysely';
import { index, type Migration } from './migration.ts';

/** What lists and counts were still slow without, most of it on PostgreSQL, which else reads all accounts (docs/decisions/0050). */
export const quicker: Migration = {
  name: '0014-quicker',
  async up(db, kind) {
    // Whoever has nothing to sign in with, and no other.
    await sql`create index accounts_bare on accounts (name, id, organisation_id)
      where disabled_at is null and (factors & 3) = 0`.execute(db);
    await sql`create index sessions_live on sessions (created_at, id) where ended_at is null`.execute(db);
    await sql`drop index accounts_found`.execute(db);
    if (kind === 'sqlite') {
      // With groups.
      await sql`create index accounts_found on accounts
        (name, id, organisation_id, realm, factors, disabled_at, admin, created_at, email, groups)`.execute(db);
      // Whose a thing is, without reading the row.
      await index(db, 'accounts', ['id', 'organisation_id']);
      return;
    }
    // With addresses in small letters, which take longer to make than all the rest of a search. Groups could be longer than what an
    // index takes.
    await sql`create index accounts_found on accounts
      (name, id, organisation_id, realm, factors, disabled_at, admin, created_at, email, lower(email))`.execute(db);
    // The members of a JSON list, quotes and all, made in a way that cannot fail whatever stands there (store/views/contains.ts).
    await sql`create index accounts_groups on accounts using gin (string_to_array(btrim(groups, '[]'), ','))`.execute(
      db,
    );
    // By which a statement is confined to organisations: their accounts, without reading the rows.
    await index(db, 'accounts', ['organisation_id', 'id']);
  },
};
