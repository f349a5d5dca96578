import type { Selectable } from 'kysely';
import { SallyportError } from '../errors.ts';
import { readList, touched, writeList } from './columns.ts';
import type { Scope, Tx } from './database.ts';
import type { Schema } from './schema.ts';
import type { AuthenticatorKind, AuthenticatorStore, CredentialRow } from './types.ts';

function toRow(row: Selectable<Schema['credentials']>): CredentialRow {
  return {
    authenticatorId: row.authenticatorId,
    credentialId: row.credentialId,
    rpId: row.rpId,
    publicKey: row.publicKey,
    signCount: row.signCount,
    transports: readList<string>(row.transports),
    backupEligible: row.backupEligible === 1,
    backedUp: row.backedUp === 1,
    userVerified: row.userVerified === 1,
    aaguid: row.aaguid,
  };
}

function toColumns(row: CredentialRow): Schema['credentials'] {
  return {
    ...row,
    transports: writeList(row.transports),
    backupEligible: row.backupEligible ? 1 : 0,
    backedUp: row.backedUp ? 1 : 0,
    userVerified: row.userVerified ? 1 : 0,
  };
}

/**
 * Locks the authenticator's row unless it is disabled. First, so that a failure that disables it and a removal, which
 * take it first too, are before or after the whole of it.
 */
async function holdEnabled({ db }: Tx, id: string): Promise<boolean> {
  const result = await db
    .updateTable('authenticators')
    .set((e) => ({ failures: e.ref('failures') }))
    .where('id', '=', id)
    .where('disabledAt', 'is', null)
    .executeTakeFirstOrThrow();
  return touched(result) === 1;
}

/** WebAuthn L3 §7.2 step 22, judged by the database and not by what was read before: of two clones one is behind. */
async function moveCount({ db }: Tx, id: string, set: { signCount: number; backedUp: boolean }): Promise<boolean> {
  const result = await db
    .updateTable('credentials')
    .set({ signCount: set.signCount, backedUp: set.backedUp ? 1 : 0 })
    .where('authenticatorId', '=', id)
    .where((e) => {
      const grown = [e('signCount', '<', set.signCount), e('backupEligible', '=', 1)];
      // An authenticator that does not count says 0 each time.
      return e.or(set.signCount === 0 ? [...grown, e('signCount', '=', 0)] : grown);
    })
    .executeTakeFirstOrThrow();
  return touched(result) === 1;
}

/** The part of the authenticators that is about passkeys. */
export function credentials({
  db,
  write,
}: Scope): Pick<AuthenticatorStore, 'insertCredential' | 'credentialById' | 'credentialsOf' | 'acceptAssertion'> {
  return {
    async insertCredential(row) {
      const result = await db
        .insertInto('credentials')
        .values(toColumns(row))
        // Not by catching the driver's error: that would leave a transaction of PostgreSQL aborted.
        .onConflict((c) => c.doNothing())
        .executeTakeFirstOrThrow();
      if (Number(result.numInsertedOrUpdatedRows ?? 0n) !== 1) {
        throw new SallyportError('conflict', 'A passkey of that credential id is registered.');
      }
    },
    async credentialById(credentialId) {
      // The two tables share no name of a column.
      const row = await db
        .selectFrom('credentials')
        .innerJoin('authenticators', 'authenticators.id', 'credentials.authenticatorId')
        .selectAll('credentials')
        .select(['id', 'accountId', 'kind', 'label', 'secret', 'lastStep'])
        .select(['failures', 'disabledAt', 'createdAt', 'lastUsedAt'])
        .where('credentials.credentialId', '=', credentialId)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { id, accountId, label, secret, lastStep, failures, disabledAt, createdAt, lastUsedAt } = row;
      // Written from the same type; an unknown kind of a newer version verifies nothing.
      const kind = row.kind as AuthenticatorKind;
      return {
        ...toRow(row),
        authenticator: { id, accountId, kind, label, secret, lastStep, failures, disabledAt, createdAt, lastUsedAt },
      };
    },
    async credentialsOf(accountId) {
      const rows = await db
        .selectFrom('credentials')
        .innerJoin('authenticators', 'authenticators.id', 'credentials.authenticatorId')
        .selectAll('credentials')
        .where('authenticators.accountId', '=', accountId)
        .orderBy('authenticators.createdAt')
        .orderBy('authenticators.id')
        .execute();
      return rows.map(toRow);
    },
    acceptAssertion: (id, set, at) =>
      write(async (tx) => {
        if (!(await holdEnabled(tx, id)) || !(await moveCount(tx, id, set))) return false;
        await tx.db.updateTable('authenticators').set({ lastUsedAt: at, failures: 0 }).where('id', '=', id).execute();
        return true;
      }),
  };
}
