import type { RecordedState } from '../coverage/types.ts';
import type { Store } from '../store/types.ts';

/** Moments of one store, and accounts of all of them, that are kept; how long, ms, after each was read. */
const [MOST, MOST_ACCOUNTS, KEPT_MS] = [4, 120_000, 300_000];

interface Kept {
  readonly at: number;
  /** Numbers of the entries that were read, and of those from later that tell of before. */
  readonly seqs: readonly number[];
  readonly later: readonly number[];
  readonly state: RecordedState;
}

type Views = Store['views'];

const all = new WeakMap<Views, Kept[]>();

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((seq, i) => seq === b[i]);
}

/**
 * What was replayed lately, whoever asked: it is that of everything, and each reach is judged on it anew. It holds for the same moment
 * while the same entries say it. Their numbers are asked for each time: an entry is never changed, so that one which came,
 * however late it was committed, or went, by law or over its time, is another list.
 */
export function keptState(views: Views, { at, seqs, later }: Omit<Kept, 'state'>): RecordedState | undefined {
  return all.get(views)?.find((kept) => kept.at === at && same(kept.seqs, seqs) && same(kept.later, later))?.state;
}

/** Keeps a state for pages to come: the newest few, of a bounded number of accounts together, for some minutes. */
export function keepState(views: Views, kept: Kept): void {
  const before = (all.get(views) ?? []).filter(({ at }) => at !== kept.at).slice(1 - MOST);
  const next = [...before, kept];
  const accounts = () => next.reduce((sum, { state }) => sum + state.accounts.size, 0);
  while (next.length > 0 && accounts() > MOST_ACCOUNTS) next.shift();
  all.set(views, next);
  const forget = () => {
    const left = (all.get(views) ?? []).filter((each) => each !== kept);
    all.set(views, left);
  };
  setTimeout(forget, KEPT_MS).unref();
}
