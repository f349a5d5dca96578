import assert from 'node:assert/strict';
import { systemClock as clock } from '../../../src/lib/clock.ts';
import type { Database } from '../../../src/store/database.ts';
import { openDatabase } from '../../../src/store/open.ts';
import { eachStore, type OnStore } from '../../support/stores.ts';

/** More than is read at once: numbers of entries, and numbers that are looked through for entries without a leaf. */
const MANY = 21_000;
const AT_ONCE = 1_000;
const EVER = 8.64e15;

const kindOf = (i: number): string => (i % 20 === 0 ? 'account.stands' : i % 3 === 0 ? 'session.open' : 'account.add');
const outcomeOf = (i: number) => (i % 50 === 7 ? 'refused' : 'ok');
/** Thousands of one moment, as an import makes them, and hardly two others in the order of their numbers. */
const momentOf = (i: number): number => (i < 12_500 ? 5_000 : 1_000 + ((i * 7_919) % 9_000));
const DETAILS = ['{"a":"\\"],[\\u0000"}', '[1', 'text, "quoted"\n\u2028', '{}'];

/** As they stand in the table, by number. */
async function filled({ db }: Database) {
  for (let from = 0; from < MANY; from += AT_ONCE) {
    const rows = Array.from({ length: AT_ONCE }, (_, n) => ({
      ...{ at: momentOf(from + n), kind: kindOf(from + n), outcome: outcomeOf(from + n), actor: 'cli:root' },
      ...{ accountId: n % 4 === 0 ? null : `a,"${n}`, sessionId: null, appId: n % 5 === 0 ? 'app' : null },
      ...{ source: null, detail: DETAILS[n % DETAILS.length] ?? '', salt: `${from + n}`.padStart(32, '0') },
    }));
    await db.insertInto('audit').values(rows).execute();
  }
  return db.selectFrom('audit').selectAll().orderBy('seq').execute();
}

async function onDatabase({ config }: OnStore, work: (database: Database) => Promise<void>): Promise<void> {
  const database = await openDatabase(config, { clock });
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

eachStore('entries are numbered and read by kind, outcome and moment, however many pages they are', (on) =>
  onDatabase(on, async (database) => {
    const { views } = on.store;
    const all = await filled(database);
    assert.equal(all.length, MANY);
    const what = [
      { kind: 'account.add', outcome: 'ok' },
      { kind: 'account.stands', outcome: 'ok' },
      { kind: 'account.stands', outcome: 'refused' },
      { kind: 'never.written', outcome: 'ok' },
    ] as const;
    const asked = all.filter((row) => what.some(({ kind, outcome }) => row.kind === kind && row.outcome === outcome));
    const spans = [
      [0, EVER],
      [0, 5_000],
      [5_000, 5_000],
      [5_001, 7_000],
      [20_000, 30_000],
    ] as const;
    for (const [from, until] of spans) {
      const expected = asked.filter(({ at }) => at >= from && at <= until).map(({ seq }) => seq);
      assert.deepEqual(await views.entryNumbers({ what, from, until }), expected);
    }
    const some = all.filter((_, i) => i % 21 === 3);
    const told = some.map(({ seq, at, kind, outcome, accountId, appId, detail }) => {
      return { seq, at, kind, outcome, accountId, appId, detail };
    });
    const seqs = [...some.map(({ seq }) => seq).reverse(), 0, Number.MAX_SAFE_INTEGER];
    assert.deepEqual(await views.entriesByNumber(seqs), told);
  }),
);

eachStore('what has no leaf yet is counted, wherever in the record it stands', (on) =>
  onDatabase(on, async (database) => {
    const all = await filled(database);
    const oldestOf = (rows: typeof all) => Math.min(...rows.map(({ at }) => at));
    assert.deepEqual(await on.store.log.waiting(), { count: MANY, oldest: oldestOf(all) });
    const sealed = all.filter((_, i) => i % 1_000 !== 999);
    for (let from = 0; from < sealed.length; from += AT_ONCE) {
      const some = sealed.slice(from, from + AT_ONCE);
      const leaves = some.map(({ seq }, n) => ({ idx: from + n, seq, hash: `${from + n}`, sealedAt: 1 }));
      await database.db.insertInto('leaves').values(leaves).execute();
    }
    const without = all.filter((_, i) => i % 1_000 === 999);
    assert.deepEqual(await on.store.log.waiting(), { count: without.length, oldest: oldestOf(without) });
  }),
);

eachStore('of nothing there is nothing', async ({ store }) => {
  const what = [{ kind: 'account.add', outcome: 'ok' }] as const;
  assert.deepEqual(await store.views.entryNumbers({ what, from: 0, until: EVER }), []);
  assert.deepEqual(await store.views.entriesByNumber([]), []);
  assert.deepEqual(await store.log.waiting(), { count: 0, oldest: null });
  assert.deepEqual(await store.views.lastUses(1, []), []);
});
