import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/lib/clock.ts';
import { purge } from '../../src/store/purge.ts';
import type { Change, JarChange, WholeStore as Store } from '../../src/store/types.ts';
import { accountRow, holdRow, jarRow, sessionRow } from '../support/rows.ts';
import { eachStore } from '../support/stores.ts';

/** An account with two sessions. */
async function people(store: Store): Promise<void> {
  await store.accounts.insert(accountRow());
  await store.accounts.insert(accountRow({ id: 'acc-2', name: 'bob' }));
  await store.sessions.insert(sessionRow());
  await store.sessions.insert(sessionRow({ id: 'ses-2', hash: 'hash-2' }));
}

/** What the work announces, as another process hears it. */
async function heard(other: Store, work: () => Promise<unknown>): Promise<Change[]> {
  const changes: Change[] = [];
  const feed = await other.watch({ change: (change) => changes.push(change), lost: () => {} });
  await work();
  // An announcement of our own comes after all that were made before it.
  await other.jars.insert(jarRow({ id: 'last', sessionId: null }));
  for (let i = 0; i < 100 && changes.at(-1)?.ref !== 'last'; i += 1) await sleep(20);
  await feed.stop();
  await other.jars.remove('last');
  assert.equal(changes.at(-1)?.ref, 'last');
  return changes.slice(0, -1);
}

function twenty<T>(stores: readonly Store[], call: (store: Store, i: number) => Promise<T>): Promise<T[]> {
  return Promise.all(
    Array.from({ length: 20 }, (_, i) => {
      const store = stores[i % stores.length];
      assert.ok(store);
      return call(store, i);
    }),
  );
}

eachStore('a jar comes back as it was stored, a visitor’s too, and there is one of an id', async ({ store }) => {
  await people(store);
  assert.equal(await store.jars.byId('ses-1'), undefined);
  assert.equal(await store.jars.insert(jarRow()), true);
  assert.equal(await store.jars.insert(jarRow({ id: 'visitor', sessionId: null })), true);
  assert.equal(await store.jars.insert(jarRow({ state: 'other' })), false);
  assert.equal(await store.jars.insert(jarRow({ appId: 'wiki', sessionId: null })), false);
  assert.deepEqual(await store.jars.byId('ses-1'), jarRow());
  assert.deepEqual(await store.jars.byId('visitor'), jarRow({ id: 'visitor', sessionId: null }));
});

eachStore('a jar is updated only from the version that the caller saw', async ({ store }) => {
  await people(store);
  await store.jars.insert(jarRow());
  const next = { version: 2, state: 'two', expiresAt: 7 };
  const update = async (id: string, set: Omit<JarChange, 'id'>) => (await store.jars.update([{ id, ...set }])).has(id);
  assert.equal(await update('ses-1', { ...next, version: 3 }), false);
  assert.equal(await update('nobody', next), false);
  assert.deepEqual(await store.jars.byId('ses-1'), jarRow());
  assert.equal(await update('ses-1', next), true);
  assert.deepEqual(await store.jars.byId('ses-1'), jarRow(next));
  assert.equal(await update('ses-1', { ...next, state: 'late' }), false);
  assert.deepEqual(await store.jars.byId('ses-1'), jarRow(next));
  assert.equal(await store.jars.remove('ses-1'), true);
  assert.equal(await store.jars.remove('ses-1'), false);
  assert.equal(await update('ses-1', { ...next, version: 3 }), false);
});

eachStore(
  'of several jars in one go those are changed whose version the caller saw, and no other',
  async ({ store }) => {
    await people(store);
    const ids = Array.from({ length: 40 }, (_, i) => `visitor-${i}`);
    for (const [i, id] of ids.entries()) await store.jars.insert(jarRow({ id, sessionId: null, version: i % 3 }));
    const state = (id: string) => `“${id}” \\ ’ {} \u0001 state`;
    const changes = ids.map((id) => ({ id, version: 2, state: state(id), expiresAt: 1_900_000_000_123 }));
    const right = ids.filter((_, i) => i % 3 === 1);
    const done = await store.jars.update([...changes, { id: 'nobody', version: 2, state: 'x', expiresAt: 9 }]);
    assert.deepEqual([...done].toSorted(), right.toSorted());
    for (const [i, id] of ids.entries()) {
      const row = await store.jars.byId(id);
      const expected = { state: state(id), version: 2, expiresAt: 1_900_000_000_123 };
      assert.deepEqual(row, jarRow({ id, sessionId: null, ...(i % 3 === 1 ? expected : { version: i % 3 }) }));
    }
  },
);

eachStore(
  'of twenty insertions, updates or removals at once, by two processes, one wins',
  async ({ store, another }) => {
    const both = [store, await another()];
    await people(store);
    const won = (results: readonly boolean[]) => results.filter((result) => result).length;
    assert.equal(won(await twenty(both, (s, i) => s.jars.insert(jarRow({ state: `${i}` })))), 1);
    const set = (i: number) => ({ id: 'ses-1', version: 2, state: `${i}`, expiresAt: 9 });
    assert.equal(won(await twenty(both, (s, i) => s.jars.update([set(i)]).then((done) => done.has('ses-1')))), 1);
    assert.equal((await store.jars.byId('ses-1'))?.version, 2);
    assert.equal(won(await twenty(both, (s) => s.jars.remove('ses-1'))), 1);
  },
);

eachStore(
  'jars and held answers end with their session, and no jar is made for one that has ended',
  async ({ store }) => {
    await people(store);
    await store.jars.insert(jarRow());
    await store.jars.insert(jarRow({ id: 'ses-2', sessionId: 'ses-2' }));
    await store.jars.insert(jarRow({ id: 'visitor', sessionId: null }));
    await store.holds.insert(holdRow({ holder: 'ses-1' }));
    await store.holds.insert(holdRow({ id: 'hold-2', holder: 'ses-2' }));
    await store.sessions.end({ by: 'id', id: 'ses-1' }, 'sign-out', 5);
    assert.equal(await store.jars.byId('ses-1'), undefined);
    assert.equal(await store.holds.byHolder('ses-1'), undefined);
    assert.equal(await store.jars.insert(jarRow()), false);
    assert.equal(await store.jars.insert(jarRow({ id: 'x', sessionId: 'never' })), false);
    assert.notEqual(await store.jars.byId('ses-2'), undefined);
    assert.notEqual(await store.holds.byHolder('ses-2'), undefined);
    await store.sessions.end({ by: 'all' }, 'revoked', 6);
    assert.equal(await store.jars.byId('ses-2'), undefined);
    assert.equal(await store.holds.byHolder('ses-2'), undefined);
    assert.notEqual(await store.jars.byId('visitor'), undefined);
  },
);

eachStore('jars go in the transaction that ends the session, or not at all', async ({ store }) => {
  await people(store);
  await store.jars.insert(jarRow());
  await store.holds.insert(holdRow({ holder: 'ses-1' }));
  const failed = store.underAccount('acc-1', async (tx) => {
    await tx.sessions.end({ by: 'account', accountId: 'acc-1' }, 'x', 5);
    assert.equal(await tx.jars.byId('ses-1'), undefined);
    throw new Error('given up');
  });
  await assert.rejects(failed, /given up/);
  assert.deepEqual(await store.jars.byId('ses-1'), jarRow());
  assert.deepEqual(await store.holds.byHolder('ses-1'), holdRow({ holder: 'ses-1' }));
});

eachStore('a jar that is made while its session ends does not outlive it', async ({ store, another }) => {
  const other = await another();
  await store.accounts.insert(accountRow());
  for (let i = 0; i < 20; i += 1) {
    const id = `s${i}`;
    await store.sessions.insert(sessionRow({ id, hash: id }));
    await Promise.all([
      other.jars.insert(jarRow({ id, sessionId: id })),
      store.sessions.end({ by: 'id', id }, 'sign-out', 5),
    ]);
    assert.equal(await store.jars.byId(id), undefined);
  }
});

eachStore('with an account go its held answers, names, and the jars of its sessions', async ({ store, another }) => {
  await people(store);
  await store.jars.insert(jarRow());
  await store.holds.insert(holdRow());
  await store.appNames.put({ accountId: 'acc-1', appId: 'portal', name: 'ada.l' });
  const other = await another();
  const changes = await heard(other, () => store.accounts.remove('acc-1'));
  assert.equal(await store.jars.byId('ses-1'), undefined);
  assert.equal(await store.holds.byHolder('pen-1'), undefined);
  assert.deepEqual(await store.appNames.ofApp('portal'), []);
  assert.ok(changes.some(({ topic, ref }) => topic === 'jar' && ref === 'ses-1'));
});

eachStore('other processes hear of every change of a jar', async ({ store, another }) => {
  await people(store);
  const other = await another();
  const jar = (ref: string) => ({ topic: 'jar', ref });
  const made = await heard(other, async () => {
    await store.jars.insert(jarRow());
    await store.jars.insert(jarRow());
    await store.jars.update([{ id: 'ses-1', version: 2, state: 'two', expiresAt: 9 }]);
    await store.jars.update([{ id: 'ses-1', version: 2, state: 'two', expiresAt: 9 }]);
  });
  assert.deepEqual(made, [jar('ses-1'), jar('ses-1')]);
  const ended = await heard(other, () => store.sessions.end({ by: 'id', id: 'ses-1' }, 'x', 5));
  assert.deepEqual(ended, [{ topic: 'session', ref: 'ses-1' }, jar('ses-1')]);
  await store.jars.insert(jarRow({ id: 'ses-2', sessionId: 'ses-2' }));
  const all = await heard(other, () => store.sessions.end({ by: 'all' }, 'x', 5));
  assert.deepEqual(all, [{ topic: 'session', ref: '*' }, jar('*')]);
});

eachStore('a held answer is adopted by the session and taken once', async ({ store, another }) => {
  const both = [store, await another()];
  await people(store);
  await store.holds.insert(holdRow());
  assert.deepEqual(await store.holds.byHolder('pen-1'), holdRow());
  await assert.rejects(store.holds.insert(holdRow({ id: 'hold-2' })), { code: 'store-unavailable' });
  assert.equal(await store.holds.adopt('pen-2', 'ses-1', 2000), false);
  assert.equal(await store.holds.adopt('pen-1', 'ses-1', 5000), false);
  const adopted = await twenty(both, (s) => s.holds.adopt('pen-1', 'ses-1', 4999));
  assert.equal(adopted.filter((yes) => yes).length, 1);
  assert.equal(await store.holds.take('pen-1'), undefined);
  const taken = await twenty(both, (s) => s.holds.take('ses-1'));
  assert.deepEqual(
    taken.filter((row) => row !== undefined),
    [holdRow({ holder: 'ses-1' })],
  );
  assert.equal(await store.holds.byHolder('ses-1'), undefined);
});

eachStore('held answers are removed by holder, and are for accounts that exist', async ({ store }) => {
  await people(store);
  await store.holds.insert(holdRow());
  await store.holds.insert(holdRow({ id: 'hold-2', holder: 'pen-2' }));
  await store.holds.removeOfHolder('pen-1');
  await store.holds.removeOfHolder('pen-1');
  assert.equal(await store.holds.byHolder('pen-1'), undefined);
  assert.notEqual(await store.holds.byHolder('pen-2'), undefined);
  const stranger = holdRow({ id: 'hold-3', holder: 'pen-3', accountId: 'nobody' });
  await assert.rejects(store.holds.insert(stranger), { code: 'store-unavailable' });
});

eachStore('what is held for sign-ins ends with them, and not what a session has', async ({ store }) => {
  await people(store);
  const begun = {
    hash: 'a',
    appId: 'portal',
    accountId: 'acc-1',
    claimedName: 'ada',
    proofs: [],
    state: null,
  } as const;
  const rest = { ticketId: null, next: '/', createdAt: 1000, expiresAt: 5000 } as const;
  await store.pendings.insert({ ...begun, ...rest, id: 'pen-1', purpose: 'sign-in' });
  await store.pendings.insert({ ...begun, ...rest, id: 'pen-2', hash: 'b', purpose: 'enrol' });
  await store.pendings.insert({ ...begun, ...rest, id: 'pen-3', hash: 'c', purpose: 'sign-in', accountId: 'acc-2' });
  for (const holder of ['pen-1', 'pen-2', 'pen-3', 'ses-1'])
    await store.holds.insert(holdRow({ id: `of ${holder}`, holder }));
  const left = async () => {
    const rows = await Promise.all(['pen-1', 'pen-2', 'pen-3', 'ses-1'].map((holder) => store.holds.byHolder(holder)));
    return rows.flatMap((row) => row?.holder ?? []);
  };
  await store.pendings.removeOfAccount('acc-1', 'sign-in');
  assert.deepEqual(await left(), ['pen-2', 'pen-3', 'ses-1']);
  await store.pendings.removeOfAccount('acc-1');
  assert.deepEqual(await left(), ['pen-3', 'ses-1']);
});

eachStore('what has expired is purged, and what has not stays', async ({ store }) => {
  const now = 1_000_000;
  await people(store);
  for (const [id, expiresAt] of [
    ['over', now - 1],
    ['open', now],
  ] as const) {
    await store.jars.insert(jarRow({ id, sessionId: null, expiresAt }));
    await store.holds.insert(holdRow({ id, holder: id, expiresAt }));
  }
  await purge(store, { ...systemClock, now: () => now });
  assert.equal(await store.jars.byId('over'), undefined);
  assert.equal(await store.holds.byHolder('over'), undefined);
  assert.equal((await store.jars.byId('open'))?.expiresAt, now);
  assert.equal((await store.holds.byHolder('open'))?.expiresAt, now);
  assert.equal(await store.jars.purge(now + 1), 1);
  assert.equal(await store.holds.purge(now + 1), 1);
});

eachStore('a name at an app leads to one account, and a refusal leaves everything as it was', async ({ store }) => {
  await people(store);
  const ada = { accountId: 'acc-1', appId: 'portal', name: 'ada.l' };
  await store.appNames.put(ada);
  await store.appNames.put({ ...ada, appId: 'wiki' });
  await store.appNames.put({ accountId: 'acc-2', appId: 'portal', name: 'bob' });
  await assert.rejects(store.appNames.put({ ...ada, accountId: 'acc-2' }), { code: 'conflict' });
  await store.underAccount('acc-1', async (tx) => {
    await assert.rejects(tx.appNames.put({ ...ada, accountId: 'acc-2' }), { code: 'conflict' });
    await tx.appNames.put({ ...ada, appId: 'wiki', name: 'lovelace' });
  });
  await store.appNames.put(ada);
  assert.deepEqual(await store.appNames.ofAccount('acc-1'), [ada, { ...ada, appId: 'wiki', name: 'lovelace' }]);
  assert.deepEqual(await store.appNames.ofApp('portal'), [ada, { accountId: 'acc-2', appId: 'portal', name: 'bob' }]);
  assert.deepEqual(await store.appNames.byName('portal', 'ada.l'), ada);
  assert.equal(await store.appNames.byName('portal', 'Ada.L'), undefined);
  assert.equal(await store.appNames.byName('wiki', 'ada.l'), undefined);
  assert.equal(await store.appNames.remove('acc-1', 'portal'), true);
  assert.equal(await store.appNames.remove('acc-1', 'portal'), false);
  await store.appNames.put({ ...ada, accountId: 'acc-2' });
  assert.deepEqual(await store.appNames.byName('portal', 'ada.l'), { ...ada, accountId: 'acc-2' });
});

eachStore('of twenty accounts that want one name at once, one gets it', async ({ store, another }) => {
  const both = [store, await another()];
  for (let i = 0; i < 20; i += 1) await store.accounts.insert(accountRow({ id: `a${i}`, name: `n${i}` }));
  const put = (s: Store, i: number) =>
    s.appNames.put({ accountId: `a${i}`, appId: 'portal', name: 'shared' }).then(
      () => true,
      (error) => (error.code === 'conflict' ? false : Promise.reject(error)),
    );
  assert.equal((await twenty(both, put)).filter((yes) => yes).length, 1);
  assert.equal((await store.appNames.ofApp('portal')).length, 1);
});
