import assert from 'node:assert/strict';
import test from 'node:test';
import { newBrowser } from '../../../src/login/browser.ts';
import { holder, lastOnRecord, run, START } from './passkey-world.ts';
import { begun, codeAt, inWorld, refusedAs, told, type World, wrongCode } from './world.ts';

const live = async (world: World) => (await world.store.sessions.listLive(world.clock.at)).map((row) => row.id).sort();

test(
  'one other session is ended by its public id, at whichever app, and no session of anybody else',
  inWorld(async (world) => {
    const { login, store } = world;
    const alice = await holder(world, world.portal, 'alice');
    const bob = await holder(world, world.portal, 'bob');
    const caller = world.caller(world.portal);
    // A second app of the same realm and relying party.
    const second = world.caller({ ...world.portal, id: 'portal-2' });
    const here = (await run(world, caller, START, alice.device)).session;
    const there = (await run(world, second, START, alice.device)).session;
    const bobs = (await run(world, caller, START, bob.device)).session;
    for (const id of [bobs.id, here.id, 'no-such-session', ''])
      await assert.rejects(login.endOthers(caller, here, { id }), refusedAs('not-found'), id);
    assert.equal(await login.endOthers(caller, here, { id: there.id }), 1);
    assert.deepEqual(await live(world), [here.id, bobs.id].sort());
    assert.equal((await store.sessions.byId(there.id))?.endReason, 'signed-out-elsewhere');
    const [row] = await lastOnRecord(world, 1);
    assert.deepEqual([row?.kind, row?.outcome, row?.accountId], ['session.revoke', 'ok', alice.id]);
    const again = login.endOthers(caller, here, { id: there.id });
    await assert.rejects(again, refusedAs('not-found'), 'it has ended already');
  }),
);

test(
  'all other sessions of the account end, and the one that asks goes on',
  inWorld(async (world) => {
    const { login } = world;
    const alice = await holder(world, world.portal, 'alice');
    const bob = await holder(world, world.portal, 'bob');
    const caller = world.caller(world.portal);
    const here = (await run(world, caller, START, alice.device)).session;
    for (let n = 0; n < 3; n++) await run(world, caller, START, alice.device);
    const bobs = (await run(world, caller, START, bob.device)).session;
    assert.equal(await login.endOthers(caller, here, 'all'), 3);
    assert.deepEqual(await live(world), [here.id, bobs.id].sort());
    assert.equal(await login.endOthers(caller, here, 'all'), 0);
    here.end();
    await assert.rejects(login.endOthers(caller, here, 'all'), refusedAs('sign-in-required'));
    const elsewhere = world.caller(world.wiki);
    await assert.rejects(login.endOthers(elsewhere, bobs, 'all'), refusedAs('sign-in-required'));
  }),
);

test(
  'the owner is told of each recovery code that was used, and of none that was refused',
  inWorld(async (world) => {
    const { login } = world;
    const alice = await holder(world, world.portal, 'alice');
    const caller = world.caller(world.portal);
    const used = async () => (await told(world)).filter((each) => each.kind === 'recovery-code-used');
    const [one = '', two = ''] = alice.recoveryCodes;
    const wrong = login.second(caller, await begun(world, caller, 'alice'), 'recovery', '0000-0000-0000-0000');
    await assert.rejects(wrong, refusedAs('wrong-credentials'));
    assert.deepEqual(await used(), []);
    const { session } = await login.second(caller, await begun(world, caller, 'alice'), 'recovery', one);
    const replay = login.second(caller, await begun(world, caller, 'alice'), 'recovery', one);
    await assert.rejects(replay, refusedAs('wrong-credentials'));
    await login.stepUp(caller, session, 'recovery', two);
    const expected = {
      accountId: alice.id,
      kind: 'recovery-code-used',
      detail: { source: '192.0.2.1', app: 'portal' },
    };
    assert.deepEqual(await used(), [expected, expected]);
    const late = await begun(world, caller, 'alice');
    await world.store.accounts.update(alice.id, { disabledAt: world.clock.at });
    const refused = login.second(caller, late, 'recovery', alice.recoveryCodes[2] ?? '');
    await assert.rejects(refused, refusedAs('wrong-credentials'));
    assert.equal((await used()).length, 2, 'what was undone is not told');
  }),
);

test(
  'the owner is told once that too many failures have disabled an authenticator',
  inWorld(async (world) => {
    const { login, store, clock } = world;
    const alice = await holder(world, world.portal, 'alice');
    const row = (await store.authenticators.ofAccount(alice.id)).find((each) => each.kind === 'totp');
    for (let n = 0; n < 99; n++) await store.authenticators.addFailure(row?.id ?? '', 100, clock.at);
    // A stranger's guesses only delay; those in a browser of the owner's count.
    const browser = newBrowser(world.seal, world.manage.random, alice.id, clock.at);
    const caller = world.caller(world.portal, { browser });
    const told100 = async () => (await told(world)).filter((each) => each.kind === 'authenticator-disabled');
    assert.deepEqual(await told100(), []);
    for (let n = 0; n < 2; n++) {
      const pending = await begun(world, caller, 'alice');
      const wrong = login.second(caller, pending, 'totp', wrongCode(alice.secret, clock.at));
      await assert.rejects(wrong, refusedAs('wrong-credentials'));
    }
    assert.deepEqual(await told100(), [
      {
        accountId: alice.id,
        kind: 'authenticator-disabled',
        detail: { label: row?.label, source: '192.0.2.1', app: 'portal' },
      },
    ]);
    const right = login.second(caller, await begun(world, caller, 'alice'), 'totp', codeAt(alice.secret, clock.at));
    await assert.rejects(right, refusedAs('wrong-credentials'));
  }),
);
