import { columnTypes, index, type Migration, table } from './migration.ts';

/** The nodes that serve from a database of several, and up to which change each has everything in force. */
export const nodes: Migration = {
  name: '0004-nodes',
  async up(db, kind) {
    const { text, int } = columnTypes(kind);
    await table(db, kind, 'nodes')
      .addColumn('id', text, (c) => c.primaryKey())
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('trust_ms', int, (c) => c.notNull())
      .addColumn('seen_at', int, (c) => c.notNull())
      .addColumn('heard', int, (c) => c.notNull())
      .execute();
    await index(db, 'nodes', ['seen_at']);
  },
};
