import { nothingYet, stoodBefore } from './building.ts';
import { detailOf } from './detail.ts';
import { effectOf, FINDINGS } from './effects.ts';
import type { RecordedEntry, RecordedState } from './types.ts';

/** An entry that stands so much before another of its time is out of order: less is the work of two at once. */
const APART_MS = 5_000;

/**
 * Follows the record: fed with entries by growing `seq`, it says how everybody stood after the last of them. What is done to an
 * account is done under its lock, so the order of `seq` is the order in which it happened; moments only say where to stop
 * (docs/decisions/0055). O(1) for an entry; memory for each account that there ever was.
 */
export class Replay {
  readonly #on = nothingYet();
  #latest = Number.NEGATIVE_INFINITY;
  #outOfOrder = 0;
  #read = 0;
  readonly #unknownKinds = new Set<string>();

  feed(entry: RecordedEntry): void {
    this.#read += 1;
    if (entry.at < this.#latest - APART_MS) this.#outOfOrder += 1;
    else this.#latest = Math.max(this.#latest, entry.at);
    const effect = effectOf(entry.kind);
    if (effect === undefined) this.#unknownKinds.add(entry.kind);
    if (effect == null || (entry.outcome !== 'ok' && !FINDINGS.has(entry.kind))) return;
    effect(this.#on, entry, detailOf(entry));
  }

  /**
   * An entry from after `moment` that tells of the time before: that decisions of then were taken out of the record, or
   * `account.stands` of an account of which nothing was on record by then: it was there, and nobody can say how.
   */
  later(entry: RecordedEntry, moment: number): void {
    if (entry.kind === 'audit.dropped') effectOf(entry.kind)?.(this.#on, entry, detailOf(entry));
    if (entry.kind !== 'account.stands' || (entry.accountId !== null && this.#on.accounts.has(entry.accountId))) return;
    const stood = stoodBefore(entry);
    if (stood !== undefined && stood.addedAt <= moment) this.#on.accounts.set(stood.id, stood);
  }

  /** As it is now; grows with what is fed after. */
  state(): RecordedState {
    const unknownKinds = [...this.#unknownKinds].sort();
    return { ...this.#on, outOfOrder: this.#outOfOrder, unknownKinds, read: this.#read };
  }
}

/** How everybody stood after all of the entries, which come by growing `seq`. */
export async function replay(entries: AsyncIterable<RecordedEntry> | Iterable<RecordedEntry>): Promise<RecordedState> {
  const following = new Replay();
  for await (const entry of entries) following.feed(entry);
  return following.state();
}
