import { type Selectable, sql } from 'kysely';
import { SallyportError } from '../errors.ts';
import { chunks, touched } from './columns.ts';
import { credentials } from './credentials.ts';
import type { Scope } from './database.ts';
import type { Schema } from './schema.ts';
import type { AuthenticatorKind, AuthenticatorRow, AuthenticatorStore, Standing } from './types.ts';

function toRow(row: Selectable<Schema['authenticators']>): AuthenticatorRow {
  // Written from the same type; an unknown kind of a newer version verifies nothing.
  return { ...row, kind: row.kind as AuthenticatorKind };
}

export function authenticatorStore(scope: Scope): AuthenticatorStore {
  const { db } = scope;
  return {
    async insert(row) {
      await db.insertInto('authenticators').values(row).execute();
    },
    async byId(id) {
      const row = await db.selectFrom('authenticators').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRow(row);
    },
    async ofAccount(accountId) {
      const rows = await db
        .selectFrom('authenticators')
        .selectAll()
        .where('accountId', '=', accountId)
        .orderBy('createdAt')
        .orderBy('id')
        .execute();
      return rows.map(toRow);
    },
    async counts() {
      const rows = await db
        .selectFrom('authenticators')
        .select(['accountId', (e) => e.fn.countAll<number>().as('count')])
        .groupBy('accountId')
        .execute();
      return new Map(rows.map((row) => [row.accountId, Number(row.count)]));
    },
    standings: () => standings(scope),
    async acceptStep(id, step, at) {
      // RFC 6238 §5.2: one code, one acceptance. Judged by the database, not by what was read before.
      const result = await db
        .updateTable('authenticators')
        .set({ lastStep: step, lastUsedAt: at, failures: 0 })
        .where('id', '=', id)
        .where('lastStep', '<', step)
        .where('disabledAt', 'is', null)
        .executeTakeFirstOrThrow();
      return touched(result) === 1;
    },
    async addFailure(id, disableAt, at) {
      const row = await db
        .updateTable('authenticators')
        .set((e) => ({
          failures: e('failures', '+', 1),
          disabledAt: sql<number | null>`case when failures + 1 >= cast(${disableAt} as integer)
            then coalesce(disabled_at, cast(${at} as bigint)) else disabled_at end`,
        }))
        .where('id', '=', id)
        .returning('failures')
        .executeTakeFirst();
      // Absence never permits: a failure that could not be counted is one too many.
      if (row === undefined) throw new SallyportError('conflict', 'The authenticator is gone.');
      return row.failures;
    },
    async clearFailures(id, at) {
      await db
        .updateTable('authenticators')
        .set({ failures: 0, lastUsedAt: at })
        .where('id', '=', id)
        .where('disabledAt', 'is', null)
        .execute();
    },
    async rename(id, accountId, label) {
      const result = await db
        .updateTable('authenticators')
        .set({ label })
        .where('id', '=', id)
        .where('accountId', '=', accountId)
        .executeTakeFirstOrThrow();
      return touched(result) === 1;
    },
    async remove(id) {
      return touched(await db.deleteFrom('authenticators').where('id', '=', id).executeTakeFirstOrThrow()) === 1;
    },
    ...recovery(scope),
    ...credentials(scope),
  };
}

function recovery({
  db,
  write,
}: Scope): Pick<AuthenticatorStore, 'replaceRecovery' | 'useRecoveryCode' | 'recoveryLeft'> {
  return {
    replaceRecovery: (row, codeHashes) =>
      write(async (tx) => {
        // Locks the account's row, so that of two replacements at once the second one replaces the first.
        await tx.db
          .updateTable('accounts')
          .set((e) => ({ createdAt: e.ref('createdAt') }))
          .where('id', '=', row.accountId)
          .execute();
        await tx.db
          .deleteFrom('authenticators')
          .where('accountId', '=', row.accountId)
          .where('kind', '=', 'recovery')
          .execute();
        await tx.db.insertInto('authenticators').values(row).execute();
        for (const part of chunks(codeHashes, 1000)) {
          await tx.db
            .insertInto('recoveryCodes')
            .values(part.map((hash) => ({ authenticatorId: row.id, hash, usedAt: null })))
            .execute();
        }
      }),
    async useRecoveryCode(authenticatorId, codeHash, at) {
      const result = await db
        .updateTable('recoveryCodes')
        .set({ usedAt: at })
        .where('authenticatorId', '=', authenticatorId)
        .where('hash', '=', codeHash)
        .where('usedAt', 'is', null)
        .where((e) =>
          e.exists(
            e
              .selectFrom('authenticators')
              .select('authenticators.id')
              .whereRef('authenticators.id', '=', 'recoveryCodes.authenticatorId')
              .where('authenticators.disabledAt', 'is', null),
          ),
        )
        .executeTakeFirstOrThrow();
      return touched(result) === 1;
    },
    async recoveryLeft(accountId) {
      const { left } = await db
        .selectFrom('recoveryCodes')
        .innerJoin('authenticators', 'authenticators.id', 'recoveryCodes.authenticatorId')
        .select((e) => e.fn.countAll<number>().as('left'))
        .where('authenticators.accountId', '=', accountId)
        .where('authenticators.disabledAt', 'is', null)
        .where('recoveryCodes.usedAt', 'is', null)
        .executeTakeFirstOrThrow();
      return Number(left);
    },
  };
}

async function standings({ db }: Scope): Promise<Map<string, Standing>> {
  const usable = db.selectFrom('authenticators').where('authenticators.disabledAt', 'is', null);
  const factors = await usable
    .select(['accountId', (e) => e.fn.countAll<number>().as('count')])
    .where('kind', '<>', 'recovery')
    .groupBy('accountId')
    .execute();
  const codes = await usable
    .innerJoin('recoveryCodes', 'recoveryCodes.authenticatorId', 'authenticators.id')
    .select(['accountId', (e) => e.fn.countAll<number>().as('count')])
    .where('recoveryCodes.usedAt', 'is', null)
    .groupBy('accountId')
    .execute();
  const found = new Map(factors.map((row) => [row.accountId, { factors: Number(row.count), recoveryCodes: 0 }]));
  for (const { accountId, count } of codes)
    found.set(accountId, { factors: found.get(accountId)?.factors ?? 0, recoveryCodes: Number(count) });
  return found;
}
