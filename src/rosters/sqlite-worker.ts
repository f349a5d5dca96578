import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { MOST_NAME, MOST_NAMES, RosterFault } from './fault.ts';
import { columnIn, Names, noColumn } from './names.ts';
import { bareQuery } from './query.ts';

/** What the thread is told: a file, a query and a column. */
export interface SqliteAsked {
  readonly path: string;
  readonly query: string;
  readonly column: string | null;
}

/** What it answers. */
export type SqliteTold = { readonly names: readonly string[] } | { readonly fault: string };

function namesIn({ path, query, column }: SqliteAsked): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    const bare = bareQuery(query);
    const columns = database
      .prepare(`select * from (${bare}\n) limit 0`)
      .columns()
      .map(({ name }) => name);
    const at = columnIn(columns, column);
    if (at === undefined && column !== null) throw noColumn(column);
    const name = `"${(columns[at ?? 0] ?? '').replaceAll('"', '""')}"`;
    const text = `select substr(cast(${name} as text), 1, ${MOST_NAME + 1}) as name from (${bare}\n) limit ${MOST_NAMES + 1}`;
    const names = new Names();
    for (const row of database.prepare(text).iterate()) names.add(String(row['name'] ?? ''));
    return names.all();
  } finally {
    database.close();
  }
}

function told(asked: SqliteAsked): SqliteTold {
  try {
    return { names: namesIn(asked) };
  } catch (error) {
    if (error instanceof RosterFault) return { fault: error.message };
    const why = error instanceof Error ? ` (${error.message})` : '';
    return { fault: `The database of the app does not answer the query${why}.` };
  }
}

parentPort?.postMessage(told(workerData as SqliteAsked)); // given by sqlite.ts alone
