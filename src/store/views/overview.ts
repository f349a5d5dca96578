import { type SqlBool, sql } from 'kysely';
import type { Scope } from '../database.ts';
import { accountsWithin } from '../organisations.ts';
import type { EntriesCounted, EntriesOfDays, OrganisationStanding, ViewStore } from '../view-types.ts';
import { countedByDay, DAY, isCountedByDay } from './by-day.ts';
import { accountsAlong, ofAccountWithin, seesFew } from './reach.ts';

type Counted = { -readonly [K in keyof OrganisationStanding]: OrganisationStanding[K] };

const nothing = (organisationId: string): Counted => ({
  organisationId,
  accounts: 0,
  disabled: 0,
  protected: 0,
  invited: 0,
  none: 0,
  passkey: 0,
  totp: 0,
  recoveryOnly: 0,
});

/** Those who have nothing but an open ticket, by organisation. */
async function invited(scope: Scope, reach: Parameters<ViewStore['standings']>[0], at: number) {
  const rows = await scope.db
    .selectFrom('tickets')
    .innerJoin('accounts', 'accounts.id', 'tickets.accountId')
    .select(['accounts.organisationId', sql<number>`count(distinct tickets.account_id)`.as('count')])
    .where('tickets.usedAt', 'is', null)
    .where('tickets.expiresAt', '>', at)
    .where('accounts.disabledAt', 'is', null)
    .where(sql<SqlBool>`(accounts.factors & 3) = 0`)
    // Along tickets, of which few are open: by the index with both, SQLite would look for each of them once for each organisation.
    .where(accountsAlong(scope, reach, false))
    .groupBy('accounts.organisationId')
    .execute();
  return new Map(rows.map((row) => [row.organisationId ?? '', Number(row.count)]));
}

/** Adds accounts that have the same: bits as in `accounts.factors`. */
function add(to: Counted, factors: number, enabled: number): void {
  if ((factors & 3) !== 0) to.protected += enabled;
  else to.none += enabled;
  if ((factors & 2) !== 0) to.passkey += enabled;
  else if ((factors & 1) !== 0) to.totp += enabled;
  else if (factors !== 0) to.recoveryOnly += enabled;
}

async function standings(scope: Scope, reach: Parameters<ViewStore['standings']>[0], at: number) {
  const rows = await scope.db
    .selectFrom('accounts')
    .select(['organisationId', 'factors', (e) => e.fn.countAll<number>().as('count')])
    .select(sql<number>`count(accounts.disabled_at)`.as('disabled'))
    .where(accountsWithin(reach))
    .groupBy(['organisationId', 'factors'])
    .execute();
  const found = new Map<string, Counted>();
  for (const { organisationId, factors, count, disabled } of rows) {
    const id = organisationId ?? '';
    const counted = found.get(id) ?? nothing(id);
    found.set(id, counted);
    counted.accounts += Number(count);
    counted.disabled += Number(disabled);
    add(counted, factors, Number(count) - Number(disabled));
  }
  for (const [id, count] of await invited(scope, reach, at)) {
    const counted = found.get(id) ?? nothing(id);
    counted.invited = Math.min(count, counted.none);
    counted.none -= counted.invited;
  }
  return [...found.values()];
}

type Ask = EntriesCounted & { readonly to: number };

/** Along the index by kind, outcome and moment; of few accounts within reach, along the index by account. */
async function entries(scope: Scope, { reach, kinds, outcome, from, to, most }: Ask) {
  const all = scope.db
    .selectFrom('audit')
    .select('at')
    .where('kind', 'in', kinds.length === 0 ? [''] : kinds)
    .where('outcome', '=', outcome)
    .where('at', '>=', from)
    .where('at', '<', to)
    .limit(most);
  if (reach === 'all') return { some: all };
  const few = await seesFew(scope, reach);
  // Not by itself: a query can be waited for.
  return { some: all.where(ofAccountWithin(scope, reach, few, sql`audit.account_id`)) };
}

async function counted(scope: Scope, ask: Ask): Promise<number> {
  const { some } = await entries(scope, ask);
  const { count } = await scope.db
    .selectFrom(some.as('counted'))
    .select((e) => e.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** One after the other on SQLite, where a statement holds up everybody; else in one, which gathers the accounts within reach once. */
async function daysOf(scope: Scope, asked: EntriesOfDays): Promise<number[]> {
  if (isCountedByDay(scope, asked)) return countedByDay(scope, asked);
  const { days, ...ask } = asked;
  const starts = Array.from({ length: days }, (_, day) => ask.from + day * DAY);
  if (scope.kind === 'sqlite') {
    const found: number[] = [];
    for (const from of starts) found.push(await counted(scope, { ...ask, from, to: from + DAY }));
    return found;
  }
  const { some } = await entries(scope, { ...ask, to: ask.from + days * DAY, most: ask.most * days });
  const rows = await scope.db
    .selectFrom(some.as('counted'))
    .select([
      sql<number>`(at - ${ask.from}::bigint) / ${DAY}::bigint`.as('day'),
      (e) => e.fn.countAll<number>().as('count'),
    ])
    .groupBy('day')
    .execute();
  const counts = new Map(rows.map(({ day, count }) => [Number(day), Number(count)]));
  return starts.map((_, day) => counts.get(day) ?? 0);
}

export function overviewViews(scope: Scope): Pick<ViewStore, 'standings' | 'countEntries' | 'countDays'> {
  return {
    standings: (reach, at) => standings(scope, reach, at),
    countEntries: (ask) => counted(scope, ask),
    countDays: (ask) => daysOf(scope, ask),
  };
}
