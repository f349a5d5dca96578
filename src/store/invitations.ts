import type { Selectable } from 'kysely';
import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { InvitationState, InvitationStore } from './invitation-types.ts';
import { accountsWithin } from './organisations.ts';
import type { Schema } from './schema.ts';

/** Why one has failed whose link ended first. */
export const ENDED_FIRST = 'the link ended before it could be sent';

/** Written from the same type; what a newer version says is told as it is. */
function toRow<R extends Pick<Selectable<Schema['invitations']>, 'state'>>(row: R) {
  return { ...row, state: row.state as InvitationState };
}

export function invitationStore({ db }: Scope): InvitationStore {
  return {
    async insert(row) {
      await db.insertInto('invitations').values(row).execute();
    },
    async byId(id, at) {
      const row = await db
        .selectFrom('invitations')
        .innerJoin('tickets', 'tickets.id', 'invitations.id')
        .selectAll('invitations')
        .select('tickets.usedAt')
        .where('invitations.id', '=', id)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { usedAt, ...rest } = row;
      return { ...toRow(rest), open: usedAt === null && at < rest.expiresAt };
    },
    async settle(id, state, reason, at) {
      const result = await db
        .updateTable('invitations')
        .set({ state, reason, secret: null, changedAt: at })
        .where('id', '=', id)
        .where('state', '=', 'queued')
        .executeTakeFirstOrThrow();
      return touched(result) === 1;
    },
    async missed(id, reason, at) {
      const queued = db.updateTable('invitations').where('id', '=', id).where('state', '=', 'queued');
      await queued.set({ reason, changedAt: at }).execute();
    },
    async list({ reach, limit, batch, accountId }) {
      let query = db
        .selectFrom('invitations')
        .innerJoin('accounts', 'accounts.id', 'invitations.accountId')
        .select([
          'invitations.id',
          'invitations.accountId',
          'invitations.batch',
          'invitations.state',
          'invitations.reason',
          'invitations.createdAt',
          'invitations.changedAt',
          'invitations.expiresAt',
          'accounts.realm',
          'accounts.name',
        ])
        .where(accountsWithin(reach));
      if (batch !== undefined) query = query.where('invitations.batch', '=', batch);
      if (accountId !== undefined) query = query.where('invitations.accountId', '=', accountId);
      const rows = await query
        .orderBy('invitations.createdAt', 'desc')
        .orderBy('invitations.id')
        .limit(limit)
        .execute();
      return rows.map(toRow);
    },
    async lost(at) {
      const rows = await db
        .selectFrom('invitations')
        .select('id')
        .where('state', '=', 'failed')
        .where('expiresAt', '>', at)
        .execute();
      return new Set(rows.map(({ id }) => id));
    },
    async expire(at) {
      const result = await db
        .updateTable('invitations')
        .set({ state: 'failed', reason: ENDED_FIRST, secret: null, changedAt: at })
        .where('state', '=', 'queued')
        .where('expiresAt', '<=', at)
        .executeTakeFirstOrThrow();
      return touched(result);
    },
    async purge(before) {
      return touched(await db.deleteFrom('invitations').where('createdAt', '<', before).executeTakeFirstOrThrow());
    },
  };
}
