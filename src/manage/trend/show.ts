import { setImmediate as othersTurn } from 'node:timers/promises';
import { dayAfter, dayOf, endsOf, MOST_DAYS, startOf } from '../../coverage/trend/days.ts';
import { fallsOf } from '../../coverage/trend/falls.ts';
import { rowsOf, type TrendRow } from '../../coverage/trend/row.ts';
import type { AccountStanding } from '../../coverage/types.ts';
import { SallyportError } from '../../errors.ts';
import { rest } from '../../lib/rest.ts';
import { within } from '../../roles.ts';
import { warranted } from '../administration.ts';
import type { ManageContext } from '../context.ts';
import type { Progress } from '../coverage-moment.ts';
import { query, type Reading } from '../query.ts';
import { amongFew } from './at-once.ts';
import { type TrendAnswer, type TrendWish, trendAnswer, trendWish, USUAL_DAYS } from './form.ts';
import { daysOf, type Manner } from './read.ts';

/** Rows of one answer; the command writes any number. */
const MOST_ROWS = 20_000;

interface Days {
  readonly from: string;
  readonly to: string;
  readonly ends: readonly number[];
}

/** Throws `usage` where they are none, or too many, or still to come. */
function daysIn({ from, to }: TrendWish, now: number): Days {
  const last = to ?? dayOf(now);
  const first = from ?? dayAfter(last, 1 - USUAL_DAYS);
  const [begins, ends] = [startOf(first), startOf(last)];
  if (begins === undefined || ends === undefined)
    throw new SallyportError('usage', 'a day is written as 2026-08-02, and is one of the calendar');
  if (ends > now) throw new SallyportError('usage', 'the last day is still to come: end with today');
  if (begins > ends) throw new SallyportError('usage', 'the last day is before the first');
  const all = endsOf(begins, ends, now);
  if (all.length > MOST_DAYS)
    throw new SallyportError('usage', `at most ${MOST_DAYS} days at once: begin later, or ask in parts`);
  return { from: first, to: last, ends: all };
}

/** Whether an organisation is meant: by id, its name now, or its name then. */
async function meant({ store, reach }: Reading, asked: string) {
  const known = await store.organisations.list(reach);
  const ids = new Set(known.flatMap(({ id, name }) => (id === asked || name === asked ? [id] : [])));
  return ({ id, name }: { readonly id: string; readonly name: string }): boolean =>
    id === asked || name === asked || ids.has(id);
}

interface How extends Manner {
  readonly mostRows: number;
}

/** Rows of the days that were asked for. */
async function rowsIn(ctx: Reading, wish: TrendWish, days: Days & How) {
  const { store, reach } = ctx;
  const { ends, pause, progress, mostRows } = days;
  const everything = reach === 'all';
  const reaches = ({ organisation }: AccountStanding): boolean =>
    everything || (organisation !== null && within(reach, organisation));
  const one = wish.organisation === undefined ? undefined : await meant(ctx, wish.organisation);
  const rows: TrendRow[] = [];
  let record: TrendAnswer['record'] = { entries: null, droppedBefore: null };
  for await (const { index, moment, ways } of daysOf({ store, ends, reaches, pause, progress })) {
    const end = index === 0 || index === ends.length - 1;
    const named = wish.each === 'days' || (wish.each === 'ends' && end);
    rows.push(...rowsOf(moment, ways, { everything, all: one === undefined, each: one ?? (() => named) }));
    if (rows.length > mostRows)
      throw new SallyportError('usage', `more than ${mostRows} rows: ask for fewer days, or for one organisation`);
    record = { entries: everything ? moment.state.read : null, droppedBefore: moment.state.droppedBefore };
  }
  return { rows, record };
}

async function trendOf(ctx: Reading, wish: TrendWish, how: How): Promise<TrendAnswer> {
  const days = daysIn(wish, ctx.clock.now());
  const { rows, record } = await rowsIn(ctx, wish, { ...days, ...how });
  if (rows.length === 0)
    throw new SallyportError('not-found', 'nobody of such an organisation is on record in these days');
  return { from: days.from, to: days.to, rows, falls: fallsOf(rows), record };
}

const described = {
  name: 'coverage.trend',
  does: 'how many accounts were protected at the end of each of many days, and when it fell',
  needs: { roles: ['owner', 'administrator', 'auditor'], of: 'reach' },
  http: 'GET /coverage/trend',
} as const;

/** Of any number of organisations, as fast as it can be read: for whoever waits for nothing else. `progress` is told how far it is. */
export function wholeTrend(ctx: ManageContext, wish: TrendWish, progress?: Progress): Promise<TrendAnswer> {
  const how = { pause: () => othersTurn(), progress, mostRows: Number.MAX_SAFE_INTEGER };
  return warranted(ctx, described, (within) => trendOf(within, wish, how));
}

/** The same for whoever asks at the console or by the API: bounded, among few, and no more than half of the one thread. */
export const showTrend = query({
  ...described,
  input: trendWish,
  output: trendAnswer,
  read: (ctx, wish) =>
    amongFew(ctx, () => trendOf(ctx, wish, { pause: rest, progress: undefined, mostRows: MOST_ROWS })),
});
