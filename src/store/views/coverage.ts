import { setImmediate as othersTurn } from 'node:timers/promises';
import { type SqlBool, sql } from 'kysely';
import { AUDIT_COLUMNS, toAuditRow } from '../audit-rows.ts';
import { chunks } from '../columns.ts';
import type { Scope } from '../database.ts';
import type { AuditRow } from '../types.ts';
import type { EntryAsk, EntryMoments, LastUse, ViewStore } from '../view-types.ts';

/** Numbers of entries that are read at once, along the index by kind, outcome and moment; then others have a turn. */
const PAGE = 4_000;
/** Rows of one statement. */
const AT_ONCE = 900;

interface Way {
  readonly kind: string;
  readonly outcome: AuditRow['outcome'];
}

interface Found {
  readonly seqs: number[];
  readonly ats: number[];
}

/** Numbers and moments of the entries of one kind and outcome, appended to `found`. */
async function along({ db }: Scope, { kind, outcome }: Way, ask: EntryAsk, found: Found): Promise<void> {
  let place = { at: ask.from, seq: 0 };
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .select(['at', 'seq'])
      .where('kind', '=', kind)
      .where('outcome', '=', outcome)
      .where(sql<SqlBool>`(at, seq) > (${place.at}, ${place.seq})`)
      .where('at', '<=', ask.until)
      .orderBy('at')
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    for (const { seq, at } of rows) {
      found.seqs.push(seq);
      found.ats.push(at);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    place = last;
    await othersTurn();
  }
}

async function moments(scope: Scope, ask: EntryAsk): Promise<EntryMoments> {
  const found: Found = { seqs: [], ats: [] };
  for (const kind of ask.kinds) for (const outcome of ask.outcomes) await along(scope, { kind, outcome }, ask, found);
  return { seqs: Float64Array.from(found.seqs), ats: Float64Array.from(found.ats) };
}

const numbers = async (scope: Scope, ask: EntryAsk): Promise<Float64Array> => (await moments(scope, ask)).seqs.sort();

async function byNumber({ db }: Scope, seqs: readonly number[]): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  for (const part of chunks(seqs, AT_ONCE)) {
    const some = await db.selectFrom('audit').select(AUDIT_COLUMNS).where('seq', 'in', part).orderBy('seq').execute();
    for (const row of some) rows.push(toAuditRow(row));
  }
  return rows;
}

/** From the moment backwards along the entries of each account, as far as its last sign-in. */
async function lastUses({ db }: Scope, at: number, after: string, limit: number): Promise<LastUse[]> {
  const last = sql<number | null>`(select a.at from audit a where a.account_id = accounts.id and a.at <= ${at}
    and a.kind = 'session.open' and a.outcome = 'ok' order by a.at desc, a.seq desc limit 1)`;
  const rows = await db
    .selectFrom('accounts')
    .select(['id', last.as('at')])
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id, at: used }) => ({ id, at: used === null ? null : Number(used) }));
}

async function accountIds({ db }: Scope, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('accounts')
    .select('id')
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

type Views = Pick<ViewStore, 'entryNumbers' | 'entryMoments' | 'entriesByNumber' | 'accountIds' | 'lastUses'>;

export function coverageViews(scope: Scope): Views {
  return {
    accountIds: (after, limit) => accountIds(scope, after, limit),
    entryNumbers: (ask) => numbers(scope, ask),
    entryMoments: (ask) => moments(scope, ask),
    entriesByNumber: (seqs) => byNumber(scope, seqs),
    lastUses: (at, after, limit) => lastUses(scope, at, after, limit),
  };
}
