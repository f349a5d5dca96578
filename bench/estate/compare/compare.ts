import { textAt } from '../make/place.ts';
import type { Plan } from '../plan/types.ts';
import { type Past, summaryOf } from '../truth/summary.ts';
import { truthAt } from '../truth/truth.ts';
import type { Wish } from '../wish.ts';
import { compare } from './differences.ts';
import { digestOf } from './digest.ts';
import { momentsOf } from './moments.ts';
import { openReports } from './report.ts';

/** So many differences are named, of all days. */
const NAMED = 50;

const number = (n: number): string => n.toLocaleString('en');

/** Who is there no more at the end. */
function leftBy(plan: Plan): ReadonlySet<string> {
  const [last] = truthAt(plan, [plan.to]);
  return new Set([...(last?.accounts.values() ?? [])].flatMap(({ who, goneAt }) => (goneAt === null ? [] : [who])));
}

export interface Today {
  readonly now: number;
  /** What was found of ways past the gate since the end of the plan. */
  readonly found: readonly Past[];
}

/** Holds the report of today and of past days against the plan, and says what differs; answers in how many places. */
export async function compareAll(wish: Wish, plan: Plan, today: Today, say: (line: string) => void): Promise<number> {
  const moments = [...momentsOf(plan, wish.days, wish.seed), today.now];
  const left = leftBy(plan);
  const reports = await openReports(wish.place, today.now);
  let [cells, differing, slowest] = [0, 0, 0];
  try {
    for (const day of truthAt(plan, moments)) {
      const { day: report, ms } = await reports.at(day.at);
      slowest = Math.max(slowest, ms);
      const digest = digestOf(textAt(wish.place, day.text));
      const compared = compare(
        { day, summary: summaryOf(day, day.at > plan.to ? today.found : []), digest, left },
        report,
      );
      cells += compared.cells;
      for (const each of compared.differences.slice(0, Math.max(0, NAMED - differing)))
        say(`${new Date(day.at).toISOString()}  ${each}`);
      differing += compared.count;
    }
  } finally {
    await reports.close();
  }
  const looked = `${number(cells)} cells of ${moments.length} moments`;
  const said =
    differing === 0 ? 'the report says what was planned, in every one' : `${number(differing)} things differ`;
  say(`${looked}: ${said}. The slowest report took ${number(Math.round(slowest))} ms.`);
  return differing;
}
