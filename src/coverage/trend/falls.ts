import type { TrendRow } from './row.ts';

/** What a number was the day before, and what it is. */
export interface Change {
  readonly from: number;
  readonly to: number;
}

/** A day after which fewer of those who should be were protected than before it, or more was open without a second factor. */
export interface Fall {
  readonly day: string;
  /** The day of the row before. */
  readonly since: string;
  readonly organisation: TrendRow['organisation'];
  /** null: it is not less. */
  readonly percent: Change | null;
  /** Behind the share: what it is a share of, and how many of these. */
  readonly expected: Change;
  readonly protected: Change;
  /** null: it is not more. */
  readonly passwordAlone: Change | null;
  readonly exempt: Change | null;
}

const more = (from: number | null, to: number | null): Change | null =>
  from !== null && to !== null && to > from ? { from, to } : null;

/** Compared exactly: a share that is less by less than is told has fallen all the same. */
function less(before: TrendRow, row: TrendRow): Change | null {
  if (before.percent === null || row.percent === null) return null;
  const fell = row.counts.protected * before.expected < before.counts.protected * row.expected;
  return fell ? { from: before.percent, to: row.percent } : null;
}

function fallOf(before: TrendRow, row: TrendRow): Fall | undefined {
  const percent = less(before, row);
  const passwordAlone = more(before.passwordAlone, row.passwordAlone);
  const exempt = more(before.exempt, row.exempt);
  if (percent === null && passwordAlone === null && exempt === null) return undefined;
  return {
    ...{ day: row.day, since: before.day, organisation: row.organisation, percent },
    expected: { from: before.expected, to: row.expected },
    protected: { from: before.counts.protected, to: row.counts.protected },
    ...{ passwordAlone, exempt },
  };
}

/** Of rows by growing day: where each falls behind the one before of the same organisation. */
export function fallsOf(rows: readonly TrendRow[]): Fall[] {
  const before = new Map<string, TrendRow>();
  return rows.flatMap((row) => {
    const key = row.organisation === null ? 'all' : `of ${row.organisation.id}`;
    const last = before.get(key);
    before.set(key, row);
    const fall = last === undefined ? undefined : fallOf(last, row);
    return fall === undefined ? [] : [fall];
  });
}
