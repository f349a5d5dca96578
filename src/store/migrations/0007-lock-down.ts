import { columnTypes, type Migration, table } from './migration.ts';

/** That no new sessions are opened, and why; and what each node of a database of several has cut of late. */
export const lockDown: Migration = {
  name: '0007-lock-down',
  async up(db, kind) {
    const { text, int } = columnTypes(kind);
    await table(db, kind, 'lock_down')
      .addColumn('id', int, (c) => c.primaryKey())
      .addColumn('reason', text, (c) => c.notNull())
      .addColumn('begun_at', int, (c) => c.notNull())
      .addColumn('begun_by', text, (c) => c.notNull())
      .addColumn('until', int)
      .execute();
    // A node of an older version leaves it empty: what it cuts is not known.
    await db.schema.alterTable('nodes').addColumn('cuts', text).execute();
  },
};
