import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { DatabaseKind } from '../database.ts';

/** That a text has another in it, letter for letter: no pattern, so nothing in it has a meaning of its own. */
export function contains(kind: DatabaseKind, where: RawBuilder<unknown>, what: string): RawBuilder<SqlBool> {
  return kind === 'sqlite' ? sql`instr(${where}, ${what}) > 0` : sql`strpos(${where}, ${what}) > 0`;
}

/**
 * The same whatever the case of ASCII letters; `what` has small ones. By LIKE on SQLite, where a function for each row takes twice as
 * long; all that means something in a pattern is taken as it is.
 */
export function containsAnyCase(kind: DatabaseKind, where: RawBuilder<unknown>, what: string): RawBuilder<SqlBool> {
  if (kind !== 'sqlite') return contains(kind, sql`lower(${where})`, what);
  return sql`${where} like ${`%${what.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`;
}
