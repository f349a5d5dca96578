import { columnTypes, index, type Migration, table } from './migration.ts';

/** What was answered to requests of programs that may be sent a second time. */
export const idempotency: Migration = {
  name: '0009-idempotency',
  async up(db, kind) {
    const { text, int } = columnTypes(kind);
    const numbered =
      kind === 'sqlite'
        ? table(db, kind, 'answers').addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
        : table(db, kind, 'answers').addColumn('seq', 'bigint', (c) => c.generatedAlwaysAsIdentity().primaryKey());
    await numbered
      .addColumn('id', text, (c) => c.notNull().unique())
      .addColumn('fingerprint', text, (c) => c.notNull())
      .addColumn('answer', text, (c) => c.notNull())
      .addColumn('created_at', int, (c) => c.notNull())
      .execute();
    await index(db, 'answers', ['created_at']);
  },
};
