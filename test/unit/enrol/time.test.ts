import assert from 'node:assert/strict';
import test from 'node:test';
import { codeAt, refusedAs } from '../login/world.ts';
import { atTheChoice, inRoom } from './world.ts';

const MINUTE = 60_000;

test(
  'asking for more time gives 15 minutes from now, and an hour from the start at most',
  inRoom(async (room) => {
    const { enrol, clock, portal } = room;
    const { caller, cookie } = await atTheChoice(room, portal, 'alice');
    const start = clock.at;
    for (const minutes of [14, 28, 42, 56]) {
      clock.at = start + minutes * MINUTE;
      await enrol.extend(caller, cookie);
    }
    clock.at = start + 60 * MINUTE - 1;
    await enrol.extend(caller, cookie);
    assert.ok(await enrol.state(caller, cookie), 'the last minute is as good as the first');
    clock.at += 1;
    assert.equal(await enrol.state(caller, cookie), undefined);
    await assert.rejects(enrol.extend(caller, cookie), refusedAs('pending-expired'));
  }),
);

test(
  'what has expired is not given more time, nor is the enrolment of another app or a cookie that was replaced',
  inRoom(async (room) => {
    const { enrol, clock, wiki, portal } = room;
    const { caller, cookie } = await atTheChoice(room, portal, 'alice');
    await assert.rejects(enrol.extend(room.caller(wiki), cookie), refusedAs('pending-expired'));
    const { secret } = await enrol.totp(caller, cookie);
    const next = await enrol.confirm(caller, cookie, codeAt(secret, clock.at), undefined);
    await assert.rejects(enrol.extend(caller, cookie), refusedAs('pending-expired'));
    clock.at += 15 * MINUTE;
    await assert.rejects(enrol.extend(caller, next.cookie), refusedAs('pending-expired'));
  }),
);

test(
  'each step gives time for the next one, never past the hour',
  inRoom(async (room) => {
    const { enrol, clock, portal } = room;
    const { caller, cookie } = await atTheChoice(room, portal, 'alice');
    const start = clock.at;
    for (const minutes of [10, 20, 30, 40, 50]) {
      clock.at = start + minutes * MINUTE;
      await enrol.totp(caller, cookie);
    }
    clock.at = start + 60 * MINUTE - 1;
    assert.ok(await enrol.state(caller, cookie));
    clock.at += 1;
    await assert.rejects(enrol.totp(caller, cookie), refusedAs('pending-expired'));
  }),
);

test(
  'a person who chose an app can choose again; the secret is forgotten and confirms nothing',
  inRoom(async (room) => {
    const { enrol, clock, portal, store } = room;
    const { id, caller, cookie } = await atTheChoice(room, portal, 'alice');
    const { secret } = await enrol.totp(caller, cookie);
    await enrol.chooseAgain(caller, cookie);
    assert.equal((await enrol.state(caller, cookie))?.totp, null);
    await assert.rejects(enrol.confirm(caller, cookie, codeAt(secret, clock.at), undefined), refusedAs('conflict'));
    await enrol.chooseAgain(caller, cookie);
    assert.deepEqual(await store.authenticators.ofAccount(id), []);
    await assert.rejects(enrol.chooseAgain(caller, null), refusedAs('pending-expired'));
  }),
);
