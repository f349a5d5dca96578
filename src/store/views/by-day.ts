import type { Scope } from '../database.ts';
import type { EntriesOfDays } from '../view-types.ts';

export const DAY = 86_400_000;

/** What the database counts by itself; the list that migration 0018 has in its triggers. */
const COUNTED: Readonly<Partial<Record<EntriesOfDays['outcome'], readonly string[]>>> = {
  ok: ['session.open'],
  refused: ['sign-in.begin', 'sign-in.second', 'sign-in.step-up', 'app.sign-in'],
};

/** Whether the database keeps these numbers: of whole days (UTC), of single organisations, of these kinds. All others are counted. */
export function isCountedByDay({ kind }: Pick<Scope, 'kind'>, { reach, kinds, outcome, from }: EntriesOfDays): boolean {
  if (kind !== 'sqlite' || reach === 'all' || from < 0 || from % DAY !== 0) return false;
  const known = COUNTED[outcome] ?? [];
  return kinds.every((each) => known.includes(each));
}

/** Entries of each day, as many as a count of them would find: they are kept in the transactions that change them. */
export async function countedByDay({ db }: Pick<Scope, 'db'>, asked: EntriesOfDays): Promise<number[]> {
  const { reach, kinds, outcome, from, days, most } = asked;
  const first = from / DAY;
  const rows = await db
    .selectFrom('entriesByDay')
    .select(['day', (e) => e.fn.sum<number>('entries').as('count')])
    .where('organisationId', 'in', reach === 'all' || reach.size === 0 ? [''] : [...reach])
    .where('kind', 'in', kinds.length === 0 ? [''] : kinds)
    .where('outcome', '=', outcome)
    .where('day', '>=', first)
    .where('day', '<', first + days)
    .groupBy('day')
    .execute();
  const counts = new Map(rows.map(({ day, count }) => [day - first, Number(count)]));
  return Array.from({ length: days }, (_, day) => Math.min(counts.get(day) ?? 0, most));
}
