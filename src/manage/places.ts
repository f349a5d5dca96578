import { z } from 'zod';
import { SallyportError } from '../errors.ts';

const LONGEST = 2048;

/** A line that somebody types to find something: of no great length, and without characters that nobody can see. */
export const lineForm = z
  .string()
  .max(128)
  .refine((text) => text.isWellFormed() && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text), 'is not one line of plain text');

/** Where a list was left, as its reader carries it; opaque to them. It gives no rights: it only says after what. */
export const cursorForm = z.string().max(LONGEST);

/** How many at most. */
export const limitForm = (most: number) => z.int().min(1).max(most);

/** A moment, ms since the epoch. */
export const momentForm = z.int().min(0).max(8.64e15);

/** A place in a list, to be given back. */
export function cursorOf(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function read(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Reads a place back, strictly. Throws `usage` for what no list of this kind has given. */
export function placeIn<T>(cursor: string | undefined, form: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  const place = form.safeParse(read(cursor));
  if (place.success && cursorOf(place.data as readonly (string | number)[]) === cursor) return place.data;
  throw new SallyportError('usage', 'the cursor is none of this list: begin without one');
}

/** Text within a place: what the database can be asked about. */
export const placeText = z
  .string()
  .max(512)
  .refine((text) => text.isWellFormed() && !text.includes('\0'));
