import assert from 'node:assert/strict';
import test from 'node:test';
import { FREE_SOURCE_FAILURES } from '../../../src/accounts/throttle.ts';
import { SallyportError } from '../../../src/errors.ts';
import { PasskeyRefused, userHandleOf } from '../../../src/factors/passkey.ts';
import { createLogin } from '../../../src/login/login.ts';
import type { Ceremony } from '../../../src/login/types.ts';
import { Authenticator, type GetTweaks } from '../../support/authenticator.ts';
import { disableAccount } from '../../support/manage.ts';
import { answering, holder, lastOnRecord, refusedFor, run, START } from './passkey-world.ts';
import { answerOf, begun, codeAt, contextOf, count, inWorld, outcome, refusedAs, told, type World } from './world.ts';

const live = async (world: World) => (await world.store.sessions.listLive(world.clock.at)).length;

test(
  'an assertion that was accepted is refused ever after, to whatever ceremony it is sent (T33)',
  inWorld(async (world) => {
    const { login } = world;
    const alice = await holder(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const started = await login.passkeyOptions(caller, START);
    const start = answering(START, started);
    const answer = answerOf(world.wiki, alice.device, started.options);
    const { session } = await login.passkey(caller, start, answer, '/');
    const pending = await begun(world, caller, 'alice');
    const fresh = await login.passkeyOptions(caller, start);
    for (const ceremony of [
      start,
      answering(START, fresh),
      { purpose: 'second', pending },
      { purpose: 'step-up', session },
    ])
      await assert.rejects(login.passkey(caller, ceremony as Ceremony, answer, '/'), refusedFor('challenge'));
    assert.equal(await live(world), 1);
  }),
);

test(
  "another account's passkey ends nobody's sign-in, whatever id and user handle it claims (T33)",
  inWorld(async (world) => {
    const { login, store } = world;
    const alice = await holder(world, world.wiki, 'alice');
    const bob = await holder(world, world.wiki, 'bob');
    const caller = world.caller(world.wiki);
    const [aliceKey = ''] = alice.device.credentialIds;
    const [bobKey = ''] = bob.device.credentialIds;
    const before = await store.authenticators.credentialById(aliceKey);
    const attempt = async (tweaks: GetTweaks, id = bobKey): Promise<unknown> => {
      const ceremony = { purpose: 'second', pending: await begun(world, caller, 'alice') } as const;
      const { options } = await login.passkeyOptions(caller, ceremony);
      const told = { ...options, allowCredentials: [] };
      const answer = { ...bob.device.get({ options: told, origin: world.wiki.origin, ...tweaks }), id, rawId: id };
      return login.passkey(caller, ceremony, JSON.stringify(answer), '/').then(
        () => 'ok',
        (error) => (error instanceof PasskeyRefused ? error.reason : error),
      );
    };
    assert.equal(await attempt({}), 'wrong-account');
    assert.equal(await attempt({ userHandle: userHandleOf(alice.id) }), 'wrong-account');
    assert.equal(await attempt({ userHandle: null }), 'wrong-account');
    assert.equal(await attempt({}, aliceKey), 'user-handle');
    assert.equal(await attempt({ userHandle: userHandleOf(alice.id) }, aliceKey), 'signature');
    assert.equal(await attempt({ userHandle: null }, aliceKey), 'signature');
    assert.equal(await live(world), 0);
    assert.deepEqual(await store.authenticators.credentialById(aliceKey), before, 'nothing was counted as a use');
    const [row] = await lastOnRecord(world, 1);
    assert.deepEqual([row?.kind, row?.outcome, row?.accountId], ['sign-in.second', 'refused', alice.id]);
    assert.equal(row?.detail['cause'], 'signature');
    assert.equal(row?.detail['authenticator'], before?.authenticatorId);
  }),
);

test(
  "another account's passkey neither confirms in a session nor names another at a start (T33)",
  inWorld(async (world) => {
    const alice = await holder(world, world.portal, 'alice');
    const bob = await holder(world, world.portal, 'bob');
    const caller = world.caller(world.portal);
    const { session } = await run(world, caller, START, alice.device);
    const { options } = await world.login.passkeyOptions(caller, { purpose: 'step-up', session });
    const answer = answerOf(world.portal, bob.device, { ...options, allowCredentials: [] });
    const stepUp = world.login.passkey(caller, { purpose: 'step-up', session }, answer, '/');
    await assert.rejects(stepUp, refusedFor('wrong-account'));
    const [row] = await lastOnRecord(world, 1);
    assert.deepEqual([row?.kind, row?.accountId, row?.detail['way']], ['sign-in.step-up', alice.id, 'step-up']);
    const claims = run(world, caller, START, bob.device, { userHandle: userHandleOf(alice.id) });
    await assert.rejects(claims, refusedFor('user-handle'));
    assert.equal(await live(world), 1);
  }),
);

test(
  'a passkey of another realm, or another relying party, opens nothing (T33)',
  inWorld(async (world) => {
    const alice = await holder(world, world.wiki, 'alice');
    const { relyingParty } = world.wiki;
    assert.ok(relyingParty);
    const caller = world.caller(world.portal);
    await assert.rejects(
      run(world, caller, START, alice.device, { credentialId: alice.device.credentialIds[0] ?? '' }),
      refusedFor('rp'),
    );
    // Two realms of one relying party: the signature is right, the account is not of here.
    const shared = world.caller({ ...world.portal, origin: world.wiki.origin, relyingParty });
    await assert.rejects(run(world, shared, START, alice.device), refusedFor('wrong-account'));
    assert.equal(await live(world), 0);
  }),
);

test(
  'a challenge is answered by whom, for what and at what app it was given, once (T34)',
  inWorld(async (world) => {
    const { login } = world;
    const alice = await holder(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const one = await login.passkeyOptions(caller, START);
    const two = await login.passkeyOptions(caller, START);
    const answer = answerOf(world.wiki, alice.device, one.options);
    const pending = await begun(world, caller, 'alice');
    const wrong: readonly Ceremony[] = [
      { purpose: 'start', cookie: two.cookie },
      { purpose: 'start', cookie: null },
      { purpose: 'second', pending },
    ];
    for (const ceremony of wrong)
      await assert.rejects(login.passkey(caller, ceremony, answer, '/'), refusedFor('challenge'));
    const otherApp = world.caller({ ...world.wiki, id: 'wiki-2' });
    await assert.rejects(login.passkey(otherApp, answering(START, one), answer, '/'), refusedFor('challenge'));
    const right = await login.passkey(caller, answering(START, one), answer, '/');
    assert.equal(right.session.accountId, alice.id, 'and who could not answer it did not use it up');
  }),
);

test(
  "challenges of two sign-ins, two sessions, and of a registration are not each other's (T34)",
  inWorld(async (world) => {
    const { login, enrol } = world;
    const alice = await holder(world, world.portal, 'alice');
    const caller = world.caller(world.portal);
    const [a, b] = [await begun(world, caller, 'alice'), await begun(world, caller, 'alice')];
    const ofA = await login.passkeyOptions(caller, { purpose: 'second', pending: a });
    const answerA = answerOf(world.portal, alice.device, ofA.options);
    await assert.rejects(
      login.passkey(caller, { purpose: 'second', pending: b }, answerA, '/'),
      refusedFor('challenge'),
    );
    const { session: first } = await run(world, caller, START, alice.device);
    const { session: other } = await run(world, caller, START, alice.device);
    const ofFirst = await login.passkeyOptions(caller, { purpose: 'step-up', session: first });
    const answer = answerOf(world.portal, alice.device, ofFirst.options);
    const crossed = login.passkey(caller, { purpose: 'step-up', session: other }, answer, '/');
    await assert.rejects(crossed, refusedFor('challenge'));
    await login.signOut(caller, first);
    const after = await run(world, caller, START, alice.device);
    const old = login.passkey(caller, { purpose: 'step-up', session: after.session }, answer, '/');
    await assert.rejects(old, refusedFor('challenge'), 'a challenge from before the sign-out');
    const { cookie } = await enrol.add(caller, after.session);
    const creation = await enrol.passkeyOptions(caller, cookie);
    const asked = { ...creation, rpId: world.portal.relyingParty?.id };
    const swapped = answerOf(world.portal, alice.device, asked);
    for (const ceremony of [START, { purpose: 'step-up', session: after.session }] as const)
      await assert.rejects(login.passkey(caller, ceremony, swapped, '/'), refusedFor('challenge'));
  }),
);

test(
  'a challenge is good for five minutes, and a refused answer uses it up (T34)',
  inWorld(async (world) => {
    const { login, clock } = world;
    const alice = await holder(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const late = await login.passkeyOptions(caller, START);
    clock.at += 300_000;
    const lateAnswer = answerOf(world.wiki, alice.device, late.options);
    await assert.rejects(login.passkey(caller, answering(START, late), lateAnswer, '/'), refusedFor('challenge'));
    const slow = await login.passkeyOptions(caller, START);
    clock.at += 299_999;
    const inTime = answerOf(world.wiki, alice.device, slow.options);
    assert.equal(await outcome(login.passkey(caller, answering(START, slow), inTime, '/')), 'ok');
    const spoilt = await login.passkeyOptions(caller, START);
    const ceremony = answering(START, spoilt);
    const bad = answerOf(world.wiki, alice.device, spoilt.options, { badSignature: true });
    await assert.rejects(login.passkey(caller, ceremony, bad, '/'), refusedFor('signature'));
    const mended = answerOf(world.wiki, alice.device, spoilt.options);
    await assert.rejects(login.passkey(caller, ceremony, mended, '/'), refusedFor('challenge'));
  }),
);

test(
  '20 parallel posts of one answer open one session; so do 20 answers to one sign-in that waits (T34)',
  inWorld(async (world) => {
    const { login } = world;
    const alice = await holder(world, world.portal, 'alice', new Authenticator({ synced: true }));
    const from = (n: number) => world.caller(world.portal, { source: `2001:db8:${n.toString(16)}::1` });
    const started = await login.passkeyOptions(from(0), START);
    const answer = answerOf(world.portal, alice.device, started.options);
    const posts = Array.from({ length: 20 }, (_, n) =>
      outcome(login.passkey(from(n), answering(START, started), answer, '/')),
    );
    const results = await Promise.all(posts);
    assert.equal(count(results, 'ok'), 1, String(results));
    assert.equal(count(results, 'passkey-refused'), 19, String(results));
    const ceremony = { purpose: 'second', pending: await begun(world, from(0), 'alice') } as const;
    const answers: string[] = [];
    for (let n = 0; n < 20; n++) {
      const { options } = await login.passkeyOptions(from(n), ceremony);
      answers.push(answerOf(world.portal, alice.device, options));
    }
    const each = answers.map((text, n) => outcome(login.passkey(from(n), ceremony, text, '/')));
    const ends = await Promise.all(each);
    assert.equal(count(ends, 'ok'), 1, String(ends));
    assert.equal(count(ends, 'pending-expired'), 19, String(ends));
    assert.equal(await live(world), 2);
  }),
);

test(
  'every spoilt answer is refused in the same words, on record, and changes nothing (T35)',
  inWorld(async (world) => {
    const { login, store } = world;
    const alice = await holder(world, world.wiki, 'alice');
    const [id = ''] = alice.device.credentialIds;
    const before = await store.authenticators.credentialById(id);
    const spoilt: readonly (readonly [reason: string, GetTweaks & { origin?: string }])[] = [
      ['verification', { uv: false }],
      ['presence', { up: false }],
      ['origin', { origin: 'https://wiki.example.org.evil.example' }],
      ['origin', { origin: 'http://wiki.example.org' }],
      ['rp', { rpId: 'portal.example.org' }],
      ['type', { type: 'webauthn.create' }],
      ['cross-origin', { crossOrigin: true }],
      ['cross-origin', { topOrigin: 'https://wiki.example.org' }],
      ['counter', { counter: 1 }],
      ['backup-flags', { be: true }],
      ['signature', { badSignature: true }],
      ['challenge', { challenge: 'A'.repeat(43) }],
      ['user-handle', { userHandle: userHandleOf('somebody') }],
    ];
    const words = new Set<string>();
    for (const [n, [reason, { origin = world.wiki.origin, ...tweaks }]] of spoilt.entries()) {
      const caller = world.caller(world.wiki, { source: `192.0.2.${n + 1}` });
      const started = await login.passkeyOptions(caller, START);
      const answer = alice.device.get({ options: started.options, origin, ...tweaks });
      const call = login.passkey(caller, answering(START, started), JSON.stringify(answer), '/');
      const error = await call.then(
        () => assert.fail(`accepted: ${reason}`),
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof PasskeyRefused, String(error));
      assert.equal(error.reason, reason);
      words.add(`${error.status} ${error.publicMessage}`);
      const row = (await lastOnRecord(world, 2)).findLast(({ kind }) => kind === 'sign-in.second');
      assert.deepEqual([row?.outcome, row?.detail['cause']], ['refused', reason]);
    }
    const caller = world.caller(world.wiki, { source: '192.0.2.99' });
    for (const text of ['', '{}', 'null', '[]', 'x'.repeat(70_000)]) {
      const error = await login.passkey(caller, START, text, '/').catch((thrown: unknown) => thrown);
      assert.ok(error instanceof PasskeyRefused, String(error));
      words.add(`${error.status} ${error.publicMessage}`);
    }
    assert.equal(words.size, 1, [...words].join('\n'));
    assert.deepEqual(await store.authenticators.credentialById(id), before);
    assert.equal(await live(world), 0);
  }),
);

test(
  'unknown, disabled and foreign passkeys get the answer of a wrong signature',
  inWorld(async (world) => {
    const { store, clock } = world;
    const caller = world.caller(world.portal);
    const stranger = new Authenticator();
    const relyingParty = { id: 'portal.example.org' };
    const user = { id: userHandleOf('nobody') };
    stranger.create({ options: { challenge: 'AAAA', rp: relyingParty, user }, origin: world.portal.origin });
    const gone = await holder(world, world.portal, 'gone');
    await disableAccount(world.manage, 'gone');
    const off = await holder(world, world.portal, 'off');
    const key = await store.authenticators.credentialById(off.device.credentialIds[0] ?? '');
    await store.authenticators.addFailure(key?.authenticatorId ?? '', 1, clock.at);
    const alice = await holder(world, world.portal, 'alice');
    const answers = new Set<string>();
    for (const [device, tweaks] of [
      [stranger, {}],
      [gone.device, {}],
      [off.device, {}],
      [alice.device, { badSignature: true }],
    ] as const) {
      const error = await run(world, caller, START, device, tweaks).catch((thrown: unknown) => thrown);
      assert.ok(error instanceof SallyportError);
      answers.add(`${error.code} ${error.publicMessage} ${error.retryAfter}`);
    }
    assert.equal(answers.size, 1, [...answers].join('\n'));
    const causes = (await lastOnRecord(world, 4)).map((row) => [row.accountId, row.detail['cause']]);
    assert.deepEqual(causes, [
      [null, 'unknown-credential'],
      [gone.id, 'wrong-account'],
      [off.id, 'unknown-credential'],
      [alice.id, 'signature'],
    ]);
    assert.equal(await live(world), 0);
  }),
);

test('a passkey that is not known here costs one signature, as a known one does', (t) =>
  inWorld(async (world) => {
    const caller = world.caller(world.portal);
    const gone = await holder(world, world.portal, 'gone');
    const alice = await holder(world, world.portal, 'alice');
    const stranger = new Authenticator();
    const user = { id: userHandleOf('nobody') };
    const rp = { id: 'portal.example.org' };
    stranger.create({ options: { challenge: 'AAAA', rp, user }, origin: world.portal.origin });
    await disableAccount(world.manage, 'gone');
    // Counted, not replaced: the work itself is done.
    const verify = t.mock.method(crypto.subtle, 'verify');
    const costs: number[] = [];
    for (const [device, tweaks] of [
      [alice.device, {}],
      [alice.device, { badSignature: true }],
      [stranger, {}],
      [gone.device, {}],
      [alice.device, { userHandle: userHandleOf('nobody') }],
    ] as const) {
      const before = verify.mock.callCount();
      await outcome(run(world, caller, START, device, tweaks));
      costs.push(verify.mock.callCount() - before);
    }
    assert.deepEqual(costs, [1, 1, 1, 1, 1]);
  })());

test(
  'what is disabled between the options and the answer, or while the answer is judged, opens nothing',
  inWorld(async (world) => {
    const { store, clock } = world;
    const alice = await holder(world, world.portal, 'alice');
    const caller = world.caller(world.portal);
    const [id = ''] = alice.device.credentialIds;
    const key = await store.authenticators.credentialById(id);
    const authenticatorId = key?.authenticatorId ?? '';
    const meanwhile = async (change: () => Promise<unknown>): Promise<unknown> => {
      // The last thing that is read before the transaction is the account.
      const accounts = {
        ...store.accounts,
        byId: async (wanted: string) => {
          const row = await store.accounts.byId(wanted);
          await change();
          return row;
        },
      };
      const login = createLogin({ ...contextOf(world), store: { ...store, accounts } });
      const started = await login.passkeyOptions(caller, START);
      const answer = answerOf(world.portal, alice.device, started.options);
      return login.passkey(caller, answering(START, started), answer, '/').then(
        () => 'ok',
        (error) => (error instanceof PasskeyRefused ? error.reason : error),
      );
    };
    assert.equal(await meanwhile(async () => {}), 'ok');
    const before = await store.authenticators.credentialById(id);
    assert.equal(await meanwhile(() => store.accounts.update(alice.id, { disabledAt: clock.at })), 'wrong-account');
    await store.accounts.update(alice.id, { disabledAt: null });
    assert.deepEqual(await store.authenticators.credentialById(id), before, 'the use of the key was undone with it');
    assert.equal(
      await meanwhile(() => store.authenticators.addFailure(authenticatorId, 1, clock.at)),
      'unknown-credential',
    );
    assert.equal(await live(world), 1);
  }),
);

test(
  'a copy of a device-bound key is refused once the original has counted on, the owner can see it, and is told once a day',
  inWorld(async (world) => {
    const alice = await holder(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const copy = alice.device.clone();
    await run(world, caller, START, alice.device);
    await assert.rejects(run(world, caller, START, copy), refusedFor('counter'));
    const [refused, signal] = await lastOnRecord(world, 2);
    assert.deepEqual([refused?.kind, refused?.detail['cause']], ['sign-in.second', 'counter']);
    assert.deepEqual([signal?.kind, signal?.outcome], ['authenticator.signal', 'refused']);
    assert.deepEqual([signal?.accountId, signal?.detail['cause']], [alice.id, 'counter']);
    assert.equal((await run(world, caller, START, alice.device)).session.accountId, alice.id);
    const mails = async () => (await told(world)).filter(({ kind }) => kind === 'passkey-copied');
    const [mail] = await mails();
    assert.equal(mail?.accountId, alice.id);
    await assert.rejects(run(world, caller, START, copy), refusedFor('counter'));
    assert.equal((await mails()).length, 1);
    world.clock.at += 24 * 3_600_000;
    await assert.rejects(run(world, caller, START, copy, { counter: 1 }), refusedFor('counter'));
    assert.equal((await mails()).length, 2);
  }),
);

test(
  'of two answers with one count, judged at the same time, the store lets one in',
  inWorld(async (world) => {
    const { login } = world;
    const alice = await holder(world, world.portal, 'alice');
    const caller = world.caller(world.portal);
    const copy = alice.device.clone();
    const posts: Promise<string>[] = [];
    for (const device of [alice.device, copy]) {
      const started = await login.passkeyOptions(caller, START);
      const answer = answerOf(world.portal, device, started.options);
      posts.push(outcome(login.passkey(caller, answering(START, started), answer, '/')));
    }
    const results = await Promise.all(posts);
    assert.equal(count(results, 'ok'), 1, String(results));
    assert.equal(await live(world), 1);
  }),
);

test(
  'a synced passkey whose count went back signs in, and that is on record; one that flips its eligibility does not',
  inWorld(async (world) => {
    const alice = await holder(world, world.portal, 'alice', new Authenticator({ synced: true }));
    const caller = world.caller(world.portal);
    await run(world, caller, START, alice.device, { counter: 7 });
    const { session } = await run(world, caller, START, alice.device, { counter: 3 });
    assert.deepEqual(session.strength.amr, ['mfa', 'swk', 'user']);
    const [signal] = await lastOnRecord(world, 3);
    assert.deepEqual([signal?.kind, signal?.outcome, signal?.accountId], ['authenticator.signal', 'ok', alice.id]);
    const flipped = run(world, caller, START, alice.device, { be: false, bs: false });
    await assert.rejects(flipped, refusedFor('backup-flags'));
    const kinds = (await lastOnRecord(world, 2)).map((row) => [row.kind, row.detail['cause']]);
    assert.deepEqual(kinds, [
      ['sign-in.second', 'backup-flags'],
      ['authenticator.signal', 'backup-flags'],
    ]);
    const forged = run(world, caller, START, alice.device, { be: false, bs: false, badSignature: true });
    await assert.rejects(forged, refusedFor('signature'), 'a stranger who knows the id says nothing about the key');
  }),
);

test(
  'one network that fails at passkeys has to wait, and others do not',
  inWorld(async (world) => {
    const { login } = world;
    const alice = await holder(world, world.portal, 'alice');
    const caller = world.caller(world.portal, { source: '198.51.100.7' });
    for (let n = 0; n < FREE_SOURCE_FAILURES; n++)
      await assert.rejects(login.passkey(caller, START, '{}', '/'), refusedFor('type'));
    await assert.rejects(login.passkeyOptions(caller, START), refusedAs('too-many-attempts'));
    await assert.rejects(login.passkey(caller, START, '{}', '/'), refusedAs('too-many-attempts'));
    const elsewhere = await run(world, world.caller(world.portal), START, alice.device);
    assert.equal(elsewhere.session.accountId, alice.id);
    const codes = await begun(world, world.caller(world.portal), 'alice');
    const byCode = login.second(world.caller(world.portal), codes, 'totp', codeAt(alice.secret, world.clock.at));
    assert.equal(await outcome(byCode), 'ok');
  }),
);

test(
  'what cannot be put on record does not happen, and the passkey is as unused as before',
  inWorld(async (world) => {
    const { store } = world;
    const alice = await holder(world, world.portal, 'alice');
    const caller = world.caller(world.portal);
    const [id = ''] = alice.device.credentialIds;
    const before = await store.authenticators.credentialById(id);
    const broken = async () => {
      throw new Error('disk full');
    };
    const full = {
      ...store,
      underAccount: <T>(id: string, work: Parameters<typeof store.underAccount<T>>[1]) =>
        store.underAccount(id, (tx, row) => work({ ...tx, audit: { ...tx.audit, append: broken } }, row)),
    };
    const login = createLogin({ ...contextOf(world), store: full });
    const started = await login.passkeyOptions(caller, START);
    const answer = answerOf(world.portal, alice.device, started.options);
    await assert.rejects(login.passkey(caller, answering(START, started), answer, '/'), /disk full/);
    assert.deepEqual(await store.authenticators.credentialById(id), before);
    assert.equal(await live(world), 0);
    const again = world.login.passkey(caller, answering(START, started), answer, '/');
    await assert.rejects(again, refusedFor('challenge'), 'the challenge stays used');
  }),
);
