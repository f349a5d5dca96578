import assert from 'node:assert/strict';
import type { WholeStore as Store } from '../../src/store/types.ts';
import { accountRow, sessionRow, totpRow } from '../support/rows.ts';
import { eachStore } from '../support/stores.ts';

/** Fifty calls at once, by turns on both stores; the results. */
function race<T>(stores: readonly Store[], call: (store: Store, i: number) => Promise<T>): Promise<T[]> {
  const calls: Promise<T>[] = [];
  for (let i = 0; i < 50; i += 1) {
    const store = stores[i % stores.length];
    if (store !== undefined) calls.push(call(store, i));
  }
  return Promise.all(calls);
}

const wins = (results: readonly unknown[]) =>
  results.filter((result) => result === true || (typeof result === 'object' && result !== null)).length;

eachStore('of fifty uses at once, by two processes, exactly one wins', async ({ store, another }) => {
  const both = [store, await another()];
  await store.accounts.insert(accountRow());
  await store.authenticators.insert(totpRow());
  assert.equal(wins(await race(both, (s) => s.authenticators.acceptStep('auth-1', 7, 1))), 1);

  await store.authenticators.replaceRecovery(totpRow({ id: 'rec', kind: 'recovery', secret: null }), ['c']);
  assert.equal(wins(await race(both, (s) => s.authenticators.useRecoveryCode('rec', 'c', 1))), 1);

  await store.tickets.insert({
    id: 't',
    hash: 'th',
    accountId: 'acc-1',
    issuedBy: 'x',
    resetPassword: false,
    createdAt: 1,
    expiresAt: 9,
    usedAt: null,
  });
  assert.equal(wins(await race(both, (s) => s.tickets.consume('th', 5))), 1);

  await store.pendings.insert({
    id: 'p',
    hash: 'ph',
    purpose: 'enrol',
    appId: 'a',
    accountId: null,
    claimedName: 'x',
    proofs: [],
    state: null,
    ticketId: null,
    next: '/',
    createdAt: 1,
    expiresAt: 9,
  });
  assert.equal(wins(await race(both, (s, i) => s.pendings.update('p', 'ph', { hash: `ph-${i}` }))), 1);
  assert.equal(wins(await race(both, (s) => s.pendings.remove('p'))), 1);

  await store.sessions.insert(sessionRow());
  assert.equal(wins(await race(both, (s) => s.sessions.markAdmitted('ses-1', 5))), 1);
  const rotated = await race(both, (s, i) =>
    s.sessions.rotate('ses-1', 'hash-1', { hash: `h-${i}`, proofs: [], lastSeenAt: 5 }),
  );
  assert.equal(wins(rotated), 1);
  const ended = await race(both, (s) => s.sessions.end({ by: 'account', accountId: 'acc-1' }, 'x', 5));
  assert.deepEqual(ended.flat(), ['ses-1']);
  assert.equal(wins(await race(both, (s, i) => s.meta.putIfAbsent('m', String(i)))), 1);
});

eachStore('of fifty failures at once none is lost', async ({ store, another }) => {
  const both = [store, await another()];
  await store.accounts.insert(accountRow());
  await store.authenticators.insert(totpRow());
  const counts = await race(both, (s) => s.authenticators.addFailure('auth-1', 30, 8));
  assert.deepEqual(
    counts.sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
  assert.equal((await store.authenticators.byId('auth-1'))?.disabledAt, 8);
  const rows = await race(both, (s) => s.throttles.fail('k', 10, [0, 0, 50]));
  assert.equal(Math.max(...rows.map((row) => row.failures)), 50);
});

eachStore('of fifty accounts of one name exactly one is made', async ({ store, another }) => {
  const both = [store, await another()];
  const made = await race(both, (s, i) =>
    s.accounts.insert(accountRow({ id: `acc-${i}` })).then(
      () => true,
      (error) => (error.code === 'conflict' ? false : Promise.reject(error)),
    ),
  );
  assert.equal(wins(made), 1);
});

eachStore('recovery codes replaced many times at once leave one set', async ({ store, another }) => {
  const both = [store, await another()];
  await store.accounts.insert(accountRow());
  await race(both, (s, i) =>
    s.authenticators.replaceRecovery(totpRow({ id: `r${i}`, kind: 'recovery', secret: null }), ['a', 'b']),
  );
  assert.equal((await store.authenticators.ofAccount('acc-1')).length, 1);
  assert.equal(await store.authenticators.recoveryLeft('acc-1'), 2);
});
