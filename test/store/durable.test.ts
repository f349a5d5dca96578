import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { systemClock } from '../../src/lib/clock.ts';
import { openDatabase, openStore } from '../../src/store/open.ts';
import { createStore } from '../../src/store/store.ts';
import { accountRow } from '../support/rows.ts';
import { freshConfig } from '../support/stores.ts';

test('sqlite: what was acknowledged survives kill -9', async (t) => {
  const config = await freshConfig(t, 'sqlite');
  const path = config.kind === 'sqlite' ? config.path : '';
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../support/store-child.ts', import.meta.url)), path, 'write'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  child.stdout.on('data', (chunk) => {
    said += chunk;
    if (said.split('\n').length > 100) child.kill('SIGKILL');
  });
  await once(child, 'close');
  assert.equal(child.signalCode, 'SIGKILL');
  // Not even an ExperimentalWarning of node:sqlite.
  assert.equal(complaint, '');
  const acknowledged = said.slice(0, said.lastIndexOf('\n')).split('\n');
  const store = await openStore(config, { clock: systemClock });
  try {
    assert.ok(acknowledged.length >= 100);
    const ids = new Set((await store.sessions.listLive(2000)).map((session) => session.id));
    for (const n of acknowledged) assert.ok(ids.has(`s${n}`), `session s${n} was acknowledged and lost`);
  } finally {
    await store.close();
  }
});

test('sqlite: file, log and folder are for this user alone', async (t) => {
  const config = await freshConfig(t, 'sqlite');
  const path = config.kind === 'sqlite' ? config.path : '';
  const store = await openStore(config, { clock: systemClock });
  try {
    for (const file of [path, `${path}-wal`, `${path}-shm`]) assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
  } finally {
    await store.close();
  }
});

test('sqlite: a full disk refuses at once, changes nothing, and is over when there is room again', async (t) => {
  const config = await freshConfig(t, 'sqlite');
  const store = await openStore(config, { clock: systemClock });
  const database = await openDatabase(config, { clock: systemClock });
  await store.close();
  const small = createStore(database, systemClock);
  try {
    // The limit of pages fails in the way of a full disk: SQLITE_FULL, the transaction rolled back by SQLite itself.
    const { rows } = await sql<{ pageCount: number }>`pragma page_count`.execute(database.db);
    await sql.raw(`pragma max_page_count = ${rows[0]?.pageCount ?? 0}`).execute(database.db);
    const big = 'x'.repeat(100_000);
    await assert.rejects(small.accounts.insert(accountRow({ email: big })), {
      code: 'store-unavailable',
      message: /full/,
    });
    const filled = small.underAccount('acc-1', async (tx) => {
      await tx.accounts.insert(accountRow());
      await tx.accounts.update('acc-1', { email: big });
    });
    await assert.rejects(filled, { code: 'store-unavailable', message: /full/ });
    assert.deepEqual(await small.accounts.list(), []);
    await sql`pragma max_page_count = 1000000`.execute(database.db);
    await small.accounts.insert(accountRow({ email: big }));
    await small.ping();
  } finally {
    await small.close();
  }
});

test('a database that cannot be reached is refused without its password', async () => {
  for (const url of ['postgres://u:hunter2@127.0.0.1:1/x', 'hunter2 is no url']) {
    await assert.rejects(
      openStore({ kind: 'postgres', url }, { clock: systemClock }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'store-unavailable');
        assert.doesNotMatch(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`, /hunter2/);
        return true;
      },
    );
  }
});
