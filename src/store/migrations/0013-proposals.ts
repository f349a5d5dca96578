import { columnTypes, index, type Migration, table } from './migration.ts';

/** Acts that wait for a second person (docs/decisions/0058). */
export const proposals: Migration = {
  name: '0013-proposals',
  async up(db, kind) {
    const { text, int } = columnTypes(kind);
    await table(db, kind, 'proposals')
      .addColumn('id', text, (c) => c.primaryKey())
      .addColumn('operation', text, (c) => c.notNull())
      .addColumn('input', text, (c) => c.notNull())
      .addColumn('actor', text, (c) => c.notNull())
      .addColumn('authority', text, (c) => c.notNull())
      .addColumn('account_id', text)
      .addColumn('organisation_id', text)
      .addColumn('created_at', int, (c) => c.notNull())
      .addColumn('expires_at', int, (c) => c.notNull())
      .addColumn('ended_at', int)
      .execute();
    await index(db, 'proposals', ['expires_at']);
  },
};
