import assert from 'node:assert/strict';
import test from 'node:test';
import { disableAccount, enableAccount, issueTicket, removeAuthenticator } from '../../support/manage.ts';
import { begun, outcome, PASSWORD } from '../login/world.ts';
import { addApp, inRoom, signedIn } from './world.ts';

test(
  'an owner sees what happened to the account, newest first, with names and by whom',
  inRoom(async (room) => {
    const { enrol, portal, manage, clock } = room;
    const { caller, session, id } = await signedIn(room, portal, 'alice');
    clock.at += 1000;
    await addApp(room, portal, session, 'Tablet');
    clock.at += 1000;
    await issueTicket(manage, id);
    const { activity } = await enrol.own(caller, session);
    assert.deepEqual(
      activity.slice(0, 4).map(({ at, kind, outcome: end, source, by, label }) => [at, kind, end, source, by, label]),
      [
        [clock.at, 'ticket.issue', 'ok', null, 'administrator', null],
        [clock.at - 1000, 'enrol.finish', 'ok', '192.0.2.1', 'owner', null],
        [clock.at - 1000, 'enrol.authenticator', 'ok', '192.0.2.1', 'owner', 'Tablet'],
        [clock.at - 1000, 'enrol.open', 'ok', '192.0.2.1', 'owner', null],
      ],
    );
    const kinds = new Set(activity.map((line) => line.kind));
    for (const hidden of ['session.open', 'sign-in.begin', 'account.add', 'request.refused'] as const) {
      assert.ok(!kinds.has(hidden), hidden);
    }
  }),
);

test(
  'nothing of another account is shown, whoever did it',
  inRoom(async (room) => {
    const { enrol, portal, manage } = room;
    const alice = await signedIn(room, portal, 'alice');
    const before = (await enrol.own(alice.caller, alice.session)).activity;
    const bob = await signedIn(room, portal, 'bob');
    await addApp(room, portal, bob.session, 'Tablet of Bob');
    await disableAccount(manage, bob.id);
    await enableAccount(manage, bob.id);
    assert.deepEqual((await enrol.own(alice.caller, alice.session)).activity, before);
    assert.doesNotMatch(JSON.stringify(before), /bob/i);
  }),
);

test(
  'a line without a name shows the present name of the authenticator, and none when it is not the owner’s',
  inRoom(async (room) => {
    const { enrol, portal, store, clock, manage } = room;
    const { caller, session, id } = await signedIn(room, portal, 'alice');
    const bob = await signedIn(room, portal, 'bob');
    const [ours] = (await enrol.own(caller, session)).authenticators;
    const [foreign] = (await enrol.own(bob.caller, bob.session)).authenticators;
    const row = {
      at: clock.at,
      kind: 'authenticator.disabled',
      outcome: 'ok',
      actor: 'system',
      accountId: id,
    } as const;
    const blank = { sessionId: null, appId: null, source: null };
    for (const authenticator of [ours?.id, foreign?.id]) {
      await store.audit.append({ ...row, ...blank, detail: JSON.stringify({ authenticator }) });
    }
    await enrol.renameAuthenticator(caller, session, ours?.id ?? '', 'Old phone');
    await removeAuthenticator(manage, foreign?.id ?? '');
    const lines = (await enrol.own(caller, session)).activity.filter((line) => line.kind === 'authenticator.disabled');
    assert.deepEqual(
      lines.map(({ by, label }) => [by, label]),
      [
        ['system', null],
        ['system', 'Old phone'],
      ],
    );
  }),
);

test(
  'wrong codes of strangers do not push what was changed out of sight',
  inRoom(async (room) => {
    const { enrol, login, portal, clock } = room;
    const { caller, session } = await signedIn(room, portal, 'alice');
    await addApp(room, portal, session, 'Tablet');
    for (let i = 0; i < 40; i++) {
      const stranger = room.caller(portal, { source: `198.51.100.${i}` });
      clock.at += 1000;
      assert.notEqual(await outcome(login.second(stranger, await begun(room, stranger, 'alice'), 'totp', 'x')), 'ok');
    }
    const { activity } = await enrol.own(caller, session);
    assert.ok(activity.length <= 15);
    assert.ok(activity.some((line) => line.label === 'Tablet'));
    const refused = activity.filter((line) => line.outcome === 'refused');
    assert.equal(refused.length, 5);
    assert.deepEqual([refused[0]?.source, refused[0]?.by], ['198.51.100.39', 'system']);
  }),
);

test(
  'a password that is entered in a second enrolment is the one that was there: nothing says that it was set',
  inRoom(async (room) => {
    const { enrol, wiki, manage } = room;
    const { caller, session, id } = await signedIn(room, wiki, 'alice');
    const told = async () =>
      (await enrol.own(caller, session)).activity.filter(({ kind }) => kind === 'enrol.password');
    assert.equal((await told()).length, 1);
    const { cookie } = await enrol.open(caller, (await issueTicket(manage, id)).secret);
    await enrol.password(caller, cookie, PASSWORD);
    assert.equal((await told()).length, 1);
    const reset = await enrol.open(caller, (await issueTicket(manage, id, { resetPassword: true })).secret);
    await enrol.password(caller, reset.cookie, `${PASSWORD} anew`);
    assert.equal((await told()).length, 2);
  }),
);
