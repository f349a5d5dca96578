import type { AppAtMoment } from './apps.ts';
import { CELL_CLASSES, type Cell, type CellClass } from './cells.ts';
import { numberOf } from './detail.ts';
import type { AccountStanding } from './types.ts';

export type Counts = Record<CellClass, number>;

/** What makes a day wanting. A closed union: whoever reads reports can rely on it. */
export const WANTING = [
  /** An app answered somebody else than Sallyport: who has a password there gets in past it. */
  'origin-open',
  /** Something came back from an app to a stranger. */
  'canary-failed',
  /** An app whose own login is not looked at. */
  'unbound',
  /** An exemption stands there and is over: it opens nothing, and should go. */
  'exemption-expired',
  /** Accounts of which the record does not hold all. */
  'unknown-accounts',
  'configuration-not-on-record',
  /** Entries have no place in the log yet. */
  'unsealed',
  /** The app's list of accounts and ours are not the same. */
  'roster',
] as const;
export type Wanting = (typeof WANTING)[number];

export interface Want {
  readonly what: Wanting;
  readonly app: string | null;
  readonly count: number;
  readonly basis: readonly number[];
}

const none = (): Counts => {
  // The keys are those of the union.
  return Object.fromEntries(CELL_CLASSES.map((each) => [each, 0])) as Counts;
};

/** The class by which an account is counted where apps are not told apart: the one that says most about who gets in. */
const ORDER: readonly CellClass[] = ['unknown', 'protected', 'waiting', 'none', 'barred', 'disabled', 'removed'];

/** What of a cell is counted. */
export type CountedCell = Pick<Cell, 'class' | 'acr' | 'why'>;

export function classOverall(cells: readonly Pick<Cell, 'class'>[]): CellClass {
  return ORDER.find((each) => cells.some((cell) => cell.class === each)) ?? 'unknown';
}

/** Counts accounts as they are looked at, one after another. */
export class Tally {
  readonly accounts = none();
  readonly byApp = new Map<string, Counts>();
  readonly byOrganisation = new Map<string, Counts>();
  /** Protected accounts by the strongest sign-in they can make anywhere, and those with recovery codes alone. */
  readonly byStrength = new Map<string, number>();
  recoveryOnly = 0;

  /** So many accounts of that place that stand all alike. */
  add(
    account: Pick<AccountStanding, 'organisation'>,
    cells: ReadonlyMap<string, CountedCell>,
    times: number = 1,
  ): CellClass {
    const all = [...cells.values()];
    const overall = classOverall(all);
    this.accounts[overall] += times;
    for (const [app, cell] of cells) counts(this.byApp, app)[cell.class] += times;
    counts(this.byOrganisation, account.organisation ?? '')[overall] += times;
    if (overall === 'protected') this.#strength(all, times);
    return overall;
  }

  #strength(cells: readonly CountedCell[], times: number): void {
    const shielded = cells.filter((cell) => cell.class === 'protected');
    const best = ['phr', 'mfa', 'possession'].find((acr) => shielded.some((cell) => cell.acr === acr)) ?? 'unknown';
    this.byStrength.set(best, (this.byStrength.get(best) ?? 0) + times);
    if (shielded.every(({ why }) => why === 'recovery-codes-only')) this.recoveryOnly += times;
  }

  /** Protected accounts by their strongest sign-in, the most first. */
  strength(): { readonly acr: string; readonly accounts: number }[] {
    const all = [...this.byStrength].map(([acr, accounts]) => ({ acr, accounts }));
    return all.sort((a, b) => b.accounts - a.accounts || (a.acr < b.acr ? -1 : 1));
  }
}

function counts(of: Map<string, Counts>, key: string): Counts {
  const known = of.get(key);
  if (known !== undefined) return known;
  const made = none();
  of.set(key, made);
  return made;
}

/** The number of accounts that are neither disabled nor removed. */
export function present(of: Counts): number {
  return CELL_CLASSES.reduce((sum, each) => (each === 'disabled' || each === 'removed' ? sum : sum + of[each]), 0);
}

/** Whether it was found that the app answers others. That lines of its log could not be read says nothing of the kind. */
const answersOthers = ({ kind, ok, detail }: AppAtMoment['findings'][number]): boolean =>
  !ok && (kind === 'origin.checked' || (kind === 'origin.log-read' && (numberOf(detail, 'past') ?? 1) > 0));

/** Accounts that the app's own list has and nobody here, by the last reading of it; 0 where it was not read. */
const strangersOf = ({ findings }: AppAtMoment): number =>
  findings.reduce((sum, { kind, detail }) => (kind === 'roster.read' ? (numberOf(detail, 'unknown') ?? 0) : sum), 0);

/**
 * How many accounts could get in with a password alone. Through Sallyport nobody can: a session opens after a second factor alone
 * (docs/decisions/0055 names the proofs). Past it can whoever has a password at an app that was found to answer others, by trying
 * it or in its own log: our people there and, for whoever may see everything, those whom its own list has and nobody here.
 */
export function passwordAlone(apps: readonly AppAtMoment[], byApp: ReadonlyMap<string, Counts>, everything: boolean) {
  const open = apps.filter(({ findings }) => findings.some(answersOthers));
  const past = open.map((app) => {
    const accounts = present(byApp.get(app.id) ?? none()) + (everything ? strangersOf(app) : 0);
    return { app: app.id, accounts };
  });
  return { through: 0, past };
}

/** Wants with which "nobody" would say more than the record does. */
export const UNSETTLED: readonly Wanting[] = ['origin-open', 'configuration-not-on-record'];

function findingWants({ id, findings }: AppAtMoment): Want[] {
  const words: Readonly<Record<string, Wanting>> = {
    'origin.checked': 'origin-open',
    'origin.log-read': 'origin-open',
    canary: 'canary-failed',
    'roster.read': 'roster',
  };
  return findings.flatMap(({ kind, ok, seq }) => {
    const what = words[kind];
    return ok || what === undefined ? [] : [{ what, app: id, count: 1, basis: [seq] }];
  });
}

/** What of the apps is wanting. */
export function appWants(apps: readonly AppAtMoment[]): Want[] {
  return apps.flatMap((app) => {
    const expired = app.routes.filter(({ way }) => way === 'expired exemption').length;
    return [
      ...findingWants(app),
      ...(app.unbound === null ? [] : [{ what: 'unbound' as const, app: app.id, count: 1, basis: app.basis }]),
      ...(expired === 0 ? [] : [{ what: 'exemption-expired' as const, app: app.id, count: expired, basis: app.basis }]),
    ];
  });
}
