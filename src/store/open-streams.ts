import type { Scope } from './database.ts';
import type { StreamStore } from './types.ts';

/**
 * What each node has open, as it tells: a row of `meta` each, there only while something is open. A node that is gone told its last some
 * time ago, and is believed no longer.
 */

const PREFIX = 'open.';
/** Sessions of which one node tells. */
export const MOST_TOLD = 2000;
/** So long what a node has told is believed, ms: some tellings. */
export const BELIEVED_MS = 30_000;
/** Left behind by a node that is gone, ms. */
const FORGOTTEN_MS = 600_000;
const LONGEST = 200_000;

interface Told {
  readonly at: number;
  /** Not all sessions that have something open are named. */
  readonly more: boolean;
  readonly open: readonly (readonly [id: string, count: number])[];
}

const isPair = (value: unknown): value is readonly [string, number] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && Number.isSafeInteger(value[1]);

/** What a node has told; undefined for whatever is not of that form. */
function readTold(text: string): Told | undefined {
  if (text.length > LONGEST) return undefined;
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== 'object' || read === null || !('open' in read && 'at' in read && 'more' in read))
      return undefined;
    const { at, more, open } = read;
    if (typeof at !== 'number' || typeof more !== 'boolean' || !Array.isArray(open) || !open.every(isPair))
      return undefined;
    return { at, more, open };
  } catch {
    return undefined;
  }
}

export function streamStore({ db }: Scope): StreamStore {
  const rows = async () => {
    const found = await db
      .selectFrom('meta')
      .selectAll()
      .where('name', '>=', PREFIX)
      .where('name', '<', 'open/')
      .execute();
    return found.map(({ name, value }) => ({ name, told: readTold(value) }));
  };
  const forget = async (names: readonly string[]) => {
    if (names.length > 0)
      await db
        .deleteFrom('meta')
        .where('name', 'in', [...names])
        .execute();
  };
  return {
    async tell(node, open, at) {
      if (open.size === 0) return forget([PREFIX + node]);
      const most = [...open].sort(([, a], [, b]) => b - a).slice(0, MOST_TOLD);
      const told: Told = { at, more: open.size > MOST_TOLD, open: most };
      const value = JSON.stringify(told);
      await db
        .insertInto('meta')
        .values({ name: PREFIX + node, value })
        .onConflict((c) => c.column('name').doUpdateSet({ value }))
        .execute();
      const old = (await rows()).filter((row) => row.told === undefined || at - row.told.at > FORGOTTEN_MS);
      await forget(old.map(({ name }) => name));
    },
    async of(ids, now) {
      const asked = new Map<string, number | null>(ids.map((id) => [id, 0]));
      for (const { told } of await rows()) {
        if (told === undefined || Math.abs(now - told.at) > BELIEVED_MS) continue;
        const counts = new Map(told.open);
        for (const [id, before] of asked) {
          const count = counts.get(id) ?? (told.more ? null : 0);
          asked.set(id, before === null || count === null ? null : before + count);
        }
      }
      return asked;
    },
  };
}
