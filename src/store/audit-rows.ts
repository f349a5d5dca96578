import { randomBytes } from 'node:crypto';
import type { AuditRow, NewAuditRow } from './row-types.ts';

/** What an entry says; its salt is for the log alone (log.ts). */
export const AUDIT_COLUMNS = [
  'seq',
  'at',
  'kind',
  'outcome',
  'actor',
  'accountId',
  'sessionId',
  'appId',
  'source',
  'detail',
] as const;

type Selected = Omit<AuditRow, 'outcome'> & { readonly outcome: string };

/** An entry as it was read; whatever else was read with it is left out. */
export function toAuditRow({
  seq,
  at,
  kind,
  outcome,
  actor,
  accountId,
  sessionId,
  appId,
  source,
  detail,
}: Selected): AuditRow {
  // Written from the same type.
  const known = outcome as AuditRow['outcome'];
  return { seq, at, kind, outcome: known, actor, accountId, sessionId, appId, source, detail };
}

/** The entry with a salt of its own: 128 bits, without which no field of it can be guessed from its leaf. */
export const salted = (row: NewAuditRow) => ({ ...row, salt: randomBytes(16).toString('hex') });
