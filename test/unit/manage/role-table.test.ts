import assert from 'node:assert/strict';
import test from 'node:test';
import { ACTS, QUERIES } from '../../../src/manage/operations.ts';
import { addOrganisation } from '../../../src/manage/organisations.ts';
import { ROLES } from '../../../src/roles.ts';
import { inWorld, openWorld, outcome, type World } from '../login/world.ts';
import { CELLS, FRESH, LETTERS } from './role-cells.ts';
import { ALL, askerWith, BEFORE, inputOf, type Target, targetOf } from './role-stage.ts';

test('every act and every list has its cells, and only those', () => {
  assert.deepEqual([...ALL.keys()].sort(), Object.keys(CELLS).sort());
  const fresh = [...ACTS, ...QUERIES].filter(({ needs }) => needs.fresh === true).map(({ name }) => name);
  assert.deepEqual(fresh.sort(), [...FRESH].sort());
});

async function organisations({ manage }: World): Promise<readonly [mine: string, other: string]> {
  const add = async (name: string) => (await addOrganisation.perform(manage, { name, realm: 'staff' })).id;
  return [await add('Mine'), await add('Other')];
}

async function asked(world: World, name: string, target: Target, asker: Awaited<ReturnType<typeof askerWith>>) {
  await BEFORE[name]?.(world, target);
  const ask = ALL.get(name);
  assert.ok(ask);
  return outcome(ask({ ...asker, seal: world.seal }, inputOf(name, target)));
}

/** What a role is worth, held for everything, for the organisation that it is about, or for another. */
function expected(name: string, role: (typeof ROLES)[number], held: 'everything' | 'mine' | 'other'): string {
  const [roles, scoped] = CELLS[name] ?? ['', 'nothing'];
  if (!roles.includes(LETTERS[role])) return 'forbidden';
  if (held === 'everything' || scoped === 'within') return 'ok';
  if (scoped === 'nothing') return 'forbidden';
  return held === 'mine' ? 'ok' : 'not-found';
}

for (const name of Object.keys(CELLS)) {
  test(
    `${name}: each role, for everything, for its own organisation and for another`,
    inWorld(async (world) => {
      const [mine, other] = await organisations(world);
      for (const role of ROLES) {
        for (const [held, organisation] of [
          ['everything', null],
          ['mine', mine],
          ['other', other],
        ] as const) {
          const target = await targetOf(world, mine);
          const asker = await askerWith(world, [{ role, organisation }]);
          const came = await asked(world, name, target, asker);
          // A line of a list that cannot be is told as a fault of that line.
          const faulty = name.startsWith('account.import') && held === 'other' && came === 'ok';
          assert.equal(faulty ? 'not-found' : came, expected(name, role, held), `${role} for ${held}`);
          const live = (await world.store.sessions.byId(target.session))?.endedAt === null;
          if (name.startsWith('session.revoke-') && name !== 'session.revoke-of-account')
            assert.equal(live, came !== 'ok' || held === 'other', `${role} for ${held} ends its own alone`);
        }
      }
    }),
  );

  test(
    `${name}: nobody without a role, without a fresh factor where it is asked for, or whose role is gone`,
    inWorld(async (world) => {
      const [mine] = await organisations(world);
      const target = await targetOf(world, mine);
      assert.equal(await asked(world, name, target, await askerWith(world, [])), 'forbidden');
      const stale = await askerWith(world, [{ role: 'owner', organisation: null }], false);
      const came = await asked(world, name, await targetOf(world, mine), stale);
      assert.equal(came, FRESH.includes(name) ? 'step-up-required' : 'ok');
      const gone = await askerWith(world, [{ role: 'owner', organisation: null }]);
      await world.store.underAccount(gone.actor, (tx) => tx.accounts.update(gone.actor, { disabledAt: 1 }));
      assert.equal(await asked(world, name, await targetOf(world, mine), gone), 'forbidden');
    }),
  );
}

test('a person with a role is out of reach of a help desk, and of whoever holds less', async () => {
  const world = await openWorld();
  try {
    const [mine] = await organisations(world);
    for (const name of ['ticket.issue', 'session.revoke-of-account', 'authenticator.remove', 'ticket.revoke'])
      for (const [role, holds, may] of [
        ['help-desk', 'auditor', false],
        ['help-desk', 'help-desk', false],
        ['administrator', 'help-desk', true],
        ['administrator', 'administrator', true],
        ['administrator', 'owner', false],
        ['owner', 'owner', true],
      ] as const) {
        const target = await targetOf(world, mine);
        const { account } = target;
        await world.store.underAccount(account, (tx) =>
          tx.accounts.update(account, { roles: [{ role: holds, organisation: mine }] }),
        );
        const asker = await askerWith(world, [{ role, organisation: mine }]);
        assert.equal(await asked(world, name, target, asker), may ? 'ok' : 'forbidden', `${name}: ${role} on ${holds}`);
        // Who holds the same for everything holds more.
        await world.store.underAccount(account, (tx) =>
          tx.accounts.update(account, { roles: [{ role: holds, organisation: null }] }),
        );
        assert.notEqual(await asked(world, name, target, asker), 'ok', `${name}: ${role} on ${holds} of everything`);
      }
  } finally {
    await world.close();
  }
});

test('nobody gives more than they hold, to themselves, or the last owner away', async () => {
  const world = await openWorld();
  try {
    const [mine, other] = await organisations(world);
    const grant = ALL.get('role.grant');
    const revoke = ALL.get('role.revoke');
    assert.ok(grant && revoke);
    const { seal } = world;
    const administrator = { ...(await askerWith(world, [{ role: 'administrator', organisation: mine }])), seal };
    const { account } = await targetOf(world, mine);
    const tried = (input: object, by = administrator) => outcome(grant(by, input));
    assert.equal(await tried({ account, role: 'owner', organisation: mine }), 'forbidden');
    assert.equal(await tried({ account, role: 'auditor' }), 'forbidden', 'for everything');
    assert.equal(await tried({ account, role: 'auditor', organisation: other }), 'not-found');
    assert.equal(await tried({ account, role: 'administrator', organisation: mine }), 'ok');
    const owner = { ...(await askerWith(world, [{ role: 'owner', organisation: null }])), seal };
    assert.equal(await tried({ account: owner.actor, role: 'auditor' }, owner), 'forbidden', 'their own');
    assert.equal(await outcome(revoke(owner, { account: owner.actor, role: 'owner' })), 'forbidden', 'their own');
    const last = { ...world.manage, seal };
    for (const name of ['role.revoke', 'account.disable', 'account.remove']) {
      const input = name === 'role.revoke' ? { account: owner.actor, role: 'owner' } : { account: owner.actor };
      assert.equal(await outcome(ALL.get(name)?.(last, input) ?? Promise.resolve()), 'conflict', name);
    }
    await askerWith(world, [{ role: 'owner', organisation: null }]);
    assert.equal(await outcome(revoke(last, { account: owner.actor, role: 'owner' })), 'ok', 'with another there');
  } finally {
    await world.close();
  }
});
