import { type CreateTableBuilder, type RawBuilder, sql, type Transaction } from 'kysely';
import type { DatabaseKind } from '../database.ts';
import type { Schema } from '../schema.ts';

export type MigrationDb = Transaction<Schema>;

/** One step forwards. There are no steps backwards: going back is restoring a backup. */
export interface Migration {
  /** Sorts after all earlier ones; never changed once released. */
  readonly name: string;
  up(db: MigrationDb, kind: DatabaseKind): Promise<void>;
}

export interface ColumnTypes {
  /** Compared and sorted byte by byte on both databases, whatever the locale of the cluster is. */
  readonly text: RawBuilder<unknown>;
  /** 64-bit. */
  readonly int: RawBuilder<unknown>;
}

export function columnTypes(kind: DatabaseKind): ColumnTypes {
  return kind === 'postgres'
    ? { text: sql`text collate "C"`, int: sql`bigint` }
    : { text: sql`text`, int: sql`integer` };
}

/** A table; STRICT on SQLite, which otherwise takes text for a number. */
export function table(db: MigrationDb, kind: DatabaseKind, name: string): CreateTableBuilder<string, never> {
  const builder = db.schema.createTable(name);
  return kind === 'sqlite' ? builder.modifyEnd(sql`strict`) : builder;
}

/** An index named after its table and columns. */
export async function index(db: MigrationDb, on: string, columns: readonly string[]): Promise<void> {
  await db.schema
    .createIndex(`${on}_by_${columns.join('_')}`)
    .on(on)
    .columns([...columns])
    .execute();
}
