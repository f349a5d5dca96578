import type { Selectable } from 'kysely';
import type { Proof } from '../evidence.ts';
import { chunks, readList, touched, writeList } from './columns.ts';
import type { Scope } from './database.ts';
import type { Schema } from './schema.ts';
import type { PendingPurpose, PendingRow, PendingStore } from './types.ts';

function toRow(row: Selectable<Schema['pendings']>): PendingRow {
  // Written from the same type.
  return { ...row, purpose: row.purpose as PendingPurpose, proofs: readList<Proof>(row.proofs) };
}

/** Pending sign-ins of one statement. */
const BATCH = 500;

export function pendingStore({ db, write }: Scope): PendingStore {
  return {
    async insert(row) {
      await db
        .insertInto('pendings')
        .values({ ...row, proofs: writeList(row.proofs) })
        .execute();
    },
    async byHash(hash) {
      const row = await db.selectFrom('pendings').selectAll().where('hash', '=', hash).executeTakeFirst();
      return row && toRow(row);
    },
    async update(id, oldHash, set) {
      const { proofs, ...rest } = set;
      const result = await db
        .updateTable('pendings')
        // The hash is always among what is set, so that an empty change is still judged by the database.
        .set({ hash: oldHash, ...rest, ...(proofs === undefined ? {} : { proofs: writeList(proofs) }) })
        .where('id', '=', id)
        .where('hash', '=', oldHash)
        .executeTakeFirstOrThrow();
      return touched(result) === 1;
    },
    async remove(id) {
      return touched(await db.deleteFrom('pendings').where('id', '=', id).executeTakeFirstOrThrow()) === 1;
    },
    removeOfAccount: (accountId, purpose) =>
      write(async (tx) => {
        const all = tx.db.deleteFrom('pendings').where('accountId', '=', accountId);
        const gone = await (purpose === undefined ? all : all.where('purpose', '=', purpose)).returning('id').execute();
        // An answer of the app, with the cookies of a session there, is not kept for a sign-in that nobody can finish.
        for (const part of chunks(gone, BATCH)) {
          const holders = part.map(({ id }) => id);
          await tx.db.deleteFrom('holds').where('holder', 'in', holders).execute();
        }
      }),
    async purge(before) {
      return touched(await db.deleteFrom('pendings').where('expiresAt', '<', before).executeTakeFirstOrThrow());
    },
  };
}
