import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import test from 'node:test';
import { sql } from 'kysely';
import { systemClock as clock } from '../../src/lib/clock.ts';
import type { Database } from '../../src/store/database.ts';
import { MIGRATIONS, migrate, pendingMigrations } from '../../src/store/migrate.ts';
import type { Migration } from '../../src/store/migrations/migration.ts';
import { openDatabase, openStore } from '../../src/store/open.ts';
import { createStore } from '../../src/store/store.ts';
import { accountRow, credentialRow, passkeyRow } from '../support/rows.ts';
import { freshConfig, postgres } from '../support/stores.ts';

/** Everything that makes up the schema, as lines of text. */
async function dump({ db, kind }: Database): Promise<string> {
  if (kind === 'sqlite') {
    const { rows } = await sql<{ sql: string }>`select sql from sqlite_master
      where sql is not null and name not like 'sqlite_%' order by type, name`.execute(db);
    return `${rows.map((row) => row.sql.replace(/\s+/g, ' ')).join('\n')}\n`;
  }
  const { rows } = await sql<{ line: string }>`
    select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || coalesce(collation_name, '-')
      || ' null:' || is_nullable || ' identity:' || coalesce(identity_generation, '-') || ' default:' || coalesce(column_default, '-') as line
      from information_schema.columns where table_schema = current_schema()
    union all select 'index ' || indexdef from pg_indexes where schemaname = current_schema()
    union all select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
      from pg_constraint where connamespace = current_schema()::regnamespace
    union all select 'trigger ' || pg_get_triggerdef(pg_trigger.oid) from pg_trigger
      join pg_class on pg_class.oid = tgrelid where not tgisinternal and relnamespace = current_schema()::regnamespace
    union all select 'function ' || regexp_replace(pg_get_functiondef(oid), '\\s+', ' ', 'g')
      from pg_proc where pronamespace = current_schema()::regnamespace`.execute(db);
  return `${rows
    .map((row) => row.line.replace(/\btest_\d+\./g, 'public.'))
    .sort()
    .join('\n')}\n`;
}

/** Every row of every table but the list of migrations, as text. */
async function contents({ db, kind }: Database): Promise<Record<string, unknown[]>> {
  const tables =
    kind === 'sqlite'
      ? sql<{ name: string }>`select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`
      : sql<{ name: string }>`select table_name as name from information_schema.tables
          where table_schema = current_schema()`;
  const held: Record<string, unknown[]> = {};
  for (const { name } of (await tables.execute(db)).rows) {
    if (name === 'schema_migrations') continue;
    const { rows } = await sql`select * from ${sql.table(name)}`.execute(db);
    held[name] = rows.map((row) => JSON.stringify(row)).sort();
  }
  return held;
}

const lasting = { created_at: 1, expires_at: 9 };
const authenticator = (id: string, kind: string) => ({
  id,
  kind,
  account_id: 'acc-1',
  label: kind,
  last_step: 0,
  failures: 0,
  created_at: 1,
});

/** A row for every table of 0001, as that version wrote it; not by today's store, which may know other columns. */
const FIRST: readonly (readonly [table: string, row: Record<string, string | number | null>])[] = [
  [
    'accounts',
    { id: 'acc-1', realm: 'local', name: 'ada', password_hash: 'phc', groups: '["ops"]', admin: 1, created_at: 1 },
  ],
  ['authenticators', { ...authenticator('auth-1', 'totp'), secret: 'v1.s', last_step: 7, last_used_at: 9 }],
  ['authenticators', authenticator('rec', 'recovery')],
  ['recovery_codes', { authenticator_id: 'rec', hash: 'c', used_at: 5 }],
  ['recovery_codes', { authenticator_id: 'rec', hash: 'd', used_at: null }],
  ['tickets', { id: 't', hash: 'th', account_id: 'acc-1', issued_by: 'x', reset_password: 1, ...lasting }],
  [
    'pendings',
    { id: 'p', hash: 'ph', purpose: 'enrol', app_id: 'a', claimed_name: 'ada', proofs: '[]', next: '/', ...lasting },
  ],
  [
    'sessions',
    {
      id: 's',
      hash: 'sh',
      account_id: 'acc-1',
      app_id: 'a',
      proofs: '[]',
      ...lasting,
      last_seen_at: 2,
      idle_ms: 3,
      source: '192.0.2.1',
      user_agent: 'test',
    },
  ],
  ['signing_keys', { id: 'k', public_jwk: '{}', private_jwk: 'v1.k', created_at: 1, active_at: 1 }],
  ['throttles', { key: 'k', failures: 2, next_at: 3, updated_at: 1 }],
  ['audit', { at: 1, kind: 'x', outcome: 'ok', actor: 'system', detail: '{}' }],
  ['changes', { topic: 'account', ref: 'acc-1', at: 1 }],
  ['meta', { name: 'key-check', value: 'v1.x' }],
];

async function fill({ db }: Database): Promise<void> {
  for (const [table, row] of FIRST) {
    const columns = sql.join(Object.keys(row).map((column) => sql.ref(column)));
    await sql`insert into ${sql.table(table)} (${columns}) values (${sql.join(Object.values(row))})`.execute(db);
  }
}

const extra: Migration = {
  name: '9999-extra',
  async up(db) {
    await sql`create table extra (id integer)`.execute(db);
  },
};
const broken: Migration = {
  name: '9999-broken',
  async up(db) {
    await sql`create table half (id integer)`.execute(db);
    throw new Error('broken');
  },
};

for (const kind of ['sqlite', 'postgres'] as const) {
  const withDatabase = (name: string, fn: (database: Database, another: () => Promise<Database>) => Promise<void>) =>
    test(`${kind}: ${name}`, async (t) => {
      const config = await freshConfig(t, kind);
      const open: Database[] = [];
      const another = async () => {
        const database = await openDatabase(config, { clock });
        open.push(database);
        return database;
      };
      try {
        await fn(await another(), another);
      } finally {
        await Promise.all(open.map((database) => database.close()));
      }
    });

  withDatabase('a schema migrated step by step is the fresh one, and the one on file', async (stepwise) => {
    for (let n = 1; n <= MIGRATIONS.length; n += 1) {
      assert.deepEqual(
        await migrate(stepwise, clock, MIGRATIONS.slice(0, n)),
        MIGRATIONS.slice(n - 1, n).map((migration) => migration.name),
      );
    }
    // When a migration is added: run once with UPDATE_SCHEMA=1, and read the difference.
    const file = new URL(`./schema.${kind}.txt`, import.meta.url);
    if (process.env['UPDATE_SCHEMA'] === '1') await writeFile(file, await dump(stepwise));
    const snapshot = await readFile(new URL(`./schema.${kind}.txt`, import.meta.url), 'utf8');
    assert.equal(await dump(stepwise), snapshot);
  });

  withDatabase('a fresh schema is the one on file', async (fresh) => {
    await migrate(fresh, clock);
    const snapshot = await readFile(new URL(`./schema.${kind}.txt`, import.meta.url), 'utf8');
    assert.equal(await dump(fresh), snapshot);
  });

  withDatabase('a database of the first version keeps everything when passkeys arrive', async (database) => {
    assert.deepEqual(await migrate(database, clock, MIGRATIONS.slice(0, 1)), ['0001-initial']);
    await fill(database);
    const [rows, schema] = [await contents(database), await dump(database)];
    for (const [table, held] of Object.entries(rows)) assert.notEqual(held.length, 0, `${table} was not filled`);

    assert.deepEqual(await migrate(database, clock, MIGRATIONS.slice(0, 2)), ['0002-passkeys']);
    assert.deepEqual(await contents(database), { ...rows, credentials: [], challenges: [], notices: [] });
    const lines = new Set((await dump(database)).split('\n'));
    assert.deepEqual(
      schema.split('\n').filter((line) => !lines.has(line)),
      [],
    );
    await migrate(database, clock);
    const store = createStore(database, clock);
    // The account of before takes a passkey, and what it had still works.
    await store.authenticators.insert(passkeyRow());
    await store.authenticators.insertCredential(credentialRow());
    assert.equal(await store.authenticators.acceptAssertion('key-1', { signCount: 1, backedUp: false }, 50), true);
    assert.equal(await store.authenticators.acceptStep('auth-1', 7, 50), false);
    assert.equal(await store.authenticators.acceptStep('auth-1', 8, 50), true);
    assert.deepEqual(await store.authenticators.counts(), new Map([['acc-1', 3]]));
  });

  withDatabase('processes that start together migrate once', async (database, another) => {
    const all = [database, await another(), await another()];
    const done = await Promise.all(all.map((one) => migrate(one, clock)));
    assert.deepEqual(
      done.flat(),
      MIGRATIONS.map((migration) => migration.name),
    );
    assert.deepEqual(await pendingMigrations(database), []);
  });

  withDatabase('a migration that fails leaves nothing behind', async (database) => {
    assert.equal((await pendingMigrations(database)).length, MIGRATIONS.length);
    await migrate(database, clock);
    const before = await dump(database);
    await assert.rejects(migrate(database, clock, [...MIGRATIONS, broken]), { code: 'store-unavailable' });
    assert.equal(await dump(database), before);
    assert.deepEqual(await pendingMigrations(database, [...MIGRATIONS, broken]), ['9999-broken']);
  });

  test(`${kind}: a database of a newer version is refused`, async (t) => {
    const config = await freshConfig(t, kind);
    const newer = await openDatabase(config, { clock });
    await migrate(newer, clock, [...MIGRATIONS, extra]);
    await newer.close();
    await assert.rejects(openStore(config, { clock }), {
      code: 'store-unavailable',
      message: /newer version \(9999-extra\)/,
    });
  });
}

test('postgres: the copies that other tests begin with are what migrating makes, and nothing of one is in the next', async () => {
  const server = await postgres();
  const open: Database[] = [];
  const opened = async (url: string) => {
    const database = await openDatabase({ kind: 'postgres', url }, { clock });
    open.push(database);
    return database;
  };
  try {
    const fresh = await opened(await server.schema());
    await migrate(fresh, clock);
    const url = await server.migrated();
    const first = await openDatabase({ kind: 'postgres', url }, { clock });
    await createStore(first, clock).accounts.insert(accountRow());
    await first.close();
    server.giveBack(url);
    const second = await opened(await server.migrated());
    assert.deepEqual(await pendingMigrations(second), []);
    assert.deepEqual([await dump(second), await contents(second)], [await dump(fresh), await contents(fresh)]);
  } finally {
    await Promise.all(open.map((database) => database.close()));
  }
});
