import { type AppAtMoment, appsAt, decisionAt } from '../../coverage/apps.ts';
import { type Cell, type CellClass, type CellReason, cellOf, type Moment } from '../../coverage/cells.ts';
import type { AccountStanding, Use } from '../../coverage/types.ts';
import { type Authenticator, authenticatorsOf, lastUseAt, lastUseOf } from '../../coverage/uses.ts';
import type { AppMeant } from './in-force.ts';
import { type End, inForceAt } from './ways.ts';

/** Something of an account that signs in, or is disabled by guesses. Moments in ms; null: not so, or never as far as is shown. */
export interface Factor {
  readonly id: string | null;
  readonly kind: Authenticator['kind'];
  readonly enrolled: number;
  readonly disabled: number | null;
  readonly used: number | null;
  readonly basis: readonly number[];
}

/** How an account stood at some apps, at each of them alike. */
export interface PackCell {
  /** Ids, growing; none: what apps there were is not shown, or not on record. */
  readonly apps: readonly string[];
  readonly class: CellClass;
  /** `not-shown`: names or groups that this pack does not show decide it. */
  readonly why: CellReason | 'not-shown' | 'configuration-not-shown' | null;
  readonly factors: Cell['factors'];
  readonly acr: string | null;
  /** Until when it can enrol. */
  readonly until: number | null;
  /** When one of these factors was last used. */
  readonly used: number | null;
  /** Paths where it is refused though it gets in elsewhere. */
  readonly refused: readonly string[];
  readonly basis: readonly number[];
}

/** An account at the end of the range: a cell for every app of its realm. */
export interface AccountCells {
  readonly account: string;
  readonly realm: string | null;
  readonly name: string | null;
  readonly organisation: string | null;
  /** The last sign-in or confirmation by anything. */
  readonly used: number | null;
  readonly factors: readonly Factor[];
  readonly cells: readonly PackCell[];
}

interface Asked {
  readonly end: End;
  readonly indexes: ReadonlyMap<number, number>;
  /** The one whose accounts the pack is about; null: all. */
  readonly organisation: string | null;
}

const NOTHING = { factors: [], acr: null, until: null, used: null, refused: [] } as const;

const placed = (indexes: ReadonlyMap<number, number>, seqs: readonly (number | undefined)[]): number[] => {
  const found = seqs.flatMap((seq) => (seq === undefined ? [] : (indexes.get(seq) ?? [])));
  return [...new Set(found)].sort((a, b) => a - b);
};

/** Whether what is not shown decides it. */
const isHidden = ({ bars }: AppMeant, { class: how, why }: Cell): boolean =>
  bars && how !== 'removed' && how !== 'disabled' && how !== 'unknown' && why !== 'not-of-organisation';

/** Where somebody who gets in is refused all the same. Of groups that are not shown nothing is said. */
function refusedAt({ routes }: AppAtMoment, app: AppMeant, account: AccountStanding, acr: string | null): string[] {
  const ruled = routes.filter(({ way }) => way === 'second factor' || way === 'passkey');
  const refused = ruled.filter((route) => {
    const judged = app.slice ? { ...route, groups: [] } : route;
    return decisionAt(judged, account, acr) === 'refused';
  });
  return refused.map(({ path }) => path);
}

/** An account at the apps of its realm. */
class Judge {
  readonly #moment: Moment;
  readonly #apps: readonly (readonly [AppMeant, AppAtMoment])[];
  readonly #indexes: ReadonlyMap<number, number>;

  constructor({ end, indexes }: Asked) {
    this.#moment = { at: end.at, state: end.state, inForce: inForceAt(end) };
    const routes = new Map(appsAt(this.#moment).map((app) => [app.id, app]));
    this.#apps = (end.loaded?.meant?.apps ?? []).flatMap((app) => {
      const found = routes.get(app.id);
      return found === undefined ? [] : [[app, found] as const];
    });
    this.#indexes = indexes;
  }

  #cell(account: AccountStanding, has: readonly Authenticator[], [app, routes]: readonly [AppMeant, AppAtMoment]) {
    const cell = cellOf(this.#moment, account, app);
    const used: Use | null = cell.class === 'protected' ? lastUseAt(has, app, cell) : null;
    const basis = placed(this.#indexes, [...cell.basis, used?.seq]);
    if (isHidden(app, cell)) return { class: 'unknown', why: 'not-shown', ...NOTHING, basis } as const;
    const refused = cell.class === 'protected' ? refusedAt(routes, app, account, cell.acr) : [];
    const { class: how, why, factors, acr, ticketUntil: until } = cell;
    return { class: how, why, factors, acr, until, used: used?.at ?? null, refused, basis };
  }

  /** Alike ones together, in the order of the first app of each. */
  cells(account: AccountStanding, has: readonly Authenticator[]): PackCell[] {
    if (this.#moment.inForce === null) {
      const { began, state } = account.basis;
      const basis = placed(this.#indexes, [began ?? undefined, state ?? undefined]);
      return [{ apps: [], class: 'unknown', why: 'configuration-not-shown', ...NOTHING, basis }];
    }
    const alike = new Map<string, { readonly apps: string[]; readonly cell: Omit<PackCell, 'apps'> }>();
    for (const each of this.#apps) {
      const [{ id, realm }] = each;
      if (account.realm !== null && realm !== account.realm) continue;
      const cell = this.#cell(account, has, each);
      const key = JSON.stringify(cell);
      const known = alike.get(key);
      if (known === undefined) alike.set(key, { apps: [id], cell });
      else known.apps.push(id);
    }
    return [...alike.values()].map(({ apps, cell }) => ({ apps, ...cell }));
  }
}

/** Whether whoever is shown one organisation is told of the account: not where it has gone to another. */
const isTold = (organisation: string | null, account: AccountStanding): boolean =>
  organisation === null || account.organisation === organisation || account.basis.place === null;

/** How these accounts stood at the end of the range, in their order. */
export function accountCells(asked: Asked, ids: readonly string[]): AccountCells[] {
  const judge = new Judge(asked);
  return ids.flatMap((id) => {
    const account = asked.end.state.accounts.get(id);
    if (account === undefined || !isTold(asked.organisation, account)) return [];
    const has = authenticatorsOf(account);
    const { realm, name, organisation } = account;
    const factors = has.map(({ id: factor, kind, enrolledAt: enrolled, disabledAt: disabled, used, seq }) => ({
      ...{ id: factor, kind, enrolled, disabled, used: used?.at ?? null },
      basis: placed(asked.indexes, [seq, used?.seq]),
    }));
    const used = lastUseOf(account)?.at ?? null;
    return [{ account: id, realm, name, organisation, used, factors, cells: judge.cells(account, has) }];
  });
}
