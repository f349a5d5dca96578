import { type AppAtMoment, appsAt } from '../apps.ts';
import type { Moment } from '../cells.ts';
import { appWants, type Counts, passwordAlone, present, Tally, UNSETTLED } from '../summary.ts';
import type { Alike } from './alike.ts';
import { dayOf } from './days.ts';

/** How a day ended, for all accounts that are seen or for those of one organisation. */
export interface TrendRow {
  /** By UTC. */
  readonly day: string;
  /** Its end, or now: the moment (ms) of which this is so. */
  readonly at: number;
  /** null: all that are seen. An account that belonged to none on record has the empty id. */
  readonly organisation: { readonly id: string; readonly name: string } | null;
  /** Accounts that are neither disabled nor removed, and those of them that may use an app. */
  readonly accounts: number;
  readonly expected: number;
  /** How many of these are protected, in hundredths, never rounded up; null: there is nobody. */
  readonly percent: number | null;
  readonly counts: Counts;
  readonly strength: readonly { readonly acr: string; readonly accounts: number }[];
  readonly recoveryOnly: number;
  /** Routes that are open without a session by an exemption; null: not told of one organisation. */
  readonly exempt: number | null;
  /** Cells: an account at an app where a password alone is enough, past us. null: the record does not settle it. */
  readonly passwordAlone: number | null;
}

const HUNDREDTHS = 10_000;

/** What is not all is never told as all. */
function percentOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.floor((part * HUNDREDTHS) / whole) / 100;
}

/** The same that coverage of the moment says; null where it says that it cannot. */
function aloneOf({ inForce }: Moment, apps: readonly AppAtMoment[], tally: Tally, everything: boolean): number | null {
  if (inForce === null) return null;
  const seen = apps.filter(({ id }) => everything || tally.byApp.has(id));
  const { through, past } = passwordAlone(seen, tally.byApp, everything);
  if (past.length === 0 && appWants(seen).some(({ what }) => UNSETTLED.includes(what))) return null;
  return past.reduce((sum, { accounts }) => sum + accounts, through);
}

interface RowParts {
  readonly moment: Moment;
  readonly apps: readonly AppAtMoment[];
  readonly tally: Tally;
  readonly organisation: TrendRow['organisation'];
  /** All accounts are seen, and apps, findings and lists of apps with them. */
  readonly everything: boolean;
}

function rowOf({ moment, apps, tally, organisation, everything }: RowParts): TrendRow {
  const { accounts: counts, recoveryOnly } = tally;
  const accounts = present(counts);
  const expected = accounts - counts.barred;
  const exempt = apps.reduce((sum, { routes }) => sum + routes.filter(({ way }) => way === 'exempt').length, 0);
  return {
    ...{ day: dayOf(moment.at), at: moment.at, organisation, accounts, expected },
    percent: percentOf(counts.protected, expected),
    ...{ counts, strength: tally.strength(), recoveryOnly },
    exempt: everything ? exempt : null,
    passwordAlone: aloneOf(moment, apps, tally, everything),
  };
}

function tallyOf(ways: readonly Alike[]): Tally {
  const tally = new Tally();
  for (const way of ways) tally.add(way, way.cells, way.count);
  return tally;
}

/** Which rows of a day are told. */
export interface Told {
  /** Whoever asks may see everything. */
  readonly everything: boolean;
  /** A row for all that are seen. */
  readonly all: boolean;
  /** A row for each of these organisations. */
  readonly each: (organisation: { readonly id: string; readonly name: string }) => boolean;
}

/** The rows of a day: of all, and of organisations by name, as far as they had accounts. */
export function rowsOf(moment: Moment, ways: readonly Alike[], told: Told): TrendRow[] {
  const { organisations } = moment.state;
  const apps = appsAt(moment);
  const all = { moment, apps, tally: tallyOf(ways), organisation: null, everything: told.everything };
  const named = [...Map.groupBy(ways, ({ organisation }) => organisation ?? '')]
    .map(([id, of]) => ({ id, name: organisations.get(id)?.name ?? id, of }))
    .filter(told.each)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1));
  const each = named.map(({ id, name, of }) =>
    rowOf({ moment, apps, tally: tallyOf(of), organisation: { id, name }, everything: false }),
  );
  return [...(told.all ? [rowOf(all)] : []), ...each];
}
