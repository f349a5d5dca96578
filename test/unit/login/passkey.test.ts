import assert from 'node:assert/strict';
import test from 'node:test';
import { userHandleOf } from '../../../src/factors/passkey.ts';
import { sha256 } from '../../../src/lib/bytes.ts';
import type { Ceremony } from '../../../src/login/types.ts';
import { Session } from '../../../src/sessions/session.ts';
import { Authenticator } from '../../support/authenticator.ts';
import { holder, lastOnRecord, refusedFor, run, START } from './passkey-world.ts';
import { answerOf, begun, codeAt, enrolled, inWorld, PASSWORD, refusedAs, type World, withPasskey } from './world.ts';

const SYNCED = { synced: true } as const;
const CREDENTIALS = (options: Readonly<Record<string, unknown>>) => options['allowCredentials'];

/** A session that a password and a code opened. */
async function byCode(world: World, name: string, secret: string, of = world.wiki): Promise<Session> {
  const caller = world.caller(of);
  const pending = await begun(world, caller, name);
  const { session } = await world.login.second(caller, pending, 'totp', codeAt(secret, world.clock.at));
  world.clock.at += 60_000;
  return session;
}

test(
  'a passkey alone signs in without a name and tells what was proven',
  inWorld(async (world) => {
    const alice = await holder(world, world.wiki, 'alice');
    const signedIn = await run(world, world.caller(world.wiki), START, alice.device);
    assert.ok(Session.is(signedIn.session));
    assert.equal(signedIn.session.accountName, 'alice');
    assert.deepEqual(signedIn.session.strength.amr, ['hwk', 'mfa', 'user']);
    assert.equal(signedIn.session.strength.acr, 'phr');
    assert.equal(signedIn.session.strength.lastPasskeyAt, world.clock.at);
    assert.equal(signedIn.next, '/deep?x=1');
    assert.equal((await world.store.sessions.byHash(sha256(signedIn.cookie)))?.accountId, alice.id);
    const [step, opened] = await lastOnRecord(world, 2);
    assert.deepEqual([step?.kind, step?.outcome, step?.accountId], ['sign-in.second', 'ok', alice.id]);
    assert.equal(step?.detail['step'], 'passkey');
    assert.equal(step?.detail['way'], 'start');
    assert.equal(step?.detail['verified'], true);
    assert.deepEqual([opened?.kind, opened?.detail['factors']], ['session.open', 'passkey']);
    const row = await world.store.authenticators.byId(String(step?.detail['authenticator']));
    assert.deepEqual([row?.kind, row?.lastUsedAt], ['passkey', world.clock.at]);
  }),
);

test(
  'the options of a start name nobody and ask for verification where the passkey is to be both factors',
  inWorld(async (world) => {
    const { login } = world;
    const first = await login.passkeyOptions(world.caller(world.wiki), START);
    assert.deepEqual(CREDENTIALS(first.options), []);
    assert.equal(first.options['userVerification'], 'required');
    assert.equal(first.options['rpId'], 'wiki.example.org');
    assert.match(first.cookie ?? '', /^[A-Za-z0-9_-]{43}$/);
    const kept = await login.passkeyOptions(world.caller(world.wiki), { purpose: 'start', cookie: first.cookie });
    assert.equal(kept.cookie, first.cookie, 'a second tab does not end the ceremony of the first');
    assert.notEqual(kept.options['challenge'], first.options['challenge']);
    const odd = await login.passkeyOptions(world.caller(world.wiki), { purpose: 'start', cookie: 'chosen-by-others' });
    assert.match(odd.cookie ?? '', /^[A-Za-z0-9_-]{43}$/);
    const portal = await login.passkeyOptions(world.caller(world.portal), START);
    assert.equal(portal.options['userVerification'], 'preferred');
  }),
);

test(
  'a passkey is the second step after the password, even when its holder was not verified',
  inWorld(async (world) => {
    const alice = await holder(world, world.wiki, 'alice', new Authenticator({ ...SYNCED, uv: false }));
    const caller = world.caller(world.wiki);
    const pending = await begun(world, caller, 'alice');
    const { options, cookie } = await world.login.passkeyOptions(caller, { purpose: 'second', pending });
    assert.equal(cookie, null);
    assert.equal(options['userVerification'], 'preferred');
    const listed = CREDENTIALS(options) as readonly { id: string }[];
    assert.deepEqual(
      listed.map((each) => each.id),
      alice.device.credentialIds,
      'the password was right: the browser is told which key to ask for',
    );
    const signedIn = await run(world, caller, { purpose: 'second', pending }, alice.device);
    assert.deepEqual(signedIn.session.strength.amr, ['mfa', 'pwd', 'swk', 'user']);
    assert.equal(signedIn.next, '/start', 'where the sign-in was to lead, not what the last form says');
    assert.equal(await world.login.waiting(caller, pending), null);
    await assert.rejects(
      run(world, caller, { purpose: 'second', pending }, alice.device),
      refusedAs('pending-expired'),
    );
  }),
);

test(
  'a passkey whose holder was not verified is one factor: it does not sign in alone where a password is asked for',
  inWorld(async (world) => {
    const alice = await holder(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    await assert.rejects(run(world, caller, START, alice.device, { uv: false }), refusedFor('verification'));
    assert.deepEqual(await world.store.sessions.listLive(world.clock.at), []);
    const bob = await holder(world, world.portal, 'bob');
    const { session } = await run(world, world.caller(world.portal), START, bob.device, { uv: false });
    assert.deepEqual(session.strength.amr, ['hwk', 'user'], 'possession, and no word of more');
    assert.equal(session.strength.acr, 'phr');
  }),
);

test(
  'where the app asks for the password, the second step names no passkeys, for anybody',
  inWorld(async (world) => {
    const bob = await holder(world, world.portal, 'bob');
    await enrolled(world, world.portal, 'codes-only');
    const caller = world.caller(world.portal);
    const seen = new Set<string>();
    for (const name of ['bob', 'codes-only', 'nobody']) {
      const begin = await world.login.begin(caller, { account: name, password: undefined, next: '/' });
      const { options } = await world.login.passkeyOptions(caller, { purpose: 'second', pending: begin.cookie });
      seen.add(JSON.stringify([begin.offer, { ...options, challenge: String(options['challenge']).length }]));
    }
    assert.equal(seen.size, 1, [...seen].join('\n'));
    const pending = await begun(world, caller, 'bob');
    const { session } = await run(world, caller, { purpose: 'second', pending }, bob.device);
    assert.equal(session.accountId, bob.id);
    const nobody = await begun(world, caller, 'nobody');
    const foreign = run(world, caller, { purpose: 'second', pending: nobody }, bob.device);
    await assert.rejects(foreign, refusedFor('wrong-account'));
  }),
);

test(
  'the browser is told of keys that can answer: of this relying party, and not disabled',
  inWorld(async (world) => {
    const { store, login, clock } = world;
    const alice = await holder(world, world.wiki, 'alice');
    const spare = await withPasskey(world, world.wiki, 'alice', alice);
    const session = await byCode(world, 'alice', alice.secret);
    const caller = world.caller(world.wiki);
    const pending = await begun(world, caller, 'alice');
    const listed = async (app = world.wiki) => {
      const ceremonies = [{ purpose: 'step-up', session } as const, { purpose: 'second', pending } as const];
      const all = await Promise.all(ceremonies.map((each) => login.passkeyOptions(world.caller(app), each)));
      const ids = all.map(({ options }) => (CREDENTIALS(options) as readonly { id: string }[]).map(({ id }) => id));
      assert.deepEqual(ids[0], ids[1]);
      return ids[0];
    };
    const both = [...alice.device.credentialIds, ...spare.credentialIds];
    assert.deepEqual(await listed(), both);
    const { relyingParty } = world.wiki;
    assert.ok(relyingParty);
    const moved = { ...world.wiki, relyingParty: { ...relyingParty, id: 'example.org' } };
    assert.deepEqual(await listed(moved), [], 'after the relying party was changed the old keys answer no more');
    const lost = await store.authenticators.credentialById(alice.device.credentialIds[0] ?? '');
    await store.authenticators.addFailure(lost?.authenticatorId ?? '', 1, clock.at);
    assert.deepEqual(await listed(), spare.credentialIds);
  }),
);

test(
  'an app without relying party offers no passkeys and answers no ceremony',
  inWorld(async (world) => {
    const alice = await holder(world, world.wiki, 'alice');
    const bare = { ...world.wiki, relyingParty: null };
    const caller = world.caller(bare);
    const { offer } = await world.login.begin(caller, {
      account: 'alice',
      password: PASSWORD,
      next: '/',
    });
    assert.deepEqual(offer, ['totp', 'recovery']);
    await assert.rejects(world.login.passkeyOptions(caller, START), refusedAs('not-found'));
    const { options, cookie } = await world.login.passkeyOptions(world.caller(world.wiki), START);
    const answer = JSON.stringify(alice.device.get({ options, origin: world.wiki.origin }));
    const call = world.login.passkey(caller, { purpose: 'start', cookie }, answer, '/');
    await assert.rejects(call, refusedAs('not-found'));
  }),
);

test(
  'a passkey confirms within a session: a new secret, a new proof beside the old ones',
  inWorld(async (world) => {
    const alice = await holder(world, world.wiki, 'alice');
    const session = await byCode(world, 'alice', alice.secret);
    const caller = world.caller(world.wiki);
    const opened = world.clock.at - 60_000;
    const { options, cookie } = await world.login.passkeyOptions(caller, { purpose: 'step-up', session });
    assert.equal(cookie, null);
    assert.equal(options['userVerification'], 'preferred', 'the password stands beside it');
    const renewed = await run(world, caller, { purpose: 'step-up', session }, alice.device, { uv: false });
    assert.equal(renewed.session.id, session.id);
    assert.notEqual(renewed.session.hash, session.hash);
    assert.deepEqual(
      renewed.session.proofs.map((proof) => [proof.kind, proof.at]),
      [
        ['password', opened],
        ['totp', opened],
        ['passkey', world.clock.at],
      ],
    );
    assert.equal(renewed.session.strength.phishingResistant, true);
    const [row] = await lastOnRecord(world, 1);
    assert.deepEqual([row?.kind, row?.outcome, row?.accountId], ['sign-in.step-up', 'ok', alice.id]);
    const stale = run(world, caller, { purpose: 'step-up', session }, alice.device);
    await assert.rejects(stale, refusedAs('conflict'), 'the old incarnation cannot be stepped up again');
  }),
);

test(
  'a step-up never leaves the session weaker: what was opened by a verified passkey wants one again',
  inWorld(async (world) => {
    const alice = await holder(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const { session } = await run(world, caller, START, alice.device);
    const { options } = await world.login.passkeyOptions(caller, { purpose: 'step-up', session });
    assert.equal(options['userVerification'], 'required');
    const weaker = run(world, caller, { purpose: 'step-up', session }, alice.device, { uv: false });
    await assert.rejects(weaker, refusedFor('verification'));
    const row = await world.store.sessions.byId(session.id);
    assert.deepEqual([row?.hash, row?.proofs], [session.hash, session.proofs], 'the session is as it was');
    world.clock.at += 60_000;
    const again = await run(world, caller, { purpose: 'step-up', session }, alice.device);
    assert.deepEqual(again.session.strength.amr, ['hwk', 'mfa', 'user']);
    assert.equal(again.session.strength.lastPasskeyAt, world.clock.at);
    const totp = await world.login.stepUp(caller, again.session, 'totp', codeAt(alice.secret, world.clock.at));
    assert.equal(totp.session.strength.opensSession, true, 'a code stands beside the passkey, not in its place');
    assert.equal(totp.session.strength.phishingResistant, true);
  }),
);

test(
  'where possession suffices, a session that says `mfa` is not stepped down to one that does not',
  inWorld(async (world) => {
    const bob = await holder(world, world.portal, 'bob');
    const caller = world.caller(world.portal);
    const verified = await run(world, caller, START, bob.device);
    const down = run(world, caller, { purpose: 'step-up', session: verified.session }, bob.device, { uv: false });
    await assert.rejects(down, refusedFor('verification'));
    const present = await run(world, caller, START, bob.device, { uv: false });
    const same = await run(world, caller, { purpose: 'step-up', session: present.session }, bob.device, { uv: false });
    assert.equal(same.session.id, present.session.id);
  }),
);

test(
  'a realm that always wants verification gets it at the second step and at a step-up too',
  inWorld(async (world) => {
    const alice = await holder(world, world.wiki, 'alice');
    const { relyingParty } = world.wiki;
    assert.ok(relyingParty);
    const strict = { ...world.wiki, relyingParty: { ...relyingParty, verification: 'required' as const } };
    const caller = world.caller(strict);
    const pending = await begun(world, caller, 'alice');
    const second = run(world, caller, { purpose: 'second', pending }, alice.device, { uv: false });
    await assert.rejects(second, refusedFor('verification'));
    const session = await byCode(world, 'alice', alice.secret);
    const stepUp = run(world, caller, { purpose: 'step-up', session }, alice.device, { uv: false });
    await assert.rejects(stepUp, refusedFor('verification'));
  }),
);

test(
  'a session that ended, or of another app, starts and ends no ceremony',
  inWorld(async (world) => {
    const alice = await holder(world, world.wiki, 'alice');
    const session = await byCode(world, 'alice', alice.secret);
    const elsewhere = world.caller(world.portal);
    const stepUp = { purpose: 'step-up', session } as const;
    await assert.rejects(world.login.passkeyOptions(elsewhere, stepUp), refusedAs('sign-in-required'));
    const caller = world.caller(world.wiki);
    const { options } = await world.login.passkeyOptions(caller, stepUp);
    await world.login.signOut(caller, session);
    const answer = JSON.stringify(alice.device.get({ options, origin: world.wiki.origin }));
    // This process has not heard of it yet: the store has the last word.
    await assert.rejects(world.login.passkey(caller, stepUp, answer, '/'), refusedAs('conflict'));
    session.end();
    await assert.rejects(world.login.passkeyOptions(caller, stepUp), refusedAs('sign-in-required'));
  }),
);

test(
  'without a user handle a passkey signs in only where the name is known',
  inWorld(async (world) => {
    const alice = await holder(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const nameless = run(world, caller, START, alice.device, { userHandle: null });
    await assert.rejects(nameless, refusedFor('user-handle'));
    const pending = await begun(world, caller, 'alice');
    const named = await run(world, caller, { purpose: 'second', pending }, alice.device, { userHandle: null });
    assert.equal(named.session.accountId, alice.id);
    assert.equal(named.session.strength.phishingResistant, true);
    const handle = userHandleOf(alice.id);
    const again = await run(world, caller, START, alice.device, { userHandle: handle });
    assert.equal(again.session.accountId, alice.id);
  }),
);

test(
  'a passkey neither adds to nor forgives the guesses of codes',
  inWorld(async (world) => {
    const { login, clock } = world;
    const alice = await holder(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const pending = await begun(world, caller, 'alice');
    for (let n = 0; n < 5; n++)
      await assert.rejects(
        login.second(caller, pending, 'recovery', '0000-0000-0000-0000'),
        refusedAs('wrong-credentials'),
      );
    const code = codeAt(alice.secret, clock.at);
    await assert.rejects(login.second(caller, pending, 'totp', code), refusedAs('too-many-attempts'));
    const { session } = await run(world, caller, { purpose: 'second', pending }, alice.device);
    assert.equal(session.accountId, alice.id, 'whom a stranger keeps from typing codes signs in by passkey');
    const next = await begun(world, caller, 'alice');
    await assert.rejects(login.second(caller, next, 'totp', code), refusedAs('too-many-attempts'));
  }),
);

for (const realm of ['wiki', 'portal'] as const)
  test(
    `an answer to the challenge of a sign-in that is over is late, not wrong, by whatever it is said to be for: ${realm}`,
    inWorld(async (world) => {
      const { login, store, clock } = world;
      const alice = await holder(world, world[realm], 'alice');
      const caller = world.caller(world[realm]);
      const session = await byCode(world, 'alice', alice.secret, world[realm]);
      const over = await begun(world, caller, 'alice');
      clock.at += 9 * 60_000;
      const { options } = await login.passkeyOptions(caller, { purpose: 'second', pending: over });
      const answer = answerOf(world[realm], alice.device, options);
      clock.at += 90_000;
      const count = async () => [
        (await store.audit.list({ limit: 1000 })).length,
        (await store.sessions.listLive(clock.at)).length,
      ];
      const before = await count();
      const ways: readonly Ceremony[] = [
        { purpose: 'second', pending: over },
        { purpose: 'start', cookie: null, over },
        { purpose: 'step-up', session, over },
      ];
      for (let n = 0; n < 60; n += 1) {
        const late = login.passkey(caller, ways[n % 3] ?? START, answer, '/');
        await assert.rejects(late, refusedAs('pending-expired'));
      }
      assert.deepEqual(await count(), before);
      // Of any other sign-in than the one that it had, it is wrong as before.
      const other = await begun(world, caller, 'alice');
      for (const cookie of [other, null, 'x', over.slice(1)]) {
        const wrong = login.passkey(caller, { purpose: 'start', cookie: null, over: cookie }, answer, '/');
        await assert.rejects(wrong, refusedFor('challenge'));
      }
      const elsewhere = world.caller(world[realm === 'wiki' ? 'portal' : 'wiki']);
      const foreign = login.passkey(elsewhere, { purpose: 'start', cookie: null, over }, answer, '/');
      await assert.rejects(foreign, refusedFor('challenge'));
    }),
  );
