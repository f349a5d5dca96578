import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { accountOf } from '../accounts.ts';
import { chunks } from '../columns.ts';
import type { Scope } from '../database.ts';
import type { AuthenticatorKind } from '../types.ts';
import type { AccountFilter, AccountState, FoundAccount, NamePlace, ViewStore } from '../view-types.ts';
import { contains, containsAnyCase, hasGroup } from './contains.ts';
import { accountsAlong, seesFew } from './reach.ts';

/** Bits of `accounts.factors` (migration 0010). */
const BITS: Readonly<Record<AuthenticatorKind, number>> = { totp: 1, passkey: 2, recovery: 4 };

const ENABLED = sql<SqlBool>`accounts.disabled_at is null`;
/** A passkey or a one-time code: recovery codes stand in for a factor and are none. */
const HAS_FACTOR = sql<SqlBool>`(accounts.factors & 3) <> 0`;
/** In the very words of the index of such accounts (migration 0014). */
const BARE = sql<SqlBool>`${ENABLED} and (accounts.factors & 3) = 0`;

const ticketOpen = (at: number): RawBuilder<SqlBool> =>
  sql`exists (select 1 from tickets where tickets.account_id = accounts.id and tickets.used_at is null and tickets.expires_at > ${at})`;

function ofState(state: NonNullable<AccountFilter['state']>, at: number): RawBuilder<SqlBool> {
  switch (state) {
    case 'protected':
      return sql`${ENABLED} and ${HAS_FACTOR}`;
    case 'invited':
      return sql`${BARE} and ${ticketOpen(at)}`;
    case 'none':
      return sql`${BARE} and not ${ticketOpen(at)}`;
    case 'disabled':
      return sql`accounts.disabled_at is not null`;
    case 'role':
      return sql`accounts.admin = 1`;
    default:
      return state satisfies never;
  }
}

const unusedSince = (since: number): RawBuilder<SqlBool> =>
  sql`accounts.created_at <= ${since} and not exists
    (select 1 from authenticators where authenticators.account_id = accounts.id and authenticators.last_used_at > ${since})`;

async function matching(scope: Scope, filter: AccountFilter) {
  const { db, kind } = scope;
  const { reach, at, text, realm, organisationId, state, factor, group, unusedSince: since } = filter;
  let found = db.selectFrom('accounts').where(accountsAlong(scope, reach, await seesFew(scope, reach)));
  if (realm !== undefined) found = found.where('accounts.realm', '=', realm);
  if (organisationId !== undefined) found = found.where('accounts.organisationId', '=', organisationId);
  if (state !== undefined) found = found.where(ofState(state, at));
  if (factor !== undefined) found = found.where(sql<SqlBool>`accounts.factors & ${BITS[factor]} <> 0`);
  if (group !== undefined) found = found.where(hasGroup(kind, sql`accounts.groups`, group));
  if (since !== undefined) found = found.where(unusedSince(since));
  if (text !== undefined) {
    const { folded, plain, id } = text;
    const name = contains(kind, sql`accounts.name`, folded);
    const email = containsAnyCase(kind, sql`accounts.email`, plain);
    found = found.where(sql<SqlBool>`(${name} or ${email} or accounts.id = ${id})`);
  }
  // Not by itself: a query can be waited for.
  return { found };
}

/** What else a list shows of these accounts. */
async function factsOf({ db }: Scope, ids: readonly string[], at: number) {
  const used = new Map<string, number>();
  const tickets = new Map<string, number>();
  for (const part of chunks(ids, 500)) {
    const uses = await db
      .selectFrom('authenticators')
      .select(['accountId', (e) => e.fn.max('lastUsedAt').as('at')])
      .where('accountId', 'in', part)
      .where('lastUsedAt', 'is not', null)
      .groupBy('accountId')
      .execute();
    for (const row of uses) used.set(row.accountId, Number(row.at));
    const open = await db
      .selectFrom('tickets')
      .select(['accountId', (e) => e.fn.max('expiresAt').as('until')])
      .where('accountId', 'in', part)
      .where('usedAt', 'is', null)
      .where('expiresAt', '>', at)
      .groupBy('accountId')
      .execute();
    for (const row of open) tickets.set(row.accountId, Number(row.until));
  }
  return { used, tickets };
}

function stateOf(disabled: boolean, factors: number, invited: boolean): AccountState {
  if (disabled) return 'disabled';
  if ((factors & 3) !== 0) return 'protected';
  return invited ? 'invited' : 'none';
}

function kindsOf(factors: number): readonly AuthenticatorKind[] {
  return (['passkey', 'totp', 'recovery'] as const).filter((kind) => (factors & BITS[kind]) !== 0);
}

/** These accounts, in no order. */
function rowsOf({ db }: Scope, ids: readonly string[]) {
  return db
    .selectFrom('accounts')
    .leftJoin('organisations', 'organisations.id', 'accounts.organisationId')
    .selectAll('accounts')
    .select('organisations.name as organisation')
    .where('accounts.id', 'in', ids)
    .execute();
}

async function page(scope: Scope, filter: AccountFilter, limit: number, after?: NamePlace): Promise<FoundAccount[]> {
  let keys = (await matching(scope, filter)).found.select('accounts.id');
  if (after !== undefined) keys = keys.where(sql<SqlBool>`(accounts.name, accounts.id) > (${after.name}, ${after.id})`);
  const chosen = await keys.orderBy('accounts.name').orderBy('accounts.id').limit(limit).execute();
  const ids = chosen.map(({ id }) => id);
  // A statement of its own: joined to the one before, SQLite goes through all accounts in their order to find these.
  const found = new Map<string, Awaited<ReturnType<typeof rowsOf>>[number]>();
  for (const part of chunks(ids, 500)) for (const row of await rowsOf(scope, part)) found.set(row.id, row);
  const { used, tickets } = await factsOf(scope, ids, filter.at);
  const rows = ids.flatMap((id) => found.get(id) ?? []);
  return rows.map(({ organisation, ...row }) => ({
    account: accountOf(row),
    organisation,
    state: stateOf(row.disabledAt !== null, row.factors, tickets.has(row.id)),
    factors: kindsOf(row.factors),
    lastUsedAt: used.get(row.id) ?? null,
    ticketUntil: tickets.get(row.id) ?? null,
  }));
}

export function accountViews(scope: Scope): Pick<ViewStore, 'accounts' | 'countAccounts'> {
  return {
    accounts: (filter, limit, after) => page(scope, filter, limit, after),
    async countAccounts(filter, most) {
      const { found } = await matching(scope, filter);
      const all = found.select('accounts.id').limit(most + 1);
      // In the order of the list: PostgreSQL else reads all rows rather than the index that has what is looked at.
      const some = scope.kind === 'sqlite' ? all : all.orderBy('accounts.name').orderBy('accounts.id');
      const { count } = await scope.db
        .selectFrom(some.as('chosen'))
        .select((e) => e.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  };
}
