import { USES } from '../../coverage/effects.ts';
import type { Replay } from '../../coverage/replay.ts';
import type { AccountStanding, RecordedEntry } from '../../coverage/types.ts';

/**
 * How an account stood. `enrolled`: it has an authenticator, or recovery codes, in use. `waiting`: none, and a link is open by which it may enrol.
 * `none`: neither; it gets in nowhere. `unknown`: the record does not say all of it.
 */
export type Standing = 'enrolled' | 'waiting' | 'none' | 'disabled' | 'removed' | 'unknown';

/** An account that stood so from one moment to another, ms. */
export interface AccountSpan {
  readonly account: string;
  readonly realm: string | null;
  readonly name: string | null;
  readonly organisation: string | null;
  readonly from: number;
  readonly until: number;
  readonly standing: Standing;
  /** What it can sign in with: `passkey`, `totp`, `recovery`; sorted. */
  readonly ways: readonly string[];
  /** The entries by which it is so, by their index. */
  readonly basis: readonly number[];
}

type Value = Omit<AccountSpan, 'from' | 'until'> & { readonly ends: number };

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What it can sign in with, and the entries that say so. */
function waysOf({ factors, recovery }: AccountStanding): { ways: string[]; seqs: (number | null)[]; usable: boolean } {
  const inUse = [...factors.values()].filter(({ disabledAt }) => disabledAt === null);
  const codes = recovery !== null && recovery.left !== 0 && recovery.disabledAt === null ? recovery : null;
  const ways = new Set<string>(inUse.map(({ kind }) => kind));
  if (codes !== null) ways.add('recovery');
  const ended = [...factors.values()].map(({ disabledSeq }) => disabledSeq);
  const seqs = [...inUse.map(({ seq }) => seq), ...ended, codes?.seq ?? null];
  return { ways: [...ways].sort(), seqs, usable: ways.size > 0 };
}

function standingOf(account: AccountStanding, usable: boolean): Standing {
  if (account.removedAt !== null) return 'removed';
  if (account.disabledAt !== null) return 'disabled';
  if (account.knownFrom === null) return 'unknown';
  if (usable) return 'enrolled';
  return account.ticket === null ? 'none' : 'waiting';
}

/** How it stands after an entry; `ends`: when it stands otherwise though nothing happens, since its link is over. */
function standsAs(account: AccountStanding, indexes: ReadonlyMap<number, number>): Value {
  const { id, realm, name, organisation, ticket, basis } = account;
  const { ways, seqs, usable } = waysOf(account);
  const standing = standingOf(account, usable);
  const isIn = standing === 'enrolled' || standing === 'unknown';
  const waits = standing === 'waiting' ? (ticket?.seq ?? null) : null;
  const by = [basis.began, basis.place, basis.state, ...(isIn || standing === 'none' ? seqs : []), waits];
  const found = by.flatMap((seq) => (seq === null ? [] : (indexes.get(seq) ?? [])));
  return {
    account: id,
    realm,
    name,
    organisation,
    standing,
    ways: isIn ? ways : [],
    basis: [...new Set(found)].sort((a, b) => a - b),
    ends: waits === null ? Number.POSITIVE_INFINITY : (ticket?.until ?? 0),
  };
}

const alike = (a: Value, b: Value) =>
  a.standing === b.standing &&
  a.organisation === b.organisation &&
  a.name === b.name &&
  a.ends === b.ends &&
  a.ways.join() === b.ways.join() &&
  a.basis.join() === b.basis.join();

/** The spans of one account, as its entries come. */
class Track {
  readonly spans: AccountSpan[] = [];
  readonly #range: Range;
  #value: Value | null = null;
  #since = 0;

  constructor(range: Range) {
    this.#range = range;
  }

  move(value: Value, at: number): void {
    if (this.#value !== null && alike(this.#value, value)) return;
    // A clock that was set back takes nothing back.
    const moment = Math.max(at, this.#since);
    this.end(moment);
    this.#value = value;
    this.#since = moment;
  }

  end(moment: number): void {
    if (this.#value === null) return;
    const { ends, ...value } = this.#value;
    const over = Math.min(Math.max(ends, this.#since), moment);
    this.#put(value, this.#since, over);
    if (over < moment) this.#put({ ...value, standing: 'none' }, over, moment);
  }

  #put(value: Omit<Value, 'ends'>, since: number, till: number): void {
    const [from, until] = [Math.max(since, this.#range.from), Math.min(till, this.#range.to)];
    if (from >= until) return;
    const { account, realm, name, organisation, standing, ways, basis } = value;
    this.spans.push({ account, realm, name, organisation, from, until, standing, ways, basis });
  }
}

/**
 * How every account stood in the range, by the entries up to its end, which the replay is fed with: `entries` by growing `seq`, `indexes`
 * from that to the place in the record; when something was used last, since only the last of its uses is shown. By id of the account, then by time. An account that was removed before the range is not in it.
 */
export function accountSpans(
  range: Range,
  entries: readonly RecordedEntry[],
  indexes: ReadonlyMap<number, number>,
  replay: Replay,
): AccountSpan[] {
  // The same map all the time: it grows with what is fed.
  const { accounts } = replay.state();
  const tracks = new Map<string, Track>();
  for (const entry of entries) {
    if (entry.at >= range.to || USES.has(entry.kind)) continue;
    replay.feed(entry);
    const account = accounts.get(entry.accountId ?? '');
    if (account === undefined) continue;
    const track = tracks.get(account.id) ?? new Track(range);
    tracks.set(account.id, track);
    track.move(standsAs(account, indexes), entry.at);
  }
  for (const entry of entries) if (entry.at < range.to && USES.has(entry.kind)) replay.feed(entry);
  for (const track of tracks.values()) track.end(range.to);
  const ids = [...tracks.keys()].sort();
  return ids.flatMap((id) => {
    const spans = tracks.get(id)?.spans ?? [];
    return spans[0]?.standing === 'removed' ? [] : spans;
  });
}
