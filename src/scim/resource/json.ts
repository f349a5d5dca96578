import { fault } from '../error.ts';

/** Members of one object: a whole user of RFC 7643 §8.2 has fewer than thirty. */
const MAX_MEMBERS = 256;

/** A JSON object, as the runtime parsed it: its names are anybody's, and are looked at one by one. */
export type JsonObject = { readonly [name: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** No value at all: null and an empty list are the same as nothing (RFC 7643 §2.5). */
export function isUnassigned(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

/**
 * Members of an object by their names in small letters, since names of attributes are the same in any case (RFC 7643 §2.1).
 * Throws `invalidSyntax` when one comes twice, since which of them is meant is nobody's guess, and for more than any resource has.
 */
export function members(object: JsonObject): ReadonlyMap<string, readonly [name: string, value: unknown]> {
  const found = new Map<string, readonly [string, unknown]>();
  const names = Object.keys(object);
  if (names.length > MAX_MEMBERS) throw fault('invalidSyntax', `more than ${MAX_MEMBERS} attributes in one object`);
  for (const name of names) {
    const lower = name.toLowerCase();
    if (found.has(lower)) throw fault('invalidSyntax', 'one attribute is given twice');
    found.set(lower, [name, object[name]]);
  }
  return found;
}

/** Whether a message or a resource names a schema (RFC 7643 §3, `schemas`; URIs in any case). */
export function namesSchema(schemas: unknown, schema: string): boolean {
  return (
    Array.isArray(schemas) &&
    schemas.some((each) => typeof each === 'string' && each.toLowerCase() === schema.toLowerCase())
  );
}
