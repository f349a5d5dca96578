import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { DatabaseKind } from '../database.ts';
import type { Schema } from '../schema.ts';

/** One step forwards. There are no steps backwards: going back is restoring a backup. */
export interface Migration {
  /** Sorts after all earlier ones; never changed once released. */
  readonly name: string;
  up(db: Transaction<Schema>, kind: DatabaseKind): Promise<void>;
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
