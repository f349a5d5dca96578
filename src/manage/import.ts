import { canonicalName } from '../accounts/name.ts';
import { SallyportError } from '../errors.ts';
import type { AccountRow } from '../store/types.ts';
import { fieldFault, newAccountRow } from './accounts.ts';
import { type ManageContext, recordManaged } from './context.ts';
import { type CsvRecord, parseCsv } from './csv.ts';
import { needRealm } from './find.ts';

export interface ImportFault {
  readonly line: number;
  readonly message: string;
}

export interface ImportResult {
  /** Added accounts; empty when there is any fault. */
  readonly added: readonly { readonly id: string; readonly realm: string; readonly name: string }[];
  readonly faults: readonly ImportFault[];
}

const COLUMNS = ['account', 'realm', 'email', 'groups'] as const;
type Column = (typeof COLUMNS)[number];

function isColumn(text: string): text is Column {
  return COLUMNS.some((column) => column === text);
}

function readHeader(records: readonly CsvRecord[]): { columns: readonly string[]; rows: readonly CsvRecord[] } {
  const names = (records[0]?.fields ?? []).map((name) => name.toLowerCase());
  return names.includes('account') ? { columns: names, rows: records.slice(1) } : { columns: COLUMNS, rows: records };
}

function readRow(ctx: ManageContext, columns: readonly string[], { fields }: CsvRecord): AccountRow | string {
  if (fields.length > columns.length) return `there are ${fields.length} fields for ${columns.length} columns`;
  const value = (column: Column) => fields[columns.indexOf(column)]?.trim() || undefined;
  const typed = value('account');
  if (typed === undefined) return 'the account name is missing';
  try {
    const realm = needRealm(ctx, value('realm'));
    const name = canonicalName(typed, realm);
    if (name === undefined) return `${JSON.stringify(typed)} is not an account name of realm ${realm.id}`;
    const groups = (value('groups') ?? '').split(/[;\s]+/).filter((group) => group !== '');
    const email = value('email');
    return fieldFault(email, groups) ?? newAccountRow(ctx, realm.id, name, { email, groups });
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'usage') return error.message;
    throw error;
  }
}

async function judge(ctx: ManageContext, columns: readonly string[], records: readonly CsvRecord[]) {
  const faults: ImportFault[] = [];
  const accepted: AccountRow[] = [];
  const seen = new Map<string, number>();
  for (const record of records) {
    const { line } = record;
    const row = readRow(ctx, columns, record);
    if (typeof row === 'string') {
      faults.push({ line, message: row });
      continue;
    }
    const key = JSON.stringify([row.realm, row.name]);
    const earlier = seen.get(key);
    seen.set(key, earlier ?? line);
    if (earlier !== undefined) faults.push({ line, message: `${row.name} stands on line ${earlier} already` });
    else if ((await ctx.store.accounts.byName(row.realm, row.name)) !== undefined)
      faults.push({ line, message: `${row.name} exists in realm ${row.realm}` });
    else accepted.push(row);
  }
  return { faults, accepted };
}

/**
 * Adds accounts from CSV text: columns `account,realm,email,groups` (in this order, or as a first line names them; groups
 * parted by `;` or blanks; the realm may be left out where there is one). Every line is judged before anything is
 * written; with any fault nothing is. Throws `conflict` when an account appeared meanwhile.
 */
export async function importAccounts(ctx: ManageContext, text: string): Promise<ImportResult> {
  let records: CsvRecord[];
  try {
    records = parseCsv(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const line = Number(/^line (\d+): /.exec(error.message)?.[1] ?? 1);
    return { added: [], faults: [{ line, message: error.message.replace(/^line \d+: /, '') }] };
  }
  const { columns, rows } = readHeader(records);
  const unknown = columns.filter((column, i) => !isColumn(column) || columns.indexOf(column) !== i);
  if (unknown.length > 0) {
    const message = `these columns are unknown or doubled: ${unknown.map((name) => JSON.stringify(name)).join(', ')}`;
    return { added: [], faults: [{ line: records[0]?.line ?? 1, message }] };
  }
  if (rows.length === 0) return { added: [], faults: [{ line: 1, message: 'there is no account in it' }] };
  const { faults, accepted } = await judge(ctx, columns, rows);
  if (faults.length > 0) return { added: [], faults };
  await ctx.store.transaction(async (tx) => {
    for (const row of accepted) {
      await tx.accounts.insert(row);
      const detail = { realm: row.realm, name: row.name, groups: row.groups.join(' '), import: true };
      await recordManaged(ctx, tx, 'account.add', { accountId: row.id, detail });
    }
    await recordManaged(ctx, tx, 'account.import', { detail: { accounts: accepted.length } });
  });
  return { added: accepted.map(({ id, realm, name }) => ({ id, realm, name })), faults: [] };
}
