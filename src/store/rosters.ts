import { SallyportError } from '../errors.ts';
import { salted } from './audit-rows.ts';
import { touched } from './columns.ts';
import type { Scope, Tx } from './database.ts';
import type { RosterErasure, RosterStore } from './roster-types.ts';

const WITHOUT_TEXT = ['digest', 'appId', 'readAt', 'erasedBy'] as const;

/** The entry comes first: the trigger of the table lets nothing go but what it names (migration 0016). */
async function erase({ db }: Tx, asked: RosterErasure): Promise<void> {
  const { list, text, at, actor, rule, under, erased, left } = asked;
  const { digest, appId, readAt, erasedBy } = list;
  const nobody = { accountId: null, sessionId: null, appId, source: null };
  const detail = JSON.stringify({ digest, rule, under, erased, left });
  const entry = { at, kind: 'roster.erased', outcome: 'ok', actor, ...nobody, detail } as const;
  const { seq } = await db.insertInto('audit').values(salted(entry)).returning('seq').executeTakeFirstOrThrow();
  const asItWas = db
    .updateTable('rosters')
    .set({ text, erasedBy: Number(seq) })
    .where('digest', '=', digest)
    .where('readAt', '=', readAt)
    .where('text', 'is not', null)
    .where('erasedBy', erasedBy === null ? 'is' : '=', erasedBy);
  // Thrown, so that an entry never tells of what did not happen.
  if (touched(await asItWas.executeTakeFirstOrThrow()) !== 1)
    throw new SallyportError('conflict', 'the list changed meanwhile: ask again');
}

export function rosterStore({ db, write }: Scope): RosterStore {
  const named = () => db.selectFrom('rosters').select(WITHOUT_TEXT).where('text', 'is not', null);
  return {
    async put(row) {
      await db
        .insertInto('rosters')
        .values({ ...row, erasedBy: null })
        .execute();
    },
    async again(digest, at) {
      const moved = db
        .updateTable('rosters')
        .set({ readAt: at })
        .where('digest', '=', digest)
        .where('readAt', '<', at)
        .where('text', 'is not', null)
        .where('erasedBy', 'is', null);
      return touched(await moved.executeTakeFirstOrThrow()) === 1;
    },
    byDigest: (digest) => db.selectFrom('rosters').selectAll().where('digest', '=', digest).executeTakeFirst(),
    newest: (appId) =>
      db
        .selectFrom('rosters')
        .selectAll()
        .where('appId', '=', appId)
        .orderBy('readAt', 'desc')
        .orderBy('digest')
        .limit(1)
        .executeTakeFirst(),
    kept: ({ after, limit }) => named().where('digest', '>', after).orderBy('digest').limit(limit).execute(),
    due: (before, limit) =>
      named().where('readAt', '<', before).orderBy('readAt').orderBy('digest').limit(limit).execute(),
    erase: (asked) => write((tx) => erase(tx, asked)),
  };
}
