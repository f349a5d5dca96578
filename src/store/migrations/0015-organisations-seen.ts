import { columnTypes, index, type Migration, table } from './migration.ts';

/** What people are shown of their organisation, and links that go out by e-mail (docs/decisions/0068). */
export const organisationsSeen: Migration = {
  name: '0015-organisations-seen',
  async up(db, kind) {
    const { text, int } = columnTypes(kind);
    await table(db, kind, 'organisation_logos')
      .addColumn('organisation_id', text, (c) => c.primaryKey().references('organisations.id').onDelete('cascade'))
      .addColumn('hash', text, (c) => c.notNull())
      .addColumn('type', text, (c) => c.notNull())
      .addColumn('width', int, (c) => c.notNull())
      .addColumn('height', int, (c) => c.notNull())
      .addColumn('body', text, (c) => c.notNull())
      .execute();
    await index(db, 'organisation_logos', ['hash']);
    // A host belongs to one.
    await table(db, kind, 'organisation_hosts')
      .addColumn('host', text, (c) => c.primaryKey())
      .addColumn('organisation_id', text, (c) => c.notNull().references('organisations.id').onDelete('cascade'))
      .execute();
    await index(db, 'organisation_hosts', ['organisation_id']);
    await table(db, kind, 'invitations')
      .addColumn('id', text, (c) => c.primaryKey().references('tickets.id').onDelete('cascade'))
      .addColumn('account_id', text, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
      .addColumn('batch', text, (c) => c.notNull())
      .addColumn('state', text, (c) => c.notNull())
      .addColumn('secret', text)
      .addColumn('reason', text, (c) => c.notNull())
      .addColumn('created_at', int, (c) => c.notNull())
      .addColumn('changed_at', int, (c) => c.notNull())
      .addColumn('expires_at', int, (c) => c.notNull())
      .execute();
    await index(db, 'invitations', ['batch']);
    await index(db, 'invitations', ['account_id', 'created_at']);
    await index(db, 'invitations', ['state', 'expires_at']);
  },
};
