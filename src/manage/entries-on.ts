import type { AuditKind } from '../audit/audit.ts';
import type { AuditRow, Store } from '../store/types.ts';
import type { Reading } from './query.ts';

const DAY = 86_400_000;
/** Entries that are counted of a day; of more it is that many. */
const COUNTED = 200_000;
/** A day is over for good once no node's clock can be so far behind. */
const SETTLED = 3_600_000;
/** More than are asked for at any time. */
const MOST_KEPT = 200;

/** What was counted of days that are over: nothing is put on record for them any more. By store, then by day and kinds. */
const KEPT = new WeakMap<Store, Map<string, number>>();

interface Wish {
  readonly kinds: readonly AuditKind[];
  readonly outcome: AuditRow['outcome'];
  /** The first moment of the first day, ms. */
  readonly from: number;
  readonly days: number;
  readonly now: number;
}

/** Of one day, for whoever may see everything. */
async function entriesOn(store: Store, { kinds, outcome, from, now }: Omit<Wish, 'days'>): Promise<number> {
  const count = () => store.views.countEntries({ reach: 'all', kinds, outcome, from, to: from + DAY, most: COUNTED });
  if (from + DAY + SETTLED > now) return count();
  const kept = KEPT.get(store) ?? new Map<string, number>();
  KEPT.set(store, kept);
  const key = `${from} ${kinds.join(' ')} ${outcome}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const counted = await count();
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, counted);
  return counted;
}

/**
 * Entries of each of these days. Days that are over are counted once, for whoever may see everything: of single organisations they
 * are counted each time, since accounts move.
 */
export async function entriesByDay({ store, reach }: Reading, wish: Wish): Promise<readonly number[]> {
  const { kinds, outcome, from, days } = wish;
  if (reach !== 'all') return store.views.countDays({ reach, kinds, outcome, from, days, most: COUNTED });
  const found: number[] = [];
  for (let day = 0; day < days; day += 1) found.push(await entriesOn(store, { ...wish, from: from + day * DAY }));
  return found;
}
