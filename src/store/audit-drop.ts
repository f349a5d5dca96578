import { createHash } from 'node:crypto';
import { type SqlBool, sql } from 'kysely';
import { SallyportError } from '../errors.ts';
import { type Range, rangesText, readRanges } from '../lib/ranges.ts';
import { AUDIT_COLUMNS, salted } from './audit-rows.ts';
import { touched } from './columns.ts';
import type { Tx } from './database.ts';
import type { AuditDue, AuditRow } from './types.ts';

/** Any number that is ours; only who drops from the record takes this lock. */
const LOCK = 7_325_802;

/** Of two nodes that look at once, one does it. SQLite: the transaction begins IMMEDIATE. */
async function alone({ kind, db }: Tx): Promise<boolean> {
  if (kind === 'sqlite') return true;
  const { rows } = await sql<{ got: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as got`.execute(db);
  return rows[0]?.got === true;
}

/** Whoever takes others away waits for it. */
export async function waitForDropping({ kind, db }: Tx): Promise<void> {
  if (kind === 'postgres') await sql`select pg_advisory_xact_lock(${LOCK})`.execute(db);
}

const older = (a: Pick<AuditRow, 'at' | 'seq'>, b: Pick<AuditRow, 'at' | 'seq'>) => a.at - b.at || a.seq - b.seq;

/** What has no place in the tree yet has nothing that tells that it was there. */
const sealed = sql<SqlBool>`exists (select 1 from leaves where leaves.seq = audit.seq)`;

/** The oldest that are due: of each kind by itself, along its index, so that what stays long is not read over and over. */
async function oldest({ db }: Tx, { what, before, limit }: AuditDue): Promise<AuditRow[]> {
  const found: AuditRow[] = [];
  for (const { kind, outcome } of what) {
    const rows = await db
      .selectFrom('audit')
      .select(AUDIT_COLUMNS)
      .where('kind', '=', kind)
      .where('outcome', '=', outcome)
      .where('at', '<', before)
      .where(sealed)
      .orderBy('at')
      .orderBy('seq')
      .limit(limit)
      .execute();
    found.push(...rows.map((row) => ({ ...row, outcome })));
  }
  return found.sort(older).slice(0, limit);
}

/**
 * SHA-256 over the entries, oldest first, each a line of JSON: seq, at, kind, outcome, actor, account, session, app, source,
 * detail. Whoever has kept a copy can show that it is what was dropped.
 */
export function digestOf(rows: readonly AuditRow[]): string {
  const digest = createHash('sha256');
  for (const { seq, at, kind, outcome, actor, accountId, sessionId, appId, source, detail } of rows) {
    const line = [seq, at, kind, outcome, actor, accountId, sessionId, appId, source, detail];
    digest.update(`${JSON.stringify(line)}\n`);
  }
  return digest.digest('hex');
}

/** Numbers that an entry names which is itself about entries that are gone. */
export function namedBy({ kind, detail }: Pick<AuditRow, 'kind' | 'detail'>): Range[] {
  if (kind !== 'audit.dropped' && kind !== 'audit.erased') return [];
  try {
    const { seqs } = JSON.parse(detail) as { readonly seqs?: unknown };
    return (typeof seqs === 'string' ? readRanges(seqs) : undefined) ?? [];
  } catch {
    return [];
  }
}

/** So many runs one entry names, and what the last of the entries that go brings: a text of some 100 kB. */
const MOST_RUNS = 5_000;

/** As many of the rows, from the first, as one entry can name. */
function nameable(rows: readonly AuditRow[]): { readonly rows: readonly AuditRow[]; readonly runs: readonly Range[] } {
  const runs: Range[] = [];
  for (const [i, row] of rows.entries()) {
    if (runs.length > MOST_RUNS) return { rows: rows.slice(0, i), runs };
    // What that one named has nothing else that tells where it went.
    runs.push([row.seq, row.seq], ...namedBy(row));
  }
  return { rows, runs };
}

/**
 * The entry that names them: kinds with outcome, the first and last by moment and number, and every number, so that each leaf
 * without an entry is accounted for. Exactly what it names is deleted with it, since all of it was due; the trigger of the table
 * lets nothing else go (migration 0005).
 */
function naming({ name, before }: AuditDue, rows: readonly AuditRow[], runs: readonly Range[]): string {
  const [first, last] = [rows[0], rows.at(-1)];
  const what = [...new Set(rows.map(({ kind, outcome }) => `${kind}:${outcome}`))].sort().join(' ');
  const range = { from: first?.at, to: last?.at, first: first?.seq, last: last?.seq };
  const seqs = rangesText(runs);
  return JSON.stringify({ class: name, before, what, ...range, count: rows.length, seqs, digest: digestOf(rows) });
}

/** `AuditStore.drop`, in a transaction. */
export async function dropDue(tx: Tx, due: AuditDue): Promise<number> {
  if (!(await alone(tx))) return 0;
  const { rows, runs } = nameable(await oldest(tx, due));
  if (rows.length === 0) return 0;
  const nobody = { accountId: null, sessionId: null, appId: null, source: null };
  const entry = { at: due.at, kind: 'audit.dropped', outcome: 'ok', actor: 'system', ...nobody } as const;
  await tx.db
    .insertInto('audit')
    .values(salted({ ...entry, detail: naming(due, rows, runs) }))
    .execute();
  const seqs = rows.map(({ seq }) => seq);
  const gone = touched(await tx.db.deleteFrom('audit').where('seq', 'in', seqs).executeTakeFirstOrThrow());
  // Thrown, so that an entry never tells of what did not happen.
  if (gone !== rows.length) throw new SallyportError('store-unavailable', 'The record changed while it was tidied.');
  return gone;
}
