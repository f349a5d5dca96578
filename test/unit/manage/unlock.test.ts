import assert from 'node:assert/strict';
import test from 'node:test';
import { FREE_GUESSES, withPlace } from '../../../src/accounts/throttle.ts';
import { showAccountPage } from '../../../src/manage/account-page.ts';
import { addOrganisation, moveAccount } from '../../../src/manage/organisations.ts';
import { revokeModelSessions, revokeOrganisationSessions } from '../../../src/manage/sessions.ts';
import { unlockAccount } from '../../../src/manage/unlock.ts';
import { addAccount } from '../../support/manage.ts';
import { inWorld, outcome, type World } from '../login/world.ts';
import { askerWith, MODEL, targetOf } from './role-stage.ts';

const wrong = ({ store, clock }: World, name: string) =>
  withPlace(store, { guess: 'code', realm: 'staff', name, from: 'known' }, clock.now(), (place) =>
    place.failed(store.throttles, clock.now()),
  );

test(
  'a help desk ends the waits that wrong guesses have grown, of whom it may help and of nobody else',
  inWorld(async (world) => {
    const { manage } = world;
    const { id: home } = await addOrganisation.perform(manage, { name: 'Home', realm: 'staff' });
    const { id } = await addAccount(manage, { name: 'ann', realm: 'staff', organisation: home });
    await addAccount(manage, { name: 'ben', realm: 'staff', organisation: home });
    for (const name of ['ann', 'ben']) for (let i = 0; i < FREE_GUESSES; i += 1) await wrong(world, name);
    assert.equal(await outcome(wrong(world, 'ann')), 'too-many-attempts');
    const stranger = await askerWith(world, [{ role: 'help-desk', organisation: 'elsewhere' }]);
    assert.equal(await outcome(unlockAccount.perform(stranger, { account: id })), 'not-found');
    assert.equal(await outcome(wrong(world, 'ann')), 'too-many-attempts');
    const desk = await askerWith(world, [{ role: 'help-desk', organisation: home }]);
    const waits = async () => (await showAccountPage.ask(desk, { account: id })).waitsUntil;
    assert.equal(await waits(), world.clock.now() + 30_000, 'what the page shows');
    assert.deepEqual(await unlockAccount.perform(desk, { account: id }), { id, name: 'ann', waits: 1 });
    assert.equal(await waits(), null);
    assert.equal(await outcome(wrong(world, 'ann')), 'ok');
    assert.equal(await outcome(wrong(world, 'ben')), 'too-many-attempts', 'the other one waits on');
    assert.deepEqual((await unlockAccount.perform(desk, { account: id })).waits, 0);
  }),
);

test(
  'sessions end by organisation, and by model of passkey, and no others',
  inWorld(async (world) => {
    const { manage, store, clock } = world;
    const add = async (name: string) => (await addOrganisation.perform(manage, { name, realm: 'staff' })).id;
    const [north, south] = [await add('North'), await add('South')];
    const [ann, ben] = [await targetOf(world, north), await targetOf(world, south)];
    const live = async () => (await store.sessions.listLive(clock.now(), { reach: 'all' })).map(({ id }) => id).sort();
    assert.deepEqual(await live(), [ann.session, ben.session].sort());
    const manager = await askerWith(world, [{ role: 'administrator', organisation: south }]);
    assert.equal(await outcome(revokeOrganisationSessions.perform(manager, { organisation: north })), 'not-found');
    assert.deepEqual(await revokeOrganisationSessions.perform(manage, { organisation: north }), [ann.session]);
    assert.deepEqual(await live(), [ben.session]);
    const aaguid = MODEL;
    assert.deepEqual(await revokeModelSessions.perform(manage, { aaguid: '11111111-1111-4111-8111-111111111111' }), []);
    for (const text of ['', 'x', '00000000-0000-0000-0000-000000000000', `${aaguid}0`])
      assert.equal(await outcome(revokeModelSessions.perform(manage, { aaguid: text })), 'usage', text);
    await moveAccount.perform(manage, { account: ben.account, organisation: north });
    assert.deepEqual(await revokeModelSessions.perform(manager, { aaguid }), [], 'not theirs any more');
    assert.deepEqual(await revokeModelSessions.perform(manage, { aaguid: aaguid.toUpperCase() }), [ben.session]);
    assert.deepEqual(await live(), []);
  }),
);
