import { type SqlBool, sql } from 'kysely';
import { SallyportError } from '../errors.ts';
import { rangesText } from '../lib/ranges.ts';
import { digestOf, waitForDropping } from './audit-drop.ts';
import { AUDIT_COLUMNS, salted, toAuditRow } from './audit-rows.ts';
import { touched } from './columns.ts';
import type { Tx } from './database.ts';
import type { AuditErasure } from './types.ts';

const sealed = sql<SqlBool>`exists (select 1 from leaves where leaves.seq = audit.seq)`;

/**
 * `AuditStore.erase`, in a transaction: the entry that names them comes first, and the trigger of the table lets go what it names
 * and nothing else (migration 0012).
 */
export async function eraseEntries(tx: Tx, asked: AuditErasure): Promise<number> {
  const { accountId, reason, actor, at, limit } = asked;
  await waitForDropping(tx);
  const found = await tx.db
    .selectFrom('audit')
    .select(AUDIT_COLUMNS)
    .where('accountId', '=', accountId)
    .where('kind', '<>', 'audit.erased')
    .where(sealed)
    .orderBy('seq')
    .limit(limit)
    .execute();
  const rows = found.map(toAuditRow);
  const seqs = rows.map(({ seq }) => seq);
  const [first, last] = [seqs[0], seqs.at(-1)];
  if (first === undefined) return 0;
  const named = rangesText(seqs.map((seq) => [seq, seq]));
  const detail = JSON.stringify({ reason, first, last, count: rows.length, seqs: named, digest: digestOf(rows) });
  const nobody = { sessionId: null, appId: null, source: null };
  const entry = { at, kind: 'audit.erased', outcome: 'ok', actor, accountId, ...nobody, detail } as const;
  await tx.db.insertInto('audit').values(salted(entry)).execute();
  const gone = touched(await tx.db.deleteFrom('audit').where('seq', 'in', seqs).executeTakeFirstOrThrow());
  // Thrown, so that an entry never tells of what did not happen.
  if (gone !== rows.length) throw new SallyportError('store-unavailable', 'The record changed while it was erased.');
  return gone;
}
