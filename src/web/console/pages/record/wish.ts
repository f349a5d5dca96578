import type { RecordWish } from '../../../../manage/record-find.ts';
import type { Asked } from '../../address.ts';

/** What the record is asked for in an address. */
export const FILTERS = ['account', 'app', 'kind', 'outcome', 'from', 'to', 'actor'] as const;

/** Entries of one export at most. */
export const EXPORTED = 10_000;

const DAY = 86_400_000;
const OUTCOMES = ['ok', 'refused', 'failed'] as const;

/** The first moment (ms, UTC) of a day that is written as 2026-01-31; undefined for what is none. */
export function dayOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(at) || at < 0 ? undefined : at;
}

/** What is asked for; undefined where something of it cannot be meant. */
export function recordWish(asked: Asked): RecordWish | undefined {
  const [account, app, kind, said, actor] = ['account', 'app', 'kind', 'outcome', 'actor'].map((name) =>
    asked.get(name)?.trim(),
  );
  const [from, to] = [dayOf(asked.get('from')), dayOf(asked.get('to'))];
  const outcome = OUTCOMES.find((each) => each === said);
  if (said !== undefined && outcome === undefined) return undefined;
  if ((asked.has('from') && from === undefined) || (asked.has('to') && to === undefined)) return undefined;
  return {
    ...(account === undefined ? {} : { account }),
    ...(app === undefined ? {} : { app }),
    ...(kind === undefined ? {} : { kind }),
    ...(actor === undefined ? {} : { actor }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(from === undefined ? {} : { from }),
    // To the end of that day.
    ...(to === undefined ? {} : { to: to + DAY }),
  };
}
