import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { KeyStore } from './types.ts';

export function keyStore({ db, write }: Scope): KeyStore {
  return {
    insert: (row) =>
      write(async (tx) => {
        await tx.db.insertInto('signingKeys').values(row).execute();
        tx.announce('key', [row.id]);
      }),
    list: () => db.selectFrom('signingKeys').selectAll().orderBy('createdAt').orderBy('id').execute(),
    retire: (id, at) =>
      write(async (tx) => {
        const result = await tx.db
          .updateTable('signingKeys')
          .set({ retiredAt: at })
          .where('id', '=', id)
          // Only ever earlier: a key that leaked while it was retiring is withdrawn, and no key comes back.
          .where((where) => where.or([where('retiredAt', 'is', null), where('retiredAt', '>', at)]))
          .executeTakeFirstOrThrow();
        if (touched(result) === 1) tx.announce('key', [id]);
      }),
    async purge(retiredBefore) {
      return touched(
        await db.deleteFrom('signingKeys').where('retiredAt', '<', retiredBefore).executeTakeFirstOrThrow(),
      );
    },
  };
}
