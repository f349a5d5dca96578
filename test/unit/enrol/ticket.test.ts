import assert from 'node:assert/strict';
import test from 'node:test';
import { PasswordRefused } from '../../../src/accounts/password.ts';
import { ClockSkew } from '../../../src/enrol/refusals.ts';
import { addAccount, disableAccount, issueTicket, revokeTickets } from '../../support/manage.ts';
import { begun, codeAt, count, enrolled, outcome, PASSWORD, refusedAs, type World, wrongCode } from '../login/world.ts';
import { inRoom, opened } from './world.ts';

async function newbie(world: World, of = world.wiki) {
  const account = await addAccount(world.manage, { name: 'newbie', realm: of.realm.id });
  const ticket = await issueTicket(world.manage, account.id);
  return { account, ticket, caller: world.caller(of) };
}

test(
  'a ticket, a password and a code enrol an account and sign it in; the cookie changes at every step (T42)',
  inRoom(async (world) => {
    const { enrol, login, clock } = world;
    const { account, ticket, caller } = await newbie(world);
    const person = { accountName: 'newbie', organisationId: 'realm.staff' };
    assert.deepEqual(await enrol.peek(caller, ticket.secret), person);
    const opened = await enrol.open(caller, ticket.secret);
    const empty = { ...person, totp: null, confirmed: false, added: [], adding: false };
    assert.deepEqual(await enrol.state(caller, opened.cookie), { ...empty, password: 'set' });
    const named = await enrol.password(caller, opened.cookie, PASSWORD);
    const { secret, uri } = await enrol.totp(caller, named.cookie);
    assert.match(
      uri,
      new RegExp(`^otpauth://totp/wiki\\.example\\.org:newbie\\?secret=${secret}&issuer=wiki\\.example\\.org&`),
    );
    assert.deepEqual((await enrol.state(caller, named.cookie))?.totp, { secret, uri });
    const confirmed = await enrol.confirm(caller, named.cookie, codeAt(secret, clock.at), ' Phone ');
    const after = { ...empty, password: 'done', confirmed: true, added: ['totp'] };
    assert.deepEqual(await enrol.state(caller, confirmed.cookie), after);
    const done = await enrol.finish(caller, confirmed.cookie, (tx, who, proofs) =>
      login.afterEnrolment(caller, tx, who, proofs),
    );
    assert.equal(done.recoveryCodes.length, 10);
    assert.equal(new Set([opened.cookie, named.cookie, confirmed.cookie]).size, 3);
    for (const { cookie } of [opened, named, confirmed]) assert.equal(await enrol.state(caller, cookie), undefined);
    const { signedIn } = done;
    assert.equal(signedIn?.session.accountId, account.id);
    assert.deepEqual(signedIn?.session.strength.amr, ['mfa', 'otp', 'pwd']);
    const row = (await world.store.authenticators.ofAccount(account.id)).find((each) => each.kind === 'totp');
    assert.equal(row?.label, 'Phone');
    assert.ok(!JSON.stringify(row).includes(secret), 'the secret is sealed');
  }),
);

test(
  'where the app asks for the password none is set here',
  inRoom(async (world) => {
    const { enrol } = world;
    const { ticket, caller } = await newbie(world, world.portal);
    const { cookie } = await enrol.open(caller, ticket.secret);
    assert.equal((await enrol.state(caller, cookie))?.password, 'none');
    await assert.rejects(enrol.password(caller, cookie, PASSWORD), refusedAs('conflict'));
    const { secret } = await enrol.totp(caller, cookie);
    const confirmed = await enrol.confirm(caller, cookie, codeAt(secret, world.clock.at), undefined);
    const done = await enrol.finish(caller, confirmed.cookie);
    assert.ok(await opened(world, caller, done.accountId, done.proofs));
  }),
);

test(
  'a ticket is used once, by one of 20 parallel posts; showing it does not use it (T38)',
  inRoom(async (world) => {
    const { enrol } = world;
    const { ticket, caller } = await newbie(world);
    for (let i = 0; i < 5; i++) assert.ok(await enrol.peek(caller, ticket.secret));
    const results = await Promise.all(Array.from({ length: 20 }, () => outcome(enrol.open(caller, ticket.secret))));
    assert.equal(count(results, 'ok'), 1, String(results));
    assert.equal(await enrol.peek(caller, ticket.secret), undefined);
  }),
);

test(
  'a ticket that is truncated, altered, expired, revoked, replaced, of another realm or of a disabled account opens nothing (T38)',
  inRoom(async (world) => {
    const { enrol, manage, clock } = world;
    const { account, ticket, caller } = await newbie(world);
    const refused = async (secret: string, at = caller) => {
      assert.equal(await enrol.peek(at, secret), undefined, secret);
      assert.equal(await outcome(enrol.open(at, secret)), 'ticket-invalid', secret);
    };
    for (const secret of [
      '',
      ' ',
      ticket.secret.slice(0, -1),
      `${ticket.secret}A`,
      ticket.secret.toLowerCase(),
      ticket.id,
      'x'.repeat(9999),
    ])
      await refused(secret);
    await refused(ticket.secret, world.caller(world.portal));
    assert.ok(await enrol.peek(caller, ticket.secret), 'the wrong app did not use it up');
    const second = await issueTicket(manage, account.id, { ttlMs: 300_000 });
    await refused(ticket.secret);
    clock.at += 299_999;
    assert.ok(await enrol.peek(caller, second.secret));
    clock.at += 1;
    await refused(second.secret);
    const third = await issueTicket(manage, account.id);
    assert.equal(await revokeTickets(manage, account.id), 1);
    await refused(third.secret);
    const fourth = await issueTicket(manage, account.id);
    await disableAccount(manage, account.id);
    await refused(fourth.secret);
  }),
);

test(
  'the steps come in their order: password, secret, code, finish (T29)',
  inRoom(async (world) => {
    const { enrol, clock } = world;
    const { ticket, caller } = await newbie(world);
    let { cookie } = await enrol.open(caller, ticket.secret);
    const code = '123456';
    for (const call of [
      enrol.totp(caller, cookie),
      enrol.confirm(caller, cookie, code, undefined),
      enrol.finish(caller, cookie),
    ]) {
      await assert.rejects(call, refusedAs('conflict'));
    }
    ({ cookie } = await enrol.password(caller, cookie, PASSWORD));
    await assert.rejects(enrol.password(caller, cookie, 'another long password'), refusedAs('conflict'));
    await assert.rejects(enrol.confirm(caller, cookie, code, undefined), refusedAs('conflict'));
    await assert.rejects(enrol.finish(caller, cookie), refusedAs('conflict'));
    const { secret } = await enrol.totp(caller, cookie);
    await assert.rejects(enrol.finish(caller, cookie), refusedAs('conflict'));
    for (const other of [null, '', 'x', cookie.slice(1)]) {
      await assert.rejects(
        enrol.confirm(caller, other, codeAt(secret, clock.at), undefined),
        refusedAs('pending-expired'),
      );
    }
    await assert.rejects(enrol.finish(world.caller(world.portal), cookie), refusedAs('pending-expired'));
    assert.deepEqual(await world.store.authenticators.counts(), new Map());
  }),
);

test(
  'an enrolment ends after 15 minutes, and with its account',
  inRoom(async (world) => {
    const { enrol, clock, manage } = world;
    const { account, ticket, caller } = await newbie(world);
    const { cookie } = await enrol.open(caller, ticket.secret);
    clock.at += 900_000;
    assert.equal(await enrol.state(caller, cookie), undefined);
    await assert.rejects(enrol.password(caller, cookie, PASSWORD), refusedAs('pending-expired'));
    const again = await enrol.open(caller, (await issueTicket(manage, account.id)).secret);
    await disableAccount(manage, account.id);
    await assert.rejects(enrol.password(caller, again.cookie, PASSWORD), refusedAs('pending-expired'));
  }),
);

test(
  'a refused password says why and leaves the step open',
  inRoom(async (world) => {
    const { ticket, caller } = await newbie(world);
    const { cookie } = await world.enrol.open(caller, ticket.secret);
    for (const [typed, reason] of [
      ['short', 'too-short'],
      ['password123', 'too-common'],
      ['newbie-wiki', 'contains-name'],
    ] as const) {
      await assert.rejects(
        world.enrol.password(caller, cookie, typed),
        (error) => error instanceof PasswordRefused && error.reason === reason,
      );
    }
    assert.equal((await world.enrol.state(caller, cookie))?.password, 'set');
  }),
);

test(
  'a ticket does not pass by the password that is set, unless it was issued to reset it',
  inRoom(async (world) => {
    const { enrol, login, manage } = world;
    const alice = await enrolled(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const plain = await enrol.open(caller, (await issueTicket(manage, alice.id)).secret);
    assert.equal((await enrol.state(caller, plain.cookie))?.password, 'verify');
    for (let i = 0; i < 5; i++)
      await assert.rejects(enrol.password(caller, plain.cookie, 'a guess of it'), refusedAs('wrong-credentials'));
    await assert.rejects(enrol.password(caller, plain.cookie, PASSWORD), refusedAs('too-many-attempts'));
    world.clock.at += 30_000;
    await enrol.password(caller, plain.cookie, PASSWORD);
    const reset = await enrol.open(caller, (await issueTicket(manage, alice.id, { resetPassword: true })).secret);
    assert.equal((await enrol.state(caller, reset.cookie))?.password, 'set');
    await enrol.password(caller, reset.cookie, 'quite another long one');
    assert.equal(
      await outcome(login.begin(caller, { account: 'alice', password: PASSWORD, next: '/' })),
      'wrong-credentials',
    );
    assert.equal(
      await outcome(login.begin(caller, { account: 'alice', password: 'quite another long one', next: '/' })),
      'ok',
    );
  }),
);

test(
  'a wrong code adds nothing and can be tried again; a clock that is off is told and accepts nothing',
  inRoom(async (world) => {
    const { enrol, clock, store } = world;
    const { account, ticket, caller } = await newbie(world, world.portal);
    const { cookie } = await enrol.open(caller, ticket.secret);
    const { secret } = await enrol.totp(caller, cookie);
    const confirm = (code: string) => enrol.confirm(caller, cookie, code, undefined);
    await assert.rejects(
      confirm(wrongCode(secret, clock.at)),
      (error) => refusedAs('wrong-credentials')(error) && !(error instanceof ClockSkew),
    );
    await assert.rejects(confirm(codeAt(secret, clock.at + 300_000)), (error) => {
      assert.ok(error instanceof ClockSkew);
      assert.equal(error.seconds, 300);
      assert.match(error.publicMessage, /about 5 minutes ahead/);
      return true;
    });
    assert.deepEqual(await store.authenticators.ofAccount(account.id), []);
    assert.equal((await enrol.state(caller, cookie))?.totp?.secret, secret, 'the same QR code again');
    await confirm(codeAt(secret, clock.at));
    assert.equal((await store.authenticators.ofAccount(account.id)).length, 1);
  }),
);

test(
  'guesses of the confirming code are slowed down',
  inRoom(async (world) => {
    const { ticket, caller } = await newbie(world, world.portal);
    const { cookie } = await world.enrol.open(caller, ticket.secret);
    const { secret } = await world.enrol.totp(caller, cookie);
    const wrong = wrongCode(secret, world.clock.at);
    const results = await Promise.all(
      Array.from({ length: 20 }, () => outcome(world.enrol.confirm(caller, cookie, wrong, undefined))),
    );
    assert.equal(count(results, 'wrong-credentials'), 5, String(results));
  }),
);

test(
  'parallel confirmations add one authenticator, parallel finishes give one set of codes',
  inRoom(async (world) => {
    const { enrol, store, clock } = world;
    const { account, ticket, caller } = await newbie(world, world.portal);
    const { cookie } = await enrol.open(caller, ticket.secret);
    const { secret } = await enrol.totp(caller, cookie);
    const calls = await Promise.allSettled(
      Array.from({ length: 4 }, () => enrol.confirm(caller, cookie, codeAt(secret, clock.at), undefined)),
    );
    const confirmed = calls.flatMap((call) => (call.status === 'fulfilled' ? [call.value.cookie] : []));
    assert.equal(confirmed.length, 1);
    assert.equal((await store.authenticators.ofAccount(account.id)).length, 1);
    const finishes = await Promise.all(
      Array.from({ length: 4 }, () => outcome(enrol.finish(caller, confirmed[0] ?? ''))),
    );
    assert.equal(count(finishes, 'ok'), 1, String(finishes));
    assert.equal(await store.authenticators.recoveryLeft(account.id), 10);
  }),
);

test(
  'a fresh secret replaces the unconfirmed one, and an unconfirmed one signs nobody in',
  inRoom(async (world) => {
    const { enrol, login, clock } = world;
    const { ticket, caller } = await newbie(world, world.portal);
    const { cookie } = await enrol.open(caller, ticket.secret);
    const first = await enrol.totp(caller, cookie);
    const second = await enrol.totp(caller, cookie);
    assert.notEqual(first.secret, second.secret);
    assert.equal(
      await outcome(enrol.confirm(caller, cookie, codeAt(first.secret, clock.at), undefined)),
      'wrong-credentials',
    );
    const pending = await begun(world, caller, 'newbie');
    assert.equal(
      await outcome(login.second(caller, pending, 'totp', codeAt(second.secret, clock.at))),
      'wrong-credentials',
    );
  }),
);

test(
  'labels are printable and short',
  inRoom(async (world) => {
    const { enrol, clock } = world;
    const { ticket, caller } = await newbie(world, world.portal);
    const { cookie } = await enrol.open(caller, ticket.secret);
    const { secret } = await enrol.totp(caller, cookie);
    for (const label of ['a\nb', 'x\u202ey', '\0', 'x'.repeat(65), '\ud800']) {
      assert.equal(
        await outcome(enrol.confirm(caller, cookie, codeAt(secret, clock.at), label)),
        'bad-body',
        JSON.stringify(label),
      );
    }
    assert.equal(await outcome(enrol.confirm(caller, cookie, codeAt(secret, clock.at), '  ')), 'ok');
  }),
);

test(
  'enrolling by a ticket ends the sessions, tickets, recovery codes and pending sign-ins that others may hold',
  inRoom(async (world) => {
    const { enrol, login, store, manage, clock } = world;
    const alice = await enrolled(world, world.portal, 'alice');
    const caller = world.caller(world.portal);
    await login.second(caller, await begun(world, caller, 'alice'), 'totp', codeAt(alice.secret, clock.at));
    const pending = await begun(world, caller, 'alice');
    const opened = await enrol.open(caller, (await issueTicket(manage, alice.id)).secret);
    const open = await issueTicket(manage, alice.id);
    const { secret } = await enrol.totp(caller, opened.cookie);
    const { cookie } = await enrol.confirm(caller, opened.cookie, codeAt(secret, clock.at), undefined);
    await enrol.finish(caller, cookie);
    assert.deepEqual(await store.sessions.listLive(clock.at), []);
    assert.equal(await enrol.peek(caller, open.secret), undefined);
    clock.at += 60_000;
    // The right code, for a sign-in of before: as wrong as anybody's.
    const late = login.second(caller, pending, 'totp', codeAt(secret, clock.at));
    await assert.rejects(late, refusedAs('wrong-credentials'));
    const old = login.second(caller, await begun(world, caller, 'alice'), 'recovery', alice.recoveryCodes[1] ?? '');
    await assert.rejects(old, refusedAs('wrong-credentials'));
  }),
);

test(
  'proofs that are too few, too old or of a stranger open no session after enrolment',
  inRoom(async (world) => {
    const { clock } = world;
    const alice = await enrolled(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const at = clock.at;
    const ticket = { kind: 'ticket', at } as const;
    const totp = { kind: 'totp', at } as const;
    const password = { kind: 'password', at } as const;
    for (const proofs of [
      [],
      [ticket],
      [password],
      [ticket, password],
      [ticket, totp],
      [password, { ...totp, at: at - 3_600_001 }],
    ]) {
      assert.equal(await opened(world, caller, alice.id, proofs), undefined, JSON.stringify(proofs));
    }
    assert.equal(await opened(world, caller, 'nobody', [password, totp]), undefined);
    assert.equal(await opened(world, world.caller(world.portal), alice.id, [password, totp]), undefined);
  }),
);
