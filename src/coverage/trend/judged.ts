import { stoodBefore } from '../building.ts';
import type { Moment } from '../cells.ts';
import type { InForce } from '../in-force.ts';
import type { AccountStanding, RecordedEntry, RecordedState } from '../types.ts';
import { Gathered, standingOf } from './alike.ts';
import { indexIn } from './days.ts';

type Stood = NonNullable<ReturnType<typeof stoodBefore>>;

/**
 * Judges at each day's end the accounts that may stand otherwise than at the end of the day before: those of which something was told,
 * whose organisation has other rules, whose link is over by time alone, that were there by then as is told later; and all of
 * them, where another configuration is in force. Days are asked for in their order, each once.
 */
export class Judged {
  readonly gathered = new Gathered();
  readonly #ends: readonly number[];
  readonly #reaches: (account: AccountStanding) => boolean;
  /** By day: accounts that stand otherwise from then on though nothing is told of them. */
  readonly #due: (Set<string> | undefined)[] = [];
  /** Accounts of which it is told later that they were there, by growing number of the entry. */
  readonly #stood = new Map<string, Stood[]>();
  #policies: ReadonlyMap<string, string | null> = new Map();
  #inForce: InForce | null = null;

  /** `ends`: of the days, ms, growing. */
  constructor(ends: readonly number[], reaches: (account: AccountStanding) => boolean) {
    this.#ends = ends;
    this.#reaches = reaches;
  }

  /** An entry of after the first day, by growing number, that tells how an account stands: it may have been there before. */
  later(entry: RecordedEntry): void {
    const stood = stoodBefore(entry);
    if (stood === undefined || entry.outcome !== 'ok') return;
    const all = this.#stood.get(stood.id);
    if (all === undefined) this.#stood.set(stood.id, [stood]);
    else all.push(stood);
    this.#dueAt(stood.id, indexIn(this.#ends, stood.addedAt));
  }

  #dueAt(id: string, day: number): void {
    if (day >= this.#ends.length) return;
    const due = this.#due[day] ?? new Set();
    this.#due[day] = due.add(id);
  }

  /** Ids of those who are to be looked at, at the end of that day (by its index). */
  *due(day: number, { state, inForce }: Moment, touched: ReadonlySet<string>): Generator<string> {
    const changed = this.#changed(state);
    const everybody = inForce !== this.#inForce;
    this.#inForce = inForce;
    const known = new Set([...touched, ...(this.#due[day] ?? [])]);
    this.#due[day] = undefined;
    yield* known;
    if (everybody || changed.size > 0)
      for (const { id, organisation } of state.accounts.values())
        if ((everybody || changed.has(organisation ?? '')) && !known.has(id)) yield id;
    if (everybody) for (const id of this.#stood.keys()) if (!state.accounts.has(id) && !known.has(id)) yield id;
  }

  /** Organisations whose rules are others than at the end of the day before. */
  #changed({ organisations }: RecordedState): ReadonlySet<string> {
    const before = this.#policies;
    const now = new Map([...organisations].map(([id, { policy }]) => [id, policy]));
    this.#policies = now;
    return new Set([...before.keys(), ...now.keys()].filter((id) => before.get(id) !== now.get(id)));
  }

  /** Looks at an account at the end of a day. */
  look(id: string, moment: Moment): void {
    const account = moment.state.accounts.get(id) ?? this.#before(id, moment.at);
    const seen = account !== undefined && this.#reaches(account) ? standingOf(moment, account) : undefined;
    this.gathered.set(id, seen);
    if (seen !== undefined && seen.until !== null) this.#dueAt(id, indexIn(this.#ends, seen.until));
  }

  /** Nothing was on record of it by then: nobody can say how it stood. */
  #before(id: string, at: number): AccountStanding | undefined {
    return this.#stood.get(id)?.find(({ addedAt }) => addedAt <= at);
  }
}
