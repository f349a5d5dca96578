import assert from 'node:assert/strict';
import type { DirectoryAccountRow, DirectoryGroupRow, WholeStore } from '../../src/store/types.ts';
import { accountRow } from '../support/rows.ts';
import { eachStore } from '../support/stores.ts';

async function stage(store: WholeStore): Promise<void> {
  for (const id of ['org-a', 'org-b'])
    await store.organisations.insert({ id, realm: 'local', name: id, contact: '', policy: '{}', createdAt: 1 });
  for (const [id, organisationId, groups] of [
    ['a1', 'org-a', ['night_shift', 'x']],
    ['a2', 'org-a', ['nightXshift']],
    ['b1', 'org-b', ['night_shift']],
  ] as const)
    await store.accounts.insert(accountRow({ id, name: `name-${id}`, organisationId, groups }));
}

const told = (accountId: string, set: Partial<DirectoryAccountRow> = {}): DirectoryAccountRow => ({
  accountId,
  organisationId: `org-${accountId[0]}`,
  externalId: null,
  person: '{}',
  inactiveAt: null,
  ...set,
});

const made = (id: string, set: Partial<DirectoryGroupRow> = {}): DirectoryGroupRow => ({
  id,
  organisationId: 'org-a',
  name: id,
  displayName: id,
  externalId: null,
  createdAt: 1,
  ...set,
});

const conflict = { code: 'conflict' };

eachStore(
  'an external id is of one account of an organisation; another organisation has its own',
  async ({ store }) => {
    await stage(store);
    await store.directory.put(told('a1', { externalId: 'E' }));
    await store.directory.put(told('b1', { externalId: 'E' }));
    await store.directory.put(told('a1', { externalId: 'E', person: '{"displayName":"A"}', inactiveAt: 7 }));
    await assert.rejects(store.directory.put(told('a2', { externalId: 'E' })), conflict);
    const [found] = await store.directory.accounts('org-a', { externalId: 'E' });
    assert.deepEqual(
      [found?.account.id, found?.directory],
      ['a1', told('a1', { externalId: 'E', person: '{"displayName":"A"}', inactiveAt: 7 })],
    );
    await store.directory.keepDisabled('a1');
    const row = { id: 'a1', organisationId: 'org-a' };
    assert.equal((await store.directory.ofAccount(row))?.inactiveAt, null);
    const both = await Promise.allSettled([
      store.directory.put(told('a1', { externalId: 'F' })),
      store.directory.put(told('a2', { externalId: 'F' })),
    ]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'], 'of two at once one has it');
    const [lost] = both.filter((each) => each.status === 'rejected');
    assert.equal(lost?.status === 'rejected' && lost.reason.code, 'conflict');
  },
);

eachStore(
  'what a directory says of an account goes with it, and is said no more once it has moved',
  async ({ store }) => {
    await stage(store);
    await store.directory.put(told('a1', { externalId: 'E' }));
    await store.accounts.update('a1', { organisationId: 'org-b' });
    assert.equal(await store.directory.ofAccount({ id: 'a1', organisationId: 'org-b' }), undefined);
    assert.equal((await store.directory.accounts('org-b', { id: 'a1' }))[0]?.directory, undefined);
    assert.deepEqual(await store.directory.accounts('org-a', { externalId: 'E' }), []);
    await store.directory.put(told('a2', { externalId: 'E' }));
    await store.accounts.remove('a2');
    assert.deepEqual(await store.directory.accounts('org-a', { externalId: 'E' }), []);
    await store.accounts.insert(accountRow({ id: 'a3', name: 'name-a3', organisationId: 'org-a' }));
    await store.directory.put(told('a3', { externalId: 'E' }));
  },
);

eachStore('accounts of an organisation come by name, some at a time, and those of no other', async ({ store }) => {
  await stage(store);
  await store.directory.put(told('a2', { externalId: 'E' }));
  const ids = async (offset: number, limit: number) =>
    (await store.directory.accounts('org-a', { offset, limit })).map(({ account }) => account.id);
  assert.deepEqual(
    [await ids(0, 9), await ids(0, 1), await ids(1, 1), await ids(2, 1)],
    [['a1', 'a2'], ['a1'], ['a2'], []],
  );
  assert.equal(await store.directory.count('org-a'), 2);
  assert.deepEqual(await store.directory.accounts('org-a', { name: 'name-b1' }), []);
  assert.deepEqual(await store.directory.accounts('org-a', { id: 'b1' }), []);
  // `_` stands for itself.
  assert.deepEqual(await store.directory.inGroup('org-a', 'night_shift'), [{ id: 'a1', name: 'name-a1' }]);
  assert.deepEqual(await store.directory.inGroup('org-a', 'x'), [{ id: 'a1', name: 'name-a1' }]);
  assert.deepEqual(await store.directory.inGroup('org-a', 'shift'), []);
});

eachStore('a group is of one name and one external id in its organisation', async ({ store }) => {
  await stage(store);
  await store.directory.addGroup(made('g1', { externalId: 'E' }));
  await store.directory.addGroup(made('g2', { createdAt: 2 }));
  await store.directory.addGroup(made('g3', { organisationId: 'org-b', name: 'g1', externalId: 'E' }));
  await assert.rejects(store.directory.addGroup(made('g4', { name: 'g1' })), conflict);
  await assert.rejects(store.directory.addGroup(made('g4', { externalId: 'E' })), conflict);
  const of = (id: string, organisationId = 'org-a') => ({ id, organisationId });
  await assert.rejects(store.directory.setGroup(of('g2'), { displayName: 'x', externalId: 'E' }), conflict);
  assert.equal(await store.directory.setGroup(of('g3'), { displayName: 'x', externalId: null }), false);
  assert.equal(await store.directory.setGroup(of('g2'), { displayName: 'x', externalId: 'F' }), true);
  assert.deepEqual(await store.directory.groups('org-a'), [
    made('g1', { externalId: 'E' }),
    made('g2', { displayName: 'x', externalId: 'F', createdAt: 2 }),
  ]);
  assert.equal(await store.directory.removeGroup(of('g3')), false);
  assert.equal(await store.directory.removeGroup(of('g1')), true);
  assert.deepEqual(
    (await store.directory.groups('org-a')).map(({ id }) => id),
    ['g2'],
  );
});
