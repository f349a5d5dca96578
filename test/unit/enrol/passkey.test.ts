import assert from 'node:assert/strict';
import test from 'node:test';
import type { AppConfig } from '../../../src/config/types.ts';
import { PasskeyKnown, TooManyAuthenticators } from '../../../src/enrol/refusals.ts';
import { PasskeyRefused } from '../../../src/factors/passkey.ts';
import { sha256 } from '../../../src/lib/bytes.ts';
import { randomToken, systemRandom } from '../../../src/lib/random.ts';
import type { ChallengePurpose } from '../../../src/store/types.ts';
import { Authenticator, type CreateTweaks, type RegistrationResponse } from '../../support/authenticator.ts';
import { addAccount, issueTicket } from '../../support/manage.ts';
import { codeAt, count, outcome, refusedAs } from '../login/world.ts';
import { atTheChoice, inRoom, opened, type Room, signedIn } from './world.ts';

type Choice = Pick<Awaited<ReturnType<typeof atTheChoice>>, 'caller' | 'cookie'>;

/** One ceremony as the browser runs it; returns what it would send. */
async function answered(
  room: Room,
  { caller, cookie }: Choice,
  key = new Authenticator(),
  tweaks: CreateTweaks = {},
): Promise<RegistrationResponse> {
  const options = await room.enrol.passkeyOptions(caller, cookie);
  return key.create({ options, origin: caller.app.origin, ...tweaks });
}

async function registered(room: Room, choice: Choice, key?: Authenticator, tweaks?: CreateTweaks) {
  const response = await answered(room, choice, key, tweaks);
  return room.enrol.passkey(choice.caller, choice.cookie, JSON.stringify(response), undefined);
}

/** An answer that an authenticator which proves nothing (attestation `none`) lets be signed over to another challenge. */
function withChallenge(response: RegistrationResponse, challenge: string): string {
  const client: unknown = JSON.parse(Buffer.from(response.response.clientDataJSON, 'base64url').toString());
  const text = JSON.stringify({ ...(client as object), challenge });
  const clientDataJSON = Buffer.from(text).toString('base64url');
  return JSON.stringify({ ...response, response: { ...response.response, clientDataJSON } });
}

function refusedFor(reason: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof PasskeyRefused, String(error));
    assert.equal(error.reason, reason);
    return true;
  };
}

async function challengeFor(room: Room, choice: Choice): Promise<string> {
  return String((await room.enrol.passkeyOptions(choice.caller, choice.cookie))['challenge']);
}

test(
  'a ticket, a password and a passkey enrol an account and sign it in; the cookie changes',
  inRoom(async (room) => {
    const { enrol, wiki, store, clock } = room;
    const choice = await atTheChoice(room, wiki, 'alice');
    const { cookie } = await registered(room, choice);
    assert.notEqual(cookie, choice.cookie);
    assert.equal(await enrol.state(choice.caller, choice.cookie), undefined);
    const state = await enrol.state(choice.caller, cookie);
    assert.deepEqual([state?.confirmed, state?.added, state?.totp], [true, ['passkey'], null]);
    const done = await enrol.finish(choice.caller, cookie);
    assert.equal(done.recoveryCodes.length, 10);
    const [row] = (await store.authenticators.ofAccount(choice.id)).filter((each) => each.kind === 'passkey');
    assert.deepEqual(done.proofs.at(-1), {
      kind: 'passkey',
      at: clock.at,
      authenticatorId: row?.id,
      userVerified: true,
      deviceBound: true,
    });
    const signed = await opened(room, choice.caller, done.accountId, done.proofs);
    assert.deepEqual(signed?.session.strength.amr, ['hwk', 'mfa', 'pwd', 'user']);
    const [key] = await store.authenticators.credentialsOf(choice.id);
    assert.deepEqual([key?.authenticatorId, key?.rpId, key?.userVerified], [row?.id, 'wiki.example.org', true]);
    assert.deepEqual(await room.told(choice.id), ['authenticator-added', 'ticket-used']);
    const marks = {
      userVerified: true,
      deviceBound: true,
      rp: 'wiki.example.org',
      backedUp: false,
      model: '00000000-0000-0000-0000-000000000000',
    };
    assert.deepEqual(await room.noted(choice.id, 'enrol.authenticator'), [
      { outcome: 'ok', authenticator: row?.id, kind: 'passkey', label: 'Passkey', ...marks },
    ]);
  }),
);

test(
  'a passkey without user verification is one factor: with the password it signs in',
  inRoom(async (room) => {
    const { enrol, wiki } = room;
    const choice = await atTheChoice(room, wiki, 'alice');
    const { cookie } = await registered(room, choice, new Authenticator({ uv: false }));
    const done = await enrol.finish(choice.caller, cookie);
    assert.ok(await opened(room, choice.caller, done.accountId, done.proofs));
    const alone = done.proofs.filter((proof) => proof.kind === 'passkey');
    assert.equal(alone[0]?.userVerified, false);
    assert.equal(await opened(room, choice.caller, done.accountId, alone), undefined);
  }),
);

test(
  'options name the account, every credential that it has, and how it must be found later',
  inRoom(async (room) => {
    const { enrol, wiki, portal } = room;
    for (const [app, residentKey] of [
      [wiki, 'preferred'],
      [portal, 'required'],
    ] as const) {
      const choice = await atTheChoice(room, app, 'alice');
      const key = new Authenticator();
      const { cookie } = await registered(room, choice, key);
      const again = await enrol.passkeyOptions(choice.caller, cookie);
      const { rp, user, excludeCredentials, authenticatorSelection } = again as Record<string, Record<string, unknown>>;
      assert.equal(rp?.['id'], new URL(app.origin).hostname);
      assert.equal(user?.['name'], 'alice');
      assert.equal(user?.['id'], Buffer.from(choice.id).toString('base64url'));
      assert.deepEqual(
        (excludeCredentials as unknown as { id: string }[]).map(({ id }) => id),
        key.credentialIds,
      );
      assert.equal(authenticatorSelection?.['residentKey'], residentKey, app.id);
      await assert.rejects(answered(room, { ...choice, cookie }, key), { name: 'InvalidStateError' });
    }
  }),
);

test(
  'the password comes first, and where no passkeys are taken there is no such page',
  inRoom(async (room) => {
    const { enrol, wiki, manage } = room;
    const account = await addAccount(manage, { name: 'alice', realm: wiki.realm.id });
    const caller = room.caller(wiki);
    const { cookie } = await enrol.open(caller, (await issueTicket(manage, account.id)).secret);
    await assert.rejects(enrol.passkeyOptions(caller, cookie), refusedAs('conflict'));
    await assert.rejects(enrol.passkey(caller, cookie, '{}', undefined), refusedAs('conflict'));
    const without: AppConfig = { ...wiki, relyingParty: null };
    await assert.rejects(enrol.passkeyOptions(room.caller(without), cookie), refusedAs('not-found'));
    await assert.rejects(enrol.passkey(room.caller(without), cookie, '{}', undefined), refusedAs('not-found'));
    for (const other of [null, 'x']) {
      await assert.rejects(enrol.passkeyOptions(caller, other), refusedAs('pending-expired'));
      await assert.rejects(enrol.passkey(caller, other, '{}', undefined), refusedAs('pending-expired'));
    }
  }),
);

test(
  'a cancelled ceremony leaves the enrolment as it was; another one, or an app, goes on',
  inRoom(async (room) => {
    const { enrol, portal, clock } = room;
    const choice = await atTheChoice(room, portal, 'alice');
    const before = await enrol.state(choice.caller, choice.cookie);
    await enrol.passkeyOptions(choice.caller, choice.cookie);
    assert.deepEqual(await enrol.state(choice.caller, choice.cookie), before);
    await assert.rejects(enrol.finish(choice.caller, choice.cookie), refusedAs('conflict'));
    const { cookie } = await registered(room, choice);
    const { secret } = await enrol.totp(choice.caller, cookie);
    const next = await enrol.confirm(choice.caller, cookie, codeAt(secret, clock.at), undefined);
    assert.deepEqual((await enrol.state(choice.caller, next.cookie))?.added, ['passkey', 'totp']);
  }),
);

test(
  'whatever is wrong with an answer refuses it, on record, counted, and without an end to the enrolment (G)',
  inRoom(async (room) => {
    const { enrol, portal, store } = room;
    const choice = await atTheChoice(room, portal, 'alice');
    const send = (text: string) => enrol.passkey(choice.caller, choice.cookie, text, undefined);
    const wrong: [string, CreateTweaks & { origin?: string }][] = [
      ['origin', { origin: 'https://portal.example.org.evil.test' }],
      ['cross-origin', { crossOrigin: true }],
      ['type', { type: 'webauthn.get' }],
      ['rp', { rpId: 'evil.test' }],
      ['presence', { up: false }],
      ['backup-flags', { be: false, bs: true }],
    ];
    for (const [reason, tweaks] of wrong) {
      await assert.rejects(send(JSON.stringify(await answered(room, choice, undefined, tweaks))), refusedFor(reason));
    }
    for (const text of ['', 'null', '[]', '{']) await assert.rejects(send(text), refusedFor('malformed'));
    assert.deepEqual(await store.authenticators.ofAccount(choice.id), []);
    const causes = (await room.noted(choice.id, 'enrol.authenticator')).map(({ outcome, cause }) => [outcome, cause]);
    const expected = [...wrong.map(([reason]) => reason), ...Array<string>(4).fill('malformed')];
    assert.deepEqual(
      causes,
      expected.map((cause) => ['refused', cause]),
    );
    assert.ok(await registered(room, choice));
  }),
);

test(
  'an address that sends nothing but refused answers must wait',
  inRoom(async (room) => {
    const choice = await atTheChoice(room, room.portal, 'alice');
    const send = () => outcome(room.enrol.passkey(choice.caller, choice.cookie, '{}', undefined));
    const results: string[] = [];
    for (let i = 0; i < 40; i++) results.push(await send());
    assert.equal(count(results, 'passkey-refused'), 30, String(results));
    assert.equal(count(results, 'too-many-attempts'), 10);
  }),
);

test(
  'a challenge is good once, also for the answer that was refused with it',
  inRoom(async (room) => {
    const { enrol, portal, store } = room;
    const choice = await atTheChoice(room, portal, 'alice');
    const good = await answered(room, choice);
    const { cookie } = await enrol.passkey(choice.caller, choice.cookie, JSON.stringify(good), undefined);
    const replay = enrol.passkey(choice.caller, cookie, JSON.stringify(good), undefined);
    await assert.rejects(replay, refusedFor('challenge'));
    const options = await enrol.passkeyOptions(choice.caller, cookie);
    const origin = choice.caller.app.origin;
    const spoilt = new Authenticator().create({ options, origin, up: false });
    const mended = new Authenticator().create({ options, origin });
    const send = (response: object) => enrol.passkey(choice.caller, cookie, JSON.stringify(response), undefined);
    await assert.rejects(send(spoilt), refusedFor('presence'));
    await assert.rejects(send(mended), refusedFor('challenge'));
    assert.equal((await store.authenticators.credentialsOf(choice.id)).length, 1);
  }),
);

test(
  'a challenge ends after five minutes, to the millisecond',
  inRoom(async (room) => {
    const { enrol, portal, clock } = room;
    const choice = await atTheChoice(room, portal, 'alice');
    const [late, intime] = [await answered(room, choice), await answered(room, choice)];
    clock.at += 299_999;
    const { cookie } = await enrol.passkey(choice.caller, choice.cookie, JSON.stringify(intime), undefined);
    clock.at += 1;
    const call = enrol.passkey(choice.caller, cookie, JSON.stringify(late), undefined);
    await assert.rejects(call, refusedFor('challenge'));
  }),
);

test(
  'a challenge of another enrolment is refused and not used up, and one that nobody gave out is refused',
  inRoom(async (room) => {
    const { enrol, portal } = room;
    const alice = await atTheChoice(room, portal, 'alice');
    const mallory = await atTheChoice(room, portal, 'mallory');
    const hers = JSON.stringify(await answered(room, alice));
    await assert.rejects(enrol.passkey(mallory.caller, mallory.cookie, hers, undefined), refusedFor('challenge'));
    await enrol.passkey(alice.caller, alice.cookie, hers, undefined);
    const made = await answered(room, mallory, undefined, { challenge: randomToken(systemRandom, 32) });
    const call = enrol.passkey(mallory.caller, mallory.cookie, JSON.stringify(made), undefined);
    await assert.rejects(call, refusedFor('challenge'));
  }),
);

test(
  'a challenge that was given out to sign in, or at another app, registers nothing',
  inRoom(async (room) => {
    const { enrol, portal, wiki, store, clock } = room;
    const choice = await atTheChoice(room, portal, 'alice');
    const holder = (await store.pendings.byHash(sha256(choice.cookie)))?.id ?? '';
    const foreign: [ChallengePurpose, AppConfig][] = [
      ['start', portal],
      ['second', portal],
      ['step-up', portal],
      ['enrol', wiki],
    ];
    for (const [purpose, app] of foreign) {
      const challenge = randomToken(systemRandom, 32);
      const span = { createdAt: clock.at, expiresAt: clock.at + 300_000 };
      await store.challenges.insert({ hash: sha256(challenge), purpose, holder, appId: app.id, ...span });
      const response = await answered(room, choice, undefined, { challenge });
      const call = enrol.passkey(choice.caller, choice.cookie, JSON.stringify(response), undefined);
      await assert.rejects(call, refusedFor('challenge'), `${purpose} at ${app.id}`);
    }
    assert.deepEqual(await store.authenticators.ofAccount(choice.id), []);
  }),
);

test(
  'a credential that an account has, this one or another, is not registered again; its owner keeps it',
  inRoom(async (room) => {
    const { enrol, portal, wiki, store } = room;
    const alice = await atTheChoice(room, portal, 'alice');
    const hers = await answered(room, alice);
    const { cookie } = await enrol.passkey(alice.caller, alice.cookie, JSON.stringify(hers), undefined);
    const kept = await store.authenticators.credentialsOf(alice.id);
    const mallory = await atTheChoice(room, portal, 'mallory');
    const messages: string[] = [];
    for (const who of [mallory, { ...alice, cookie }]) {
      const copy = withChallenge(hers, await challengeFor(room, who));
      await assert.rejects(enrol.passkey(who.caller, who.cookie, copy, undefined), (error) => {
        assert.ok(error instanceof PasskeyKnown, String(error));
        messages.push(error.publicMessage);
        return true;
      });
      assert.ok(await enrol.state(who.caller, who.cookie), 'the enrolment goes on under the same cookie');
    }
    assert.equal(new Set(messages).size, 1, 'it does not tell whose it is');
    assert.deepEqual(await store.authenticators.ofAccount(mallory.id), []);
    assert.deepEqual(await store.authenticators.credentialsOf(alice.id), kept);
    const [noted] = await room.noted(mallory.id, 'enrol.authenticator');
    assert.deepEqual(noted, { outcome: 'refused', kind: 'passkey', cause: 'registered-already' });
    assert.deepEqual(await room.told(mallory.id), ['ticket-used']);
    assert.ok(await registered(room, await atTheChoice(room, wiki, 'alice')), 'another passkey is fine');
  }),
);

test(
  'of 20 parallel answers to one challenge one registers',
  inRoom(async (room) => {
    const { enrol, portal, store } = room;
    const choice = await atTheChoice(room, portal, 'alice');
    const options = await enrol.passkeyOptions(choice.caller, choice.cookie);
    const origin = choice.caller.app.origin;
    const answers = Array.from({ length: 20 }, () => JSON.stringify(new Authenticator().create({ options, origin })));
    const calls = answers.map((text) => outcome(enrol.passkey(choice.caller, choice.cookie, text, undefined)));
    const results = await Promise.all(calls);
    assert.equal(count(results, 'ok'), 1, String(results));
    assert.equal((await store.authenticators.ofAccount(choice.id)).length, 1);
    assert.equal((await store.authenticators.credentialsOf(choice.id)).length, 1);
    assert.equal(count(await room.told(choice.id), 'authenticator-added'), 1);
  }),
);

test(
  'parallel answers to challenges of their own move one enrolment on once',
  inRoom(async (room) => {
    const { enrol, portal, store } = room;
    const choice = await atTheChoice(room, portal, 'alice');
    const answers: RegistrationResponse[] = [];
    for (let i = 0; i < 4; i++) answers.push(await answered(room, choice));
    const results = await Promise.all(
      answers.map((each) => outcome(enrol.passkey(choice.caller, choice.cookie, JSON.stringify(each), undefined))),
    );
    assert.equal(count(results, 'ok'), 1, String(results));
    assert.equal((await store.authenticators.credentialsOf(choice.id)).length, 1);
  }),
);

test(
  'an account has ten passkeys at most, besides its apps; the tenth and eleventh at once are one',
  inRoom(async (room) => {
    const { enrol, portal, store } = room;
    const choice = await atTheChoice(room, portal, 'alice');
    let { cookie } = choice;
    for (let i = 0; i < 9; i++) ({ cookie } = await registered(room, { ...choice, cookie }));
    const early = await answered(room, { ...choice, cookie });
    ({ cookie } = await registered(room, { ...choice, cookie }));
    const tooMany = (error: unknown) => error instanceof TooManyAuthenticators && error.kind === 'passkey';
    await assert.rejects(enrol.passkeyOptions(choice.caller, cookie), tooMany);
    await assert.rejects(enrol.passkey(choice.caller, cookie, JSON.stringify(early), undefined), tooMany);
    assert.equal((await store.authenticators.credentialsOf(choice.id)).length, 10);
    assert.ok(await enrol.totp(choice.caller, cookie), 'there is room for an app');
  }),
);

test(
  'a passkey has the name that its owner gives it, or what it is',
  inRoom(async (room) => {
    const { enrol, portal, store } = room;
    const choice = await atTheChoice(room, portal, 'alice');
    let { cookie } = choice;
    const kinds: [Authenticator, string[], string | undefined][] = [
      [new Authenticator({ synced: true }), ['internal', 'hybrid'], undefined],
      [new Authenticator(), ['usb', 'nfc'], undefined],
      [new Authenticator(), ['internal'], ' '],
      [new Authenticator({ synced: true }), ['usb'], undefined],
      [new Authenticator(), ['usb'], ' Key on the ring '],
    ];
    for (const [key, transports, label] of kinds) {
      const response = await answered(room, { ...choice, cookie }, key, { transports });
      for (const bad of ['a\nb', 'x'.repeat(65)]) {
        const call = enrol.passkey(choice.caller, cookie, JSON.stringify(response), bad);
        await assert.rejects(call, refusedAs('bad-body'), 'and the same answer can be sent again');
      }
      ({ cookie } = await enrol.passkey(choice.caller, cookie, JSON.stringify(response), label));
    }
    const labels = (await store.authenticators.ofAccount(choice.id)).map((row) => row.label).sort();
    assert.deepEqual(labels, ['Key on the ring', 'Passkey', 'Passkey', 'Passkey', 'Security key']);
  }),
);

test(
  'a signed-in person adds a passkey and keeps the recovery codes; the page says whether it is synced',
  inRoom(async (room) => {
    const { enrol, wiki, clock } = room;
    const { caller, session, secret, recoveryCodes } = await signedIn(room, wiki, 'alice');
    clock.at += 1000;
    for (const synced of [true, false]) {
      const { cookie } = await enrol.add(caller, session);
      const added = await registered(room, { caller, cookie }, new Authenticator({ synced }));
      const done = await enrol.finish(caller, added.cookie);
      assert.deepEqual([done.adding, done.recoveryCodes], [true, []]);
      clock.at += 1000;
    }
    const own = await enrol.own(caller, session);
    assert.deepEqual(
      own.authenticators.map(({ kind, synced }) => [kind, synced]),
      [
        ['totp', null],
        ['passkey', true],
        ['passkey', false],
      ],
    );
    assert.equal(own.recoveryLeft, recoveryCodes.length);
    assert.doesNotMatch(JSON.stringify(own), new RegExp(secret));
  }),
);

test(
  'what cannot be put on record or told is not registered',
  inRoom(async (room) => {
    const { enrol, portal, store, faults } = room;
    const choice = await atTheChoice(room, portal, 'alice');
    for (const broken of ['audit.append', 'notices.insert', 'authenticators.insertCredential', 'challenges.take']) {
      const response = JSON.stringify(await answered(room, choice));
      faults.broken = (call) => call === broken;
      const call = enrol.passkey(choice.caller, choice.cookie, response, undefined);
      await assert.rejects(call, refusedAs('store-unavailable'), broken);
      faults.broken = null;
    }
    assert.deepEqual(await store.authenticators.ofAccount(choice.id), []);
    assert.deepEqual(await store.authenticators.credentialsOf(choice.id), []);
    assert.deepEqual(await room.told(choice.id), ['ticket-used']);
    assert.ok(await registered(room, choice));
  }),
);
