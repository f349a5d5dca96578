import { SallyportError } from '../errors.ts';

/** A JSON list column. What is not a list was not written by us: refuse. */
export function readList<T>(text: string): readonly T[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SallyportError('store-unavailable', 'A list in the database is not valid JSON.', { cause });
  }
  if (!Array.isArray(value)) throw new SallyportError('store-unavailable', 'A list in the database is not a list.');
  // The elements were written by `writeList` from the same type.
  return value as T[];
}

export function writeList(values: readonly unknown[]): string {
  return JSON.stringify(values);
}

/** The number of rows that a statement touched. */
export function touched(result: { numUpdatedRows?: bigint; numDeletedRows?: bigint }): number {
  return Number(result.numUpdatedRows ?? result.numDeletedRows ?? 0n);
}

/** Splits a list, so that no statement outgrows the parameter limits of the databases (32,766 and 65,535). */
export function* chunks<T>(values: readonly T[], size: number): Generator<readonly T[]> {
  for (let i = 0; i < values.length; i += size) yield values.slice(i, i + size);
}
