import assert from 'node:assert/strict';
import type { WholeStore as Store, StoreParts } from '../../src/store/types.ts';
import { accountRow, credentialRow, passkeyRow, totpRow } from '../support/rows.ts';
import { eachStore } from '../support/stores.ts';

type Accepted = Parameters<StoreParts['authenticators']['acceptAssertion']>[1];

/** An account with one passkey, each part changed as told. */
async function registered(
  store: Store,
  set: { key?: Parameters<typeof passkeyRow>[0]; credential?: Parameters<typeof credentialRow>[0] } = {},
): Promise<void> {
  await store.accounts.insert(accountRow());
  await store.authenticators.insert(passkeyRow(set.key));
  await store.authenticators.insertCredential(credentialRow(set.credential));
}

/** Twenty calls at once, by turns on both stores; how many were told true. */
async function wonOfTwenty(stores: readonly [Store, Store], call: (store: Store, i: number) => Promise<boolean>) {
  const results = await Promise.all(Array.from({ length: 20 }, (_, i) => call(stores[i % 2 === 0 ? 0 : 1], i)));
  return results.filter((won) => won).length;
}

eachStore('a credential comes back as it was stored, with the authenticator it belongs to', async ({ store }) => {
  const credential = {
    signCount: 4_294_967_295,
    transports: ['internal', 'hybrid'],
    backupEligible: true,
    backedUp: true,
    userVerified: false,
    aaguid: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd',
  };
  await registered(store, { key: { disabledAt: 7 }, credential });
  assert.deepEqual(await store.authenticators.credentialById('Y3JlZC0x'), {
    ...credentialRow(credential),
    authenticator: passkeyRow({ disabledAt: 7 }),
  });
  assert.deepEqual(await store.authenticators.credentialsOf('acc-1'), [credentialRow(credential)]);
  // The same letters in another case are another id.
  assert.equal(await store.authenticators.credentialById('y3jlzc0x'), undefined);
  assert.equal(await store.authenticators.credentialById(''), undefined);
});

eachStore('credentials are listed by age, those of one account only', async ({ store }) => {
  await store.accounts.insert(accountRow());
  await store.accounts.insert(accountRow({ id: 'acc-2', name: 'bob' }));
  for (const [id, accountId, createdAt] of [
    ['b', 'acc-1', 2],
    ['c', 'acc-1', 1],
    ['a', 'acc-1', 2],
    ['d', 'acc-2', 1],
  ] as const) {
    await store.authenticators.insert(passkeyRow({ id, accountId, createdAt }));
    await store.authenticators.insertCredential(credentialRow({ authenticatorId: id, credentialId: `cred-${id}` }));
  }
  const listed = async (accountId: string) =>
    (await store.authenticators.credentialsOf(accountId)).map((row) => row.authenticatorId);
  assert.deepEqual(await listed('acc-1'), ['c', 'a', 'b']);
  assert.deepEqual(await listed('acc-2'), ['d']);
  assert.deepEqual(await listed('nobody'), []);
  const counts = new Map([
    ['acc-1', 3],
    ['acc-2', 1],
  ]);
  assert.deepEqual(await store.authenticators.counts(), counts);
});

eachStore(
  'a credential id is registered once, whoever comes second, and the refusal leaves a transaction usable',
  async ({ store }) => {
    await registered(store);
    await store.accounts.insert(accountRow({ id: 'acc-2', name: 'bob' }));
    await store.authenticators.insert(passkeyRow({ id: 'key-2', accountId: 'acc-2' }));
    const stolen = credentialRow({ authenticatorId: 'key-2', rpId: 'other.test', publicKey: 'b3RoZXI' });
    await assert.rejects(store.authenticators.insertCredential(stolen), { code: 'conflict' });
    await store.underAccount('acc-2', async (tx) => {
      await assert.rejects(tx.authenticators.insertCredential(stolen), { code: 'conflict' });
      await tx.authenticators.insertCredential({ ...stolen, credentialId: 'Y3JlZC0y' });
    });
    assert.equal((await store.authenticators.credentialById('Y3JlZC0x'))?.authenticator.accountId, 'acc-1');
    assert.equal((await store.authenticators.credentialById('Y3JlZC0y'))?.authenticator.accountId, 'acc-2');
    // One authenticator, one credential; and none without an authenticator.
    const second = credentialRow({ credentialId: 'Y3JlZC0z' });
    await assert.rejects(store.authenticators.insertCredential(second), { code: 'conflict' });
    const homeless = credentialRow({ credentialId: 'Y3JlZC0z', authenticatorId: 'nobody' });
    await assert.rejects(store.authenticators.insertCredential(homeless), { code: 'store-unavailable' });
    assert.equal(await store.authenticators.credentialById('Y3JlZC0z'), undefined);
  },
);

eachStore('of twenty registrations of one credential id at once exactly one is kept', async ({ store, another }) => {
  const both = [store, await another()] as const;
  await store.accounts.insert(accountRow());
  for (let i = 0; i < 20; i += 1) await store.authenticators.insert(passkeyRow({ id: `key-${i}` }));
  const won = await wonOfTwenty(both, (s, i) =>
    s.authenticators.insertCredential(credentialRow({ authenticatorId: `key-${i}` })).then(
      () => true,
      (error) => (error.code === 'conflict' ? false : Promise.reject(error)),
    ),
  );
  assert.equal(won, 1);
  assert.equal((await store.authenticators.credentialsOf('acc-1')).length, 1);
});

eachStore('an accepted assertion moves the count, the backup state and the last use', async ({ store }) => {
  await registered(store, { key: { failures: 3 }, credential: { signCount: 5, backupEligible: true } });
  assert.equal(await store.authenticators.acceptAssertion('key-1', { signCount: 6, backedUp: true }, 50), true);
  assert.deepEqual(await store.authenticators.credentialById('Y3JlZC0x'), {
    ...credentialRow({ signCount: 6, backupEligible: true, backedUp: true }),
    authenticator: passkeyRow({ lastUsedAt: 50 }),
  });
  assert.equal(await store.authenticators.acceptAssertion('key-1', { signCount: 7, backedUp: false }, 51), true);
  assert.equal((await store.authenticators.credentialsOf('acc-1'))[0]?.backedUp, false);
});

const counts: readonly {
  name: string;
  backupEligible: boolean;
  stored: number;
  shown: number;
  accepted: boolean;
}[] = [
  { name: 'a count that grew', backupEligible: false, stored: 5, shown: 6, accepted: true },
  { name: 'the first count', backupEligible: false, stored: 0, shown: 1, accepted: true },
  { name: 'no count, as ever', backupEligible: false, stored: 0, shown: 0, accepted: true },
  { name: 'the same count', backupEligible: false, stored: 5, shown: 5, accepted: false },
  { name: 'a lower count', backupEligible: false, stored: 5, shown: 4, accepted: false },
  { name: 'no count after one', backupEligible: false, stored: 5, shown: 0, accepted: false },
  { name: 'no count after 1', backupEligible: false, stored: 1, shown: 0, accepted: false },
  { name: 'a lower count of a synced key', backupEligible: true, stored: 5, shown: 4, accepted: true },
  { name: 'the same count of a synced key', backupEligible: true, stored: 5, shown: 5, accepted: true },
];

for (const { name, backupEligible, stored, shown, accepted } of counts) {
  eachStore(`${name} is ${accepted ? 'accepted' : 'refused, and changes nothing'}`, async ({ store }) => {
    await registered(store, { key: { failures: 2 }, credential: { signCount: stored, backupEligible } });
    const before = await store.authenticators.credentialById('Y3JlZC0x');
    const set: Accepted = { signCount: shown, backedUp: backupEligible };
    assert.equal(await store.authenticators.acceptAssertion('key-1', set, 50), accepted);
    const after = await store.authenticators.credentialById('Y3JlZC0x');
    if (accepted) {
      assert.equal(after?.signCount, shown);
      assert.deepEqual(after?.authenticator, passkeyRow({ lastUsedAt: 50 }));
    } else {
      assert.deepEqual(after, before);
    }
  });
}

eachStore('a disabled, removed or other authenticator accepts no assertion', async ({ store }) => {
  const set: Accepted = { signCount: 9, backedUp: false };
  await registered(store, { key: { disabledAt: 5 } });
  const before = await store.authenticators.credentialById('Y3JlZC0x');
  assert.equal(await store.authenticators.acceptAssertion('key-1', set, 50), false);
  assert.deepEqual(await store.authenticators.credentialById('Y3JlZC0x'), before);
  await store.authenticators.insert(totpRow());
  assert.equal(await store.authenticators.acceptAssertion('auth-1', set, 50), false);
  assert.deepEqual(await store.authenticators.byId('auth-1'), totpRow());
  assert.equal(await store.authenticators.acceptAssertion('nobody', set, 50), false);
  assert.equal(await store.authenticators.remove('key-1'), true);
  assert.equal(await store.authenticators.acceptAssertion('key-1', set, 50), false);
});

eachStore(
  'of twenty assertions of one count at once, by two processes, one is accepted',
  async ({ store, another }) => {
    const both = [store, await another()] as const;
    await registered(store, { credential: { signCount: 5 } });
    const set: Accepted = { signCount: 6, backedUp: false };
    assert.equal(await wonOfTwenty(both, (s) => s.authenticators.acceptAssertion('key-1', set, 50)), 1);
    // Within transactions too, as the sign-in does it.
    const next: Accepted = { signCount: 7, backedUp: false };
    const inside = (s: Store) => s.underAccount('acc-1', (tx) => tx.authenticators.acceptAssertion('key-1', next, 51));
    assert.equal(await wonOfTwenty(both, inside), 1);
    assert.equal((await store.authenticators.credentialsOf('acc-1'))[0]?.signCount, 7);
  },
);

eachStore('of assertions at once the highest count stays', async ({ store, another }) => {
  const both = [store, await another()] as const;
  await registered(store);
  const won = await wonOfTwenty(both, (s, i) =>
    s.authenticators.acceptAssertion('key-1', { signCount: i + 1, backedUp: false }, 50),
  );
  assert.ok(won >= 1);
  assert.equal((await store.authenticators.credentialsOf('acc-1'))[0]?.signCount, 20);
});

eachStore(
  'assertions and the removal of their authenticator at once wait for each other, none fails',
  async ({ store, another }) => {
    const both = [store, await another()] as const;
    await registered(store);
    const accepted = wonOfTwenty(both, (s, i) =>
      s.authenticators.acceptAssertion('key-1', { signCount: i + 1, backedUp: false }, 50),
    );
    assert.equal(await store.authenticators.remove('key-1'), true);
    await accepted;
    assert.equal(await store.authenticators.credentialById('Y3JlZC0x'), undefined);
  },
);

eachStore('what a transaction that fails accepted or registered is undone', async ({ store }) => {
  await registered(store);
  const before = await store.authenticators.credentialById('Y3JlZC0x');
  const failing = store.underAccount('acc-1', async (tx) => {
    assert.equal(await tx.authenticators.acceptAssertion('key-1', { signCount: 1, backedUp: false }, 50), true);
    await tx.authenticators.insert(passkeyRow({ id: 'key-2' }));
    await tx.authenticators.insertCredential(credentialRow({ authenticatorId: 'key-2', credentialId: 'Y3JlZC0y' }));
    throw new Error('no');
  });
  await assert.rejects(failing, { message: 'no' });
  assert.deepEqual(await store.authenticators.credentialById('Y3JlZC0x'), before);
  assert.equal(await store.authenticators.credentialById('Y3JlZC0y'), undefined);
});

eachStore('a credential goes with its authenticator, and with its account', async ({ store }) => {
  await registered(store);
  await store.authenticators.insert(passkeyRow({ id: 'key-2' }));
  await store.authenticators.insertCredential(credentialRow({ authenticatorId: 'key-2', credentialId: 'Y3JlZC0y' }));
  assert.equal(await store.authenticators.remove('key-1'), true);
  assert.equal(await store.authenticators.credentialById('Y3JlZC0x'), undefined);
  assert.notEqual(await store.authenticators.credentialById('Y3JlZC0y'), undefined);
  assert.equal(await store.accounts.remove('acc-1'), true);
  assert.equal(await store.authenticators.credentialById('Y3JlZC0y'), undefined);
  assert.deepEqual(await store.authenticators.counts(), new Map());
});
