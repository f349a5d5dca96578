import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { type Outcome, RETENTION, type RetentionClass, retentionOf } from '../../src/audit/retention.ts';
import { tidyRecord } from '../../src/audit/tidy.ts';
import { systemClock as clock } from '../../src/lib/clock.ts';
import { openDatabase } from '../../src/store/open.ts';
import type { NewAuditRow, WholeStore } from '../../src/store/types.ts';
import { sealAll } from '../support/seal.ts';
import { eachStore } from '../support/stores.ts';

const DAY = 86_400_000;
const NOW = 20_000 * DAY + 5 * 3_600_000;
const KEEP = { refusals: 90 * DAY, signIns: 400 * DAY, running: 400 * DAY, decisions: 2190 * DAY };
const at = (ms: number) => ({ now: () => ms, monotonic: () => 0 });

function entry(set: Partial<NewAuditRow> & Pick<NewAuditRow, 'at' | 'kind'>): NewAuditRow {
  const blank = { accountId: null, sessionId: null, appId: null, source: null, detail: '{}' };
  return { outcome: 'ok', actor: 'system', ...blank, ...set };
}

async function all(store: WholeStore) {
  return store.audit.list({ limit: 10_000 });
}

const KINDS = Object.keys(RETENTION);
const OUTCOMES: readonly Outcome[] = ['ok', 'refused', 'failed'];

eachStore('what is over its time goes, to the day, kind by kind; all else stays', async ({ store }) => {
  for (const kind of KINDS)
    for (const outcome of OUTCOMES)
      for (const days of [0, 89, 91, 92, 399, 402, 2189, 2192])
        await store.audit.append(entry({ at: NOW - days * DAY, kind, outcome }));
  const before = await all(store);
  await sealAll(store);
  await tidyRecord(store.audit, at(NOW), KEEP);
  const after = await all(store);
  const left = after.slice(0, -1).filter(({ seq }) => before.some((row) => row.seq === seq));
  const shouldStay = before.filter((row) => {
    const keep = KEEP[retentionOf(row.kind as keyof typeof RETENTION, row.outcome)];
    return row.at >= Math.floor((NOW - keep) / DAY) * DAY;
  });
  assert.deepEqual(left, shouldStay);
  // A second time, the same day: nothing, and no entry about nothing.
  await tidyRecord(store.audit, at(NOW + 3_600_000), KEEP);
  assert.deepEqual(await all(store), after);
});

eachStore(
  'what was dropped stands on record: kinds, from, to, count, and a digest that can be checked',
  async ({ store }) => {
    for (let n = 0; n < 30; n += 1)
      await store.audit.append(entry({ at: NOW - 200 * DAY + n, kind: 'request.refused', outcome: 'refused' }));
    await store.audit.append(
      entry({ at: NOW - 199 * DAY, kind: 'sign-in.second', outcome: 'refused', accountId: 'a' }),
    );
    await store.audit.append(entry({ at: NOW - 199 * DAY, kind: 'sign-in.second' }));
    const gone = (await all(store)).slice(0, 31);
    await sealAll(store);
    await tidyRecord(store.audit, at(NOW), KEEP);
    const [kept, dropped, ...more] = await all(store);
    assert.deepEqual(more, []);
    assert.equal(kept?.outcome, 'ok');
    assert.equal(dropped?.kind, 'audit.dropped');
    assert.deepEqual([dropped.actor, dropped.outcome, dropped.at], ['system', 'ok', NOW]);
    const fields = [
      'seq',
      'at',
      'kind',
      'outcome',
      'actor',
      'accountId',
      'sessionId',
      'appId',
      'source',
      'detail',
    ] as const;
    const digest = createHash('sha256');
    for (const row of gone) digest.update(`${JSON.stringify(fields.map((field) => row[field]))}\n`);
    assert.deepEqual(JSON.parse(dropped.detail), {
      class: 'refusals',
      before: NOW - 90 * DAY - 5 * 3_600_000,
      what: 'request.refused:refused sign-in.second:refused',
      from: NOW - 200 * DAY,
      to: NOW - 199 * DAY,
      first: gone[0]?.seq,
      last: gone.at(-1)?.seq,
      count: 31,
      seqs: `${gone[0]?.seq}-${gone.at(-1)?.seq}`,
      digest: digest.digest('hex'),
    });
  },
);

eachStore(
  'a batch is bounded, moments of the same millisecond too; a turn goes on until nothing is left',
  async ({ store }) => {
    await store.transaction(async (tx) => {
      for (let n = 0; n < 1203; n += 1)
        await tx.audit.append(entry({ at: NOW - 200 * DAY, kind: 'request.refused', outcome: 'refused' }));
    });
    await sealAll(store);
    await tidyRecord(store.audit, at(NOW), KEEP);
    const counts = (await all(store)).map((row) => (JSON.parse(row.detail) as { count: number }).count);
    assert.deepEqual(counts, [500, 500, 203]);
  },
);

eachStore(
  'only what the newest entry names can be taken away, whatever stands beside it',
  async ({ store, config }) => {
    const database = await openDatabase(config, { clock });
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({
              at: fc.integer({ min: 1, max: 6 }),
              kind: fc.constantFrom('sign-out', 'sign-in.begin'),
              outcome: fc.constantFrom(...OUTCOMES),
            }),
            { minLength: 2, maxLength: 8 },
          ),
          fc.integer({ min: 1, max: 5 }),
          async (rows, limit) => {
            for (const row of rows) await store.audit.append(entry(row));
            await sealAll(store);
            const before = await all(store);
            const what = [{ kind: 'sign-in.begin', outcome: 'refused' }] as const;
            await store.audit.drop({ name: 'refusals', what, before: 4, at: 9, limit });
            const after = await all(store);
            assert.ok(before.length - after.length <= limit);
            for (const row of after)
              await assert.rejects(
                database.db.deleteFrom('audit').where('seq', '=', row.seq).execute(),
                /append-only/,
                JSON.stringify({ row, after }),
              );
          },
        ),
        { numRuns: 15 },
      );
      await assert.rejects(database.db.updateTable('audit').set({ actor: 'me' }).execute(), /append-only/);
      if (config.kind === 'postgres') await assert.rejects(sql`truncate audit`.execute(database.db), /append-only/);
    } finally {
      await database.close();
    }
  },
);

eachStore('two nodes that tidy at once drop each entry once, and tell it once', async ({ store, another }) => {
  for (let n = 0; n < 40; n += 1)
    await store.audit.append(entry({ at: NOW - 200 * DAY + n, kind: 'request.refused', outcome: 'refused' }));
  await sealAll(store);
  const other = await another();
  await Promise.all([store, other, store, other].map((each) => tidyRecord(each.audit, at(NOW), KEEP)));
  const rows = await all(store);
  assert.equal(rows.length, 1);
  assert.equal((JSON.parse(rows[0]?.detail ?? '{}') as { count: number }).count, 40);
});

eachStore('entries about what was dropped are finite too', async ({ store }) => {
  await store.audit.append(entry({ at: NOW - 3000 * DAY, kind: 'audit.dropped', detail: '{"seqs":"7-9 12"}' }));
  await sealAll(store);
  await tidyRecord(store.audit, at(NOW), KEEP);
  const [row, ...more] = await all(store);
  assert.deepEqual(more, []);
  const detail = JSON.parse(row?.detail ?? '{}') as { what: string; seqs: string };
  assert.equal(detail.what, 'audit.dropped:ok');
  // What that one accounted for is accounted for still.
  assert.equal(detail.seqs, '1 7-9 12');
});

eachStore('what is not sealed stays, however old', async ({ store }) => {
  for (let n = 0; n < 3; n += 1) await store.audit.append(entry({ at: NOW - 3000 * DAY, kind: 'sign-out' }));
  await tidyRecord(store.audit, at(NOW), KEEP);
  assert.equal((await all(store)).length, 3);
  await sealAll(store);
  await tidyRecord(store.audit, at(NOW), KEEP);
  assert.deepEqual(
    (await all(store)).map(({ kind }) => kind),
    ['audit.dropped'],
  );
});

eachStore('one entry names as much as fits in it; the next turn goes on', async ({ store }) => {
  const seqs = Array.from({ length: 3_000 }, (_, i) => 1_000_000 + 2 * i).join(' ');
  for (let n = 0; n < 5; n += 1)
    await store.audit.append(
      entry({ at: NOW - 3000 * DAY + n, kind: 'audit.dropped', detail: JSON.stringify({ seqs }) }),
    );
  await sealAll(store);
  const dropping = { name: 'decisions', what: [{ kind: 'audit.dropped', outcome: 'ok' }], before: NOW - DAY } as const;
  const gone: number[] = [];
  for (let n = 0; n < 4; n += 1) gone.push(await store.audit.drop({ ...dropping, at: NOW, limit: 500 }));
  assert.deepEqual(gone, [2, 2, 1, 0]);
});

const classes: readonly RetentionClass[] = ['refusals', 'signIns', 'running', 'decisions'];
eachStore('every kind has a class', async () => {
  for (const kind of KINDS)
    for (const outcome of OUTCOMES) assert.ok(classes.includes(retentionOf(kind as keyof typeof RETENTION, outcome)));
});
