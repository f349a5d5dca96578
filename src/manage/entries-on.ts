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
  /** The day's first moment, ms. */
  readonly from: number;
  readonly now: number;
}

/**
 * Entries of one day. Days that are over are counted once, for whoever may see everything: of single organisations they are
 * counted each time, since accounts move.
 */
export async function entriesOn({ store, reach }: Reading, { kinds, outcome, from, now }: Wish): Promise<number> {
  const count = () => store.views.countEntries({ reach, kinds, outcome, from, to: from + DAY, most: COUNTED });
  if (reach !== 'all' || from + DAY + SETTLED > now) return count();
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
