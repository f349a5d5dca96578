import { appsOf, type Cell, cellOf, type Moment } from '../cells.ts';
import type { CountedCell } from '../summary.ts';
import type { AccountStanding } from '../types.ts';

/** Accounts of one place that stand all alike. */
export interface Alike {
  readonly organisation: string | null;
  readonly cells: ReadonlyMap<string, CountedCell>;
  /** How many there are; 0: none any more. */
  count: number;
}

/** How an account stands, and until when (ms) that is so by time alone; null: until something happens. */
export interface Standing {
  readonly organisation: string | null;
  readonly cells: ReadonlyMap<string, Cell>;
  readonly until: number | null;
}

/** How an account stood at the moment. */
export function standingOf(moment: Moment, account: AccountStanding): Standing {
  const cells = new Map(
    appsOf(account, moment.inForce?.apps ?? []).map((app) => [app.id, cellOf(moment, account, app)]),
  );
  const waits = [...cells.values()].find(({ ticketUntil }) => ticketUntil !== null);
  return { organisation: account.organisation, cells, until: waits?.ticketUntil ?? null };
}

const keyOf = ({ organisation, cells }: Standing): string =>
  JSON.stringify([organisation, ...[...cells].map(([app, { class: how, acr, why }]) => [app, how, acr, why])]);

/** Accounts, gathered by how they stand: there are few ways, however many accounts. */
export class Gathered {
  readonly #of = new Map<string, Alike>();
  readonly #ways = new Map<string, Alike>();

  /** The account stands so from now on; undefined: it is not there, or not within reach. */
  set(id: string, standing: Standing | undefined): void {
    const before = this.#of.get(id);
    const now = standing === undefined ? undefined : this.#way(standing);
    if (before === now) return;
    if (before !== undefined) before.count -= 1;
    if (now === undefined) this.#of.delete(id);
    else {
      now.count += 1;
      this.#of.set(id, now);
    }
  }

  #way(standing: Standing): Alike {
    const key = keyOf(standing);
    const known = this.#ways.get(key);
    if (known !== undefined) return known;
    const cells = new Map(
      [...standing.cells].map(([app, { class: how, acr, why }]) => [app, { class: how, acr, why }]),
    );
    const made: Alike = { organisation: standing.organisation, cells, count: 0 };
    this.#ways.set(key, made);
    return made;
  }

  /** Those that there are; forgets ways in which nobody stands any more. */
  ways(): readonly Alike[] {
    for (const [key, { count }] of this.#ways) if (count === 0) this.#ways.delete(key);
    return [...this.#ways.values()];
  }
}
