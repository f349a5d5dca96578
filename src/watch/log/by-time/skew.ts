/** Clocks that differ by more are not put right: nothing is alike then. */
export const MOST_SKEW_MS = 10 * 60_000;
/** Requests of each log that are compared. */
export const SAMPLE = 20_000;
/** Of one method and path, those that each is compared with. */
const MOST_ALIKE = 50;
/** Pairs without which nothing is said, and how far the most must stand out among all differences. */
const FEWEST = 5;
const STANDS_OUT = 3;
const SECONDS = MOST_SKEW_MS / 1000;

export interface Moment {
  readonly at: number;
  readonly alike: string;
}

/** How often each difference, in whole seconds, stands between one of theirs and one of ours that is alike. */
function differences(ours: readonly Moment[], theirs: readonly Moment[]): Uint32Array {
  const counts = new Uint32Array(2 * SECONDS + 1);
  const known = new Map<string, number[]>();
  for (const { at, alike } of ours) {
    const all = known.get(alike) ?? [];
    if (all.length === 0) known.set(alike, all);
    if (all.length < MOST_ALIKE) all.push(at);
  }
  for (const { at, alike } of theirs) {
    for (const each of known.get(alike) ?? []) {
      const seconds = Math.round((at - each) / 1000) + SECONDS;
      if (seconds >= 0 && seconds < counts.length) counts[seconds] = (counts[seconds] ?? 0) + 1;
    }
  }
  return counts;
}

/**
 * By how many ms their clock is ahead of ours: the difference that stands most often between requests that are alike, and among such that
 * stand nearly as often the smallest, since what is asked for every minute is alike at every minute. null: too few are alike to say, or all differences stand as often.
 */
export function skewOf(ours: readonly Moment[], theirs: readonly Moment[]): number | null {
  const counts = differences(ours, theirs);
  const of = (i: number): number => counts[i] ?? 0;
  const around = (i: number): number => of(i - 1) + of(i) + of(i + 1);
  let most = 0;
  for (let i = 0; i < counts.length; i += 1) most = Math.max(most, around(i));
  const mean = (3 * counts.reduce((sum, each) => sum + each, 0)) / counts.length;
  if (most < FEWEST || most < mean * STANDS_OUT) return null;
  for (let away = 0; away <= SECONDS; away += 1)
    for (const i of [SECONDS - away, SECONDS + away]) {
      if (around(i) < most * 0.9) continue;
      const sum = (i - 1) * of(i - 1) + i * of(i) + (i + 1) * of(i + 1);
      return Math.round((sum / around(i) - SECONDS) * 1000);
    }
  return null;
}
