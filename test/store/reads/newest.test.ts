import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { FINDINGS } from '../../../src/coverage/effects.ts';
import { systemClock as clock } from '../../../src/lib/clock.ts';
import { openDatabase } from '../../../src/store/open.ts';
import { eachStore } from '../../support/stores.ts';

const KINDS = [...FINDINGS, 'session.open'];
/** More than are asked for in one statement. */
const APPS = Array.from({ length: 1_100 }, (_, i) => (i === 7 ? `it's "7"` : `app-${i}`));

eachStore('the newest entry of each kind about each app is found, and along its own index', async (on) => {
  const database = await openDatabase(on.config, { clock });
  try {
    const { db, kind } = database;
    const rows = Array.from({ length: 6_000 }, (_, i) => ({
      ...{ at: 1_000_000 - ((i * 7_919) % 9_000), kind: KINDS[(i * 31) % KINDS.length] ?? '', outcome: 'ok' },
      ...{ actor: 'system', accountId: null, sessionId: null, source: null, detail: '{}' },
      ...{ appId: i % 9 === 0 ? null : (APPS[(i * 13) % 900] ?? null), salt: `${i}`.padStart(32, '0') },
    }));
    for (let i = 0; i < rows.length; i += 1_000)
      await db
        .insertInto('audit')
        .values(rows.slice(i, i + 1_000))
        .execute();
    const all = await db.selectFrom('audit').select(['seq', 'kind', 'appId']).orderBy('seq').execute();
    const last = new Map(all.map((row) => [`${row.kind} ${row.appId}`, Number(row.seq)]));
    for (const kinds of [[...FINDINGS], ['session.open'], KINDS, []]) {
      const expected = kinds.flatMap((each) => APPS.flatMap((app) => last.get(`${each} ${app}`) ?? []));
      const found = await on.store.views.newestOfApps(kinds, APPS);
      assert.deepEqual(
        [...found].sort((a, b) => a - b),
        expected.sort((a, b) => a - b),
        kinds.join(' '),
      );
    }
    assert.deepEqual(await on.store.views.newestOfApps(KINDS, []), []);

    // Every finding of coverage is in the index: one that is not would be looked for in the whole record.
    const { rows: found } = await (kind === 'sqlite'
      ? sql<{ text: string }>`select sql as text from sqlite_master where name = 'audit_found'`
      : sql<{ text: string }>`select indexdef as text from pg_indexes where indexname = 'audit_found'`
    ).execute(db);
    for (const each of FINDINGS) assert.match(found[0]?.text ?? '', new RegExp(`'${each}'`));
  } finally {
    await database.close();
  }
});
