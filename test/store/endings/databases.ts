import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import pg from 'pg';
import type { Config } from '../../../src/config/types.ts';
import { postgres } from '../../support/stores.ts';

export type Kind = Config['store']['kind'];
export type Row = Readonly<Record<string, unknown>>;

/** What keeps files in memory, where there is such a place: that they are durable is not what is tested. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A way into the database beside the product's own, to set a table up and to look at what is left. */
export interface Side {
  readonly config: Config['store'];
  run(text: string): Promise<void>;
  /** All of them in one transaction, again and again: they are read once. */
  restore(statements: readonly string[]): Promise<void>;
  /** All rows of each table, and what was put on record after that entry. */
  rows(tables: readonly string[], since: number): Promise<Map<string, readonly Row[]>>;
  newestEntry(): Promise<number>;
  /** Whether a transaction is under way that nobody else can write beside. */
  taken(): boolean;
  /** Whether somebody waits for what a transaction that stands still has locked. */
  blocked(): Promise<boolean>;
  close(): Promise<void>;
}

/** A new, empty database. */
export function openSide(kind: Kind): Promise<Side> {
  return kind === 'sqlite' ? openFile() : openServer();
}

async function openFile(): Promise<Side> {
  const folder = await mkdtemp(join(FOLDER, 'sallyport-endings-'));
  const path = join(folder, 'sallyport.db');
  // It empties and fills all that refers to each other: what does is not asked about row by row, a thousand times.
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  const known = new Map<string, StatementSync>();
  const ready = (text: string): StatementSync => {
    const statement = known.get(text) ?? db.prepare(text);
    known.set(text, statement);
    return statement;
  };
  return {
    config: { kind: 'sqlite', path },
    run: async (text) => db.exec(text),
    restore: async (statements) => {
      for (const text of ['begin', ...statements, 'commit']) ready(text).run();
    },
    rows: async (tables, since) =>
      new Map([
        ...tables.map((table) => [table, ready(`select * from ${table}`).all()] as const),
        ['audit', ready('select * from audit where seq > ?').all(since)],
      ]),
    newestEntry: async () => Number(ready('select max(seq) as seq from audit').get()?.['seq'] ?? 0),
    taken: () => {
      try {
        db.exec('begin immediate');
        db.exec('rollback');
        return false;
      } catch {
        return true;
      }
    },
    blocked: async () => false,
    close: async () => {
      db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Those that wait for a lock of somebody who has asked nothing: the transaction that is made to stand still. */
const BLOCKED = `select 1 from pg_stat_activity waiting, unnest(pg_blocking_pids(waiting.pid)) by
  join pg_stat_activity holder on holder.pid = by
  where waiting.datname = current_database() and waiting.wait_event_type = 'Lock'
    and holder.state like 'idle in transaction%' limit 1`;

async function openServer(): Promise<Side> {
  const url = await (await postgres()).migrated();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // As above.
  await client.query('set session_replication_role = replica');
  const functions = new Map<readonly string[], string>();
  return {
    config: { kind: 'postgres', url },
    run: async (text) => void (await client.query(text)),
    restore: async (statements) => {
      let name = functions.get(statements);
      if (name === undefined) {
        name = `restore_${functions.size}`;
        functions.set(statements, name);
        // What a function does is planned once for each connection.
        const body = ['begin', ...statements, 'end'].join(';\n').replace('begin;', 'begin');
        await client.query(`create function ${name}() returns void language plpgsql as $restore$${body}$restore$`);
      }
      await client.query({ name, text: `select ${name}()` });
    },
    rows: async (tables, since) => {
      const sources = [...tables.map((table) => [table, table]), ['audit', '(select * from audit where seq > $1)']];
      const each = sources.map(([name, from]) => `'${name}', (select coalesce(json_agg(t), '[]') from ${from} t)`);
      const text = `select json_build_object(${each.join(', ')}) as all`;
      const { rows } = await client.query<{ all: Record<string, Row[]> }>({ name: 'rows', text, values: [since] });
      return new Map(Object.entries(rows[0]?.all ?? {}));
    },
    newestEntry: async () => {
      const text = 'select coalesce(max(seq), 0) as seq from audit';
      const { rows } = await client.query<{ seq: string }>({ name: 'newest', text });
      return Number(rows[0]?.seq);
    },
    taken: () => false,
    blocked: async () => ((await client.query({ name: 'blocked', text: BLOCKED })).rowCount ?? 0) > 0,
    close: () => client.end(),
  };
}

/** A value as it is written in a statement. */
function literal(value: unknown): string {
  if (value === null || typeof value === 'number') return String(value);
  return `'${String(value).replaceAll("'", "''")}'`;
}

/** Statements that put the rows back in the place of whatever is there. */
export function restoring(rows: ReadonlyMap<string, readonly Row[]>, empty: readonly string[]): readonly string[] {
  const text = [...empty.map((table) => `delete from ${table}`)];
  for (const [table, all] of rows) {
    const [first] = all;
    if (first === undefined) continue;
    const names = Object.keys(first);
    const values = all.map((row) => `(${names.map((name) => literal(row[name])).join(', ')})`);
    text.push(`insert into ${table} (${names.map((name) => `"${name}"`).join(', ')}) values ${values.join(',\n')}`);
  }
  return text;
}
