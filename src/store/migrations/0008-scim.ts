import { columnTypes, index, type Migration, table } from './migration.ts';

/** What the directory of an organisation says of its accounts, and the groups that it has made. */
export const scim: Migration = {
  name: '0008-scim',
  async up(db, kind) {
    const { text, int } = columnTypes(kind);
    await table(db, kind, 'directory_accounts')
      .addColumn('account_id', text, (c) => c.primaryKey().references('accounts.id').onDelete('cascade'))
      .addColumn('organisation_id', text, (c) => c.notNull())
      .addColumn('external_id', text)
      .addColumn('person', text, (c) => c.notNull())
      .addColumn('inactive_at', int)
      .addUniqueConstraint('directory_accounts_external', ['organisation_id', 'external_id'])
      .execute();
    await table(db, kind, 'directory_groups')
      .addColumn('id', text, (c) => c.primaryKey())
      .addColumn('organisation_id', text, (c) => c.notNull().references('organisations.id').onDelete('cascade'))
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('display_name', text, (c) => c.notNull())
      .addColumn('external_id', text)
      .addColumn('created_at', int, (c) => c.notNull())
      .addUniqueConstraint('directory_groups_name', ['organisation_id', 'name'])
      .addUniqueConstraint('directory_groups_external', ['organisation_id', 'external_id'])
      .execute();
    await index(db, 'directory_groups', ['organisation_id', 'created_at']);
  },
};
