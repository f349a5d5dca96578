const DAY_MS = 86_400_000;

/** Days of a trend at most. */
export const MOST_DAYS = 400;

const FORM = /^\d{4}-\d{2}-\d{2}$/;

/** The first moment (ms) of a day by UTC, written as 2026-08-02; undefined for what is no day of a calendar. */
export function startOf(day: string): number | undefined {
  const at = FORM.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // What is no day of a calendar, such as 31 June, is read as another by some: it must come back as it was typed.
  return Number.isNaN(at) || at < 0 || dayOf(at) !== day ? undefined : at;
}

/** The day (UTC) of a moment, ms. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The day that is so many later; earlier where that is below zero. */
export function dayAfter(day: string, days: number): string {
  return dayOf((startOf(day) ?? 0) + days * DAY_MS);
}

/** The moments (ms) at which the days from the one to the other ended by UTC, and of today now; each is later than the one before. */
export function endsOf(first: number, last: number, now: number): number[] {
  const count = Math.floor((last - first) / DAY_MS) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, n) => Math.min(now, first + (n + 1) * DAY_MS - 1));
}

/** The first of the ends that a moment is not later than; as many as there are ends where it is later than all. */
export function indexIn(ends: readonly number[], ms: number): number {
  const [first = 0] = ends;
  const last = ends.at(-1) ?? first;
  if (ms > last) return ends.length;
  // All but the last are a day apart, and the last is no more than a day after.
  return ms <= first ? 0 : Math.min(ends.length - 1, Math.ceil((ms - first) / DAY_MS));
}
