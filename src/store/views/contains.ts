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

/**
 * That a list, as JSON text in a column, has this group, which has no comma in it that would mean anything: what stands between two
 * commas is compared, and then the whole letter for letter. On PostgreSQL along its index (migration 0014).
 */
export function hasGroup(kind: DatabaseKind, where: RawBuilder<unknown>, group: string): RawBuilder<SqlBool> {
  // Written by the same function.
  const member = JSON.stringify(group);
  const whole = contains(kind, where, member);
  if (kind === 'sqlite') return whole;
  return sql`(string_to_array(btrim(${where}, '[]'), ',') @> string_to_array(${member}, ',') and ${whole})`;
}
