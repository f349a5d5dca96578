import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { SallyportError } from '../errors.ts';
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

const older = (a: Pick<AuditRow, 'at' | 'seq'>, b: Pick<AuditRow, 'at' | 'seq'>) => a.at - b.at || a.seq - b.seq;

/** The oldest that are due: of each kind by itself, along its index, so that what stays long is not read over and over. */
async function oldest({ db }: Tx, { what, before, limit }: AuditDue): Promise<AuditRow[]> {
  const found: AuditRow[] = [];
  for (const { kind, outcome } of what) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('kind', '=', kind)
      .where('outcome', '=', outcome)
      .where('at', '<', before)
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
function digestOf(rows: readonly AuditRow[]): string {
  const digest = createHash('sha256');
  for (const { seq, at, kind, outcome, actor, accountId, sessionId, appId, source, detail } of rows) {
    const line = [seq, at, kind, outcome, actor, accountId, sessionId, appId, source, detail];
    digest.update(`${JSON.stringify(line)}\n`);
  }
  return digest.digest('hex');
}

/**
 * The entry that names them: kinds with outcome, and the first and last by moment and number. Exactly what it names is
 * deleted with it, since all of it was due; the trigger of the table lets nothing else go (migration 0005).
 */
function naming(due: AuditDue, rows: readonly AuditRow[]): string {
  const [first, last] = [rows[0], rows.at(-1)];
  const what = [...new Set(rows.map(({ kind, outcome }) => `${kind}:${outcome}`))].sort().join(' ');
  const range = { from: first?.at, to: last?.at, first: first?.seq, last: last?.seq };
  return JSON.stringify({ class: due.name, what, ...range, count: rows.length, digest: digestOf(rows) });
}

/** `AuditStore.drop`, in a transaction. */
export async function dropDue(tx: Tx, due: AuditDue): Promise<number> {
  if (!(await alone(tx))) return 0;
  const rows = await oldest(tx, due);
  if (rows.length === 0) return 0;
  const nobody = { accountId: null, sessionId: null, appId: null, source: null };
  const entry = { at: due.at, kind: 'audit.dropped', outcome: 'ok', actor: 'system', ...nobody };
  await tx.db
    .insertInto('audit')
    .values({ ...entry, detail: naming(due, rows) })
    .execute();
  const seqs = rows.map(({ seq }) => seq);
  const gone = touched(await tx.db.deleteFrom('audit').where('seq', 'in', seqs).executeTakeFirstOrThrow());
  // Thrown, so that an entry never tells of what did not happen.
  if (gone !== rows.length) throw new SallyportError('store-unavailable', 'The record changed while it was tidied.');
  return gone;
}
