import type { Selectable } from 'kysely';
import type { Proof } from '../evidence.ts';
import { sha256 } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { randomToken, systemRandom } from '../lib/random.ts';
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

/** Longer than any sign-in waits. */
const MARK_LIFE = 15 * 60_000;

/** Where it stands that the sign-ins of an account were ended; those that browsers carry have no rows to be deleted. */
const markHash = (accountId: string): string => sha256(`ended ${accountId}`);

/** Says that all sign-ins of the account that wait are over, until none can be left. */
async function mark(db: Scope['db'], clock: Clock, accountId: string): Promise<void> {
  const now = clock.now();
  const set = { holder: randomToken(systemRandom, 16), createdAt: now, expiresAt: now + MARK_LIFE };
  await db
    .insertInto('challenges')
    .values({ hash: markHash(accountId), purpose: 'sign-in', appId: '', ...set })
    .onConflict((c) => c.column('hash').doUpdateSet(set))
    .execute();
}

export function pendingStore({ db, write }: Scope, clock: Clock): PendingStore {
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
        if (purpose !== 'enrol') await mark(tx.db, clock, accountId);
      }),
    async endedOf(accountId) {
      const found = db.selectFrom('challenges').select('holder').where('hash', '=', markHash(accountId));
      return (await found.executeTakeFirst())?.holder ?? '';
    },
    async purge(before) {
      return touched(await db.deleteFrom('pendings').where('expiresAt', '<', before).executeTakeFirstOrThrow());
    },
  };
}
