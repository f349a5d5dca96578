import type { TrendWish } from '../../../../manage/trend/form.ts';
import type { Asked } from '../../address.ts';

/** What a trend is asked for in an address. */
export const FIELDS = ['from', 'to', 'organisation'] as const;
export type TrendQuery = Readonly<Partial<Record<(typeof FIELDS)[number], string | undefined>>>;

export function trendQuery(asked: Asked): TrendQuery {
  return Object.fromEntries(FIELDS.map((name) => [name, asked.get(name)?.trim() || undefined]));
}

/** As it is asked for; whether it can be meant is said by whoever answers. */
export function wishOf({ from, to, organisation }: TrendQuery): TrendWish {
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(organisation === undefined ? {} : { organisation }),
  };
}
