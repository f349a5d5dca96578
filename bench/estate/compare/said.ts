import { command } from '../command.ts';
import type { Place } from '../make/place.ts';
import { DAY, type Plan } from '../plan/types.ts';
import { summaryOf } from '../truth/summary.ts';
import { truthAt } from '../truth/truth.ts';

/** What `coverage --json` says, as far as it is held against the truth. */
interface Said {
  readonly at: number;
  readonly summary: { readonly accounts: object };
  readonly rows: readonly {
    readonly name: string;
    readonly cells: readonly { readonly app: string; readonly class: string; readonly why: string | null }[];
  }[];
}

/** Asks the command for a day in the middle of the plan, and answers what it says otherwise, in sentences. */
export async function askCommand(place: Place, plan: Plan): Promise<readonly string[]> {
  const middle = plan.from + Math.floor((plan.to - plan.from) / DAY / 2) * DAY;
  const said = await command<Said>(place, 'coverage', '--at', new Date(middle).toISOString().slice(0, 10));
  const [day] = truthAt(plan, [middle + DAY - 1]);
  if (day === undefined || said.at !== day.at) return [`coverage --at: it is of ${said.at}`];
  const cells = said.rows.flatMap((row) => row.cells.map((cell) => ({ who: row.name, ...cell })));
  const wrong = cells.filter(({ who, app, class: how, why }) => {
    const truth = day.accounts.get(who)?.cells.get(app as 'rota');
    return truth?.class !== how || truth.why !== why;
  });
  const planned = [...day.accounts.values()].reduce((sum, account) => sum + account.cells.size, 0);
  const counts = JSON.stringify(summaryOf(day, []).accounts);
  return [
    ...wrong.map(({ who, app, class: how }) => `coverage --at: ${who} at ${app} is not ${how}`),
    ...(cells.length === planned ? [] : [`coverage --at: ${cells.length} cells, and ${planned} were planned`]),
    ...(JSON.stringify(said.summary.accounts) === counts ? [] : ['coverage --at: the counts are not those planned']),
  ];
}
