import { CELL_CLASSES } from '../../../../coverage/cells.ts';
import type { CoverageWish } from '../../../../manage/coverage-form.ts';
import type { Asked } from '../../address.ts';
import { dayOf } from '../record/wish.ts';

/** What coverage is asked for in an address. */
export const FILTERS = ['day', 'organisation', 'app', 'class'] as const;
export type CoverageQuery = Readonly<Partial<Record<(typeof FILTERS)[number], string | undefined>>>;

/** Accounts of one file at most: it is made whole before it is sent. The command writes any number. */
export const EXPORTED = 20_000;

const DAY_MS = 86_400_000;

export function coverageQuery(asked: Asked): CoverageQuery {
  return Object.fromEntries(FILTERS.map((name) => [name, asked.get(name)?.trim()]));
}

/** The end of a day (ms, UTC), and of today now; undefined for what is no day of a calendar, or is still to come. */
export function endOfDay(text: string, now: number): number | undefined {
  const from = dayOf(text);
  // What is no day of a calendar, such as 31 June, is read as another by some: it must come back as it was typed.
  if (from === undefined || from > now || new Date(from).toISOString().slice(0, 10) !== text) return undefined;
  return Math.min(now, from + DAY_MS - 1);
}

/** What is asked for; undefined where something of it cannot be meant. */
export function wishOf({ day, organisation, app, class: how }: CoverageQuery, now: number): CoverageWish | undefined {
  const at = day === undefined ? now : endOfDay(day, now);
  const known = CELL_CLASSES.find((each) => each === how);
  if (at === undefined || (how !== undefined && known === undefined)) return undefined;
  return {
    at,
    ...(organisation === undefined ? {} : { organisation }),
    ...(app === undefined ? {} : { app }),
    ...(known === undefined ? {} : { class: known }),
  };
}
