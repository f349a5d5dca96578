import { z } from 'zod';
import { canonicalName } from '../accounts/name.ts';
import { SallyportError } from '../errors.ts';
import { nearest } from '../lib/nearest.ts';
import { UNCHANGED } from '../operations/types.ts';
import type { AccountRow } from '../store/types.ts';
import { fieldFault, newAccountRow } from './accounts.ts';
import { administration } from './administration.ts';
import type { ManageContext } from './context.ts';
import { CsvFault, type CsvRecord, parseCsv } from './csv.ts';
import { nameFault, needRealm } from './find.ts';
import { lockedOutOf, readOnce } from './names-at-apps.ts';

const fault = z.strictObject({ line: z.number(), message: z.string() });
export type ImportFault = Readonly<z.infer<typeof fault>>;

const result = z.strictObject({
  /** Added accounts; empty when there is any fault. */
  added: z.array(z.strictObject({ id: z.string(), realm: z.string(), name: z.string() })).readonly(),
  faults: z.array(fault).readonly(),
});

const COLUMNS = ['account', 'realm', 'email', 'groups'] as const;
type Column = (typeof COLUMNS)[number];

function isColumn(text: string): text is Column {
  return COLUMNS.some((column) => column === text);
}

/** What is wrong with the names of the columns, a sentence for each. */
function headerFaults(names: readonly string[]): string[] {
  const known = COLUMNS.join(', ');
  const faults = names.flatMap((name, i) => {
    if (names.indexOf(name) !== i) return [`the column ${shown(name)} stands there twice`];
    if (isColumn(name)) return [];
    const near = nearest(name, COLUMNS);
    const meant = near === undefined ? '' : ` Did you mean ${JSON.stringify(near)}?`;
    return [`there is no column ${shown(name)}.${meant} There are: ${known}`];
  });
  if (names.includes('account') || faults.some((fault) => fault.includes('mean "account"'))) return faults;
  return [`the first line names the columns, and "account" must be among them (there are: ${known})`];
}

const SHOWN = 64;

function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

function readRow(ctx: ManageContext, columns: readonly string[], { fields }: CsvRecord): AccountRow | string {
  if (fields.slice(columns.length).some((field) => field !== ''))
    return `there are ${fields.length} fields for ${columns.length} columns`;
  const value = (column: Column) => fields[columns.indexOf(column)]?.trim() || undefined;
  const typed = value('account');
  if (typed === undefined) return 'the account name is missing';
  try {
    const realm = needRealm(ctx, value('realm'));
    const name = canonicalName(typed, realm);
    if (name === undefined) return nameFault(typed, realm);
    const groups = (value('groups') ?? '').split(/[,;\s]+/).filter((group) => group !== '');
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
  const names = readOnce(ctx.store);
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
    else {
      const why = await lockedOutOf(names, ctx.config.apps, row, null);
      if (why === undefined) accepted.push(row);
      else faults.push({ line, message: why });
    }
  }
  return { faults, accepted };
}

/** The records below the names of the columns, or every fault of the text. */
function readRecords(text: string): { columns: string[]; rows: CsvRecord[] } | ImportFault[] {
  try {
    const [head, ...rows] = parseCsv(text, COLUMNS);
    if (head === undefined) return [{ line: 1, message: 'there is nothing in it' }];
    const columns = head.fields.map((name) => name.toLowerCase());
    // A last separator without a name is what some spreadsheets write.
    while (columns.at(-1) === '' && rows.every(({ fields }) => (fields[columns.length - 1] ?? '') === ''))
      columns.pop();
    const faults = headerFaults(columns).map((message) => ({ line: head.line, message }));
    if (faults.length > 0) return faults;
    return rows.length > 0 ? { columns, rows } : [{ line: head.line, message: 'there is no account below it' }];
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    return [{ line: error.line, message: error.message }];
  }
}

/** What a text asks for: accounts that may be added, or every fault, never both. */
async function wanted(ctx: ManageContext, text: string): Promise<{ faults: ImportFault[]; accepted: AccountRow[] }> {
  const read = readRecords(text);
  if (Array.isArray(read)) return { faults: read, accepted: [] };
  const { faults, accepted } = await judge(ctx, read.columns, read.rows);
  return { faults, accepted: faults.length > 0 ? [] : accepted };
}

/**
 * Adds accounts from CSV text whose first line names its columns, of `account,realm,email,groups` (groups parted by `;`, `,` or
 * blanks; the realm may be left out where there is one). Every line is judged before anything is written; with any fault
 * nothing is. Throws `conflict` when an account appeared meanwhile.
 */
export const importAccounts = administration({
  name: 'account.import',
  does: 'adds accounts from a CSV text, all or none',
  who: 'administrator',
  input: z.strictObject({ text: z.string() }),
  output: result,
  lock: { none: 'adds accounts, which nobody has opened anything of' },
  records: ['account.import', 'account.add'],
  find: ({ ctx, input }) => wanted(ctx, input.text),
  async run({ tx, given: { faults, accepted } }) {
    if (faults.length > 0) return { value: { added: [], faults }, record: UNCHANGED };
    for (const row of accepted) await tx.accounts.insert(row);
    const added = accepted.map(({ id, realm, name }) => ({ id, realm, name }));
    const each = accepted.map(({ id: accountId, realm, name, groups }) => {
      const detail = { realm, name, groups: groups.join(' '), import: true };
      return { kind: 'account.add', accountId, detail } as const;
    });
    const all = { kind: 'account.import', detail: { accounts: accepted.length } } as const;
    return { value: { added, faults }, record: [...each, all] };
  },
});
