import type { Change, ChangeTopic, FeedListener } from './types.ts';

export interface ChangeRow {
  readonly seq: number;
  readonly topic: string;
  readonly ref: string;
  readonly at: number;
}

/** Rows read at a time. */
export const PAGE = 1000;
export const PURGE_EVERY_MS = 5 * 60_000;
/** Changes are kept this long for processes that were cut off. */
export const KEEP_MS = 3_600_000;

const TOPICS: ReadonlySet<string> = new Set<ChangeTopic>(['session', 'account', 'key', 'jar', 'lock-down']);

/**
 * The place in the table of changes up to which a listener has heard. Each page is read *including* the last row heard:
 * purging always leaves the newest row, so that when our row is gone, newer ones may have gone with it (or another
 * database stands in this one's place), and the listener must read everything anew.
 */
export class Position {
  readonly #listener: FeedListener;
  #seq: number;
  #at: number;
  #lost = false;

  constructor(listener: FeedListener, newest: ChangeRow | undefined) {
    this.#listener = listener;
    this.#seq = newest?.seq ?? 0;
    this.#at = newest?.at ?? 0;
  }

  /** Read from here, inclusive. */
  get from(): number {
    return this.#seq;
  }

  /** The next page that is taken tells the listener that it may have missed something. */
  interrupted(): void {
    this.#lost = true;
  }

  /**
   * Delivers a page of rows `seq >= from`, in order. Moves on only after the listener has taken a change, so that each is
   * delivered at least once. Returns 'restart' when our place is gone and the newest row must be looked up.
   */
  take(rows: readonly ChangeRow[]): 'done' | 'restart' {
    const [first] = rows;
    if (this.#seq > 0 && (first?.seq !== this.#seq || first.at !== this.#at)) {
      this.#lost = true;
      return 'restart';
    }
    if (this.#lost) {
      this.#listener.lost();
      this.#lost = false;
    }
    for (const row of rows) {
      if (row.seq === this.#seq) continue;
      if (TOPICS.has(row.topic)) this.#listener.change(asChange(row));
      this.#seq = row.seq;
      this.#at = row.at;
    }
    return 'done';
  }

  /** After 'restart': stand at the newest row; the listener is told by the next `take`. */
  moveTo(newest: ChangeRow | undefined): void {
    this.#seq = newest?.seq ?? 0;
    this.#at = newest?.at ?? 0;
  }
}

function asChange(row: ChangeRow): Change {
  // The caller has looked the topic up in TOPICS.
  return { topic: row.topic as ChangeTopic, ref: row.ref };
}
