import type { CoverageTable, Row } from '../manage/static/table.ts';
import { type Column, count, list, type Output } from '../terminal/output.ts';

interface Line extends Row {
  readonly app: string;
}

/** What visitors of some kinds meet at a row: once where all meet the same. */
function metBy({ visitors, situations }: CoverageTable, row: Row, which: (visitor: Visitor) => boolean): string {
  if (row.situation === null) return 'never forwarded';
  const met = situations[row.situation]?.met ?? {};
  return [...new Set(visitors.filter(which).map(({ id }) => met[id] ?? 'nobody can be'))].join(' / ');
}

type Visitor = CoverageTable['visitors'][number];

function columnsOf(table: CoverageTable): readonly Column<Line>[] {
  const ends = ({ ends: all }: Line) =>
    all.map(({ after, situation }) => `after ${after}: ${table.situations[situation]?.what}`).join('; ');
  const held = table.visitors.filter(({ session }) => session);
  return [
    { name: 'app', of: ({ app }) => app },
    { name: 'route', of: ({ route }) => route },
    { name: 'methods', of: ({ methods }) => methods },
    { name: 'no session', of: (row) => metBy(table, row, ({ session }) => !session) },
    ...held.map((visitor) => ({
      name: visitor.id,
      of: (row: Line) => metBy(table, row, ({ id }) => id === visitor.id),
    })),
    { name: 'ends', of: ends },
  ];
}

/** The whole table for people: app × route × methods × kind of visitor, and who these are. */
export function listTable(output: Output, table: CoverageTable): void {
  const rows = table.apps.flatMap(({ app, rows: own }) => own.map((row) => ({ ...row, app })));
  output.line();
  list(output, false, { columns: columnsOf(table), rows, empty: 'There is no app.' });
  output.line();
  for (const { id, words, session } of table.visitors) output.line(`${session ? id : 'no session'}: ${words}`);
}

/** What is open and that nothing else is, in one sentence each; or where something else is. */
export function listProof(output: Output, table: CoverageTable): void {
  const { exceptions, holes, proven, counts, visitors } = table;
  output.line();
  for (const { app, kind, method, path, owner, expires } of exceptions) {
    const whose = owner === null ? '' : ` of ${owner} until ${expires}`;
    output.line(`open     ${app}: ${method} ${path} (${kind}${whose})`);
  }
  for (const hole of holes) output.line(`hole     ${hole}`);
  const but = exceptions.length === 0 ? '' : `, but for ${count(exceptions.length, 'exception')} listed as open`;
  const cells = `${count(counts.cells, 'cell')} (${count(counts.rows, 'row')} × ${visitors.length} kinds of visitor)`;
  if (proven) output.line(`proven   Nothing is forwarded without a session${but}: ${cells}, no other is open.`);
}
