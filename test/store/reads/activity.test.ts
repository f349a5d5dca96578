import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { CamelCasePlugin, DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { systemClock } from '../../../src/lib/clock.ts';
import { auditStore } from '../../../src/store/audit.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Schema } from '../../../src/store/schema.ts';

/** The statement that the list is asked with. */
async function statement(query: Parameters<ReturnType<typeof auditStore>['list']>[0]): Promise<string> {
  const seen: string[] = [];
  const db = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (own) => new SqliteIntrospector(own),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
    plugins: [new CamelCasePlugin()],
    log: ({ query: { sql } }) => void seen.push(sql),
  });
  await auditStore({ kind: 'sqlite', db, write: () => assert.fail('nothing is written') }).list(query);
  return seen[0] ?? '';
}

test('entries of one kind of one account are looked up by the account: a new database has no other statistics', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-activity-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'a.db');
  await (await openStore({ kind: 'sqlite', path }, { clock: systemClock })).close();
  const db = new DatabaseSync(path);
  t.after(() => db.close());
  const plan = async (query: Parameters<typeof statement>[0]) => {
    const rows = db
      .prepare(`explain query plan ${await statement(query)}`)
      .all(...Array<string>(9).fill('1').slice(0, 3));
    return rows.map(({ detail }) => String(detail)).join('; ');
  };
  assert.match(await plan({ accountId: 'ada', kind: 'session.open', limit: 15 }), /INDEX audit_by_account_id/);
});
