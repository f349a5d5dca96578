/** What a command prints goes through here, so that each list is a table for people and JSON for scripts. */
export interface Output {
  line(text?: string): void;
  /** Warnings and progress; never mixed with what a script reads. */
  note(text: string): void;
}

export const standardOutput: Output = {
  line: (text = '') => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
};

export type Cell = string | number | boolean | null | undefined;

function show(cell: Cell): string {
  if (cell === null || cell === undefined || cell === '') return '–';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  // One row stays one row, whatever is in it.
  return String(cell).replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

/** Columns aligned by two blanks, a heading in capitals, no trailing blanks. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [headings.map((heading) => heading.toUpperCase()), ...rows.map((row) => row.map(show))];
  const widths = headings.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export interface Column<T> {
  readonly name: string;
  readonly of: (row: T) => Cell;
}

/** Prints rows as a table, or as a JSON array of the same values under their column names. */
export function list<T>(
  output: Output,
  asJson: boolean,
  columns: readonly Column<T>[],
  rows: readonly T[],
  empty: string,
): void {
  if (asJson) {
    const key = (name: string) => name.replaceAll(' ', '_');
    const objects = rows.map((row) =>
      Object.fromEntries(columns.map((column) => [key(column.name), column.of(row) ?? null])),
    );
    output.line(JSON.stringify(objects, null, 2));
  } else if (rows.length === 0) output.line(empty);
  else
    output.line(
      table(
        columns.map((column) => column.name),
        rows.map((row) => columns.map((column) => column.of(row))),
      ),
    );
}

/** `2026-11-23 20:31:07Z`, always UTC. */
export function when(ms: number | null): string | null {
  return ms === null
    ? null
    : new Date(ms)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, 'Z');
}
