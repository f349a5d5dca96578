import assert from 'node:assert/strict';
import test from 'node:test';
import { sha256 } from '../../../src/lib/bytes.ts';
import { Session } from '../../../src/sessions/session.ts';
import { disableAccount, revokeSessions } from '../../support/manage.ts';
import { begun, codeAt, contextOf, enrolled, inWorld, outcome, PASSWORD, refusedAs, wrongCode } from './world.ts';

test(
  'password and code open a session that tells what was proven; every cookie value differs (T42)',
  inWorld(async (world) => {
    const { login, store, clock } = world;
    const alice = await enrolled(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const first = await login.begin(caller, { account: 'CORP\\Alice', password: PASSWORD, next: '/deep?x=1' });
    assert.deepEqual(first.offer, ['totp', 'recovery']);
    assert.deepEqual(await login.waiting(caller, first.cookie), { next: '/deep?x=1' });
    assert.equal(await store.sessions.byHash(sha256(first.cookie)), undefined, 'a pending sign-in is no session');
    const signedIn = await login.second(caller, first.cookie, 'totp', codeAt(alice.secret, clock.at));
    assert.ok(Session.is(signedIn.session));
    assert.deepEqual(signedIn.session.strength.amr, ['mfa', 'otp', 'pwd']);
    assert.equal(signedIn.next, '/deep?x=1');
    assert.notEqual(signedIn.cookie, first.cookie);
    assert.equal((await store.sessions.byHash(sha256(signedIn.cookie)))?.accountId, alice.id);
    assert.equal(await login.waiting(caller, first.cookie), null);
    clock.at += 60_000;
    const again = login.second(caller, first.cookie, 'totp', codeAt(alice.secret, clock.at));
    await assert.rejects(again, refusedAs('pending-expired'));
    const kinds = (await store.audit.list({ limit: 100, accountId: alice.id })).map(
      (row) => `${row.kind} ${row.outcome}`,
    );
    assert.deepEqual(kinds.slice(-3), ['sign-in.begin ok', 'sign-in.second ok', 'session.open ok']);
  }),
);

test(
  'where the app asks for the password, possession opens the session',
  inWorld(async (world) => {
    const bob = await enrolled(world, world.portal, 'bob');
    const caller = world.caller(world.portal);
    const { cookie } = await world.login.begin(caller, { account: 'bob', password: undefined, next: '/' });
    const { session } = await world.login.second(caller, cookie, 'totp', codeAt(bob.secret, world.clock.at));
    assert.equal(session.accountName, 'bob');
    assert.equal(session.strength.acr, 'possession');
  }),
);

test(
  'a code is accepted once: not in another sign-in, not for a step-up, and not the one that confirmed the enrolment (T26)',
  inWorld(async (world) => {
    const { login, clock } = world;
    const alice = await enrolled(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const enrolmentCode = codeAt(alice.secret, clock.at - 60_000);
    clock.at -= 60_000;
    const early = await begun(world, caller, 'alice');
    await assert.rejects(login.second(caller, early, 'totp', enrolmentCode), refusedAs('code-used'));
    clock.at += 60_000;
    const code = codeAt(alice.secret, clock.at);
    const { session } = await login.second(caller, await begun(world, caller, 'alice'), 'totp', code);
    const replay = await begun(world, caller, 'alice');
    await assert.rejects(login.second(caller, replay, 'totp', code), refusedAs('code-used'));
    await assert.rejects(login.stepUp(caller, session, 'totp', code), refusedAs('code-used'));
    const older = codeAt(alice.secret, clock.at - 30_000);
    await assert.rejects(login.second(caller, replay, 'totp', older), refusedAs('code-used'));
  }),
);

test(
  'steps that are skipped, empty or of another kind change nothing (T29)',
  inWorld(async (world) => {
    const { login, enrol, clock } = world;
    const alice = await enrolled(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const code = codeAt(alice.secret, clock.at);
    for (const cookie of [null, '', 'x', 'a'.repeat(8192)]) {
      await assert.rejects(login.second(caller, cookie, 'totp', code), refusedAs('pending-expired'));
    }
    const noPassword = login.begin(caller, { account: 'alice', password: undefined, next: '/' });
    await assert.rejects(noPassword, refusedAs('bad-body'));
    const cookie = await begun(world, caller, 'alice');
    await assert.rejects(login.second(world.caller(world.portal), cookie, 'totp', code), refusedAs('pending-expired'));
    for (const call of [
      enrol.totp(caller, cookie),
      enrol.confirm(caller, cookie, code, undefined),
      enrol.finish(caller, cookie),
    ]) {
      await assert.rejects(call, refusedAs('pending-expired'));
    }
    for (const empty of ['', ' ', '12345', 'abcdef']) {
      await assert.rejects(login.second(caller, cookie, 'totp', empty), refusedAs('wrong-credentials'));
    }
    assert.equal(await outcome(login.second(caller, cookie, 'totp', code)), 'ok', 'the sign-in itself was not harmed');
  }),
);

test(
  'a pending sign-in ends after ten minutes',
  inWorld(async (world) => {
    const alice = await enrolled(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const cookie = await begun(world, caller, 'alice');
    world.clock.at += 600_000;
    assert.equal(await world.login.waiting(caller, cookie), null);
    const late = world.login.second(caller, cookie, 'totp', codeAt(alice.secret, world.clock.at));
    await assert.rejects(late, refusedAs('pending-expired'));
  }),
);

test(
  'an account without authenticator has the right password and still no way in (T37)',
  inWorld(async (world) => {
    const { enrol, login, store } = world;
    const alice = await enrolled(world, world.wiki, 'alice');
    for (const row of await store.authenticators.ofAccount(alice.id)) await store.authenticators.remove(row.id);
    const caller = world.caller(world.wiki);
    const { cookie, offer } = await login.begin(caller, { account: 'alice', password: PASSWORD, next: '/' });
    assert.deepEqual(offer, ['passkey', 'totp', 'recovery']);
    const code = codeAt(alice.secret, world.clock.at);
    await assert.rejects(login.second(caller, cookie, 'totp', code), refusedAs('wrong-credentials'));
    const recovery = login.second(caller, cookie, 'recovery', alice.recoveryCodes[0] ?? '');
    await assert.rejects(recovery, refusedAs('wrong-credentials'));
    assert.equal(await enrol.state(caller, cookie), undefined);
    await assert.rejects(enrol.totp(caller, cookie), refusedAs('pending-expired'));
  }),
);

test(
  'unknown, disabled, factorless and known accounts get the same answers, step by step',
  inWorld(async (world) => {
    const { login, store, clock } = world;
    const known = await enrolled(world, world.portal, 'known');
    const bare = await enrolled(world, world.portal, 'bare');
    await enrolled(world, world.portal, 'gone');
    for (const row of await store.authenticators.ofAccount(bare.id)) await store.authenticators.remove(row.id);
    await disableAccount(world.manage, 'gone');
    const code = wrongCode(known.secret, clock.at);
    const answers = new Set<string>();
    for (const [i, account] of ['known', 'bare', 'gone', 'nobody'].entries()) {
      const caller = world.caller(world.portal, { source: `192.0.2.${i + 10}` });
      const { cookie, offer } = await login.begin(caller, { account, password: undefined, next: '/' });
      const told = [String(offer), String(cookie.length), String((await login.waiting(caller, cookie)) !== null)];
      for (let n = 0; n < 7; n++)
        told.push(
          await outcome(
            login.second(caller, cookie, n % 2 ? 'totp' : 'recovery', n % 2 ? code : '0000-0000-0000-0000'),
          ),
        );
      answers.add(told.join(' '));
    }
    assert.equal(answers.size, 1, [...answers].join('\n'));
    const [answer = ''] = answers;
    assert.match(answer, /(wrong-credentials ){5}too-many-attempts too-many-attempts$/);
  }),
);

test(
  'unknown, disabled and passwordless accounts are refused at the password alike',
  inWorld(async (world) => {
    const { login } = world;
    await enrolled(world, world.wiki, 'alice');
    await enrolled(world, world.wiki, 'gone');
    await disableAccount(world.manage, 'gone');
    const caller = world.caller(world.wiki);
    const refused = [
      { account: 'alice', password: 'not the password' },
      { account: 'gone', password: PASSWORD },
      { account: 'nobody', password: PASSWORD },
      { account: 'no body', password: PASSWORD },
    ];
    for (const form of refused)
      assert.equal(await outcome(login.begin(caller, { ...form, next: '/' })), 'wrong-credentials', form.account);
  }),
);

test(
  'an account disabled between the steps is refused at the second',
  inWorld(async (world) => {
    const alice = await enrolled(world, world.portal, 'alice');
    const caller = world.caller(world.portal);
    const cookie = await begun(world, caller, 'alice');
    await world.store.accounts.update(alice.id, { disabledAt: world.clock.at });
    const second = world.login.second(caller, cookie, 'totp', codeAt(alice.secret, world.clock.at));
    await assert.rejects(second, refusedAs('wrong-credentials'));
    assert.deepEqual(await world.store.sessions.listLive(world.clock.at), []);
  }),
);

test(
  'an authenticator disabled between the steps is refused at the second (T31b)',
  inWorld(async (world) => {
    const { store, clock } = world;
    const alice = await enrolled(world, world.portal, 'alice');
    const caller = world.caller(world.portal);
    const cookie = await begun(world, caller, 'alice');
    for (const row of await store.authenticators.ofAccount(alice.id))
      await store.authenticators.addFailure(row.id, 1, clock.at);
    const second = world.login.second(caller, cookie, 'totp', codeAt(alice.secret, clock.at));
    await assert.rejects(second, refusedAs('wrong-credentials'));
  }),
);

test(
  'each of several authenticators signs in',
  inWorld(async (world) => {
    const { login, enrol, clock } = world;
    const alice = await enrolled(world, world.portal, 'alice');
    const caller = world.caller(world.portal);
    const first = await login.second(
      caller,
      await begun(world, caller, 'alice'),
      'totp',
      codeAt(alice.secret, clock.at),
    );
    const added = await enrol.add(caller, first.session);
    const { secret } = await enrol.totp(caller, added.cookie);
    const confirmed = await enrol.confirm(caller, added.cookie, codeAt(secret, clock.at), 'Tablet');
    assert.deepEqual((await enrol.finish(caller, confirmed.cookie)).recoveryCodes, [], 'unused codes stay');
    clock.at += 60_000;
    for (const each of [secret, alice.secret]) {
      const signedIn = await login.second(caller, await begun(world, caller, 'alice'), 'totp', codeAt(each, clock.at));
      assert.equal(signedIn.session.accountId, alice.id);
    }
  }),
);

test(
  'a recovery code signs in once, however it is typed',
  inWorld(async (world) => {
    const { login, store } = world;
    const alice = await enrolled(world, world.wiki, 'alice');
    const [code = ''] = alice.recoveryCodes;
    const caller = world.caller(world.wiki);
    const typed = code.toLowerCase().replaceAll('-', ' ');
    const { session } = await login.second(caller, await begun(world, caller, 'alice'), 'recovery', typed);
    assert.deepEqual(
      session.proofs.map((proof) => proof.kind),
      ['password', 'recovery'],
    );
    assert.equal(await store.authenticators.recoveryLeft(alice.id), 9);
    const again = login.second(caller, await begun(world, caller, 'alice'), 'recovery', code);
    await assert.rejects(again, refusedAs('wrong-credentials'));
    const codes = (await store.authenticators.ofAccount(alice.id)).find((row) => row.kind === 'recovery');
    assert.equal(codes?.failures, 1, 'and counts as a failure');
  }),
);

test(
  'a step-up renews the proof under a new secret of the same session; the old value is dead',
  inWorld(async (world) => {
    const { login, store, clock } = world;
    const alice = await enrolled(world, world.wiki, 'alice');
    const bob = await enrolled(world, world.wiki, 'bob');
    const caller = world.caller(world.wiki);
    const first = await login.second(
      caller,
      await begun(world, caller, 'alice'),
      'totp',
      codeAt(alice.secret, clock.at),
    );
    clock.at += 600_000;
    await assert.rejects(
      login.stepUp(caller, first.session, 'totp', codeAt(bob.secret, clock.at)),
      refusedAs('wrong-credentials'),
    );
    const code = codeAt(alice.secret, clock.at);
    const calls = await Promise.all([1, 2, 3].map(() => outcome(login.stepUp(caller, first.session, 'totp', code))));
    assert.equal(calls.filter((each) => each === 'ok').length, 1, String(calls));
    const row = await store.sessions.byId(first.session.id);
    assert.equal(await store.sessions.byHash(sha256(first.cookie)), undefined);
    assert.deepEqual(
      row?.proofs.map((proof) => [proof.kind, proof.at]),
      [
        ['password', clock.at - 600_000],
        ['totp', clock.at],
      ],
    );
  }),
);

test(
  'a session that ended, or of another app, cannot be stepped up',
  inWorld(async (world) => {
    const { login, clock } = world;
    const alice = await enrolled(world, world.portal, 'alice');
    const caller = world.caller(world.portal);
    const { session } = await login.second(
      caller,
      await begun(world, caller, 'alice'),
      'totp',
      codeAt(alice.secret, clock.at),
    );
    clock.at += 60_000;
    const code = codeAt(alice.secret, clock.at);
    await assert.rejects(login.stepUp(world.caller(world.wiki), session, 'totp', code), refusedAs('sign-in-required'));
    await revokeSessions(world.manage, { by: 'id', id: session.id });
    await assert.rejects(login.stepUp(caller, session, 'totp', code), refusedAs('conflict'));
    const { session: next } = await login.second(caller, await begun(world, caller, 'alice'), 'totp', code);
    assert.notEqual(next.id, session.id, 'the refused step-up did not use the code up');
  }),
);

test(
  'signing out ends the session, signing out everywhere ends all of the account and no other',
  inWorld(async (world) => {
    const { login, store, clock } = world;
    const alice = await enrolled(world, world.portal, 'alice');
    const bob = await enrolled(world, world.portal, 'bob');
    const caller = world.caller(world.portal);
    const signIn = async (name: string, secret: string) => {
      clock.at += 60_000;
      return login.second(caller, await begun(world, caller, name), 'totp', codeAt(secret, clock.at));
    };
    const one = await signIn('alice', alice.secret);
    await signIn('alice', alice.secret);
    const three = await signIn('alice', alice.secret);
    const other = await signIn('bob', bob.secret);
    await login.signOut(caller, one.session);
    assert.equal((await store.sessions.byHash(sha256(one.cookie)))?.endReason, 'sign-out');
    assert.equal(await login.signOutEverywhere(caller, three.session), 2);
    assert.deepEqual(
      (await store.sessions.listLive(clock.at)).map((row) => row.id),
      [other.session.id],
    );
  }),
);

test(
  'what cannot be put on record does not happen',
  inWorld(async (world) => {
    const { createLogin } = await import('../../../src/login/login.ts');
    const alice = await enrolled(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const cookie = await begun(world, caller, 'alice');
    const broken = async () => {
      throw new Error('disk full');
    };
    const store = {
      ...world.store,
      underAccount: <T>(id: string, work: Parameters<typeof world.store.underAccount<T>>[1]) =>
        world.store.underAccount(id, (tx, row) => work({ ...tx, audit: { ...tx.audit, append: broken } }, row)),
    };
    const login = createLogin({ ...contextOf(world), store });
    const code = codeAt(alice.secret, world.clock.at);
    await assert.rejects(login.second(caller, cookie, 'totp', code), /disk full/);
    await assert.rejects(login.begin(caller, { account: 'alice', password: PASSWORD, next: '/' }), /disk full/);
    assert.deepEqual(await world.store.sessions.listLive(world.clock.at), []);
    assert.equal(await outcome(world.login.second(caller, cookie, 'totp', code)), 'ok', 'and nothing was used up');
  }),
);
