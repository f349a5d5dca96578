import { createHash } from 'node:crypto';
import { parse } from 'yaml';

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

/** The digest under which the record keeps the text of a configuration: SHA-256 of its content as JSON, names sorted, by two blanks. */
export function digestOf(yaml: string): string {
  return createHash('sha256')
    .update(`${JSON.stringify(sorted(parse(yaml)), null, 2)}\n`)
    .digest('hex');
}
