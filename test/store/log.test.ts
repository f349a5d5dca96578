import assert from 'node:assert/strict';
import { systemClock } from '../../src/lib/clock.ts';
import { openDatabase } from '../../src/store/open.ts';
import type { Store } from '../../src/store/types.ts';
import { eachStore } from '../support/stores.ts';

const entry = (at: number) =>
  ({
    at,
    kind: 'server.start',
    outcome: 'ok',
    actor: 'system',
    accountId: null,
    sessionId: null,
    appId: null,
    source: null,
    detail: '{}',
  }) as const;

async function written(store: Store, count: number): Promise<void> {
  for (let at = 1; at <= count; at += 1) await store.audit.append(entry(at));
}

/** As a sealer does it, with hashes that are none. */
function seal(store: Store, limit: number): Promise<number> {
  return store.transaction(async (tx) => {
    const { size } = await tx.log.forSealing();
    const rows = await tx.log.unsealed({ after: 0, limit });
    const leaves = rows.map(({ seq }, i) => ({ idx: size + i, seq, hash: `hash-${seq}`, sealedAt: 7 }));
    await tx.log.append(leaves, size, { size: size + leaves.length, frontier: `of ${size + leaves.length}` });
    return rows.length;
  });
}

eachStore('every entry has a salt of its own, which nobody is told who asks for entries', async ({ store }) => {
  await written(store, 20);
  const rows = await store.log.unsealed({ after: 0, limit: 100 });
  assert.equal(rows.length, 20);
  assert.equal(new Set(rows.map(({ salt }) => salt)).size, 20);
  for (const { salt } of rows) assert.match(salt, /^[0-9a-f]{32}$/);
  for (const row of await store.audit.list({ limit: 100 })) assert.ok(!('salt' in row));
  const found = await store.views.record({ reach: 'all', limit: 100 });
  for (const row of found.rows) assert.ok(!('salt' in row));
});

eachStore('entries get their place once, in batches, and are read by it', async ({ store }) => {
  await written(store, 25);
  assert.deepEqual(await store.log.waiting(), { count: 25, oldest: 1 });
  while ((await seal(store, 10)) > 0);
  assert.deepEqual(await store.log.waiting(), { count: 0, oldest: null });
  const state = await store.log.state();
  assert.deepEqual(state, { size: 25, frontier: 'of 25', note: null });
  const leaves = await store.log.leaves({ from: 5, limit: 3 });
  assert.deepEqual(
    leaves.map(({ idx, entry: of }) => [idx, of?.at]),
    [
      [5, 6],
      [6, 7],
      [7, 8],
    ],
  );
  const seqs = leaves.map(({ seq }) => seq);
  assert.deepEqual([...(await store.log.indexesOf([...seqs, 999])).values()].sort(), [5, 6, 7]);
  assert.equal(
    await store.log.sealedUpTo(),
    Math.max(...(await store.log.hashes({ from: 24, limit: 9 })).map((l) => l.seq)),
  );
});

eachStore('two that seal at once never give two entries one place, or one entry two', async ({ store, another }) => {
  const other = await another();
  await written(store, 200);
  await Promise.all(
    [store, other, store, other].map(async (each) => {
      while ((await seal(each, 7)) > 0);
    }),
  );
  const leaves = await store.log.hashes({ from: 0, limit: 1000 });
  assert.deepEqual(
    leaves.map(({ idx }) => idx),
    Array.from({ length: 200 }, (_, i) => i),
  );
  assert.equal(new Set(leaves.map(({ seq }) => seq)).size, 200);
});

eachStore('a tree that is elsewhere is not appended to, and a head is that of its size', async ({ store }) => {
  await written(store, 3);
  await seal(store, 3);
  await assert.rejects(
    store.transaction((tx) => tx.log.append([], 2, { size: 9, frontier: '' })),
    { code: 'conflict' },
  );
  assert.equal(await store.log.putHead(2, 'of two'), false);
  assert.equal(await store.log.putHead(3, 'of three'), true);
  assert.equal((await store.log.state()).note, 'of three');
  assert.equal(await store.log.keepCheckpoint({ size: 3, at: 10, note: 'of three' }), true);
  assert.equal(await store.log.keepCheckpoint({ size: 3, at: 11, note: 'another' }), false);
  assert.equal((await store.log.newestCheckpoint())?.note, 'of three');
  assert.equal((await store.log.checkpointAt(9))?.note, undefined);
  assert.equal((await store.log.checkpointAt(10))?.note, 'of three');
  await store.log.putCosignature({ size: 3, name: 'w', line: 'first' });
  await store.log.putCosignature({ size: 3, name: 'w', line: 'second' });
  assert.deepEqual(await store.log.cosignatures(3), [{ size: 3, name: 'w', line: 'first' }]);
});

eachStore(
  'the log has one key, a text is kept once, and a receiver is moved by who knows where it stands',
  async ({ store }) => {
    const key = { id: 'a', publicKey: 'p', privateKey: 's', createdAt: 1 };
    assert.deepEqual((await Promise.all([store.log.putKey(key), store.log.putKey({ ...key, id: 'b' })])).sort(), [
      false,
      true,
    ]);
    assert.equal((await store.log.keys()).length, 1);
    const text = { digest: 'd', kind: 'configuration', text: 'apps: {}', at: 1 } as const;
    await store.log.putDocument(text);
    await store.log.putDocument({ ...text, text: 'another' });
    assert.deepEqual(await store.log.document('d'), text);
    const receiver = { name: 'siem', position: 4, state: '{}' };
    assert.equal(await store.log.moveReceiver(receiver, null), true);
    assert.equal(await store.log.moveReceiver(receiver, null), false);
    const on = { ...receiver, position: 9, state: '{"a":1}' };
    assert.equal(await store.log.moveReceiver(on, { position: 3, state: '{}' }), false);
    assert.equal(await store.log.moveReceiver(on, { position: 4, state: '{"a":0}' }), false);
    assert.deepEqual(
      (await Promise.all([store.log.moveReceiver(on, receiver), store.log.moveReceiver(on, receiver)])).sort(),
      [false, true],
    );
    assert.equal((await store.log.receiver('siem'))?.position, 9);
  },
);

eachStore('leaves, heads and texts stay as they were written', async ({ store, config }) => {
  await written(store, 2);
  await seal(store, 2);
  await store.log.keepCheckpoint({ size: 2, at: 1, note: 'n' });
  await store.log.putDocument({ digest: 'd', kind: 'configuration', text: 't', at: 1 });
  const database = await openDatabase(config, { clock: systemClock });
  try {
    for (const [table, set] of [
      ['leaves', { sealedAt: 1 }],
      ['checkpoints', { at: 2 }],
      ['documents', { at: 2 }],
    ] as const) {
      await assert.rejects(database.db.deleteFrom(table).execute(), /append-only/, table);
      await assert.rejects(database.db.updateTable(table).set(set).execute(), /append-only/, table);
    }
  } finally {
    await database.close();
  }
});
