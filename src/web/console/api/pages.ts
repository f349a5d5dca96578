import { SallyportError } from '../../../errors.ts';
import { sha256 } from '../../../lib/bytes.ts';
import type { Kind } from './schema.ts';

/** How many of a list are told at once. */
export const PAGE = { default: 100, most: 1000 } as const;

/** Fields that every list has beside its own. */
export const PAGE_FIELDS: ReadonlyMap<string, Kind> = new Map([
  ['limit', 'number'],
  ['cursor', 'text'],
]);

export interface Page {
  readonly items: readonly unknown[];
  /** Asks for what follows; null: that was all. */
  readonly next: string | null;
}

interface Position {
  /** Of which list, asked how. */
  readonly of: string;
  /** How many came before. */
  readonly at: number;
  /** The last one that was told. */
  readonly last: string;
}

function wrong(field: string, message: string): SallyportError {
  return new SallyportError('bad-request', `${field} ${message}`, { shown: `${field} ${message}.` });
}

function limitOf(asked: unknown): number {
  if (asked === undefined) return PAGE.default;
  if (typeof asked !== 'number' || !Number.isInteger(asked) || asked < 1 || asked > PAGE.most)
    throw wrong('limit', `is a whole number from 1 to ${PAGE.most}`);
  return asked;
}

/** Tells one of a list from the others, whatever else of it changes. */
function keyOf(item: unknown): string {
  const known = typeof item === 'object' && item !== null && 'id' in item && typeof item.id === 'string';
  return sha256(known ? `id ${item.id}` : JSON.stringify(item)).slice(0, 16);
}

const CURSOR = /^(\d{1,9})\.([\w-]{16})\.([\w-]{16})$/;

function positionOf(cursor: unknown, of: string): Position | undefined {
  if (cursor === undefined) return undefined;
  const [, at = '', list, last = ''] = CURSOR.exec(String(cursor)) ?? [];
  if (list !== of) throw wrong('cursor', 'is not one of this list');
  return { of, at: Number(at), last };
}

/**
 * One page of a list that is known whole. It goes on behind the one that was told last, or where that stood if it is gone.
 * `asked`: what the list was asked, which a cursor is good for alone. Throws `bad-request`.
 */
export function pageOf(
  all: readonly unknown[],
  asked: string,
  { limit, cursor }: { readonly limit?: unknown; readonly cursor?: unknown },
): Page {
  const most = limitOf(limit);
  const of = sha256(asked).slice(0, 16);
  const position = positionOf(cursor, of);
  const found = position === undefined ? -1 : all.findIndex((item) => keyOf(item) === position.last);
  const from = position === undefined ? 0 : found < 0 ? Math.min(position.at, all.length) : found + 1;
  const items = all.slice(from, from + most);
  const last = items.at(-1);
  const more = last !== undefined && from + items.length < all.length;
  return { items, next: more ? `${from + items.length}.${of}.${keyOf(last)}` : null };
}
