import assert from 'node:assert/strict';
import test from 'node:test';
import { LastAuthenticator, TooManyAuthenticators } from '../../../src/enrol/refusals.ts';
import type { Session } from '../../../src/sessions/session.ts';
import { revokeSessions } from '../../support/manage.ts';
import { begun, codeAt, count, enrolled, outcome, refusedAs, type World } from '../login/world.ts';
import { inRoom } from './world.ts';

async function signedIn(world: World, name: string) {
  const person = await enrolled(world, world.portal, name);
  const caller = world.caller(world.portal);
  const code = codeAt(person.secret, world.clock.at);
  const { session } = await world.login.second(caller, await begun(world, caller, name), 'totp', code);
  return { ...person, caller, session };
}

async function addApp(world: World, session: Session, label: string): Promise<void> {
  const caller = world.caller(world.portal);
  const opened = await world.enrol.add(caller, session);
  const { secret } = await world.enrol.totp(caller, opened.cookie);
  const { cookie } = await world.enrol.confirm(caller, opened.cookie, codeAt(secret, world.clock.at), label);
  await world.enrol.finish(caller, cookie);
}

test(
  'adding, removing, renaming and new recovery codes need a factor of the last five minutes (T36)',
  inRoom(async (world) => {
    const { enrol, login, clock } = world;
    const { caller, session, secret } = await signedIn(world, 'alice');
    await addApp(world, session, 'Tablet');
    const [first] = (await enrol.own(caller, session)).authenticators;
    const changes = (by: Session) => [
      () => enrol.add(caller, by),
      () => enrol.newRecoveryCodes(caller, by),
      () => enrol.renameAuthenticator(caller, by, first?.id ?? '', 'Phone'),
      () => enrol.removeAuthenticator(caller, by, first?.id ?? ''),
    ];
    clock.at += 300_001;
    for (const change of changes(session)) await assert.rejects(change(), refusedAs('step-up-required'));
    const fresh = await login.stepUp(caller, session, 'totp', codeAt(secret, clock.at));
    for (const change of changes(session)) await assert.rejects(change(), refusedAs('step-up-required'));
    for (const change of changes(fresh.session)) assert.equal(await outcome(change()), 'ok');
  }),
);

test(
  'a session of another app, one that ended, and one that was rotated away change nothing',
  inRoom(async (world) => {
    const { enrol, login, clock } = world;
    const { caller, session, secret, id } = await signedIn(world, 'alice');
    await assert.rejects(enrol.add(world.caller(world.wiki), session), refusedAs('sign-in-required'));
    clock.at += 60_000;
    const next = await login.stepUp(caller, session, 'totp', codeAt(secret, clock.at));
    await assert.rejects(enrol.add(caller, session), refusedAs('sign-in-required'));
    await assert.rejects(enrol.newRecoveryCodes(caller, session), refusedAs('sign-in-required'));
    const opened = await enrol.add(caller, next.session);
    const { secret: added } = await enrol.totp(caller, opened.cookie);
    await revokeSessions(world.manage, { by: 'id', id: session.id });
    await assert.rejects(enrol.newRecoveryCodes(caller, next.session), refusedAs('sign-in-required'));
    const late = enrol.confirm(caller, opened.cookie, codeAt(added, clock.at), undefined);
    await assert.rejects(late, refusedAs('pending-expired'), 'an enrolment ends with the session that opened it');
    assert.equal((await world.store.authenticators.ofAccount(id)).length, 2);
  }),
);

test(
  'the last authenticator that works stays, also when both of two are removed at once',
  inRoom(async (world) => {
    const { enrol, store, clock } = world;
    const { caller, session } = await signedIn(world, 'alice');
    const own = async () => (await enrol.own(caller, session)).authenticators;
    const [only] = await own();
    const refused = (error: unknown) => error instanceof LastAuthenticator;
    await assert.rejects(enrol.removeAuthenticator(caller, session, only?.id ?? ''), refused);
    await addApp(world, session, 'Tablet');
    const two = await own();
    const both = await Promise.all(two.map(({ id }) => outcome(enrol.removeAuthenticator(caller, session, id))));
    assert.equal(count(both, 'ok'), 1, String(both));
    const [left] = await own();
    await addApp(world, session, 'Spare');
    const spare = (await own()).find((each) => each.label === 'Spare');
    await store.authenticators.addFailure(spare?.id ?? '', 1, clock.at);
    await assert.rejects(
      enrol.removeAuthenticator(caller, session, left?.id ?? ''),
      refused,
      'a disabled one does not count',
    );
    assert.equal(await outcome(enrol.removeAuthenticator(caller, session, spare?.id ?? '')), 'ok');
  }),
);

test(
  "nobody removes another's authenticator, nor the recovery codes as if they were one",
  inRoom(async (world) => {
    const { enrol, store } = world;
    const mallory = await signedIn(world, 'mallory');
    const alice = await enrolled(world, world.portal, 'alice');
    for (const row of await store.authenticators.ofAccount(alice.id)) {
      await assert.rejects(enrol.removeAuthenticator(mallory.caller, mallory.session, row.id), refusedAs('not-found'));
    }
    const codes = (await store.authenticators.ofAccount(mallory.id)).find((row) => row.kind === 'recovery');
    await assert.rejects(
      enrol.removeAuthenticator(mallory.caller, mallory.session, codes?.id ?? ''),
      refusedAs('not-found'),
    );
  }),
);

test(
  'new recovery codes end all older ones',
  inRoom(async (world) => {
    const { enrol, login } = world;
    const { caller, session, recoveryCodes } = await signedIn(world, 'alice');
    const [code = '', ...more] = await enrol.newRecoveryCodes(caller, session);
    assert.equal(more.length, 9);
    const second = async (typed: string) =>
      login.second(caller, await begun(world, caller, 'alice'), 'recovery', typed);
    await assert.rejects(second(recoveryCodes[0] ?? ''), refusedAs('wrong-credentials'));
    assert.equal(await outcome(second(code)), 'ok');
    assert.equal((await enrol.own(caller, session)).recoveryLeft, 9);
  }),
);

test(
  'an account has five authenticator apps at most',
  inRoom(async (world) => {
    const { caller, session } = await signedIn(world, 'alice');
    for (let i = 2; i <= 5; i++) await addApp(world, session, `App ${i}`);
    const { cookie } = await world.enrol.add(caller, session);
    await assert.rejects(world.enrol.totp(caller, cookie), (error) => error instanceof TooManyAuthenticators);
  }),
);

test(
  'the own page lists authenticators without secrets, and sessions with the current one marked',
  inRoom(async (world) => {
    const { enrol, clock } = world;
    const { caller, session, secret } = await signedIn(world, 'alice');
    clock.at += 60_000;
    const other = await world.login.second(
      caller,
      await begun(world, caller, 'alice'),
      'totp',
      codeAt(secret, clock.at),
    );
    const own = await enrol.own(caller, session);
    assert.deepEqual(
      own.authenticators.map((each) => [each.kind, each.label, each.disabled]),
      [['totp', 'Authenticator app', false]],
    );
    assert.deepEqual(
      own.sessions.map((each) => [each.id, each.current]),
      [
        [session.id, true],
        [other.session.id, false],
      ],
    );
    assert.doesNotMatch(JSON.stringify(own), new RegExp(`${secret}|v1\\.|${session.hash}`));
  }),
);

test(
  'every change of factors is on record with its actor',
  inRoom(async (world) => {
    const { enrol, store } = world;
    const { caller, session, id } = await signedIn(world, 'alice');
    await addApp(world, session, 'Tablet');
    await enrol.newRecoveryCodes(caller, session);
    const [first] = (await enrol.own(caller, session)).authenticators;
    await enrol.removeAuthenticator(caller, session, first?.id ?? '');
    const rows = await store.audit.list({ limit: 100, accountId: id });
    const kinds = rows.filter((row) => row.actor === id).map((row) => row.kind);
    assert.deepEqual(kinds, [
      'enrol.open',
      'enrol.authenticator',
      'recovery.replace',
      'enrol.finish',
      'sign-in.second',
      'session.open',
      'enrol.open',
      'enrol.authenticator',
      'enrol.finish',
      'recovery.replace',
      'authenticator.remove',
    ]);
  }),
);

test(
  'who removes a lost device ends the sessions that it opened, and keeps their own and those of other devices',
  inRoom(async (world) => {
    const { enrol, login, clock, store } = world;
    const { caller, session, secret } = await signedIn(world, 'alice');
    await addApp(world, session, 'Tablet');
    clock.at += 60_000;
    const code = codeAt(secret, clock.at);
    const lost = await login.second(caller, await begun(world, caller, 'alice'), 'totp', code);
    clock.at += 60_000;
    const own = await login.stepUp(caller, session, 'totp', codeAt(secret, clock.at));
    const used = lost.session.proofs.find(({ kind }) => kind === 'totp')?.authenticatorId ?? '';
    await enrol.removeAuthenticator(caller, own.session, used);
    const live = await store.sessions.listLive(clock.at, { accountId: session.accountId });
    assert.deepEqual(
      live.map(({ id }) => id),
      [own.session.id],
    );
    assert.equal((await store.sessions.byId(lost.session.id))?.endReason, 'authenticator-removed');
  }),
);
