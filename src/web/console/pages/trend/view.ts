import type { TrendAnswer } from '../../../../manage/trend/form.ts';
import type { Words } from '../../../words/shape.ts';
import type { Organisations } from '../parts/people.ts';
import type { TrendQuery } from './wish.ts';

/** Why there is nothing to show. */
export type Amiss = 'misused' | 'nobody' | 'busy' | 'too-many';

export interface TrendView {
  readonly answer: TrendAnswer | Amiss;
  /** As it was typed. */
  readonly asked: TrendQuery;
  readonly organisations: Organisations;
}

export type Row = TrendAnswer['rows'][number];

/** A share in hundredths of a percent at most, never rounded up; a dash where there is nobody. */
export function shareText({ locale }: Words, percent: number | null): string {
  if (percent === null) return '–';
  const format = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
  return format.format(percent / 100);
}

/** The first moment of a day as people write it, by UTC. */
export function dayText({ locale }: Words, day: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', dateStyle: 'medium' }).format(Date.parse(day));
}

/** Rows of what the chart shows: of all that are seen, or of the one organisation that was asked for. */
export function shownOf({ rows }: TrendAnswer, { organisation }: TrendQuery): readonly Row[] {
  return rows.filter((row) => (organisation === undefined ? row.organisation === null : true));
}
