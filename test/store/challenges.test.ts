import assert from 'node:assert/strict';
import { systemClock } from '../../src/lib/clock.ts';
import { purge } from '../../src/store/purge.ts';
import { challengeRow } from '../support/rows.ts';
import { eachStore } from '../support/stores.ts';

const by = { purpose: 'second', holder: 'pen-1', appId: 'portal' } as const;

eachStore('a challenge comes back as it was stored, once', async ({ store }) => {
  await store.challenges.insert(challengeRow());
  assert.deepEqual(await store.challenges.take('challenge-1', by), challengeRow());
  assert.equal(await store.challenges.take('challenge-1', by), undefined);
  assert.equal(await store.challenges.take('never', by), undefined);
});

eachStore('a challenge is not given to another purpose, holder or app, nor used up by them', async ({ store }) => {
  await store.challenges.insert(challengeRow());
  for (const purpose of ['start', 'step-up', 'enrol'] as const) {
    assert.equal(await store.challenges.take('challenge-1', { ...by, purpose }), undefined);
  }
  for (const other of [{ holder: 'pen-2' }, { holder: '' }, { appId: 'wiki' }]) {
    assert.equal(await store.challenges.take('challenge-1', { ...by, ...other }), undefined);
  }
  assert.deepEqual(await store.challenges.take('challenge-1', by), challengeRow());
});

eachStore('of twenty answers at once, by two processes, one gets the challenge', async ({ store, another }) => {
  const both = [store, await another()];
  const taken = async (inside: boolean): Promise<number> => {
    await store.challenges.insert(challengeRow());
    const all = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const one = both[i % 2] ?? store;
        return inside
          ? one.transaction((tx) => tx.challenges.take('challenge-1', by))
          : one.challenges.take('challenge-1', by);
      }),
    );
    return all.filter((row) => row !== undefined).length;
  };
  assert.equal(await taken(false), 1);
  assert.equal(await taken(true), 1);
});

eachStore('two challenges never share a hash', async ({ store }) => {
  await store.challenges.insert(challengeRow());
  const other = challengeRow({ holder: 'pen-2' });
  await assert.rejects(store.challenges.insert(other), { code: 'store-unavailable' });
  assert.deepEqual(await store.challenges.take('challenge-1', by), challengeRow());
});

eachStore('an expired challenge is taken like any other until it is purged', async ({ store }) => {
  await store.challenges.insert(challengeRow({ hash: 'old', expiresAt: 10 }));
  await store.challenges.insert(challengeRow({ hash: 'edge', expiresAt: 20 }));
  await store.challenges.insert(challengeRow({ hash: 'older', expiresAt: 5 }));
  assert.equal((await store.challenges.take('older', by))?.expiresAt, 5);
  assert.equal(await store.challenges.purge(20), 1);
  assert.equal(await store.challenges.take('old', by), undefined);
  assert.equal((await store.challenges.take('edge', by))?.expiresAt, 20);
});

eachStore('what has expired is purged with the rest, and what has not stays', async ({ store }) => {
  const now = 1_000_000;
  const pending = {
    purpose: 'sign-in',
    appId: 'portal',
    accountId: null,
    claimedName: 'ada',
    proofs: [],
    state: null,
    ticketId: null,
    next: '/',
    createdAt: 1,
  } as const;
  for (const [id, expiresAt] of [
    ['over', now - 1],
    ['open', now],
  ] as const) {
    await store.challenges.insert(challengeRow({ hash: id, expiresAt }));
    await store.pendings.insert({ ...pending, id, hash: id, expiresAt });
  }
  await purge(store, { ...systemClock, now: () => now });
  assert.equal(await store.challenges.take('over', by), undefined);
  assert.equal(await store.pendings.byHash('over'), undefined);
  assert.notEqual(await store.challenges.take('open', by), undefined);
  assert.notEqual(await store.pendings.byHash('open'), undefined);
});
