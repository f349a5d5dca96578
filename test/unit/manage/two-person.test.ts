import assert from 'node:assert/strict';
import test from 'node:test';
import { TWO_PERSON } from '../../../src/config/two-person.ts';
import { SallyportError } from '../../../src/errors.ts';
import { removeAccount } from '../../../src/manage/accounts.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import { setDirectoryAccount } from '../../../src/manage/directory.ts';
import { ACTS, confirmProposal, issueToken } from '../../../src/manage/operations.ts';
import { addOrganisation, removeOrganisation, setOrganisation } from '../../../src/manage/organisations.ts';
import { showOverview } from '../../../src/manage/overview.ts';
import { listProposals, withdrawProposal } from '../../../src/manage/proposals.ts';
import { grantRole, revokeRole } from '../../../src/manage/roles.ts';
import { issueMany } from '../../../src/manage/tickets-many.ts';
import { OWNER } from '../../../src/roles.ts';
import { addAccount } from '../../support/manage.ts';
import { inWorld, outcome, type World } from '../login/world.ts';
import { askerWith } from './role-stage.ts';

const HOUR = 3_600_000;

/** Somebody who holds these, where those acts want two. */
async function somebody(
  world: World,
  grants: readonly (typeof OWNER)[],
  acts: readonly string[] = TWO_PERSON,
): Promise<ManageContext> {
  const ctx = await askerWith(world, grants);
  // As much of a console as acts look at.
  const own = { app: world.wiki, twoPerson: { acts, withinMs: HOUR } } as unknown as ManageContext['config']['console'];
  return { ...ctx, config: { ...ctx.config, console: own } };
}

const wish = (account: string) => ({ account, role: 'auditor', organisation: undefined }) as const;
const waiting = (ctx: ManageContext) => listProposals.ask(ctx, {});

async function ann({ manage }: World): Promise<string> {
  return (await addAccount(manage, { name: 'ann', realm: 'staff' })).id;
}

test('every act that can want two persons changes who can get in, and can be confirmed', () => {
  for (const name of TWO_PERSON) {
    const act = ACTS.find((each) => each.name === name);
    assert.ok(act?.needs.fresh === true && act.http !== null, name);
  }
});

test(
  'what one person proposes another does, once, and both are on record',
  inWorld(async (world) => {
    const [id, one, two] = [await ann(world), await somebody(world, [OWNER]), await somebody(world, [OWNER])];
    assert.equal(await outcome(grantRole.perform(one, wish(id))), 'second-person');
    assert.deepEqual((await world.store.accounts.byId(id))?.roles, [], 'nothing has changed yet');
    const [proposal] = await waiting(two);
    assert.ok(proposal);
    assert.deepEqual([proposal.operation, proposal.account, proposal.own], ['role.grant', 'ann', false]);
    assert.equal(proposal.by, (await world.store.accounts.byId(one.actor))?.name);
    assert.equal((await waiting(one))[0]?.own, true);
    assert.equal(await outcome(confirmProposal.perform(one, { id: proposal.id })), 'forbidden', 'not by oneself');
    const both = await Promise.all([1, 2].map(() => outcome(confirmProposal.perform(two, { id: proposal.id }))));
    assert.deepEqual(both.sort(), ['not-found', 'ok'], 'once');
    assert.equal((await world.store.accounts.byId(id))?.roles.length, 1);
    assert.deepEqual(await waiting(two), []);
    const kinds = (await world.store.audit.list({ limit: 100, accountId: id })).map(({ kind, actor }) => [kind, actor]);
    assert.deepEqual(kinds.slice(-3), [
      ['proposal.make', one.actor],
      ['proposal.confirm', two.actor],
      ['role.grant', two.actor],
    ]);
  }),
);

test(
  'whoever proposes is told who confirms it, where and until when; the overview of everybody else tells that it waits',
  inWorld(async (world) => {
    const [id, one, two] = [await ann(world), await somebody(world, [OWNER]), await somebody(world, [OWNER])];
    const refused = await grantRole.perform(one, wish(id)).then(
      () => assert.fail('it was done'),
      (error: unknown) => error,
    );
    assert.ok(refused instanceof SallyportError);
    const [proposal] = await waiting(two);
    const until = new Date(proposal?.expiresAt ?? 0).toISOString().slice(0, 16).replace('T', ' ');
    assert.equal(
      refused.shown,
      `Somebody else confirms it, owner or administrator of its organisation or of everything, at ${world.wiki.origin}/waiting, until ${until} UTC. There it is ${proposal?.id}.`,
    );
    const needed = async (ctx: ManageContext) =>
      (await showOverview.ask(ctx, {})).needs.filter(({ what }) => what === 'second-person');
    assert.deepEqual(await needed(two), [{ what: 'second-person', count: 1 }]);
    assert.deepEqual(await needed(one), [], 'whoever proposed it can only wait');
    await confirmProposal.perform(two, { id: proposal?.id ?? '' });
    assert.deepEqual(await needed(two), []);
  }),
);

test(
  'what cannot be done is not kept, and what could not be done any more is not confirmed',
  inWorld(async (world) => {
    const [id, one, two] = [await ann(world), await somebody(world, [OWNER]), await somebody(world, [OWNER])];
    assert.equal(await outcome(grantRole.perform(one, wish('nobody'))), 'not-found');
    assert.equal(await outcome(grantRole.perform(one, wish(one.actor))), 'forbidden');
    const stale = { ...one, authority: { kind: 'person', accountId: one.actor, fresh: false } } as const;
    assert.equal(await outcome(grantRole.perform(stale, wish(id))), 'step-up-required');
    assert.deepEqual(await waiting(two), []);
    assert.equal(await outcome(grantRole.perform(one, wish(id))), 'second-person');
    const [proposal] = await waiting(two);
    assert.ok(proposal);
    // Whoever proposed it holds nothing any more.
    await world.store.underAccount(one.actor, (tx) => tx.accounts.update(one.actor, { roles: [] }));
    assert.equal(await outcome(confirmProposal.perform(two, { id: proposal.id })), 'forbidden');
    assert.equal((await waiting(two)).length, 1, 'nothing was used up by it');
    world.clock.at += HOUR;
    assert.equal(await outcome(confirmProposal.perform(two, { id: proposal.id })), 'not-found', 'its time is over');
    assert.deepEqual((await world.store.accounts.byId(id))?.roles, []);
  }),
);

test(
  'an act that fails when it is confirmed leaves its proposal, and a program confirms nothing',
  inWorld(async (world) => {
    const [id, one, two] = [await ann(world), await somebody(world, [OWNER]), await somebody(world, [OWNER])];
    assert.equal(await outcome(grantRole.perform(one, wish(id))), 'second-person');
    const [proposal] = await waiting(two);
    assert.ok(proposal);
    await grantRole.perform(world.manage, wish(id));
    assert.equal(await outcome(confirmProposal.perform(two, { id: proposal.id })), 'conflict');
    assert.equal((await waiting(two)).length, 1);
    const operations = ['proposal.confirm', 'role.grant', 'role.revoke'];
    const { id: tokenId } = await issueToken.perform(two, { name: 'p', role: 'owner', operations });
    const token: ManageContext = { ...two, actor: `token:${tokenId}`, authority: { kind: 'token', tokenId } };
    assert.equal(await outcome(confirmProposal.perform(token, { id: proposal.id })), 'forbidden');
    // What a program proposes is its maker's: another person confirms it.
    assert.equal(await outcome(revokeRole.perform(token, wish(id))), 'second-person');
    const other = (await waiting(two)).find(({ operation }) => operation === 'role.revoke');
    assert.ok(other);
    assert.equal(await outcome(confirmProposal.perform(two, { id: other.id })), 'forbidden');
    assert.equal(await outcome(confirmProposal.perform(one, { id: other.id })), 'ok');
  }),
);

test(
  'other organisations see nothing of it, it is taken back once, and links in bulk are no way round',
  inWorld(async (world) => {
    const add = async (name: string) => (await addOrganisation.perform(world.manage, { name, realm: 'staff' })).id;
    const [north, south] = [await add('North'), await add('South')];
    const { id } = await addAccount(world.manage, { name: 'ben', realm: 'staff', organisation: north });
    const one = await somebody(world, [{ role: 'owner', organisation: north }]);
    const stranger = await somebody(world, [{ role: 'owner', organisation: south }]);
    assert.equal(await outcome(grantRole.perform(one, { ...wish(id), organisation: north })), 'second-person');
    const [proposal] = await waiting(one);
    assert.ok(proposal);
    assert.deepEqual(await waiting(stranger), []);
    for (const act of [confirmProposal, withdrawProposal])
      assert.equal(await outcome(act.perform(stranger, { id: proposal.id })), 'not-found');
    assert.equal(await outcome(withdrawProposal.perform(one, { id: proposal.id })), 'ok');
    assert.equal(await outcome(withdrawProposal.perform(one, { id: proposal.id })), 'not-found');
    assert.equal(await outcome(issueMany(one, { organisation: north })), 'forbidden');
  }),
);

test(
  'nobody fills the list: at the limit the next one is refused',
  inWorld(async (world) => {
    const [id, one] = [await ann(world), await somebody(world, [OWNER])];
    const outcomes = [];
    for (let i = 0; i < 51; i += 1) outcomes.push(await outcome(grantRole.perform(one, wish(id))));
    assert.deepEqual(outcomes.slice(-2), ['second-person', 'conflict']);
  }),
);

test(
  'what was proposed about one account is not done to another that has its name since',
  inWorld(async (world) => {
    const [id, one, two] = [await ann(world), await somebody(world, [OWNER]), await somebody(world, [OWNER])];
    assert.equal(await outcome(grantRole.perform(one, wish('ann'))), 'second-person');
    await removeAccount.perform(world.manage, { account: id });
    const other = await ann(world);
    const [proposal] = await waiting(two);
    assert.ok(proposal);
    assert.equal(proposal.accountId, id);
    assert.equal(await outcome(confirmProposal.perform(two, { id: proposal.id })), 'conflict');
    assert.deepEqual((await world.store.accounts.byId(other))?.roles, []);
    assert.equal(await outcome(grantRole.perform(one, wish('ann'))), 'second-person');
    const again = (await waiting(two)).find(({ accountId }) => accountId === other);
    assert.equal(await outcome(confirmProposal.perform(two, { id: again?.id ?? '' })), 'ok');
  }),
);

test(
  'a directory is no way round: whom it has disabled it does not enable where that wants two persons',
  inWorld(async (world) => {
    const organisation = (await addOrganisation.perform(world.manage, { name: 'North', realm: 'staff' })).id;
    const { id } = await addAccount(world.manage, { name: 'ben', realm: 'staff', organisation });
    const one = await somebody(world, [OWNER]);
    const set = (by: ManageContext, active: boolean) =>
      outcome(setDirectoryAccount.perform(by, { account: id, externalId: null, person: {}, active }));
    assert.equal(await set(one, false), 'ok');
    assert.equal(await set(one, true), 'forbidden');
    assert.notEqual((await world.store.accounts.byId(id))?.disabledAt, null);
    assert.equal(await set({ ...one, config: world.manage.config }, true), 'ok', 'where one person is enough');
  }),
);

test(
  'an organisation is meant by its id: a name that another has taken meanwhile means nobody else',
  inWorld(async (world) => {
    const [id, one, two] = [await ann(world), await somebody(world, [OWNER]), await somebody(world, [OWNER])];
    const hill = await addOrganisation.perform(one, { name: 'Hill', realm: 'staff' });
    assert.equal(await outcome(grantRole.perform(one, { ...wish(id), organisation: 'Hill' })), 'second-person');
    await setOrganisation.perform(one, { organisation: hill.id, name: 'Mill' });
    const other = await addOrganisation.perform(one, { name: 'Hill', realm: 'staff' });
    const [proposal] = await waiting(two);
    assert.ok(proposal);
    assert.deepEqual(
      [proposal.input['organisation'], proposal.organisation],
      [hill.id, 'Mill'],
      'what will be done is shown',
    );
    await confirmProposal.perform(two, { id: proposal.id });
    assert.deepEqual((await world.store.accounts.byId(id))?.roles, [{ role: 'auditor', organisation: hill.id }]);
    // One that is removed, whose id is another's name then.
    assert.equal(await outcome(grantRole.perform(one, { ...wish(id), organisation: other.id })), 'second-person');
    const plain = await somebody(world, [OWNER], []);
    await removeOrganisation.perform(plain, { organisation: other.id });
    await addOrganisation.perform(one, { name: other.id, realm: 'staff' });
    const [left] = await waiting(two);
    assert.ok(left);
    assert.equal(await outcome(confirmProposal.perform(two, { id: left.id })), 'conflict');
    assert.equal((await world.store.accounts.byId(id))?.roles.length, 1);
  }),
);
