import type { TrueAccount, TrueCell, TrueDay } from './truth.ts';

type Class = TrueCell['class'];
type Counts = Readonly<Record<Class | 'unknown', number>>;

/** What a day says in one page, in the words of the report. */
export interface TrueSummary {
  readonly accounts: Counts;
  readonly apps: readonly { readonly app: string; readonly counts: Counts }[];
  readonly organisations: readonly { readonly name: string; readonly counts: Counts }[];
  readonly strength: readonly { readonly acr: string; readonly accounts: number }[];
  readonly recoveryOnly: number;
  /** Who gets in with a password alone, past the gate: everybody who is there, at an app that was found to answer others. */
  readonly past: readonly { readonly app: string; readonly accounts: number }[];
  /** What makes the day wanting. */
  readonly wanting: readonly { readonly what: string; readonly app: string; readonly count: number }[];
}

/** An account is counted by what says most about whether it gets in anywhere. */
const ORDER: readonly Class[] = ['protected', 'waiting', 'none', 'barred', 'disabled', 'removed'];

function overall({ cells }: TrueAccount): Class | 'unknown' {
  return ORDER.find((each) => [...cells.values()].some((cell) => cell.class === each)) ?? 'unknown';
}

function countsOf(classes: readonly (Class | 'unknown')[]): Counts {
  const of = (which: Class | 'unknown') => classes.filter((each) => each === which).length;
  return {
    protected: of('protected'),
    waiting: of('waiting'),
    none: of('none'),
    barred: of('barred'),
    disabled: of('disabled'),
    removed: of('removed'),
    unknown: of('unknown'),
  };
}

const byKey = <T>(rows: Iterable<T>, key: (row: T) => string): T[] =>
  [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));

function strengthOf(accounts: readonly TrueAccount[]): TrueSummary['strength'] {
  const best = accounts.flatMap(({ cells }) => {
    const all = [...cells.values()].flatMap((cell) => (cell.class === 'protected' ? [cell.acr] : []));
    return all.length === 0 ? [] : [all.includes('phr') ? 'phr' : 'possession'];
  });
  return byKey(
    ['phr', 'possession'].flatMap((acr) => {
      const many = best.filter((each) => each === acr).length;
      return many === 0 ? [] : [{ acr, accounts: many }];
    }),
    ({ acr }) => acr,
  );
}

function onlyRecovers({ cells }: TrueAccount): boolean {
  const shielded = [...cells.values()].filter((cell) => cell.class === 'protected');
  return shielded.length > 0 && shielded.every(({ why }) => why === 'recovery-codes-only');
}

/** What was found of ways past the gate: an address that answers, or requests in the app's own log. */
export interface Past {
  readonly app: string;
  readonly by: 'address' | 'log';
  /** Accounts that the app's own list has and nobody here. */
  readonly strangers: number;
}

function wantingOf({ apps }: TrueDay, found: readonly Past[]): TrueSummary['wanting'] {
  const wants = apps.flatMap(({ id: app, unbound, exceptions }) => {
    const over = exceptions.filter((each) => each.over).length;
    return [
      ...found.filter((each) => each.app === app).map(() => ({ what: 'origin-open', app, count: 1 })),
      ...(unbound === null ? [] : [{ what: 'unbound', app, count: 1 }]),
      ...(over === 0 ? [] : [{ what: 'exemption-expired', app, count: over }]),
    ];
  });
  return byKey(wants, ({ what, app }) => `${what} ${app}`);
}

/** `found`: by then. */
export function summaryOf(day: TrueDay, found: readonly Past[]): TrueSummary {
  const accounts = [...day.accounts.values()];
  const at = (app: TrueDay['apps'][number]['id']) => accounts.map(({ cells }) => cells.get(app)?.class ?? 'unknown');
  const present = ({ disabled, removed, ...rest }: Counts): number => Object.values(rest).reduce((a, b) => a + b, 0);
  const strangers = new Map(found.map((each) => [each.app, each.strangers]));
  const apps = accounts.length === 0 ? [] : day.apps.map(({ id }) => ({ app: id, counts: countsOf(at(id)) }));
  const homes = Map.groupBy(accounts, ({ organisation }) => organisation);
  return {
    accounts: countsOf(accounts.map(overall)),
    apps: byKey(apps, ({ app }) => app),
    organisations: byKey(
      [...homes].map(([name, people]) => ({ name, counts: countsOf(people.map(overall)) })),
      ({ name }) => name,
    ),
    strength: strengthOf(accounts),
    recoveryOnly: accounts.filter(onlyRecovers).length,
    past: apps.flatMap(({ app, counts }) => {
      const more = strangers.get(app);
      return more === undefined ? [] : [{ app, accounts: present(counts) + more }];
    }),
    wanting: wantingOf(day, found),
  };
}
