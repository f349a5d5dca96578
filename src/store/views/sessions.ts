import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { chunks } from '../columns.ts';
import type { Scope } from '../database.ts';
import { accountsWithin } from '../organisations.ts';
import { sessionOf, sessionsWithAccount } from '../sessions.ts';
import type { SessionWithAccount } from '../types.ts';
import type { SessionFilter, ViewStore } from '../view-types.ts';
import { ofAccountWithin, seesFew } from './reach.ts';

/** Whose they are, where that is asked for. */
async function owned(scope: Scope, { reach, realm, organisationId }: SessionFilter): Promise<RawBuilder<SqlBool>[]> {
  const owner = sql`sessions.account_id`;
  const asked: RawBuilder<SqlBool>[] = [];
  if (reach !== 'all') asked.push(ofAccountWithin(scope, reach, await seesFew(scope, reach), owner));
  if (realm !== undefined)
    asked.push(sql`exists (select 1 from accounts where accounts.id = ${owner} and accounts.realm = ${realm})`);
  if (organisationId !== undefined) {
    const only = new Set([organisationId]);
    asked.push(ofAccountWithin(scope, only, await seesFew(scope, only), owner));
  }
  return asked;
}

/** Sessions of accounts within reach that are not over, by id. Accounts are looked at only where something is asked of them. */
async function live(scope: Scope, filter: SessionFilter) {
  const { at, accountId, appId } = filter;
  let some = scope.db
    .selectFrom('sessions')
    .select('sessions.id')
    .where('sessions.endedAt', 'is', null)
    .where('sessions.expiresAt', '>', at)
    .where(sql<SqlBool>`sessions.last_seen_at + sessions.idle_ms > ${at}`);
  if (accountId !== undefined) some = some.where('sessions.accountId', '=', accountId);
  if (appId !== undefined) some = some.where('sessions.appId', '=', appId);
  for (const each of await owned(scope, filter)) some = some.where(each);
  // Not by itself: a query can be waited for.
  return { some };
}

/** Which are on the page: joined to their accounts first, PostgreSQL goes through all of either to find these. */
async function page(scope: Scope, filter: SessionFilter, limit: number): Promise<readonly string[]> {
  const { after } = filter;
  let { some } = await live(scope, filter);
  if (after !== undefined)
    some = some.where(sql<SqlBool>`(sessions.created_at, sessions.id) < (${after.createdAt}, ${after.id})`);
  const rows = await some.orderBy('sessions.createdAt', 'desc').orderBy('sessions.id', 'desc').limit(limit).execute();
  return rows.map(({ id }) => id);
}

export function sessionViews(scope: Scope): Pick<ViewStore, 'sessions' | 'countSessions'> {
  return {
    async sessions(filter, limit) {
      const found = new Map<string, SessionWithAccount>();
      const ids = await page(scope, filter, limit);
      for (const part of chunks(ids, 500)) {
        const rows = await sessionsWithAccount(scope.db)
          .where('sessions.id', 'in', part)
          .where(accountsWithin(filter.reach))
          .execute();
        for (const row of rows) found.set(row.id, sessionOf(row));
      }
      return ids.flatMap((id) => found.get(id) ?? []);
    },
    async countSessions(filter, most) {
      const { some } = await live(scope, filter);
      const { count } = await scope.db
        .selectFrom(some.limit(most + 1).as('chosen'))
        .select((e) => e.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  };
}
