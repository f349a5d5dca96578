import { type Building, unknownAccount } from './building.ts';
import { detailOf, numberOf, textOf } from './detail.ts';
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
  readonly #on: Building = {
    accounts: new Map(),
    organisations: new Map(),
    findings: new Map(),
    configuration: null,
    closed: null,
    droppedBefore: null,
  };
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
    if (entry.kind === 'account.stands') this.#stoodBefore(entry, moment);
  }

  #stoodBefore(entry: RecordedEntry, moment: number): void {
    const { accountId } = entry;
    if (accountId === null || this.#on.accounts.has(accountId)) return;
    const detail = detailOf(entry);
    const addedAt = numberOf(detail, 'added');
    if (addedAt === null || addedAt > moment) return;
    this.#on.accounts.set(accountId, {
      ...unknownAccount(accountId),
      realm: textOf(detail, 'realm'),
      name: textOf(detail, 'name'),
      // Where it belonged later: whoever looks after that organisation is told that something is not known.
      organisation: textOf(detail, 'organisation'),
      addedAt,
      basis: { began: entry.seq, place: null, state: null },
    });
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
