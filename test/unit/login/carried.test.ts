import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { rationOf } from '../../../src/audit/ration.ts';
import { createLogin } from '../../../src/login/login.ts';
import { purge } from '../../../src/store/purge.ts';
import type { WholeStore } from '../../../src/store/types.ts';
import type { Authenticator } from '../../support/authenticator.ts';
import { Faults } from '../../support/faults.ts';
import {
  addAccount,
  disableAccount,
  enableAccount,
  issueTicket,
  removeAccount,
  revokeSessions,
} from '../../support/manage.ts';
import { lastOnRecord, run } from './passkey-world.ts';
import {
  begun,
  codeAt,
  contextOf,
  count,
  enrolled,
  inWorld,
  outcome,
  refusedAs,
  type World,
  withPasskey,
  wrongCode,
} from './world.ts';

const READS = /^(?:by[A-Z]\w*|endedOf|list\w*|ofAccount|credential\w+|get)$/;

/** Another authenticator by ticket, which ends all that others may hold. */
async function enrolAgain({ enrol, manage, portal, clock, ...world }: World, id: string): Promise<void> {
  const caller = world.caller(portal);
  let { cookie } = await enrol.open(caller, (await issueTicket(manage, id)).secret);
  const { secret } = await enrol.totp(caller, cookie);
  ({ cookie } = await enrol.confirm(caller, cookie, codeAt(secret, clock.at), undefined));
  await enrol.finish(caller, cookie);
}

/** The services on a store that notes every call which is no look. */
function watched(world: World): { login: World['login']; writes: string[] } {
  const writes: string[] = [];
  const parts = Object.entries(world.store).map(([part, methods]) => {
    if (typeof methods !== 'object')
      return [
        part,
        (...given: unknown[]) => {
          writes.push(part);
          return (methods as (...all: unknown[]) => unknown)(...given);
        },
      ];
    const noted = Object.entries(methods as Record<string, (...all: unknown[]) => unknown>).map(([name, method]) => [
      name,
      (...given: unknown[]) => {
        if (!READS.test(name)) writes.push(`${part}.${name}`);
        return method(...given);
      },
    ]);
    return [part, Object.fromEntries(noted)];
  });
  const store = Object.fromEntries(parts) as WholeStore; // the same names with the same signatures
  return { login: createLogin({ ...contextOf(world), store }), writes };
}

test(
  'before anything is proven nothing is written: a sign-in begun, looked at, and asked a challenge for; a start likewise',
  inWorld(async (world) => {
    await enrolled(world, world.portal, 'alice');
    const { login, writes } = watched(world);
    const caller = world.caller(world.portal);
    for (const account of ['alice', 'nobody']) {
      const { cookie } = await login.begin(caller, { account, password: undefined, next: '/a' });
      assert.deepEqual(await login.waiting(caller, cookie), { next: '/a' });
      await login.passkeyOptions(caller, { purpose: 'second', pending: cookie });
    }
    await login.passkeyOptions(caller, { purpose: 'start', cookie: null });
    await login.passkeyOptions(world.caller(world.wiki), { purpose: 'start', cookie: null });
    assert.deepEqual(writes, []);
  }),
);

test(
  'what is carried has one length and one alphabet, whoever is named, and says what was said',
  inWorld(async (world) => {
    const caller = world.caller(world.portal);
    const lengths = new Set<number>();
    const name = fc.stringMatching(/^[a-z0-9._+-]{1,128}$/);
    await fc.assert(
      fc.asyncProperty(name, fc.stringMatching(/^\/[ -~]{0,200}$/), async (account, next) => {
        const { cookie } = await world.login.begin(caller, { account, password: undefined, next });
        assert.match(cookie, /^[A-Za-z0-9_-]+$/);
        lengths.add(cookie.length);
        assert.deepEqual(await world.login.waiting(caller, cookie), { next });
        assert.doesNotMatch(Buffer.from(cookie, 'base64url').toString('latin1'), /"name"/);
      }),
      { numRuns: 50 },
    );
    // A target with many quotation marks, each written with two characters, may need the next size.
    assert.ok(lengths.size <= 2, [...lengths].join());
    const long = `/${'x'.repeat(2400)}`;
    for (const [next, kept] of [
      [long, long],
      [long.repeat(2), '/'],
    ] as const) {
      const { cookie } = await world.login.begin(caller, { account: 'alice', password: undefined, next });
      assert.ok(cookie.length <= 3900);
      assert.deepEqual(await world.login.waiting(caller, cookie), { next: kept });
    }
  }),
);

test(
  'what is carried is good as it is, at its app, for ten minutes',
  inWorld(async (world) => {
    const { login, clock, portal } = world;
    const alice = await enrolled(world, portal, 'alice');
    const caller = world.caller(portal);
    const cookie = await begun(world, caller, 'alice');
    const refused = async (value: string, at = caller) => {
      assert.equal(await login.waiting(at, value), null);
      const code = codeAt(alice.secret, clock.at);
      await assert.rejects(login.second(at, value, 'totp', code), refusedAs('pending-expired'));
    };
    for (let n = 0; n < cookie.length; n += 37)
      await refused(`${cookie.slice(0, n)}${cookie[n] === 'A' ? 'B' : 'A'}${cookie.slice(n + 1)}`);
    for (const value of [cookie.slice(0, -4), `${cookie}AAAA`, `${cookie}=`, `v1.${cookie}`, cookie.slice(1)])
      await refused(value);
    await refused(cookie, world.caller({ ...portal, id: 'portal-2' }));
    await refused(cookie, world.caller({ ...portal, realm: { ...portal.realm, id: 'others' } }));
    await refused(cookie, world.caller(world.wiki));
    clock.at += 599_999;
    assert.notEqual(await login.waiting(caller, cookie), null);
    clock.at += 1;
    await refused(cookie);
  }),
);

test(
  'a sign-in that is carried opens one session, however many carry it, and is known to be over',
  inWorld(async (world) => {
    const { login, clock, store, portal } = world;
    const alice = await enrolled(world, portal, 'alice');
    const device = await withPasskey(world, portal, 'alice', alice);
    const caller = world.caller(portal);
    const cookie = await begun(world, caller, 'alice');
    const second = { purpose: 'second', pending: cookie } as const;
    const tries = [
      login.second(caller, cookie, 'totp', codeAt(alice.secret, clock.at)),
      login.second(caller, cookie, 'recovery', alice.recoveryCodes[0] ?? ''),
      login.second(caller, cookie, 'recovery', alice.recoveryCodes[1] ?? ''),
      run(world, caller, second, device),
    ];
    const ends = await Promise.all(tries.map(outcome));
    assert.equal(count(ends, 'ok'), 1, String(ends));
    assert.equal((await store.sessions.listLive(clock.at, { accountId: alice.id })).length, 1);
    assert.equal(await login.waiting(caller, cookie), null);
    clock.at += 60_000;
    const code = codeAt(alice.secret, clock.at);
    await assert.rejects(login.second(caller, cookie, 'totp', code), refusedAs('pending-expired'));
    await assert.rejects(login.passkeyOptions(caller, second), refusedAs('pending-expired'));
    const left = await store.authenticators.recoveryLeft(alice.id);
    assert.ok(left >= 9, 'what was refused used no code up');
    assert.equal(await outcome(login.second(caller, await begun(world, caller, 'alice'), 'totp', code)), 'ok');
  }),
);

test(
  'whose it is, and whether they may, is asked when the proof comes',
  inWorld(async (world) => {
    const { login, manage, clock, portal } = world;
    const alice = await enrolled(world, portal, 'alice');
    const caller = world.caller(portal);
    const cookie = await begun(world, caller, 'alice');
    const attempt = () => outcome(login.second(caller, cookie, 'totp', codeAt(alice.secret, clock.at)));
    await world.store.accounts.update(alice.id, { disabledAt: clock.at });
    assert.equal(await attempt(), 'wrong-credentials');
    await removeAccount(manage, 'alice');
    assert.equal(await attempt(), 'wrong-credentials');
    await addAccount(manage, { name: 'alice', realm: portal.realm.id });
    assert.equal(await attempt(), 'wrong-credentials', 'of somebody else who is called so');
    assert.deepEqual(await world.store.sessions.listLive(clock.at), []);
  }),
);

test(
  'what ends the sign-ins of an account ends those that are carried, and none that is begun after it',
  inWorld(async (world) => {
    const { login, manage, clock, portal } = world;
    const alice = await enrolled(world, portal, 'alice');
    const bob = await enrolled(world, portal, 'bob');
    const caller = world.caller(portal);
    const ends: Readonly<Record<string, () => Promise<unknown>>> = {
      'session revoke --account': () => revokeSessions(manage, { by: 'account', account: alice.id }),
      'account disable, and enable': async () => {
        await disableAccount(manage, 'alice');
        await enableAccount(manage, 'alice');
      },
      'an enrolment by ticket': () => enrolAgain(world, alice.id),
    };
    for (const [what, end] of Object.entries(ends)) {
      const before = await begun(world, caller, 'alice');
      const bobs = await begun(world, caller, 'bob');
      await end();
      const old = login.second(caller, before, 'totp', codeAt(alice.secret, clock.at));
      await assert.rejects(old, refusedAs('wrong-credentials'), what);
      const after = await begun(world, caller, 'alice');
      assert.equal(await outcome(login.second(caller, after, 'totp', codeAt(alice.secret, clock.at))), 'ok', what);
      assert.equal(await outcome(login.second(caller, bobs, 'totp', codeAt(bob.secret, clock.at))), 'ok', what);
      clock.at += 60_000;
    }
    // Long after, when nothing of it is left, what was begun in between goes on.
    const late = await begun(world, caller, 'alice');
    clock.at += 9 * 60_000;
    await purge(world.store, { ...clock, now: () => clock.at + 7 * 60_000 });
    assert.equal(await outcome(login.second(caller, late, 'totp', codeAt(alice.secret, clock.at))), 'ok');
  }),
);

/** Everything that whoever carries a sign-in may learn of it, and what each costs the store. */
async function learntOf(world: World, cookie: string, device: Authenticator): Promise<unknown> {
  const { portal } = world;
  const faults = new Faults();
  const login = createLogin({ ...contextOf(world), store: faults.wrap(world.store) });
  const caller = world.caller(portal);
  const second = { purpose: 'second', pending: cookie } as const;
  const learnt: unknown[] = [await login.waiting(caller, cookie), await login.offers(caller, cookie, null)];
  for (const tried of [
    () => login.second(caller, cookie, 'totp', '000000'),
    () => login.second(caller, cookie, 'totp', 'no code'),
    () => login.second(caller, cookie, 'recovery', 'AAAA-AAAA-AAAA-AAAA'),
    () => run({ ...world, login }, caller, second, device),
  ])
    learnt.push(await outcome(tried()));
  const { challenge, ...options } = (await login.passkeyOptions(caller, second)).options;
  return [learnt, options, String(challenge).length, [...faults.calls]];
}

test(
  'that the sign-ins of an account were ended is told to nobody who carries one: it is as if there were no such account',
  inWorld(async (world) => {
    const { manage, clock, portal } = world;
    const alice = await enrolled(world, portal, 'alice');
    const device = await withPasskey(world, portal, 'alice', alice);
    const ends: Readonly<Record<string, () => Promise<unknown>>> = {
      'session revoke --account': () => revokeSessions(manage, { by: 'account', account: alice.id }),
      'an enrolment by ticket': () => enrolAgain(world, alice.id),
      'account disable, and enable': async () => {
        await disableAccount(manage, 'alice');
        await enableAccount(manage, 'alice');
      },
      'account disable': () => disableAccount(manage, 'alice'),
      'account remove': () => removeAccount(manage, 'alice'),
    };
    for (const [what, end] of Object.entries(ends)) {
      await world.store.throttles.purge(Number.MAX_SAFE_INTEGER);
      const hers = await begun(world, world.caller(portal), 'alice');
      const nobodys = await begun(world, world.caller(portal), 'nobody');
      await end();
      // Her own passkey too, which is as wrong for her as for nobody.
      assert.deepEqual(await learntOf(world, hers, device), await learntOf(world, nobodys, device), what);
      clock.at += 60_000;
    }
    assert.deepEqual(await world.store.sessions.listLive(clock.at), []);
  }),
);

test(
  'the record tells with the second step when, and from where, the sign-in was begun; what never came so far is counted',
  inWorld(async (world) => {
    const { login, clock, store, portal } = world;
    const alice = await enrolled(world, portal, 'alice');
    const before = (await store.audit.list({ limit: 1000 })).length;
    const at = clock.at;
    const cookies = [];
    for (let n = 0; n < 50; n += 1) cookies.push(await begun(world, world.caller(portal), n % 2 ? 'alice' : 'nobody'));
    assert.equal((await store.audit.list({ limit: 1000 })).length, before);
    clock.at += 60_000;
    const [, cookie = ''] = cookies;
    const here = world.caller(portal, { source: '203.0.113.7' });
    const wrong = login.second(here, cookie, 'totp', wrongCode(alice.secret, clock.at));
    await assert.rejects(wrong, refusedAs('wrong-credentials'));
    await login.second(here, cookie, 'totp', codeAt(alice.secret, clock.at));
    const [refused, done, opened] = await lastOnRecord(world, 3);
    assert.deepEqual([refused?.kind, done?.kind, opened?.kind], ['sign-in.second', 'sign-in.second', 'session.open']);
    for (const row of [refused, done]) {
      assert.equal(row?.detail['begun'], new Date(at).toISOString());
      assert.equal(row?.detail['begunFrom'], '192.0.2.1');
    }
    const told = rationOf(store).drain();
    assert.deepEqual(
      told.map(({ kind, outcome: how, appId, accountId, detail }) => [
        kind,
        how,
        appId,
        accountId ?? null,
        detail?.['count'],
      ]),
      [['sign-in.begin', 'ok', 'portal', null, 50]],
    );
  }),
);
