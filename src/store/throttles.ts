import { type RawBuilder, sql } from 'kysely';
import { SallyportError } from '../errors.ts';
import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { ThrottleStore } from './types.ts';

/** The moment until which the count that stands in the row after this failure holds attempts off. */
function nextAt(at: number, first: number, delays: readonly number[]): RawBuilder<number> {
  const steps = delays
    .slice(1)
    .map((delay, i) => sql`when throttles.failures + 1 <= ${sql.lit(i + 2)} then cast(${at + delay} as bigint)`);
  const last = at + (delays.at(-1) ?? first);
  const delayed = sql<number>`case ${steps.length === 0 ? sql`when 1 = 0 then 0` : sql.join(steps, sql` `)} else cast(${last} as bigint) end`;
  return sql<number>`case when throttles.next_at > (${delayed}) then throttles.next_at else (${delayed}) end`;
}

export function throttleStore({ db }: Scope): ThrottleStore {
  return {
    byKey: (key) => db.selectFrom('throttles').selectAll().where('key', '=', key).executeTakeFirst(),
    async fail(key, at, delays) {
      const [first] = delays;
      // An empty list would mean no delay at all; absence never permits.
      if (first === undefined) throw new SallyportError('internal', 'A throttle without delays does not throttle.');
      return db
        .insertInto('throttles')
        .values({ key, failures: 1, nextAt: at + first, updatedAt: at })
        .onConflict((c) =>
          c.column('key').doUpdateSet({
            failures: sql<number>`throttles.failures + 1`,
            nextAt: nextAt(at, first, delays),
            updatedAt: at,
          }),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
    },
    async clear(key) {
      await db.deleteFrom('throttles').where('key', '=', key).execute();
    },
    async purge(before) {
      return touched(await db.deleteFrom('throttles').where('updatedAt', '<', before).executeTakeFirstOrThrow());
    },
  };
}
