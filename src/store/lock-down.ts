import type { Scope } from './database.ts';
import type { LockDownRow, LockDownStore } from './lock-down-types.ts';
import { shareOpening } from './locks.ts';

/** The one row that there can be. */
const ONE = 1;

export function lockDownStore({ db, write }: Scope): LockDownStore {
  const columns = ['reason', 'begunAt', 'begunBy', 'until'] as const;
  return {
    current: () => db.selectFrom('lockDown').select(columns).executeTakeFirst(),
    forOpening: () =>
      write(async (tx) => {
        await shareOpening(tx);
        return tx.db.selectFrom('lockDown').select(columns).executeTakeFirst();
      }),
    begin: (row: LockDownRow) =>
      write(async (tx) => {
        await tx.db
          .insertInto('lockDown')
          .values({ id: ONE, ...row })
          .onConflict((c) => c.column('id').doUpdateSet(row))
          .execute();
        tx.announce('lock-down', ['*']);
      }),
    end: () =>
      write(async (tx) => {
        const ended = await tx.db.deleteFrom('lockDown').returning(columns).executeTakeFirst();
        if (ended !== undefined) tx.announce('lock-down', ['*']);
        return ended;
      }),
  };
}
