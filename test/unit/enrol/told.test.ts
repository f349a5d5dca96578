import assert from 'node:assert/strict';
import test from 'node:test';
import { issueTicket } from '../../support/manage.ts';
import { codeAt, outcome } from '../login/world.ts';
import { addApp, atTheChoice, inRoom, signedIn } from './world.ts';

test(
  'the owner is told of a used ticket and of what was added; a first password and first codes change nothing',
  inRoom(async (room) => {
    const { enrol, wiki, clock, store } = room;
    const { id, caller, cookie } = await atTheChoice(room, wiki, 'alice');
    const { secret } = await enrol.totp(caller, cookie);
    const confirmed = await enrol.confirm(caller, cookie, codeAt(secret, clock.at), 'Phone');
    await enrol.finish(caller, confirmed.cookie);
    assert.deepEqual(await room.told(id), ['authenticator-added', 'ticket-used']);
    const added = (await store.notices.due(clock.at, 10)).find((row) => row.kind === 'authenticator-added');
    assert.equal(added?.recipient, 'alice@example.org');
    assert.deepEqual(JSON.parse(added?.detail ?? ''), {
      app: 'wiki',
      source: '192.0.2.1',
      by: 'owner',
      label: 'Phone',
    });
  }),
);

test(
  'the owner is told of a new password in the place of another, new codes and a removal, and never a secret',
  inRoom(async (room) => {
    const { enrol, wiki, manage, store, clock } = room;
    const { id, caller, session, secret, recoveryCodes, at } = await signedIn(room, wiki, 'alice');
    await addApp(room, wiki, session, 'Tablet');
    const codes = await enrol.newRecoveryCodes(caller, session);
    const [first] = (await enrol.own(caller, session)).authenticators;
    await enrol.removeAuthenticator(caller, session, first?.id ?? '');
    const ticket = await issueTicket(manage, id, { resetPassword: true });
    const { cookie } = await enrol.open(caller, ticket.secret);
    await enrol.password(caller, cookie, 'quite another long one');
    assert.deepEqual(await room.told(id, at), [
      'authenticator-added',
      'authenticator-removed',
      'password-changed',
      'recovery-codes-replaced',
      'ticket-used',
    ]);
    const text = JSON.stringify(await store.notices.due(clock.at, 100));
    for (const each of [secret, ticket.secret, 'quite another', ...codes, ...recoveryCodes]) {
      assert.ok(!text.includes(each));
    }
  }),
);

test(
  'what cannot be told does not happen, and what did not happen is not told',
  inRoom(async (room) => {
    const { enrol, portal, faults, store } = room;
    const { id, caller, session, recoveryCodes } = await signedIn(room, portal, 'alice');
    await addApp(room, portal, session, 'Tablet');
    const before = await room.told(id);
    const rows = await store.authenticators.ofAccount(id);
    const remove = () =>
      outcome(enrol.removeAuthenticator(caller, session, rows.find((row) => row.kind === 'totp')?.id ?? ''));
    faults.broken = (call) => call === 'notices.insert';
    assert.equal(await remove(), 'store-unavailable');
    assert.equal(await outcome(enrol.newRecoveryCodes(caller, session)), 'store-unavailable');
    assert.deepEqual(await store.authenticators.ofAccount(id), rows);
    faults.broken = (call) => call === 'audit.append';
    assert.equal(await remove(), 'store-unavailable');
    faults.broken = null;
    assert.deepEqual(await room.told(id), before);
    assert.equal(await store.authenticators.recoveryLeft(id), recoveryCodes.length);
  }),
);

test(
  'a message is taken back with the transaction that it was queued in',
  inRoom(async (room) => {
    const { enrol, portal, faults, clock, manage, store } = room;
    const { id, caller } = await signedIn(room, portal, 'alice');
    const { cookie } = await enrol.open(caller, (await issueTicket(manage, id)).secret);
    const { secret } = await enrol.totp(caller, cookie);
    const confirmed = await enrol.confirm(caller, cookie, codeAt(secret, clock.at), 'New phone');
    const before = await room.told(id);
    // New codes have been made, and their message queued, when this is done.
    faults.broken = (call) => call === 'sessions.end';
    assert.equal(await outcome(enrol.finish(caller, confirmed.cookie)), 'store-unavailable');
    assert.ok(faults.calls.includes('notices.insert'));
    assert.deepEqual(await room.told(id), before);
    faults.broken = null;
    await enrol.finish(caller, confirmed.cookie);
    assert.deepEqual((await room.told(id)).length, before.length + 1);
    assert.ok((await room.told(id)).includes('recovery-codes-replaced'));
    assert.equal(await store.authenticators.recoveryLeft(id), 10);
  }),
);
