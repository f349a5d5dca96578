import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import type { KyselyPlugin } from 'kysely';
import { systemClock } from '../../src/lib/clock.ts';
import { OWNER } from '../../src/roles.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openDatabase } from '../../src/store/open.ts';
import { createStore } from '../../src/store/store.ts';
import { accountRow, totpRow } from '../support/rows.ts';
import { freshConfig } from '../support/stores.ts';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

/** Transactions without a lock, by file: how many, and why each may be without. Those that take one need no reason. */
const UNLOCKED: Readonly<Record<string, readonly string[]>> = {
  'operations/perform.ts': ['of operations that say why they take no lock'],
};

/** What holds a whole store, or makes one; all else is given a `Store`. */
const WHOLE = ['app.ts', 'store/open-sealed.ts', 'store/open.ts', 'store/store.ts', 'store/types.ts'];

/** Sources of the product, by path within src. */
function sources(): [file: string, text: string][] {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.map((file): [string, string] => [file, readFileSync(join(SRC, file), 'utf8')]).sort();
}

test('every transaction of the rooms has a lock, or a reason to have none', () => {
  const found = sources().flatMap(([file, text]) => {
    const unlocked = file.startsWith('store/') ? [] : [...text.matchAll(/\.\s*transaction\s*\(/g)];
    return unlocked.length === 0 ? [] : [[file, unlocked.length] as const];
  });
  const listed = Object.entries(UNLOCKED).map(([file, reasons]) => [file, reasons.length] as const);
  assert.deepEqual(found, listed);
});

test('the whole store is named only where one is opened', () => {
  const found = sources().filter(([, text]) => /\bWholeStore\b/.test(text));
  assert.deepEqual(
    found.map(([file]) => file),
    WHOLE,
  );
});

/** Waits until so many have come. */
function gate(of: number): () => Promise<void> {
  const open = Promise.withResolvers<void>();
  let come = 0;
  return () => {
    come += 1;
    if (come === of) open.resolve();
    return open.promise;
  };
}

test('postgres: of two that wait for each other one is done again, whole, and both are done', async (t) => {
  const config = await freshConfig(t, 'postgres');
  const databases = [
    await openDatabase(config, { clock: systemClock }),
    await openDatabase(config, { clock: systemClock }),
  ] as const;
  t.after(() => Promise.all(databases.map((database) => database.close())));
  await migrate(databases[0], systemClock);
  const stores = databases.map((database) => createStore(database, systemClock));
  const [store] = stores;
  assert.ok(store);
  for (const id of ['0', '1']) {
    await store.accounts.insert(accountRow({ id, name: `a${id}` }));
    await store.authenticators.insert(totpRow({ id: `t${id}`, accountId: id, failures: 0 }));
  }
  const both = gate(2);
  let asked = 0;
  await Promise.all(
    stores.map((each, i) =>
      each.underAccount(String(i), async (tx) => {
        asked += 1;
        await tx.authenticators.addFailure(`t${i}`, 100, 1);
        await both();
        // Against the order of the locks, on purpose.
        await tx.authenticators.addFailure(`t${1 - i}`, 100, 1);
      }),
    ),
  );
  assert.equal(asked, 3);
  const counts = [await store.authenticators.byId('t0'), await store.authenticators.byId('t1')];
  assert.deepEqual(
    counts.map((row) => row?.failures),
    [2, 2],
  );
});

for (const kind of ['sqlite', 'postgres'] as const)
  test(`${kind}: what is given up again and again is refused whole`, async (t) => {
    const config = await freshConfig(t, kind);
    const database = await openDatabase(config, { clock: systemClock });
    t.after(() => database.close());
    await migrate(database, systemClock);
    const store = createStore(database, systemClock);
    await store.accounts.insert(accountRow({ id: 'a' }));
    const ties: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        if (result.numAffectedRows === 1n) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
        return result;
      },
    };
    const tied = createStore({ ...database, db: database.db.withPlugin(ties) }, systemClock);
    let asked = 0;
    const call = tied.underAccount('a', async (tx) => {
      asked += 1;
      await tx.accounts.update('a', { roles: [OWNER] });
    });
    await assert.rejects(call, { code: 'store-unavailable' });
    assert.equal(asked, 4);
    assert.deepEqual((await store.accounts.byId('a'))?.roles, []);
    await store.ping();
  });
