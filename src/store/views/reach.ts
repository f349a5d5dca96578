import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Reach } from '../../roles.ts';
import type { Scope } from '../database.ts';
import { accountsWithin } from '../organisations.ts';

/** So few accounts are looked for first, and then what is of them; of more it is asked of each thing whose it is. */
const FEW = 2_000;

/** What was counted, as long as a question lasts that asks it of many days: both ways of asking find the same. */
const COUNTED = new WeakMap<ReadonlySet<string>, Promise<boolean>>();

/** Whether whoever asks may see something, and of few accounts. */
export async function seesFew(scope: Pick<Scope, 'db'>, reach: Reach): Promise<boolean> {
  if (reach === 'all') return false;
  const known = COUNTED.get(reach) ?? countsFew(scope, reach);
  COUNTED.set(reach, known);
  // What failed is asked anew.
  known.catch(() => COUNTED.delete(reach));
  return known;
}

async function countsFew({ db }: Pick<Scope, 'db'>, reach: Reach): Promise<boolean> {
  const some = db
    .selectFrom('accounts')
    .select('organisationId')
    .where(accountsWithin(reach))
    .limit(FEW + 1);
  const { count } = await db
    .selectFrom(some.as('chosen'))
    .select((e) => e.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count) <= FEW;
}

/**
 * The condition of `accountsWithin`, said so that SQLite takes no index by it where many accounts are within: it would read and sort
 * them all for the first page of a list. PostgreSQL counts for itself.
 */
export function accountsAlong({ kind }: Pick<Scope, 'kind'>, reach: Reach, few: boolean): Expression<SqlBool> {
  if (kind !== 'sqlite' || few || reach === 'all' || reach.size === 0) return accountsWithin(reach);
  return sql<SqlBool>`+accounts.organisation_id in (${sql.join([...reach])})`;
}

/** That the account with the id in `column` is within reach; what is of no account, or of one that was removed, is not. */
export function ofAccountWithin(
  scope: Pick<Scope, 'kind'>,
  reach: Reach,
  few: boolean,
  column: RawBuilder<unknown>,
): RawBuilder<SqlBool> {
  if (few || scope.kind !== 'sqlite')
    return sql`${column} in (select accounts.id from accounts where ${accountsWithin(reach)})`;
  return sql`exists (select 1 from accounts where accounts.id = ${column} and ${accountsAlong(scope, reach, few)})`;
}
