import { type RawBuilder, sql } from 'kysely';
import { SallyportError } from '../errors.ts';
import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { ThrottleRoom, ThrottleStore } from './types.ts';

const ALWAYS: ThrottleRoom = { forgetMs: Number.MAX_SAFE_INTEGER };

/** Whether what stands in the row is too old to count. */
function over(at: number, { forgetMs }: ThrottleRoom): RawBuilder<boolean> {
  return sql<boolean>`throttles.updated_at < cast(${at - forgetMs} as bigint)`;
}

/** Whether there is room for one more, by what stands in the row. */
function hasRoom(at: number, room: ThrottleRoom): RawBuilder<boolean> {
  const { free, seen } = room;
  if (free === undefined || seen === undefined) return sql<boolean>`1 = 1`;
  return sql<boolean>`(throttles.failures < ${free} or throttles.failures = ${seen} or ${over(at, room)})`;
}

/** The count that stands in the row after this failure. */
function counted(at: number, room: ThrottleRoom): RawBuilder<number> {
  return sql<number>`(case when ${over(at, room)} then 1 else throttles.failures + 1 end)`;
}

/** The moment until which that count holds attempts off. */
function nextAt(at: number, delays: readonly number[], room: ThrottleRoom): RawBuilder<number> {
  const [first = 0] = delays;
  const count = counted(at, room);
  // Counts of one delay are one case: there are delays with hundreds of them.
  const steps = delays.flatMap((delay, i) =>
    delays[i + 1] === delay ? [] : [sql`when ${count} <= ${sql.lit(i + 1)} then cast(${at + delay} as bigint)`],
  );
  const last = at + (delays.at(-1) ?? first);
  const delayed = sql<number>`(case ${sql.join(steps, sql` `)} else cast(${last} as bigint) end)`;
  return sql<number>`case when throttles.next_at > ${delayed} then throttles.next_at else ${delayed} end`;
}

function failIn({ db }: Scope) {
  // Without a room there always is one, and a row.
  return async (key: string, at: number, delays: readonly number[], room: ThrottleRoom = ALWAYS) => {
    const [first] = delays;
    // An empty list would mean no delay at all; absence never permits.
    if (first === undefined) throw new SallyportError('internal', 'A throttle without delays does not throttle.');
    return db
      .insertInto('throttles')
      .values({ key, failures: 1, nextAt: at + first, updatedAt: at })
      .onConflict((c) =>
        c
          .column('key')
          .doUpdateSet({ failures: counted(at, room), nextAt: nextAt(at, delays, room), updatedAt: at })
          .where(hasRoom(at, room)),
      )
      .returningAll()
      .executeTakeFirst();
  };
}

export function throttleStore(scope: Scope): ThrottleStore {
  const { db } = scope;
  return {
    byKey: (key) => db.selectFrom('throttles').selectAll().where('key', '=', key).executeTakeFirst(),
    byKeys: (keys) => db.selectFrom('throttles').selectAll().where('key', 'in', keys).execute(),
    fail: failIn(scope) as ThrottleStore['fail'],
    async forgive(key, most, room) {
      const row = await db
        .updateTable('throttles')
        .set({ failures: sql<number>`case when failures > ${most} then failures - ${most} else 0 end` })
        .where('key', '=', key)
        .where(hasRoom(room.at, room))
        .returning('failures')
        .executeTakeFirst();
      if (row === undefined)
        return (await db.selectFrom('throttles').select('key').where('key', '=', key).executeTakeFirst()) === undefined;
      if (row.failures === 0)
        await db.deleteFrom('throttles').where('key', '=', key).where('failures', '=', 0).execute();
      return true;
    },
    async clear(key) {
      await db.deleteFrom('throttles').where('key', '=', key).execute();
    },
    async purge(before) {
      return touched(await db.deleteFrom('throttles').where('updatedAt', '<', before).executeTakeFirstOrThrow());
    },
    async trim(most) {
      const beyond = db
        .selectFrom('throttles')
        .select('key')
        .orderBy('failures', 'desc')
        .orderBy('updatedAt', 'desc')
        .orderBy('key')
        .limit(Number.MAX_SAFE_INTEGER)
        .offset(most);
      return touched(await db.deleteFrom('throttles').where('key', 'in', beyond).executeTakeFirstOrThrow());
    },
  };
}
