import assert from 'node:assert/strict';
import test from 'node:test';
import { LastAuthenticator } from '../../../src/enrol/refusals.ts';
import { Authenticator } from '../../support/authenticator.ts';
import { outcome, refusedAs } from '../login/world.ts';
import { inRoom, type Room, signedIn } from './world.ts';

type Person = Pick<Awaited<ReturnType<typeof signedIn>>, 'caller' | 'session'>;

async function addPasskey(room: Room, { caller, session }: Person): Promise<void> {
  const { enrol } = room;
  const opened = await enrol.add(caller, session);
  const options = await enrol.passkeyOptions(caller, opened.cookie);
  const response = new Authenticator().create({ options, origin: caller.app.origin });
  const { cookie } = await enrol.passkey(caller, opened.cookie, JSON.stringify(response), undefined);
  await enrol.finish(caller, cookie);
}

test(
  'an owner renames an authenticator, on record with both names',
  inRoom(async (room) => {
    const { enrol, portal } = room;
    const { caller, session, id } = await signedIn(room, portal, 'alice');
    const [only] = (await enrol.own(caller, session)).authenticators;
    await enrol.renameAuthenticator(caller, session, only?.id ?? '', '  Work phone ');
    const own = await enrol.own(caller, session);
    assert.equal(own.authenticators[0]?.label, 'Work phone');
    assert.equal(own.activity[0]?.label, 'Work phone');
    assert.deepEqual(await room.noted(id, 'authenticator.rename'), [
      { outcome: 'ok', authenticator: only?.id, label: 'Work phone', was: 'Authenticator app' },
    ]);
  }),
);

test(
  'renaming needs a fresh factor and a name that can be shown',
  inRoom(async (room) => {
    const { enrol, portal, wiki, clock } = room;
    const { caller, session } = await signedIn(room, portal, 'alice');
    const [only] = (await enrol.own(caller, session)).authenticators;
    const rename = (label: string) => enrol.renameAuthenticator(caller, session, only?.id ?? '', label);
    for (const label of ['', '  ', 'a\nb', 'x\u202ey', 'x'.repeat(65), '\ud800']) {
      await assert.rejects(rename(label), refusedAs('bad-body'), JSON.stringify(label));
    }
    const elsewhere = enrol.renameAuthenticator(room.caller(wiki), session, only?.id ?? '', 'Phone');
    await assert.rejects(elsewhere, refusedAs('sign-in-required'));
    clock.at += 300_001;
    await assert.rejects(rename('Phone'), refusedAs('step-up-required'));
    assert.equal((await enrol.own(caller, session)).authenticators[0]?.label, 'Authenticator app');
  }),
);

test(
  "nobody renames another's authenticator, nor the recovery codes",
  inRoom(async (room) => {
    const { enrol, portal, store } = room;
    const alice = await signedIn(room, portal, 'alice');
    const mallory = await signedIn(room, portal, 'mallory');
    const before = await store.authenticators.ofAccount(alice.id);
    const codes = (await store.authenticators.ofAccount(mallory.id)).filter((row) => row.kind === 'recovery');
    for (const { id } of [...before, ...codes]) {
      const call = enrol.renameAuthenticator(mallory.caller, mallory.session, id, 'Mine');
      await assert.rejects(call, refusedAs('not-found'));
    }
    assert.deepEqual(await store.authenticators.ofAccount(alice.id), before);
  }),
);

test(
  'a passkey is an authenticator that works: either of two may go, the last one stays',
  inRoom(async (room) => {
    const { enrol, portal, store } = room;
    const person = await signedIn(room, portal, 'alice');
    const { caller, session, id, at } = person;
    await addPasskey(room, person);
    const own = (await enrol.own(caller, session)).authenticators;
    const app = own.find((each) => each.kind === 'totp')?.id ?? '';
    const key = own.find((each) => each.kind === 'passkey')?.id ?? '';
    await enrol.removeAuthenticator(caller, session, app);
    const last = enrol.removeAuthenticator(caller, session, key);
    await assert.rejects(last, (error) => error instanceof LastAuthenticator);
    await addPasskey(room, person);
    await enrol.removeAuthenticator(caller, session, key);
    assert.equal((await store.authenticators.credentialsOf(id)).length, 1, 'its credential goes with it');
    const added = ['authenticator-added', 'authenticator-added'];
    assert.deepEqual(await room.told(id, at), [...added, 'authenticator-removed', 'authenticator-removed']);
  }),
);

test(
  'a passkey that does not sign in at this app does not stand in for the one that does',
  inRoom(async (room) => {
    const { enrol, portal, wiki } = room;
    const person = await signedIn(room, portal, 'alice');
    await addPasskey(room, person);
    const own = (await enrol.own(person.caller, person.session)).authenticators;
    const app = own.find((each) => each.kind === 'totp')?.id ?? '';
    for (const relyingParty of [null, wiki.relyingParty]) {
      const caller = room.caller({ ...portal, relyingParty });
      const call = enrol.removeAuthenticator(caller, person.session, app);
      await assert.rejects(call, (error) => error instanceof LastAuthenticator);
    }
    assert.equal(await outcome(enrol.removeAuthenticator(person.caller, person.session, app)), 'ok');
  }),
);
