import { type SqlBool, sql } from 'kysely';
import type { Scope } from '../database.ts';
import { accountsWithin } from '../organisations.ts';
import { sessionOf, sessionsWithAccount } from '../sessions.ts';
import type { SessionFilter, ViewStore } from '../view-types.ts';

function live({ db }: Scope, { reach, at, accountId, appId, realm, organisationId, after }: SessionFilter) {
  let some = sessionsWithAccount(db)
    .where('sessions.endedAt', 'is', null)
    .where('sessions.expiresAt', '>', at)
    .where(sql<SqlBool>`sessions.last_seen_at + sessions.idle_ms > ${at}`)
    .where(accountsWithin(reach));
  if (accountId !== undefined) some = some.where('sessions.accountId', '=', accountId);
  if (appId !== undefined) some = some.where('sessions.appId', '=', appId);
  if (realm !== undefined) some = some.where('accounts.realm', '=', realm);
  if (organisationId !== undefined) some = some.where('accounts.organisationId', '=', organisationId);
  if (after !== undefined)
    some = some.where(sql<SqlBool>`(sessions.created_at, sessions.id) < (${after.createdAt}, ${after.id})`);
  return some;
}

export function sessionViews(scope: Scope): Pick<ViewStore, 'sessions' | 'countSessions'> {
  return {
    async sessions(filter, limit) {
      const rows = await live(scope, filter)
        .orderBy('sessions.createdAt', 'desc')
        .orderBy('sessions.id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(sessionOf);
    },
    async countSessions({ after: _after, ...filter }, most) {
      const some = live(scope, filter)
        .clearSelect()
        .select('sessions.id')
        .limit(most + 1);
      const { count } = await scope.db
        .selectFrom(some.as('chosen'))
        .select((e) => e.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  };
}
