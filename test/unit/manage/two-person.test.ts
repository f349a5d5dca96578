import assert from 'node:assert/strict';
import test from 'node:test';
import { TWO_PERSON, type TwoPersonAct } from '../../../src/config/two-person.ts';
import { SallyportError } from '../../../src/errors.ts';
import { removeAccount } from '../../../src/manage/accounts.ts';
import type { Administration } from '../../../src/manage/administration.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import { setDirectoryAccount } from '../../../src/manage/directory.ts';
import { importAccounts } from '../../../src/manage/import.ts';
import { beginLockDown } from '../../../src/manage/lock-down.ts';
import { ACTS, confirmProposal, issueToken } from '../../../src/manage/operations.ts';
import { addOrganisation, removeOrganisation, setOrganisation } from '../../../src/manage/organisations.ts';
import { showOverview } from '../../../src/manage/overview.ts';
import { listProposals, waitingFor, withdrawProposal } from '../../../src/manage/proposals.ts';
import { grantRole, revokeRole } from '../../../src/manage/roles.ts';
import { issueMany } from '../../../src/manage/tickets-many.ts';
import { OWNER } from '../../../src/roles.ts';
import { addAccount } from '../../support/manage.ts';
import { inWorld, outcome, type World } from '../login/world.ts';
import { askerWith, targetOf } from './role-stage.ts';

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
  'every act that is made to want two persons waits for the second, and none is done by the first alone',
  inWorld(async (world) => {
    const organisation = (await addOrganisation.perform(world.manage, { name: 'North', realm: 'staff' })).id;
    const target = await targetOf(world, organisation);
    const one = await somebody(world, [OWNER]);
    const { account, authenticator: id } = target;
    const inputs: Readonly<Record<TwoPersonAct, unknown>> = {
      'account.enable': { account },
      'account.move': { account, organisation: target.empty },
      'account.remove': { account },
      'app-name.remove': { account, app: world.wiki.id },
      'app-name.set': { account, app: world.wiki.id, name: 'elsewhere' },
      'authenticator.remove': { id },
      'key.rotate': { now: true },
      'lock-down.end': {},
      'organisation.remove': { organisation: target.empty },
      'organisation.restrict': { organisation, policy: {} },
      'role.grant': wish(account),
      'role.revoke': wish(account),
      'session.revoke-all': {},
      'ticket.issue': { account },
    };
    const before = (await world.store.keys.list()).length;
    for (const name of TWO_PERSON) {
      const act = ACTS.find((each) => each.name === name) as Administration<unknown, unknown> | undefined;
      assert.equal(await outcome(act?.perform(one, inputs[name]) ?? Promise.resolve()), 'second-person', name);
    }
    assert.equal((await waiting(one)).filter(({ own }) => own).length, TWO_PERSON.length);
    assert.equal((await world.store.keys.list()).length, before);
    // One whose act has its own way to be done.
    const two = { ...(await somebody(world, [OWNER])), seal: world.seal };
    const key = (await waiting(two)).find(({ operation }) => operation === 'key.rotate');
    assert.equal(await outcome(confirmProposal.perform(two, { id: key?.id ?? '' })), 'ok');
    assert.equal((await world.store.keys.list()).length, before + 1);
    assert.equal(await outcome(confirmProposal.perform(two, { id: key?.id ?? '' })), 'not-found', 'once');
  }),
);

test(
  'a list moves nobody where moving wants two persons',
  inWorld(async (world) => {
    const add = async (name: string) => (await addOrganisation.perform(world.manage, { name, realm: 'staff' })).id;
    const [north, south] = [await add('North'), await add('South')];
    const { id } = await addAccount(world.manage, { name: 'ben', realm: 'staff', organisation: north });
    const one = await somebody(world, [OWNER]);
    const moving = (by: ManageContext) =>
      outcome(importAccounts.perform(by, { text: 'account,realm,organisation\nben,staff,South\n' }));
    assert.equal(await moving(one), 'forbidden');
    assert.equal((await world.store.accounts.byId(id))?.organisationId, north);
    const text = 'account,realm,email\nben,staff,ben@example.org\n';
    assert.equal(await outcome(importAccounts.perform(one, { text })), 'ok', 'what moves nobody is done');
    assert.equal(await moving({ ...one, config: world.manage.config }), 'ok', 'where one person is enough');
    assert.equal((await world.store.accounts.byId(id))?.organisationId, south);
  }),
);

test(
  'a lock-down whose end wants two persons is not cut short by beginning another',
  inWorld(async (world) => {
    const one = await somebody(world, [OWNER]);
    const { clock } = world;
    const begin = (until: number | null, by = one) => outcome(beginLockDown.perform(by, { reason: 'x', until }));
    assert.equal(await begin(null), 'ok');
    assert.equal(await begin(clock.now() + HOUR), 'forbidden');
    assert.equal(await begin(null), 'ok');
    assert.equal(await begin(clock.now() + HOUR, world.manage), 'ok', 'whoever has the machine');
    assert.equal(await begin(clock.now() + HOUR - 1), 'forbidden');
    assert.equal(await begin(clock.now() + 2 * HOUR), 'ok', 'for longer');
    clock.at += 3 * HOUR;
    assert.equal(await begin(clock.now() + HOUR / 2), 'ok', 'one that is over holds nobody up');
    assert.equal(await begin(clock.now() + HOUR / 4, { ...one, config: world.manage.config }), 'ok');
  }),
);

test(
  'whoever made the token that proposed it is not offered to confirm it, and is told of it as their own',
  inWorld(async (world) => {
    const [id, one, two] = [await ann(world), await somebody(world, [OWNER]), await somebody(world, [OWNER])];
    const operations = ['role.grant', 'proposal.list', 'overview.show'];
    const { id: tokenId } = await issueToken.perform(one, { name: 'p', role: 'owner', operations });
    const token: ManageContext = { ...one, actor: `token:${tokenId}`, authority: { kind: 'token', tokenId } };
    assert.equal(await outcome(grantRole.perform(token, wish(id))), 'second-person');
    const [mine, theirs] = [(await waiting(one))[0], (await waiting(two))[0]];
    assert.ok(mine && theirs);
    assert.equal(mine.own, true);
    assert.equal((await waiting(token))[0]?.own, true, 'for the program too');
    const maker = (await world.store.accounts.byId(one.actor))?.name;
    assert.deepEqual([theirs.own, theirs.by, theirs.actor], [false, maker, `token:${tokenId}`]);
    const reachAll = (self: string) => waitingFor(world.manage, 'all', self);
    assert.deepEqual([await reachAll(one.actor), await reachAll(two.actor)], [0, 1]);
    const needed = async (ctx: ManageContext) =>
      (await showOverview.ask(ctx, {})).needs.some(({ what }) => what === 'second-person');
    assert.deepEqual([await needed(one), await needed(token), await needed(two)], [false, false, true]);
    // And what the person proposed is the token's own.
    assert.equal(await outcome(revokeRole.perform(one, wish(id))), 'second-person');
    assert.equal((await waiting(token)).filter(({ own }) => own).length, 2);
    assert.equal(await outcome(confirmProposal.perform(one, { id: mine.id })), 'forbidden');
    assert.equal(await outcome(confirmProposal.perform(two, { id: mine.id })), 'ok');
  }),
);

test(
  'what is confirmed is what whoever proposed it could do now: the account too, and the role that is given',
  inWorld(async (world) => {
    const north = (await addOrganisation.perform(world.manage, { name: 'North', realm: 'staff' })).id;
    const { id } = await addAccount(world.manage, { name: 'ben', realm: 'staff', organisation: north });
    const [one, two] = [
      await somebody(world, [{ role: 'administrator', organisation: null }]),
      await somebody(world, [OWNER]),
    ];
    assert.equal(await outcome(grantRole.perform(one, { ...wish(id), role: 'owner' })), 'forbidden');
    assert.deepEqual(await waiting(two), [], 'nobody proposes what they do not hold');
    assert.equal(await outcome(grantRole.perform(one, wish(id))), 'second-person');
    const [first] = await waiting(two);
    assert.ok(first);
    // Since then the account holds more than the one who proposed it may act upon.
    await grantRole.perform(world.manage, { ...wish(id), role: 'owner' });
    assert.equal(await outcome(confirmProposal.perform(two, { id: first.id })), 'forbidden');
    await revokeRole.perform(world.manage, { ...wish(id), role: 'owner' });
    // Or whoever proposed it is there for another organisation alone.
    const roles = [{ role: 'administrator', organisation: north }] as const;
    await world.store.underAccount(one.actor, (tx) => tx.accounts.update(one.actor, { roles }));
    assert.equal(await outcome(confirmProposal.perform(two, { id: first.id })), 'forbidden', 'not for everything');
    const all = [{ role: 'administrator', organisation: null }] as const;
    await world.store.underAccount(one.actor, (tx) => tx.accounts.update(one.actor, { roles: all }));
    assert.equal(await outcome(confirmProposal.perform(two, { id: first.id })), 'ok');
  }),
);

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
  'nobody fills the list with tokens, nor hides by what waits elsewhere what waits for another organisation',
  inWorld(async (world) => {
    const north = (await addOrganisation.perform(world.manage, { name: 'North', realm: 'staff' })).id;
    const { id: ben } = await addAccount(world.manage, { name: 'ben', realm: 'staff', organisation: north });
    const [id, one] = [await ann(world), await somebody(world, [OWNER])];
    const byToken = async (): Promise<ManageContext> => {
      const { id: tokenId } = await issueToken.perform(one, { name: 'p', role: 'owner', operations: ['role.grant'] });
      return { ...one, actor: `token:${tokenId}`, authority: { kind: 'token', tokenId } };
    };
    const [first, second] = [await byToken(), await byToken()];
    for (let i = 0; i < 25; i += 1)
      for (const by of [first, second]) assert.equal(await outcome(grantRole.perform(by, wish(id))), 'second-person');
    for (const by of [first, second, one]) assert.equal(await outcome(grantRole.perform(by, wish(id))), 'conflict');
    // As many of others as are looked at, all older.
    const of = { operation: 'role.grant', input: '{}', authority: JSON.stringify(one.authority), endedAt: null };
    const times = { createdAt: 1, expiresAt: world.clock.now() + HOUR };
    for (let i = 0; i < 500; i += 1)
      await world.store.proposals.insert({
        ...{ id: `other-${i}`, actor: 'x', accountId: id, organisationId: 'elsewhere', ...of, ...times },
      });
    const mate = await somebody(world, [{ role: 'owner', organisation: north }]);
    const helper = await somebody(world, [{ role: 'administrator', organisation: north }]);
    assert.equal(await outcome(grantRole.perform(mate, { ...wish(ben), organisation: north })), 'second-person');
    assert.equal((await waiting(helper)).length, 1);
    assert.equal(await waitingFor(world.manage, new Set([north]), helper.actor), 1);
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
