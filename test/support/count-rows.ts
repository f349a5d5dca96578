import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

/** Number of rows of every table that there is: of a PostgreSQL database, or of the SQLite file in a data folder. */
export async function countRows(postgres: string | undefined, data: string): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  if (postgres === undefined) {
    const file = (await readdir(data)).find((name) => name.endsWith('.db')) ?? '';
    const db = new DatabaseSync(join(data, file), { readOnly: true });
    for (const { name } of db.prepare("select name from sqlite_master where type = 'table'").all())
      counts[String(name)] = Number(db.prepare(`select count(*) as n from "${String(name)}"`).get()?.['n']);
    db.close();
    return counts;
  }
  const client = new pg.Client({ connectionString: postgres });
  await client.connect();
  try {
    const names = 'select tablename from pg_tables where schemaname = current_schema()';
    const tables = (await client.query<{ tablename: string }>(names)).rows;
    const each = tables.map(({ tablename }) => `select '${tablename}' as name, count(*) as n from "${tablename}"`);
    const { rows } = await client.query<{ name: string; n: string }>(each.join(' union all '));
    for (const { name, n } of rows) counts[name] = Number(n);
    return counts;
  } finally {
    await client.end();
  }
}
