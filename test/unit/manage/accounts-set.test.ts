import assert from 'node:assert/strict';
import test from 'node:test';
import { listAccounts, showAccount } from '../../../src/manage/accounts.ts';
import { tailAudit } from '../../../src/manage/audit.ts';
import type { Change } from '../../../src/store/types.ts';
import { addAccount, setAccount } from '../../support/manage.ts';
import { totpRow } from '../../support/rows.ts';
import { begun, codeAt, enrolled, inWorld, outcome } from '../login/world.ts';

const DAY = 86_400_000;

test(
  'authenticators that work are counted, recovery codes apart, and the last sign-in outlives its session',
  inWorld(async (world) => {
    const { manage, store, clock } = world;
    const alice = await enrolled(world, world.portal, 'alice');
    const bob = await addAccount(manage, { name: 'bob', realm: 'staff' });
    await store.underAccount(bob.id, (tx) =>
      tx.authenticators.replaceRecovery(totpRow({ id: 'r', kind: 'recovery', secret: null, accountId: bob.id }), ['c']),
    );
    const eve = await addAccount(manage, { name: 'eve', realm: 'staff' });
    await store.underAccount(eve.id, (tx) =>
      tx.authenticators.insert(totpRow({ id: 'blocked', accountId: eve.id, disabledAt: 1 })),
    );
    const caller = world.caller(world.portal);
    const signedInAt = clock.at;
    await world.login.second(caller, await begun(world, caller, 'alice'), 'recovery', alice.recoveryCodes[0] ?? '');
    await store.sessions.purge(clock.at + 1000 * DAY);
    const seen = (await listAccounts.ask(manage, {})).map((row) => [row.name, row.authenticators, row.recoveryCodes]);
    assert.deepEqual(seen, [
      ['alice', 1, alice.recoveryCodes.length - 1],
      ['bob', 0, 1],
      ['eve', 0, 0],
    ]);
    for (const row of await listAccounts.ask(manage, {}))
      assert.deepEqual(await showAccount.ask(manage, { account: row.id }), row);
    assert.equal((await showAccount.ask(manage, { account: 'alice' })).lastSignIn, signedInAt);
    assert.equal((await showAccount.ask(manage, { account: 'bob' })).lastSignIn, null);
    const names = async (filter: Parameters<typeof listAccounts.ask>[1]) =>
      (await listAccounts.ask(manage, filter)).map((row) => row.name);
    assert.deepEqual(await names({ withoutFactor: true }), ['bob', 'eve']);
    clock.at += 89 * DAY;
    assert.deepEqual(await names({ unusedFor: 90 * DAY }), [], 'nobody is as old');
    clock.at += DAY;
    assert.deepEqual(await names({ unusedFor: 90 * DAY }), ['alice', 'bob', 'eve']);
    await addAccount(manage, { name: 'new', realm: 'staff' });
    clock.at += 60_000;
    const again = world.caller(world.portal);
    await world.login.second(again, await begun(world, again, 'alice'), 'totp', codeAt(alice.secret, clock.at));
    assert.deepEqual(await names({ unusedFor: 90 * DAY }), ['bob', 'eve']);
    assert.deepEqual(await names({ unusedFor: 90 * DAY, withoutFactor: true, realm: 'customers' }), []);
  }),
);

test(
  'groups and address are changed on record and announced; the old address alone is told',
  inWorld(async ({ manage, store }) => {
    const heard: Change[] = [];
    const feed = await store.watch({ change: (change) => void heard.push(change), lost: () => {} });
    try {
      const { id } = await addAccount(manage, {
        name: 'alice',
        realm: 'staff',
        email: 'old@x.test',
        groups: ['a', 'b'],
      });
      const groups = async (wish: Parameters<typeof setAccount>[2]) => (await setAccount(manage, id, wish)).groups;
      assert.deepEqual(await groups({ addGroups: ['c', 'a'] }), ['a', 'b', 'c']);
      assert.ok(heard.some((change) => change.topic === 'account' && change.ref === id));
      assert.deepEqual(await groups({ removeGroups: ['a', 'none'] }), ['b', 'c']);
      assert.deepEqual(await groups({ groups: ['x'], addGroups: ['y'] }), ['x', 'y']);
      assert.deepEqual(await groups({ groups: [] }), []);
      const due = async () =>
        (await store.notices.due(Number.MAX_SAFE_INTEGER, 9)).map((row) => [row.kind, row.recipient]);
      assert.deepEqual(await due(), [], 'groups are no news to the owner');
      assert.equal((await setAccount(manage, id, { email: 'new@x.test' })).email, 'new@x.test');
      assert.deepEqual(await due(), [['email-changed', 'old@x.test']]);
      const before = (await tailAudit(manage)).length;
      assert.equal((await setAccount(manage, id, { email: 'new@x.test', groups: [] })).changed, false);
      assert.equal((await tailAudit(manage)).length, before, 'what is as it was is not on record');
      assert.equal((await setAccount(manage, id, { email: null })).email, null);
      assert.equal((await due()).length, 2);
      const last = (await tailAudit(manage)).at(-1);
      assert.deepEqual(
        [last?.kind, last?.actor, JSON.parse(last?.detail ?? '')],
        ['account.set', 'cli:test', { name: 'alice', email: 'removed' }],
      );
    } finally {
      await feed.stop();
    }
  }),
);

test(
  'a faulty wish changes nothing',
  inWorld(async ({ manage }) => {
    await addAccount(manage, { name: 'alice', realm: 'staff' });
    for (const wish of [
      { email: 'x' },
      { groups: ['a b'] },
      { addGroups: ['ä'] },
      { addGroups: ['a'], removeGroups: ['a'] },
    ])
      assert.equal(await outcome(setAccount(manage, 'alice', wish)), 'usage', JSON.stringify(wish));
    assert.equal(await outcome(setAccount(manage, 'zed', { groups: [] })), 'not-found');
    assert.equal((await tailAudit(manage)).length, 1);
  }),
);
