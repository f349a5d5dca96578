import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { inForce, LockDown } from '../../src/sessions/lock-down.ts';
import type { WholeStore } from '../../src/store/types.ts';
import { accountRow, sessionRow } from '../support/rows.ts';
import { eachStore } from '../support/stores.ts';

const ROW = { reason: 'a list goes round', begunAt: 5, begunBy: 'cli:ops', until: null };
const begin = (store: WholeStore) => store.underApps('all', (tx) => tx.lockDown.begin(ROW));

eachStore('there is one or none; one that begins takes the place of one that stands', async ({ store }) => {
  assert.equal(await store.lockDown.current(), undefined);
  await begin(store);
  assert.deepEqual(await store.lockDown.current(), ROW);
  const later = { reason: 'another', begunAt: 9, begunBy: 'acc-1', until: 77 };
  await store.underApps('all', (tx) => tx.lockDown.begin(later));
  assert.deepEqual(await store.lockDown.current(), later);
  assert.deepEqual(await store.underApps('all', (tx) => tx.lockDown.end()), later);
  assert.equal(await store.underApps('all', (tx) => tx.lockDown.end()), undefined);
  assert.equal(await store.lockDown.current(), undefined);
  assert.deepEqual([inForce(later, 76), inForce(later, 77), inForce(undefined, 1)], [later, null, null]);
});

eachStore('every node hears of its beginning and of its end', async ({ store, another }) => {
  const other = await another();
  const heard: string[] = [];
  const lockDown = new LockDown(other, { now: () => 1, monotonic: () => performance.now() });
  let loading: Promise<void> = Promise.resolve();
  await other.watch({
    change: ({ topic }) => {
      heard.push(topic);
      loading = lockDown.load();
    },
    lost: () => {},
    settled: () => loading,
  });
  await begin(store);
  await store.settle();
  assert.deepEqual(lockDown.now(), ROW);
  await store.underApps('all', (tx) => tx.lockDown.end());
  await store.settle();
  assert.equal(lockDown.now(), null);
  assert.deepEqual(heard, ['lock-down', 'lock-down']);
});

eachStore(
  'who is opening a session is before it, and it waits; who comes after finds it',
  async ({ store, another }) => {
    const other = await another();
    await store.accounts.insert(accountRow());
    const order: string[] = [];
    const asked = Promise.withResolvers<void>();
    const opening = store.underAccount('acc-1', async (tx) => {
      assert.equal(await tx.lockDown.forOpening(), undefined);
      asked.resolve();
      await sleep(300);
      await tx.sessions.insert(sessionRow());
      order.push('opened');
    });
    await asked.promise;
    const closing = begin(other).then(() => order.push('closed'));
    await Promise.all([opening, closing]);
    assert.deepEqual(order, ['opened', 'closed']);
    await store.underAccount('acc-1', async (tx) => assert.deepEqual(await tx.lockDown.forOpening(), ROW));
  },
);

eachStore('of many that open sessions on two nodes none does after it has begun', async ({ store, another }) => {
  const other = await another();
  const [NODES, EACH] = [[store, other], 30];
  let opened = 0;
  const openers = NODES.flatMap((node, n) =>
    Array.from({ length: EACH }, async (_, i) => {
      const id = `acc-${n}-${i}`;
      await node.accounts.insert(accountRow({ id, name: id }));
      await sleep(i * 5);
      await node.underAccount(id, async (tx) => {
        if ((await tx.lockDown.forOpening()) !== undefined) return;
        await sleep(Math.random() * 5);
        await tx.sessions.insert(sessionRow({ id: `s-${id}`, hash: `h-${id}`, accountId: id }));
        opened += 1;
      });
    }),
  );
  await sleep(60);
  const before = await other.underApps('all', async (tx) => {
    await tx.lockDown.begin(ROW);
    return (await tx.sessions.listLive(0)).length;
  });
  await Promise.all(openers);
  assert.equal((await store.sessions.listLive(0)).length, before);
  assert.ok(before < NODES.length * EACH, 'some came too late');
  assert.ok(opened >= before);
});
