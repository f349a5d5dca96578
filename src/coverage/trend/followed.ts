import { type Building, nothingYet } from '../building.ts';
import { detailOf } from '../detail.ts';
import { effectOf, FINDINGS } from '../effects.ts';
import { ensureOwn } from '../effects-account.ts';
import type { RecordedEntry, RecordedState } from '../types.ts';
import { ownRealmOf, type Subject, subjectOf } from './subjects.ts';

/** What was fed about one thing. */
interface Told {
  readonly subject: Subject;
  /** Numbers of its entries. */
  readonly seqs: number[];
  /** Of organisations called as their realm: numbers of the entries of accounts that make them where there are none. */
  readonly owns: number[];
  /** The greatest of all of them. */
  last: number;
}

/** The text after it is the name of the realm. */
const OWN = 'realm.';

/** What of a state is that of one thing is taken from another state, or is not there. */
function take(to: Building, from: Building, { of, id }: Subject): void {
  switch (of) {
    case 'account':
      move(to.accounts, from.accounts, id);
      return;
    case 'organisation':
      move(to.organisations, from.organisations, id);
      return;
    case 'finding':
      move(to.findings, from.findings, id);
      return;
    case 'configuration':
      to.configuration = from.configuration;
      return;
    case 'closed':
      to.closed = from.closed;
      return;
    default:
      of satisfies never;
  }
}

function move<T>(to: Map<string, T>, from: ReadonlyMap<string, T>, key: string): void {
  const value = from.get(key);
  if (value === undefined) to.delete(key);
  else to.set(key, value);
}

/** Entries about things whose order broke, once more from their first, by growing `seq`. */
class Mending {
  readonly #on = nothingYet();
  readonly #torn: readonly Told[];
  readonly #owns: readonly (readonly [seq: number, realm: string])[];
  #owned = 0;

  constructor(torn: readonly Told[]) {
    this.#torn = torn;
    const owns = torn.flatMap(({ subject: { id }, owns }) => {
      const realm = id.slice(OWN.length);
      return owns.map((seq): readonly [number, string] => [seq, realm]);
    });
    this.#owns = owns.sort(([a], [b]) => a - b);
  }

  feed(entry: RecordedEntry): void {
    this.#ownsBefore(entry.seq);
    effectOf(entry.kind)?.(this.#on, entry, detailOf(entry));
  }

  #ownsBefore(seq: number): void {
    for (let next = this.#owns[this.#owned]; next !== undefined && next[0] <= seq; next = this.#owns[++this.#owned])
      ensureOwn(this.#on, next[1], { seq: next[0] });
  }

  end(on: Building): void {
    this.#ownsBefore(Number.POSITIVE_INFINITY);
    for (const { subject } of this.#torn) take(on, this.#on, subject);
  }
}

/**
 * Follows the record day by day: fed with the entries of one day by growing `seq`, then those of the next. What is true is what the
 * entries of all days so far say in the order of `seq` (docs/decisions/0055), which need not be that of their moments: where an entry
 * comes that stands before another about the same thing, all about that thing is read once more (`torn`, `mend`), and nothing
 * else. O(1) for an entry in order; memory for each thing there ever was and 8 bytes for each entry.
 */
export class Followed {
  readonly #on = nothingYet();
  readonly #told = new Map<string, Told>();
  readonly #torn = new Set<Told>();
  #touched = new Set<string>();
  #read = 0;

  feed(entry: RecordedEntry): void {
    this.#read += 1;
    const effect = effectOf(entry.kind);
    if (effect == null || (entry.outcome !== 'ok' && !FINDINGS.has(entry.kind))) return;
    const detail = detailOf(entry);
    const subject = subjectOf(entry, detail);
    if (subject?.of === 'account') this.#touched.add(subject.id);
    const realm = ownRealmOf(entry, detail);
    if (realm !== null && this.#note({ of: 'organisation', id: `${OWN}${realm}` }, entry, 'owns'))
      ensureOwn(this.#on, realm, entry);
    if (subject === undefined || this.#note(subject, entry, 'seqs')) effect(this.#on, entry, detail);
  }

  /** Whether what it is about can go on from what it is. */
  #note(subject: Subject, { seq }: RecordedEntry, as: 'seqs' | 'owns'): boolean {
    const key = `${subject.of} ${subject.id}`;
    let told = this.#told.get(key);
    if (told === undefined) {
      told = { subject, seqs: [], owns: [], last: 0 };
      this.#told.set(key, told);
    }
    told[as].push(seq);
    if (seq < told.last) this.#torn.add(told);
    told.last = Math.max(told.last, seq);
    return !this.#torn.has(told);
  }

  /** Numbers of the entries, growing, that must be read once more at the end of this day, for `mend`; mostly none. */
  torn(): readonly number[] {
    return [...new Set([...this.#torn].flatMap(({ seqs }) => seqs))].sort((a, b) => a - b);
  }

  /** Puts right what was torn, with the entries of those numbers as they come. */
  async mend(entries: AsyncIterable<RecordedEntry> | Iterable<RecordedEntry>): Promise<void> {
    const mending = new Mending([...this.#torn]);
    for await (const entry of entries) mending.feed(entry);
    mending.end(this.#on);
    this.#torn.clear();
  }

  /** An entry of after the last day: of what is told there only that decisions were taken out of the record tells of the time before. */
  later(entry: RecordedEntry): void {
    if (entry.kind === 'audit.dropped') effectOf(entry.kind)?.(this.#on, entry, detailOf(entry));
  }

  /** Ids of the accounts that something was told of since this was asked last. */
  touched(): ReadonlySet<string> {
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  /** As it is now; grows with what is fed after. */
  state(): RecordedState {
    return { ...this.#on, outOfOrder: 0, unknownKinds: [], read: this.#read };
  }
}
