import { CsvFault, type CsvRecord, csvParts, parseCsv } from '../lib/csv.ts';
import { nearest } from '../lib/nearest.ts';

/** What a line may say. The last three are for letters alone: nothing keeps them. */
export const COLUMNS = ['account', 'realm', 'email', 'groups', 'organisation', 'name', 'address', 'language'] as const;
export type Column = (typeof COLUMNS)[number];

/** What is wrong with a line, as a sentence; with the column where it is one that is wrong. */
export interface LineFault {
  readonly line: number;
  readonly column: string | null;
  readonly message: string;
}

/** Lines that name accounts, below the names of their columns. */
export interface ReadText {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRecord[];
}

/** Lines of one text, which are done all or not at all. */
export const MOST_LINES = 10_000;

const SHOWN = 64;

/** What somebody wrote, not at any length. */
export function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

function isColumn(text: string): text is Column {
  return COLUMNS.some((column) => column === text);
}

const SAID = COLUMNS.join(', ');
const MOST_FAULTY = 20;

/** What is wrong with the names of the columns, a sentence for each. */
function headerFaults(names: readonly string[]): Omit<LineFault, 'line'>[] {
  const at = new Map<string, number>();
  for (const [i, name] of names.entries()) if (!at.has(name)) at.set(name, i);
  const faults = names.flatMap((name, i): Omit<LineFault, 'line'>[] => {
    if (at.get(name) !== i) return [{ column: name, message: `the column ${shown(name)} stands there twice` }];
    if (isColumn(name)) return [];
    const near = nearest(name, COLUMNS);
    const meant = near === undefined ? '' : ` Did you mean ${JSON.stringify(near)}?`;
    return [{ column: null, message: `there is no column ${shown(name)}.${meant} There are: ${SAID}` }];
  });
  if (names.includes('account') || faults.some(({ message }) => message.includes('mean "account"')))
    return faults.slice(0, MOST_FAULTY);
  const message = `the first line names the columns, and "account" must be among them (there are: ${SAID})`;
  return [{ column: 'account', message }];
}

/** The names of the columns, of a first line; a last separator without a name is what some spreadsheets write. */
function namesOf(head: CsvRecord, rows: readonly CsvRecord[]): string[] {
  const columns = head.fields.map((name) => name.toLowerCase());
  while (columns.at(-1) === '' && rows.every(({ fields }) => (fields[columns.length - 1] ?? '') === '')) columns.pop();
  return columns;
}

/** Characters of a text that is read at once: a few ms. */
const SHORT = 8192;

/** A long text is read so that everybody else has turns. */
async function recordsOf(text: string): Promise<readonly CsvRecord[]> {
  if (text.length <= SHORT) return parseCsv(text, COLUMNS);
  const records: CsvRecord[] = [];
  for await (const part of csvParts(text, COLUMNS, MOST_LINES)) {
    for (const record of part) records.push(record);
    // One more is enough to say that they are too many.
    if (records.length > MOST_LINES + 1) break;
  }
  return records;
}

/** The lines of a CSV text below the names of its columns, or every fault of the text as a whole. */
export async function readLines(text: string): Promise<ReadText | readonly LineFault[]> {
  try {
    const [head, ...rows] = await recordsOf(text);
    if (head === undefined) return [{ line: 1, column: null, message: 'there is nothing in it' }];
    const columns = namesOf(head, rows);
    const faults = headerFaults(columns).map((fault) => ({ line: head.line, ...fault }));
    if (faults.length > 0) return faults;
    if (rows.length > 0) return { columns, rows };
    return [{ line: head.line, column: null, message: 'there is no account below it' }];
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    return [{ line: error.line, column: null, message: error.message }];
  }
}

const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

/** Fields as lines of CSV, all quoted. */
export function csvLines(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(quoted).join(',')).join('\n');
}

/** A field as people write it: in quotes only where a reader could take it for something else. */
const plain = (field: string): string => (/[",;\t\r\n]|^\s|\s$/.test(field) ? quoted(field) : field);

/** A list as two, each below the names of the columns: the lines with those numbers, and the others; '' where there are none. */
export async function parted(
  text: string,
  lines: ReadonlySet<number>,
): Promise<{ readonly of: string; readonly others: string }> {
  const read = await readLines(text);
  if (!('columns' in read)) return { of: text, others: '' };
  const { columns, rows } = read;
  const below = (some: readonly CsvRecord[]) =>
    some.length === 0
      ? ''
      : `${[columns, ...some.map(({ fields }) => fields)].map((row) => row.map(plain).join(',')).join('\n')}\n`;
  return {
    of: below(rows.filter(({ line }) => lines.has(line))),
    others: below(rows.filter(({ line }) => !lines.has(line))),
  };
}
