import type { Scope } from '../database.ts';
import type { ViewStore } from '../view-types.ts';

/** Bits of a passkey and a one-time code (migration 0010): recovery codes stand in for a factor and are none. */
const FACTORS = 3;

/** When each account last used something after it was enrolled; that it enrolled is no use of it. */
async function usesOf({ db }: Scope, realm: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('authenticators')
    .innerJoin('accounts', 'accounts.id', 'authenticators.accountId')
    .where('accounts.realm', '=', realm)
    .whereRef('authenticators.lastUsedAt', '>', 'authenticators.createdAt')
    .select(['authenticators.accountId', (e) => e.fn.max('authenticators.lastUsedAt').as('at')])
    .groupBy('authenticators.accountId')
    .execute();
  return new Map(rows.map(({ accountId, at }) => [accountId, Number(at)]));
}

async function invitedOf({ db }: Scope, realm: string, at: number): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('tickets')
    .innerJoin('accounts', 'accounts.id', 'tickets.accountId')
    .where('accounts.realm', '=', realm)
    .where('tickets.usedAt', 'is', null)
    .where('tickets.expiresAt', '>', at)
    .select('tickets.accountId')
    .execute();
  return new Set(rows.map(({ accountId }) => accountId));
}

export function rosterViews(scope: Scope): Pick<ViewStore, 'rosterAccounts'> {
  return {
    async rosterAccounts(realm, at) {
      const uses = await usesOf(scope, realm);
      const invited = await invitedOf(scope, realm, at);
      const rows = await scope.db
        .selectFrom('accounts')
        .where('realm', '=', realm)
        .select(['id', 'name', 'disabledAt', 'createdAt', 'factors', 'admin'])
        .execute();
      return rows.map(({ id, name, disabledAt, createdAt, factors, admin }) => ({
        ...{ id, name, createdAt, role: admin === 1 },
        disabled: disabledAt !== null,
        enrolled: (factors & FACTORS) !== 0,
        usedAt: uses.get(id) ?? null,
        invited: invited.has(id),
      }));
    },
  };
}
