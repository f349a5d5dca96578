import { setImmediate as othersTurn } from 'node:timers/promises';
import { type SqlBool, sql } from 'kysely';
import { SallyportError } from '../errors.ts';
import { AUDIT_COLUMNS, toAuditRow } from './audit-rows.ts';
import { chunks, touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { DocumentKind, LogStore, SealedRow } from './log-types.ts';

/** Numbers that are looked through at once for entries without a leaf: some ms, in which SQLite serves nobody. */
const STRETCH = 20_000;
/** The one row of `tree`. */
const ONE = 1;
const TREE = ['size', 'frontier', 'note'] as const;
const SALTED = [...AUDIT_COLUMNS, 'salt'] as const;

const number = (value: unknown): number => Number(value ?? 0);

function tree({ db, kind }: Scope): Pick<LogStore, 'forSealing' | 'state' | 'append' | 'putHead'> {
  const one = () => db.selectFrom('tree').select(TREE).where('id', '=', ONE);
  return {
    // SQLite: a transaction that writes begins IMMEDIATE, so that it is alone from its beginning.
    forSealing: () => (kind === 'postgres' ? one().forUpdate() : one()).executeTakeFirstOrThrow(),
    state: () => one().executeTakeFirstOrThrow(),
    async append(leaves, from, to) {
      for (const part of chunks(leaves, 1_000)) await db.insertInto('leaves').values(part).execute();
      const moved = await db
        .updateTable('tree')
        .set({ size: to.size, frontier: to.frontier })
        .where('id', '=', ONE)
        .where('size', '=', from)
        .executeTakeFirstOrThrow();
      if (touched(moved) !== 1) throw new SallyportError('conflict', 'The tree of the record is elsewhere.');
    },
    async putHead(size, note) {
      const set = db.updateTable('tree').set({ note }).where('id', '=', ONE).where('size', '=', size);
      return touched(await set.executeTakeFirstOrThrow()) === 1;
    },
  };
}

function leaves({ db }: Scope): Pick<LogStore, 'leaves' | 'hashes' | 'indexesOf' | 'sealedUpTo'> {
  const hashes: LogStore['hashes'] = ({ from, limit }) =>
    db.selectFrom('leaves').selectAll().where('idx', '>=', from).orderBy('idx').limit(limit).execute();
  return {
    hashes,
    async leaves(query) {
      const rows = await hashes(query);
      const entries = new Map<number, SealedRow['entry']>();
      for (const part of chunks(
        rows.map(({ seq }) => seq),
        1_000,
      )) {
        const some = await db.selectFrom('audit').select(SALTED).where('seq', 'in', part).execute();
        for (const row of some) entries.set(row.seq, { ...toAuditRow(row), salt: row.salt });
      }
      return rows.map((row) => ({ ...row, entry: entries.get(row.seq) ?? null }));
    },
    async indexesOf(seqs) {
      const found = new Map<number, number>();
      for (const part of chunks(seqs, 1_000)) {
        const rows = await db.selectFrom('leaves').select(['idx', 'seq']).where('seq', 'in', part).execute();
        for (const { idx, seq } of rows) found.set(seq, idx);
      }
      return found;
    },
    async sealedUpTo() {
      const row = await db
        .selectFrom('leaves')
        .select((e) => e.fn.max('seq').as('seq'))
        .executeTakeFirst();
      return number(row?.seq);
    },
  };
}

function unsealed({ db }: Scope): Pick<LogStore, 'unsealed' | 'waiting'> {
  const without = sql<SqlBool>`not exists (select 1 from leaves where leaves.seq = audit.seq)`;
  return {
    async unsealed({ after, upTo, limit }) {
      let query = db.selectFrom('audit').select(SALTED).where('seq', '>', after);
      if (upTo !== undefined) query = query.where('seq', '<=', upTo);
      const rows = await query.where(without).orderBy('seq').limit(limit).execute();
      return rows.map((row) => ({ ...toAuditRow(row), salt: row.salt }));
    },
    async waiting() {
      const { last } = await db
        .selectFrom('audit')
        .select((e) => e.fn.max('seq').as('last'))
        .executeTakeFirstOrThrow();
      let [count, oldest] = [0, Number.POSITIVE_INFINITY];
      for (let after = 0; after < number(last); after += STRETCH) {
        const row = await db
          .selectFrom('audit')
          .select((e) => [e.fn.countAll<number>().as('count'), e.fn.min('at').as('oldest')])
          .where('seq', '>', after)
          .where('seq', '<=', after + STRETCH)
          .where(without)
          .executeTakeFirstOrThrow();
        count += number(row.count);
        if (row.oldest !== null) oldest = Math.min(oldest, number(row.oldest));
        await othersTurn();
      }
      return { count, oldest: count === 0 ? null : oldest };
    },
  };
}

function sealing({ write }: Scope): Pick<LogStore, 'seal'> {
  return {
    seal: (query, place) =>
      write(async (tx) => {
        const scope: Scope = { ...tx, write: (inner) => inner(tx) };
        const state = await tree(scope).forSealing();
        const rows = await unsealed(scope).unsealed(query);
        const last = rows.at(-1);
        if (last === undefined) return { sealed: 0, last: query.after };
        const placed = place(state, rows);
        const { size } = placed.tree;
        await tree(scope).append(placed.leaves, state.size, placed.tree);
        await tree(scope).putHead(size, placed.note);
        if (placed.keep) await heads(scope).keepCheckpoint({ size, at: placed.at, note: placed.note });
        return { sealed: rows.length, last: last.seq };
      }),
  };
}

function heads({
  db,
}: Scope): Pick<
  LogStore,
  'keepCheckpoint' | 'checkpoints' | 'newestCheckpoint' | 'checkpointAt' | 'putCosignature' | 'cosignatures'
> {
  return {
    async keepCheckpoint(row) {
      const kept = db.insertInto('checkpoints').values(row);
      const result = await kept.onConflict((c) => c.column('size').doNothing()).executeTakeFirstOrThrow();
      return Number(result.numInsertedOrUpdatedRows ?? 0n) === 1;
    },
    checkpoints: ({ after, limit }) =>
      db.selectFrom('checkpoints').selectAll().where('size', '>', after).orderBy('size').limit(limit).execute(),
    newestCheckpoint: () =>
      db.selectFrom('checkpoints').selectAll().orderBy('size', 'desc').limit(1).executeTakeFirst(),
    checkpointAt: (at) =>
      db
        .selectFrom('checkpoints')
        .selectAll()
        .where('at', '<=', at)
        .orderBy('size', 'desc')
        .limit(1)
        .executeTakeFirst(),
    async putCosignature(row) {
      await db
        .insertInto('cosignatures')
        .values(row)
        .onConflict((c) => c.columns(['size', 'name']).doNothing())
        .execute();
    },
    cosignatures: (size) =>
      db.selectFrom('cosignatures').selectAll().where('size', '=', size).orderBy('name').execute(),
  };
}

/** Any number that is ours; only who makes the key of the log takes this lock. */
const KEY_LOCK = 7_325_804;

function keys({ db, write }: Scope): Pick<LogStore, 'keys' | 'putKey'> {
  return {
    keys: () => db.selectFrom('logKeys').selectAll().orderBy('createdAt').orderBy('id').execute(),
    putKey: (row) =>
      write(async (tx) => {
        if (tx.kind === 'postgres') await sql`select pg_advisory_xact_lock(${KEY_LOCK})`.execute(tx.db);
        if ((await tx.db.selectFrom('logKeys').select('id').limit(1).executeTakeFirst()) !== undefined) return false;
        await tx.db.insertInto('logKeys').values(row).execute();
        return true;
      }),
  };
}

function documents({ db }: Scope): Pick<LogStore, 'putDocument' | 'document'> {
  return {
    async putDocument(row) {
      await db
        .insertInto('documents')
        .values(row)
        .onConflict((c) => c.column('digest').doNothing())
        .execute();
    },
    async document(digest) {
      const row = await db.selectFrom('documents').selectAll().where('digest', '=', digest).executeTakeFirst();
      // Written from the same type.
      return row === undefined ? undefined : { ...row, kind: row.kind as DocumentKind };
    },
  };
}

function receivers({ db }: Scope): Pick<LogStore, 'receiver' | 'receivers' | 'moveReceiver'> {
  return {
    receiver: (name) => db.selectFrom('receivers').selectAll().where('name', '=', name).executeTakeFirst(),
    receivers: () => db.selectFrom('receivers').selectAll().orderBy('name').execute(),
    async moveReceiver(row, from) {
      if (from === null) {
        const made = db.insertInto('receivers').values(row);
        const result = await made.onConflict((c) => c.column('name').doNothing()).executeTakeFirstOrThrow();
        return Number(result.numInsertedOrUpdatedRows ?? 0n) === 1;
      }
      const moved = db
        .updateTable('receivers')
        .set(row)
        .where('name', '=', row.name)
        .where('position', '=', from.position)
        .where('state', '=', from.state);
      return touched(await moved.executeTakeFirstOrThrow()) === 1;
    },
  };
}

export function logStore(scope: Scope): LogStore {
  return {
    ...tree(scope),
    ...leaves(scope),
    ...unsealed(scope),
    ...sealing(scope),
    ...heads(scope),
    ...keys(scope),
    ...documents(scope),
    ...receivers(scope),
  };
}
