import { SallyportError } from '../errors.ts';
import type { AnswerStore } from './answer-types.ts';
import { touched } from './columns.ts';
import type { Scope } from './database.ts';

export function answerStore({ db }: Scope): AnswerStore {
  return {
    async insert(row) {
      const result = await db
        .insertInto('answers')
        .values(row)
        .onConflict((c) => c.column('id').doNothing())
        .executeTakeFirstOrThrow();
      if (Number(result.numInsertedOrUpdatedRows ?? 0n) !== 1)
        throw new SallyportError('conflict', 'An answer of that id is kept already.');
    },
    byId: (id) =>
      db
        .selectFrom('answers')
        .select(['id', 'fingerprint', 'answer', 'createdAt'])
        .where('id', '=', id)
        .executeTakeFirst(),
    async removeBefore(id, before) {
      await db.deleteFrom('answers').where('id', '=', id).where('createdAt', '<', before).execute();
    },
    async purge(before) {
      return touched(await db.deleteFrom('answers').where('createdAt', '<', before).executeTakeFirstOrThrow());
    },
    async trim(most) {
      const result = await db
        .deleteFrom('answers')
        // By their number, which grows: a look at the end of an index, however many there are.
        .where('seq', '<=', (q) => q.selectFrom('answers').select((e) => e(e.fn.max('seq'), '-', most).as('last')))
        .executeTakeFirstOrThrow();
      return touched(result);
    },
  };
}
