import assert from 'node:assert/strict';
import { accountRow, noticeRow } from '../support/rows.ts';
import { eachStore } from '../support/stores.ts';

eachStore('notices are due from their moment on, oldest first, as many as are asked for', async ({ store }) => {
  await store.accounts.insert(accountRow());
  for (const [id, createdAt, nextAt] of [
    ['b', 2, 30],
    ['a', 2, 20],
    ['c', 1, 40],
    ['d', 3, 10],
    ['e', 0, 41],
  ] as const) {
    await store.notices.insert(noticeRow({ id, createdAt, nextAt }));
  }
  const due = async (at: number, limit: number) => (await store.notices.due(at, limit)).map((row) => row.id);
  assert.deepEqual(await due(9, 9), []);
  assert.deepEqual(await due(10, 9), ['d']);
  assert.deepEqual(await due(40, 9), ['c', 'a', 'b', 'd']);
  assert.deepEqual(await due(40, 2), ['c', 'a']);
  const row = noticeRow({ id: 'whole', createdAt: -1, nextAt: 5, detail: '{"label":"Ä \\"x\\""}', kind: 'k' });
  await store.notices.insert(row);
  assert.deepEqual(await store.notices.due(5, 1), [row]);
});

eachStore('a notice is claimed by who saw it as it is, and waits again', async ({ store }) => {
  await store.accounts.insert(accountRow());
  await store.notices.insert(noticeRow());
  await store.notices.insert(noticeRow({ id: 'not-2', nextAt: 9000 }));
  assert.equal(await store.notices.claim('not-1', 1, 5000), false);
  assert.equal(await store.notices.claim('not-1', 0, 5000), true);
  assert.equal(await store.notices.claim('not-1', 0, 6000), false);
  assert.deepEqual(await store.notices.due(4999, 9), []);
  assert.deepEqual(await store.notices.due(5000, 9), [noticeRow({ tries: 1, nextAt: 5000 })]);
  assert.equal(await store.notices.claim('not-1', 1, 7000), true);
  assert.equal(await store.notices.claim('nobody', 0, 5000), false);
  assert.deepEqual(await store.notices.due(9000, 9), [
    noticeRow({ tries: 2, nextAt: 7000 }),
    noticeRow({ id: 'not-2', nextAt: 9000 }),
  ]);
});

eachStore('of twenty claims at once, by two processes, one wins', async ({ store, another }) => {
  const both = [store, await another()];
  await store.accounts.insert(accountRow());
  await store.notices.insert(noticeRow());
  for (const tries of [0, 1]) {
    const claims = Array.from({ length: 20 }, (_, i) => (both[i % 2] ?? store).notices.claim('not-1', tries, 5000));
    assert.equal((await Promise.all(claims)).filter((won) => won).length, 1);
  }
  assert.deepEqual(await store.notices.due(5000, 9), [noticeRow({ tries: 2, nextAt: 5000 })]);
});

eachStore('a notice is removed once, goes with its account, and is for an account that exists', async ({ store }) => {
  await store.accounts.insert(accountRow());
  await store.accounts.insert(accountRow({ id: 'acc-2', name: 'bob' }));
  await store.notices.insert(noticeRow());
  await store.notices.insert(noticeRow({ id: 'not-2' }));
  await store.notices.insert(noticeRow({ id: 'not-3', accountId: 'acc-2' }));
  assert.equal(await store.notices.remove('not-1'), true);
  assert.equal(await store.notices.remove('not-1'), false);
  assert.equal(await store.accounts.remove('acc-1'), true);
  assert.deepEqual(
    (await store.notices.due(9000, 9)).map((row) => row.id),
    ['not-3'],
  );
  await assert.rejects(store.notices.insert(noticeRow()), { code: 'store-unavailable' });
});

eachStore('a notice is kept only with the change that it tells of', async ({ store }) => {
  await store.accounts.insert(accountRow());
  const failing = store.transaction(async (tx) => {
    await tx.notices.insert(noticeRow());
    throw new Error('no');
  });
  await assert.rejects(failing, { message: 'no' });
  assert.deepEqual(await store.notices.due(9000, 9), []);
});
