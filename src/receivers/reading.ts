import type { AuditKind } from '../audit/audit.ts';
import { RETENTION, retentionOf } from '../audit/retention.ts';
import type { ReceiverConfig } from '../config/record-types.ts';
import type { LogStore } from '../store/log-types.ts';
import { entriesParcel, itemOf } from './items.ts';
import type { Held } from './lease.ts';
import type { Item, Parcel } from './types.ts';

/** Leaves that are read at once. */
const PAGE = 500;
/** Of a parcel: entries, and characters. One entry may be larger than that, and is then alone. */
const MOST_ITEMS = 100;
const MOST_TEXT = 262_144;

/** What comes next for a receiver. */
export interface Next {
  readonly parcel: Parcel;
  /** Entries whose time was over before the receiver had them. */
  readonly missed: { readonly count: number; readonly first: number; readonly last: number } | null;
}

type Wish = Pick<ReceiverConfig, 'what' | 'format'>;

/** Whether a receiver is sent entries of that kind. What this version does not know is left out by nobody. */
function isWanted({ what }: Wish, kind: string, outcome: Item['outcome']): boolean {
  if (!Object.hasOwn(RETENTION, kind)) return true;
  return what.includes(retentionOf(kind as AuditKind, outcome)); // it is a key of it
}

/**
 * The next entries of a receiver, in the order of the log; null: there are none. A parcel that was begun before ends where it
 * ended then.
 */
export async function nextOf(log: LogStore, origin: string, held: Held, wish: Wish): Promise<Next | null> {
  const { position: from, state } = held;
  const limit = state.to === null ? PAGE : Math.max(1, Math.min(PAGE, state.to - from));
  const rows = await log.leaves({ from, limit });
  const items: Item[] = [];
  const gone: number[] = [];
  let [to, length] = [from, 0];
  for (const row of rows) {
    // A leaf that is not where it should be is one that somebody took away: nothing is sent past it.
    if (row.idx !== to) break;
    const { entry } = row;
    const item =
      entry !== null && isWanted(wish, entry.kind, entry.outcome)
        ? itemOf(origin, { ...row, entry }, wish.format)
        : null;
    const isFull = items.length >= MOST_ITEMS || (items.length > 0 && length + (item?.text.length ?? 0) > MOST_TEXT);
    if (item !== null && state.to === null && isFull) break;
    to = row.idx + 1;
    if (item !== null) {
      items.push(item);
      length += item.text.length;
    } else if (entry === null && row.idx >= state.since) gone.push(row.idx);
  }
  if (to === from) return null;
  const [first, last] = [gone[0], gone.at(-1)];
  const missed = first === undefined || last === undefined ? null : { count: gone.length, first, last };
  return { parcel: entriesParcel(origin, from, to, items), missed };
}
