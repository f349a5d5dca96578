import pg from 'pg';
import type { RosterSource } from '../config/types.ts';
import { MOST_MS, MOST_NAME, MOST_NAMES, RosterFault } from './fault.ts';
import { columnIn, Names, noColumn } from './names.ts';
import { bareQuery } from './query.ts';
import { secretIn } from './secret.ts';

type Source = Extract<RosterSource, { kind: 'postgres' }>;

const CONNECT_MS = 10_000;

async function namesBy(client: pg.Client, query: string, column: string | null): Promise<readonly string[]> {
  await client.query('begin transaction read only');
  const bare = bareQuery(query);
  // Sent with values, it can be one statement alone.
  const { fields } = await client.query({ text: `select * from (${bare}\n) as roster limit $1`, values: [0] });
  const columns = fields.map(({ name }) => name);
  const at = columnIn(columns, column);
  if (at === undefined && column !== null) throw noColumn(column);
  const name = client.escapeIdentifier(columns[at ?? 0] ?? '');
  const text = `select left(cast(roster.${name} as text), ${MOST_NAME + 1}) from (${bare}\n) as roster limit $1`;
  const { rows } = await client.query<[string | null]>({ text, values: [MOST_NAMES + 1], rowMode: 'array' });
  const names = new Names();
  for (const [value] of rows) names.add(value ?? '');
  return names.all();
}

/** Asks the app's database, in a transaction that may read alone. Throws RosterFault, within two minutes. */
export async function namesInPostgres(source: Source, column: string | null): Promise<readonly string[]> {
  const client = new pg.Client({
    connectionString: source.url,
    ...(source.passwordFile === null ? {} : { password: secretIn(source.passwordFile) }),
    application_name: 'sallyport roster',
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: MOST_MS / 2,
    query_timeout: MOST_MS / 2,
  });
  // A connection that breaks between two queries is told by the next one.
  client.on('error', () => {});
  try {
    await client.connect();
    return await namesBy(client, source.query, column);
  } catch (error) {
    if (error instanceof RosterFault) throw error;
    const said = error instanceof pg.DatabaseError ? ` (${error.code}: ${error.message})` : '';
    throw new RosterFault(`The database of the app does not answer the query${said}.`, error);
  } finally {
    // The server may have said all that it will.
    await Promise.race([client.end().catch(() => {}), new Promise((done) => setTimeout(done, 1000).unref())]);
  }
}
