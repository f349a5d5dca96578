import type { EvidenceWish } from '../../../../manage/evidence.ts';
import type { Asked } from '../../address.ts';
import { dayOf } from '../record/wish.ts';

/** What a pack is asked for, in an address and in a form. */
export const FIELDS = ['from', 'to', 'organisation', 'redact'] as const;
export type EvidenceQuery = Readonly<Partial<Record<(typeof FIELDS)[number], string | undefined>>>;

const DAY = 86_400_000;

export function evidenceQuery(asked: Pick<Asked, 'get'>): EvidenceQuery {
  return Object.fromEntries(FIELDS.map((name) => [name, asked.get(name)?.trim() || undefined]));
}

/** The first moment of a day of the calendar, ms; undefined for what is none, such as 31 June. */
function begins(text: string | undefined): number | undefined {
  const at = dayOf(text);
  return at === undefined || new Date(at).toISOString().slice(0, 10) !== text ? undefined : at;
}

/** From the first moment of the first day to the last of the last one; undefined where a day is none. */
export function wishOf({ from, to, organisation, redact }: EvidenceQuery): EvidenceWish | undefined {
  const [first, last] = [begins(from), begins(to)];
  if (first === undefined || last === undefined) return undefined;
  const of = organisation === undefined ? {} : { organisation };
  return { from: first, to: last + DAY, ...of, redact: redact === 'on' };
}

/** What a form proposes. */
export interface Proposed {
  readonly from: string;
  readonly to: string;
}

/**
 * What stands in the form at first: the month before this one, which is the one that is asked for, as far as there is a record of it;
 * where there is none, all that there is until today. `begins`: the moment of the oldest entry, ms; undefined: there is none.
 */
export function proposed(now: number, begins: number | undefined): Proposed {
  const today = new Date(now);
  const [year, month] = [today.getUTCFullYear(), today.getUTCMonth()];
  const text = (at: number) => new Date(at).toISOString().slice(0, 10);
  const [from, to] = [Date.UTC(year, month - 1, 1), Date.UTC(year, month, 0)];
  const first = Math.min(begins ?? now, now);
  // The last day of the month is over when the next one begins.
  if (first >= to + DAY) return { from: text(first), to: text(now) };
  return { from: text(Math.max(from, first)), to: text(to) };
}
