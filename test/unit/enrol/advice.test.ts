import assert from 'node:assert/strict';
import test from 'node:test';
import { addAccount, issueTicket } from '../../support/manage.ts';
import { PASSWORD, refusedAs } from '../login/world.ts';
import { inRoom } from './world.ts';

test(
  'a person who chooses a password is told how easily it is guessed; nothing is kept of it',
  inRoom(async (room) => {
    const { enrol, wiki, manage, store, faults } = room;
    const account = await addAccount(manage, { name: 'wilhelmina', realm: wiki.realm.id });
    const caller = room.caller(wiki);
    const { cookie } = await enrol.open(caller, (await issueTicket(manage, account.id)).secret);
    const before = await enrol.state(caller, cookie);
    faults.calls.length = 0;
    const score = async (typed: string) => (await enrol.advise(caller, cookie, typed)).score;
    assert.equal(await score('password'), 0);
    assert.ok((await score('wilhelmina1')) <= 1, 'the name of the account is guessed first');
    assert.equal(await score(PASSWORD), 4);
    assert.deepEqual(
      faults.calls.filter((call) => !/\.by(?:Hash|Id)$/.test(call)),
      [],
      'reads only',
    );
    assert.deepEqual(await enrol.state(caller, cookie), before);
    assert.equal((await store.accounts.byId(account.id))?.passwordHash, null);
  }),
);

test(
  'advice is given to nobody else, and only while a password is to be set',
  inRoom(async (room) => {
    const { enrol, wiki, portal, manage } = room;
    const account = await addAccount(manage, { name: 'alice', realm: wiki.realm.id });
    const caller = room.caller(wiki);
    const { cookie } = await enrol.open(caller, (await issueTicket(manage, account.id)).secret);
    for (const [who, value] of [
      [caller, null],
      [caller, 'x'],
      [room.caller(portal), cookie],
    ] as const) {
      await assert.rejects(enrol.advise(who, value, PASSWORD), refusedAs('pending-expired'));
    }
    const next = await enrol.password(caller, cookie, PASSWORD);
    await assert.rejects(enrol.advise(caller, next.cookie, PASSWORD), refusedAs('conflict'));
    const again = await enrol.open(caller, (await issueTicket(manage, account.id)).secret);
    await assert.rejects(
      enrol.advise(caller, again.cookie, PASSWORD),
      refusedAs('conflict'),
      'one is set: it is typed',
    );
  }),
);
