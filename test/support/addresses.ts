import { DatabaseSync } from 'node:sqlite';
import type { Route } from '../../src/web/routes/route.ts';
import { ownRoutes, type RouteParts } from '../../src/web/routes/table.ts';
import { countSealedRows } from './count-rows.ts';
import type { Sallyport } from './sallyport.ts';

/** The table itself, so that an address that is added to it is tried too. Nothing is called. */
const TABLE: readonly Route[] = ownRoutes({} as RouteParts); // parts are needed only when an address is asked for

/** Paths that take a POST. */
export const POSTS: readonly string[] = TABLE.filter(({ post }) => post !== undefined).map(({ path }) => path);

/** Paths that take a GET; what stands for a parameter is left out. */
export const GETS: readonly string[] = TABLE.filter(({ get }) => get !== undefined)
  .map(({ path }) => path)
  .filter((path) => !path.includes(':'));

/** Every row of the database but those of some tables, as text to compare, once all that is on record is sealed. SQLite only. */
export async function contentOf(sally: Sallyport, except: readonly string[]): Promise<string> {
  await countSealedRows(undefined, sally.data);
  const { store } = sally.config;
  const database = new DatabaseSync(store.kind === 'sqlite' ? store.path : '', { readOnly: true });
  try {
    const tables = database.prepare("select name from sqlite_master where type = 'table' order by name").all();
    const kept = tables.map(({ name }) => String(name)).filter((name) => !except.includes(name));
    if (kept.length < 5) throw new Error(`too few tables to say anything: ${kept.join()}`);
    const rows = kept.map((name) => [name, database.prepare(`select * from "${name}" order by 1, 2`).all()] as const);
    return JSON.stringify(rows, (_key, value: unknown) => (value instanceof Uint8Array ? [...value] : value));
  } finally {
    database.close();
  }
}
