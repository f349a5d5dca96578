import { csvText } from '../lib/csv-text.ts';
import type { CoverageRow } from './coverage-form.ts';

const HEADS =
  'account,id,realm,organisation,app,class,why,factors,strength,link_until,last_used,last_signed_in,entries'.split(',');

/** A line for each account and app (RFC 4180); text to every spreadsheet. */
export function coverageCsv(rows: readonly CoverageRow[]): string {
  const moment = (ms: number | null) => (ms === null ? '' : new Date(ms).toISOString());
  const lines = rows.flatMap((row) =>
    row.cells.map((cell) => [
      ...[row.name ?? '', row.id, row.realm ?? '', row.organisation ?? row.organisationId ?? ''],
      ...[cell.app, cell.class, cell.why ?? '', cell.factors.join(' '), cell.acr ?? ''],
      ...[moment(cell.ticketUntil), moment(cell.lastUsedAt), moment(row.lastUsedAt), cell.basis.join(' ')],
    ]),
  );
  return csvText([HEADS, ...lines]);
}
