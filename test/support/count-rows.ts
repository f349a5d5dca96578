import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
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

/**
 * The same, of a moment when each entry on record has its leaf, and no leaf is of anything else: entries get their place a
 * moment after they are written (docs/decisions/0051), which is no deed of whoever comes meanwhile.
 */
export async function countSealedRows(
  postgres: string | undefined,
  data: string,
): Promise<Readonly<Record<string, number>>> {
  for (const end = performance.now() + 30_000; ; await setTimeout(20)) {
    const counts = await countRows(postgres, data);
    const { audit = 0, leaves = 0 } = counts;
    if (leaves > 0 && leaves === audit) return counts;
    if (performance.now() > end) throw new Error(`Of ${audit} entries there are ${leaves} leaves.`);
  }
}
