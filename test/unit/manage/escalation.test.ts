import assert from 'node:assert/strict';
import test from 'node:test';
import { findAccounts } from '../../../src/manage/account-find.ts';
import { showAccountPage } from '../../../src/manage/account-page.ts';
import { listAccounts, showAccount } from '../../../src/manage/accounts.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import { addDirectoryGroup, directoryMembers } from '../../../src/manage/directory-groups.ts';
import { importAccounts as importAct } from '../../../src/manage/import.ts';
import { rotateKey } from '../../../src/manage/keys.ts';
import { beginLockDown, showLockDown } from '../../../src/manage/lock-down.ts';
import { issueToken } from '../../../src/manage/operations.ts';
import {
  addOrganisation,
  moveAccount,
  removeOrganisation,
  restrictOrganisation,
  setOrganisation,
} from '../../../src/manage/organisations.ts';
import { grantRole, listRoles, revokeRole } from '../../../src/manage/roles.ts';
import { revokeAllSessions, revokeAppSessions } from '../../../src/manage/sessions.ts';
import { OWNER } from '../../../src/roles.ts';
import { addAccount, issueTicket } from '../../support/manage.ts';
import { inWorld, openWorld, outcome, type World } from '../login/world.ts';
import { askerWith, targetOf } from './role-stage.ts';

/** Ways to more than somebody holds, each of several steps of which every one is allowed. */

async function twoOrganisations({ manage }: World): Promise<readonly [string, string]> {
  const add = async (name: string) => (await addOrganisation.perform(manage, { name, realm: 'staff' })).id;
  return [await add('North'), await add('South')];
}

async function openTickets({ store, clock }: World, accountId: string): Promise<number> {
  return (await store.tickets.listOpen(clock.now(), { reach: 'all', accountId })).length;
}

/** A person of the organisation, a link of theirs that its help desk holds, and an enrolment that another one has opened. */
async function invited(world: World, organisation: string, name: string): Promise<string> {
  const { manage, store, clock } = world;
  const { id } = await addAccount(manage, { name, realm: 'staff', organisation });
  const desk = await askerWith(world, [{ role: 'help-desk', organisation }]);
  await issueTicket(desk, id);
  const now = clock.now();
  await store.underAccount(id, (tx) =>
    tx.pendings.insert({
      ...{ id: `pending-${name}`, hash: `hash-${name}`, purpose: 'enrol', appId: world.wiki.id, accountId: id },
      ...{ claimedName: name, proofs: [{ kind: 'ticket', at: now }], state: null, ticketId: null, next: '/' },
      ...{ createdAt: now, expiresAt: now + 60_000 },
    }),
  );
  return id;
}

test(
  'a link that a help desk has issued opens nothing of somebody who has been given a role since',
  inWorld(async (world) => {
    const [north] = await twoOrganisations(world);
    const id = await invited(world, north, 'ann');
    assert.equal(await openTickets(world, id), 1);
    const granted = await grantRole.perform(world.manage, { account: id, role: 'administrator', organisation: north });
    assert.equal(await openTickets(world, id), 0);
    assert.equal(granted.ticketsEnded, 1);
    assert.equal(await world.store.pendings.byHash('hash-ann'), undefined);
  }),
);

test(
  'a link that one organisation has issued opens nothing of somebody who belongs to another since',
  inWorld(async (world) => {
    const [north, south] = await twoOrganisations(world);
    const ann = await invited(world, north, 'ann');
    await moveAccount.perform(world.manage, { account: ann, organisation: south });
    assert.equal(await openTickets(world, ann), 0);
    assert.equal(await world.store.pendings.byHash('hash-ann'), undefined);
    const ben = await invited(world, north, 'ben');
    await importAct.perform(world.manage, { text: 'account,realm,organisation\nben,staff,South\n' });
    assert.equal(await openTickets(world, ben), 0);
    assert.equal(await world.store.pendings.byHash('hash-ben'), undefined);
  }),
);

test(
  'an organisation that is called as the id of another is not taken for it',
  inWorld(async (world) => {
    const { manage, store } = world;
    const [north, south] = await twoOrganisations(world);
    const manager = await askerWith(world, [{ role: 'administrator', organisation: north }]);
    await outcome(setOrganisation.perform(manager, { organisation: north, name: south }));
    await restrictOrganisation.perform(manage, { organisation: south, policy: { require: 'passkey' } });
    assert.equal((await store.organisations.byId(north))?.policy, '{}');
    const { id } = await addAccount(manage, { name: 'ann', realm: 'staff', organisation: south });
    assert.equal((await store.accounts.byId(id))?.organisationId, south);
    await importAct.perform(manage, { text: `account,realm,organisation\nben,staff,${south}\n` });
    assert.equal((await store.accounts.byName('staff', 'ben'))?.organisationId, south);
  }),
);

test(
  'a group of a directory has no members but those of exactly its name',
  inWorld(async (world) => {
    const { manage } = world;
    const [organisation] = await twoOrganisations(world);
    const wish = { organisation, displayName: 'staff', externalId: null };
    const { id: group } = await addDirectoryGroup.perform(manage, wish);
    const add = (name: string, ...groups: string[]) =>
      addAccount(manage, { name, realm: 'staff', organisation, groups });
    await add('ann', 'Staff');
    await add('ben', 'xstaff', 'staffx');
    await add('cat', 'other', 'staff');
    const members = await directoryMembers.ask(manage, { organisation, group });
    assert.deepEqual(
      members.map(({ name }) => name),
      ['cat'],
    );
  }),
);

test(
  'no organisation takes the name of the realm, where accounts without another belong',
  inWorld(async (world) => {
    const { manage } = world;
    const { id } = await addOrganisation.perform(manage, { name: 'Shop', realm: 'customers' });
    assert.equal(await outcome(setOrganisation.perform(manage, { organisation: id, name: 'customers' })), 'usage');
    await addAccount(manage, { name: 'ann', realm: 'customers' });
  }),
);

test(
  'an owner is made by role.grant alone: not by a token for accounts, nor without a factor of late',
  inWorld(async (world) => {
    const owner = await askerWith(world, [OWNER]);
    const wish = { name: 'directory', role: 'owner', operations: ['account.add', 'ticket.issue'] } as const;
    const { id: tokenId } = await issueToken.perform(owner, wish);
    const token: ManageContext = { ...owner, actor: `token:${tokenId}`, authority: { kind: 'token', tokenId } };
    const stale = await askerWith(world, [OWNER], false);
    for (const [n, asker] of [token, stale].entries())
      assert.equal(await outcome(addAccount(asker, { name: `boss${n}`, realm: 'staff', admin: true })), 'forbidden');
    assert.equal(await world.store.accounts.byName('staff', 'boss0'), undefined);
  }),
);

test(
  'a role for an organisation that is no more can be taken away, and none is left behind',
  inWorld(async (world) => {
    const { manage, store } = world;
    const [north] = await twoOrganisations(world);
    const { id } = await addAccount(manage, { name: 'ann', realm: 'staff' });
    await grantRole.perform(manage, { account: id, role: 'auditor', organisation: north });
    assert.equal(await outcome(removeOrganisation.perform(manage, { organisation: north })), 'conflict');
    const grants = [{ role: 'auditor', organisation: 'gone' }] as const;
    await store.underAccount(id, (tx) => tx.accounts.update(id, { roles: grants }));
    await revokeRole.perform(manage, { account: id, role: 'auditor', organisation: 'gone' });
    assert.deepEqual((await store.accounts.byId(id))?.roles, []);
    await removeOrganisation.perform(manage, { organisation: north });
  }),
);

test('whoever ends the sessions of an organisation at once ends none of people who hold more', async () => {
  const world = await openWorld();
  try {
    const { id: mine } = await addOrganisation.perform(world.manage, { name: 'Mine', realm: 'staff' });
    const [plain, above] = [await targetOf(world, mine), await targetOf(world, mine)];
    await world.store.underAccount(above.account, (tx) => tx.accounts.update(above.account, { roles: [OWNER] }));
    const asker = await askerWith(world, [{ role: 'administrator', organisation: mine }]);
    assert.deepEqual(await revokeAppSessions.perform(asker, { app: 'wiki' }), [plain.session]);
    assert.deepEqual(await revokeAllSessions.perform(asker, {}), []);
    assert.equal((await world.store.sessions.byId(above.session))?.endedAt, null);
    assert.deepEqual(await revokeAllSessions.perform(world.manage, {}), [above.session]);
  } finally {
    await world.close();
  }
});

test('a key is not rotated by an owner whose role is gone when the transaction begins', async () => {
  const world = await openWorld();
  try {
    const asker = await askerWith(world, [OWNER]);
    const { store, seal } = world;
    const late: typeof store = {
      ...store,
      transaction: async (work) => {
        await store.underAccount(asker.actor, (tx) => tx.accounts.update(asker.actor, { roles: [] }));
        return store.transaction(work);
      },
    };
    assert.equal(await outcome(rotateKey.perform({ ...asker, store: late, seal }, { now: false })), 'forbidden');
    assert.deepEqual(await store.keys.list(), []);
  } finally {
    await world.close();
  }
});

test(
  'a token does nothing to its maker that the maker could not do to themselves',
  inWorld(async (world) => {
    const maker = await askerWith(world, [OWNER]);
    const operations = ['role.grant', 'ticket.issue', 'account.show'];
    const { id: tokenId } = await issueToken.perform(maker, { name: 'mine', role: 'owner', operations });
    const token: ManageContext = { ...maker, actor: `token:${tokenId}`, authority: { kind: 'token', tokenId } };
    const self = maker.actor;
    const grant = grantRole.perform(token, { account: self, role: 'auditor' });
    assert.equal(await outcome(grant), 'forbidden');
    assert.equal(await outcome(issueTicket(token, self)), 'forbidden');
    assert.equal((await showAccount.ask(token, { account: self })).id, self);
    const { id } = await addAccount(world.manage, { name: 'ann', realm: 'staff' });
    assert.equal((await grantRole.perform(token, { account: id, role: 'auditor' })).admin, true);
  }),
);

test(
  'roles for organisations that an asker may not know of are not told, nor who closed signing in',
  inWorld(async (world) => {
    const [north, south] = await twoOrganisations(world);
    const { id } = await addAccount(world.manage, { name: 'ann', realm: 'staff', organisation: north });
    for (const organisation of [north, south])
      await grantRole.perform(world.manage, { account: id, role: 'auditor', organisation });
    const manager = await askerWith(world, [{ role: 'owner', organisation: north }]);
    const own = [{ role: 'auditor', organisation: north }];
    assert.deepEqual((await showAccount.ask(manager, { account: id })).roles, own);
    assert.deepEqual((await listRoles.ask(manager, {})).find((each) => each.id === id)?.roles, own);
    const page = await showAccountPage.ask(manager, { account: id });
    assert.deepEqual([page.account.roles, page.account.admin], [own, true]);
    const answers = [page, await listAccounts.ask(manager, {}), await findAccounts.ask(manager, {})];
    assert.ok(!JSON.stringify(answers).includes(south));
    assert.equal((await showAccount.ask(world.manage, { account: id })).roles.length, 2);
    await beginLockDown.perform(world.manage, { reason: 'a list goes round', until: null });
    assert.equal((await showLockDown.ask(manager, {}))?.begunBy, null);
    assert.equal((await showLockDown.ask(world.manage, {}))?.begunBy, world.manage.actor);
  }),
);
