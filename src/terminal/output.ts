/** What a command prints goes through here, so that each list is a table for people and JSON for scripts. */
export interface Output {
  line(text?: string): void;
  /** Warnings and progress; never mixed with what a script reads. */
  note(text: string): void;
  /** In place of what was written so last, until a line end; absent: nobody looks at a terminal. */
  readonly over?: (text: string) => void;
}

/** ECMA-48 EL: what is left of a longer text before it goes. */
const CLEAR_LINE = '\u001b[K';

/** Lines for a terminal, which is not steered by what others have written into them. */
export function harmless(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

export const standardOutput: Output = {
  line: (text = '') => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${harmless(text)}\n`),
  ...(process.stderr.isTTY ? { over: (text: string) => void process.stderr.write(`\r${CLEAR_LINE}${text}`) } : {}),
};

/** A value as JSON has it; a table shows a Date in UTC and a list with blanks between. */
export type Value = string | number | boolean | null | undefined | Date | readonly string[] | Readonly<object>;

export interface Column<T> {
  /** Heading; with underscores for blanks it is the JSON key. */
  readonly name: string;
  readonly of: (row: T) => Value;
  /** What people see in place of the value; null: the column is for JSON alone. */
  readonly shown?: ((row: T) => Value) | null;
}

const NOTHING = '–';

/** `2026-11-23 20:31:07Z`, always UTC. */
export function utc(moment: Date): string {
  return moment
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}

/** ms since the epoch as a moment. */
export function when(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}

/** The two largest units: `2h 5m`, `40s`. */
export function span(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const [d, h, m] = [Math.floor(s / 86_400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
  if (d > 0) return `${d}d ${h}h`;
  if (h > 0) return `${h}h ${m}m`;
  return m > 0 ? `${m}m` : `${s}s`;
}

/** `1 session`, `2 sessions`. `many`: where more than one has another form. */
export function count(n: number, what: string, many = `${what}s`): string {
  return `${n} ${n === 1 ? what : many}`;
}

function show(value: Value): string {
  if (value === null || value === undefined || value === '') return NOTHING;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value instanceof Date) return utc(value);
  if (Array.isArray(value)) return show(value.join(' '));
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // One row stays one row, and the terminal is not steered, whatever is in it.
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** Columns aligned by two blanks, a heading in capitals, no trailing blanks; a column that says nothing is left out. */
export function table(headings: readonly string[], rows: readonly (readonly Value[])[]): string {
  const body = rows.map((row) => row.map(show));
  const kept = [...headings.keys()].filter((i) => body.some((row) => row[i] !== NOTHING));
  const cells = [headings.map((heading) => heading.toUpperCase()), ...body];
  const widths = new Map(kept.map((i) => [i, Math.max(...cells.map((row) => row[i]?.length ?? 0))]));
  return cells
    .map((row) =>
      kept
        .map((i) => (row[i] ?? '').padEnd(widths.get(i) ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Lines of `name  text`. */
export function fields(pairs: readonly (readonly [name: string, value: Value])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length)) + 2;
  return pairs.map(([name, value]) => `${name.padEnd(width)}${show(value)}`).join('\n');
}

function visible<T>(columns: readonly Column<T>[]): readonly Column<T>[] {
  return columns.filter((column) => column.shown !== null);
}

const shownOf = <T>(column: Column<T>, row: T): Value => (column.shown ?? column.of)(row);

/** A row as JSON has it: every column under its name, what is absent as null. */
export function record<T>(columns: readonly Column<T>[], row: T): Record<string, Value> {
  return Object.fromEntries(columns.map((column) => [column.name.replaceAll(' ', '_'), column.of(row) ?? null]));
}

export interface Listing<T> {
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  /** What people read when there is no row. */
  readonly empty: string;
}

/** Prints rows as a table, or as a JSON array of the same values under their column names. */
export function list<T>(output: Output, asJson: boolean, { columns, rows, empty }: Listing<T>): void {
  const seen = visible(columns);
  if (asJson) {
    const records = rows.map((row) => record(columns, row));
    json(output, records);
  } else if (rows.length === 0) output.line(empty);
  else {
    const cells = rows.map((row) => seen.map((column) => shownOf(column, row)));
    const headings = seen.map((column) => column.name);
    output.line(table(headings, cells));
  }
}

/** Prints one row, a line for each column. */
export function one<T>(output: Output, columns: readonly Column<T>[], row: T): void {
  output.line(fields(visible(columns).map((column) => [column.name, shownOf(column, row)])));
}

export function json(output: Output, value: unknown): void {
  output.line(JSON.stringify(value, null, 2));
}
