import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import pg from 'pg';
import { MOST_NAMES, RosterFault } from '../../../src/rosters/fault.ts';
import { readRoster } from '../../../src/rosters/read.ts';
import { namesInSqlite } from '../../../src/rosters/sqlite.ts';
import { postgres } from '../../support/stores.ts';

const refused = (words: RegExp) => (error: unknown) => error instanceof RosterFault && words.test(error.message);
const TABLE = [
  'create table users (id integer, login text, "Full ""Name""" text)',
  "insert into users values (1, 'bob', 'Bob B.'), (2, 'alice', 'Alice A.'), (3, null, null)",
];

function sqliteFile(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-roster-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'app.db');
  const database = new DatabaseSync(path);
  for (const text of TABLE) database.exec(text);
  database.close();
  return path;
}

async function postgresUrl(): Promise<string> {
  const url = await (await postgres()).database();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const text of TABLE) await client.query(text);
  await client.end();
  return url;
}

type Ask = (query: string, column?: string) => Promise<readonly string[]>;

async function behaves(ask: Ask): Promise<void> {
  assert.deepEqual(await ask('select id, login from users'), ['alice', 'bob'], 'a usual name');
  assert.deepEqual(await ask('select * from users order by login limit 5;', 'Full "Name"'), ['Alice A.', 'Bob B.']);
  assert.deepEqual(await ask('select id from users -- all of them'), ['1', '2', '3'], 'the first, as text');
  await assert.rejects(ask('select id from users', 'login'), refused(/no column "login"/));
  await assert.rejects(ask('select login from users where id = 9'), refused(/no name/));
  await assert.rejects(ask('select nonsense from users'), refused(/does not answer the query .*nonsense/));
  const long = "select substr('x' || id || '                ', 1, 2) || id as login from users where id < 0";
  await assert.rejects(ask(long), refused(/no name/));
}

const many = (most: number) =>
  `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${most}) select 'u' || i as login from n`;

test('a file of SQLite is asked, and nothing in it can be changed', async (t) => {
  const path = sqliteFile(t);
  const ask: Ask = (query, column) => readRoster({ kind: 'sqlite', path, query }, column ?? null);
  await behaves(ask);
  await assert.rejects(ask("insert into users values (4, 'eve', '') returning login"), RosterFault);
  // The library takes the first statement alone, and the file is opened to be read.
  await ask('select login from users); delete from users; select (1');
  assert.deepEqual(await ask('select login from users'), ['alice', 'bob']);
  assert.equal((await ask(many(MOST_NAMES))).length, MOST_NAMES);
  await assert.rejects(ask(many(MOST_NAMES + 1)), refused(/more than 200000 names/));
  await assert.rejects(readRoster({ kind: 'sqlite', path: `${path}.none`, query: 'select 1' }, null), RosterFault);
});

test('a query of SQLite that takes too long is given up, and everybody else goes on meanwhile', async (t) => {
  const endless =
    'with recursive n(i) as (select 1 union all select i + 1 from n where i < 30000000) select count(*) from n';
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 10);
  t.after(() => clearInterval(timer));
  const asked = namesInSqlite({ kind: 'sqlite', path: sqliteFile(t), query: endless }, null, 300);
  await assert.rejects(asked, refused(/too long/));
  assert.ok(turns >= 5, `${turns} turns`);
});

test('a database of PostgreSQL is asked, and nothing in it can be changed', async () => {
  const url = await postgresUrl();
  const ask: Ask = (query, column) => readRoster({ kind: 'postgres', url, query, passwordFile: null }, column ?? null);
  await behaves(ask);
  const writing = 'with gone as (delete from users returning login) select login from gone';
  await assert.rejects(ask(writing), RosterFault);
  await assert.rejects(ask('select login from users) as r; delete from users; select * from (select 1'), RosterFault);
  await assert.rejects(ask("select nextval('nothing')"), RosterFault);
  assert.deepEqual(await ask('select login from users'), ['alice', 'bob']);
  await assert.rejects(ask(many(MOST_NAMES + 1)), refused(/more than 200000 names/));
});

test('a database that is not there, or wants another password, is told without the password', async () => {
  const source = { kind: 'postgres', query: 'select 1', passwordFile: null } as const;
  const nowhere = { ...source, url: 'postgres://reader@127.0.0.1:1/app' };
  await assert.rejects(readRoster(nowhere, null), refused(/^The database of the app does not answer the query\.$/));
});
