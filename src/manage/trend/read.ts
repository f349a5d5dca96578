import type { Moment } from '../../coverage/cells.ts';
import type { InForce } from '../../coverage/in-force.ts';
import { indexIn } from '../../coverage/trend/days.ts';
import { Followed } from '../../coverage/trend/followed.ts';
import { Judged } from '../../coverage/trend/judged.ts';
import type { AccountStanding, RecordedState } from '../../coverage/types.ts';
import { isOver } from '../../lib/turns.ts';
import type { Store } from '../../store/types.ts';
import type { EntryMoments, EntryTold } from '../../store/view-types.ts';
import { askLater, askUntil, meantBy, type Progress } from '../coverage-moment.ts';

/** Entries that are read at once: others wait so long. */
const AT_ONCE = 250;

/** How it is read. `pause`: after each piece of work, which took so long (ms), before the next. */
export interface Manner {
  readonly pause: (tookMs: number) => Promise<unknown>;
  readonly progress?: Progress | undefined;
}

interface Asked extends Manner {
  readonly store: Pick<Store, 'views' | 'log'>;
  /** Of the days, ms, growing; one at least. */
  readonly ends: readonly number[];
  /** Whether an account is seen, by where it belongs. */
  readonly reaches: (account: AccountStanding) => boolean;
}

/** Numbers of the entries of each day, growing; of the first all of before as well. */
function byDay(ends: readonly number[], { seqs, ats }: EntryMoments): Float64Array[] {
  const counts = new Uint32Array(ends.length);
  for (const at of ats) tally(counts, indexIn(ends, at));
  const days = [...counts].map((count) => new Float64Array(count));
  const filled = new Uint32Array(ends.length);
  for (const [n, at] of ats.entries()) {
    const day = indexIn(ends, at);
    const place = days[day];
    if (place !== undefined) place[tally(filled, day)] = seqs[n] ?? 0;
  }
  return days.map((numbers) => numbers.sort());
}

/** What it was before it was counted once more. */
function tally(counts: Uint32Array, at: number): number {
  const before = counts[at] ?? 0;
  counts[at] = before + 1;
  return before;
}

/** Entries by number, and pauses between them. */
async function* entries({ store, pause }: Asked, seqs: ArrayLike<number>): AsyncGenerator<EntryTold, void, undefined> {
  const all = Array.from(seqs);
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const since = performance.now();
    yield* await store.views.entriesByNumber(all.slice(from, from + AT_ONCE));
    await pause(performance.now() - since);
  }
}

/** One reading of the record. */
class Reading {
  readonly #asked: Asked;
  readonly #followed = new Followed();
  readonly #judged: Judged;
  #known: { readonly meaning: string | null; readonly inForce: InForce | null } = { meaning: null, inForce: null };

  constructor(asked: Asked) {
    this.#asked = asked;
    this.#judged = new Judged(asked.ends, asked.reaches);
  }

  async numbers(): Promise<{ readonly days: readonly Float64Array[]; readonly later: readonly number[] }> {
    const { store, ends } = this.#asked;
    const [first = 0, last = first] = [ends[0], ends.at(-1)];
    const found = await store.views.entryMoments(askUntil(last));
    return { days: byDay(ends, found), later: await store.views.entryNumbers(askLater(first)) };
  }

  /** The entries of a day. */
  async follow(seqs: Float64Array): Promise<void> {
    const followed = this.#followed;
    for await (const entry of entries(this.#asked, seqs)) followed.feed(entry);
    const torn = followed.torn();
    await followed.mend(entries(this.#asked, torn));
  }

  /** What is told later than the end of the first day of the time before. */
  async hearLater(seqs: readonly number[]): Promise<void> {
    const { accounts } = this.#followed.state();
    for await (const entry of entries(this.#asked, seqs)) {
      this.#followed.later(entry);
      const known = entry.accountId === null || accounts.has(entry.accountId);
      if (entry.kind === 'account.stands' && !known) this.#judged.later(entry);
    }
  }

  /** Everybody at the end of a day. */
  async judge(day: number): Promise<Moment> {
    const { ends, pause } = this.#asked;
    const state = this.#followed.state();
    const moment = { at: ends[day] ?? 0, state, inForce: await this.#inForce(state) };
    let since = performance.now();
    for (const id of this.#judged.due(day, moment, this.#followed.touched())) {
      this.#judged.look(id, moment);
      if (!isOver(since)) continue;
      await pause(performance.now() - since);
      since = performance.now();
    }
    return moment;
  }

  /** The same object while the same is in force: all are looked at anew where it is another. */
  async #inForce({ configuration }: RecordedState): Promise<InForce | null> {
    const meaning = configuration?.meaning ?? null;
    if (meaning !== this.#known.meaning) this.#known = { meaning, inForce: await meantBy(this.#asked.store, meaning) };
    return this.#known.inForce;
  }

  ways() {
    return this.#judged.gathered.ways();
  }
}

/** How everybody stood at the end of a day. */
export interface DayRead {
  /** Of the first day 0. */
  readonly index: number;
  readonly moment: Moment;
  readonly ways: ReturnType<Reading['ways']>;
}

/**
 * How everybody stood at the end of each of many days, from the record alone, by one reading of it: for each day exactly what coverage of
 * its last moment says (docs/decisions/0063). Each is to be looked at before the next is asked for.
 */
export async function* daysOf(asked: Asked): AsyncGenerator<DayRead, void, undefined> {
  const reading = new Reading(asked);
  const { days, later } = await reading.numbers();
  const all = days.reduce((sum, { length }) => sum + length, 0);
  let done = 0;
  for (const [index, seqs] of days.entries()) {
    await reading.follow(seqs);
    if (index === 0) await reading.hearLater(later);
    const moment = await reading.judge(index);
    done += seqs.length;
    asked.progress?.(done, all, 'entries');
    yield { index, moment, ways: reading.ways() };
  }
}
