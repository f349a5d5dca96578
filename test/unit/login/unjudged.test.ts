import assert from 'node:assert/strict';
import test from 'node:test';
import { FREE_GUESSES } from '../../../src/accounts/throttle.ts';
import { createLogin } from '../../../src/login/login.ts';
import type { Login } from '../../../src/login/types.ts';
import { Faults } from '../../support/faults.ts';
import { eachStore } from '../../support/stores.ts';
import {
  begun,
  codeAt,
  contextOf,
  count,
  enrolled,
  inWorld,
  openWorld,
  outcome,
  PASSWORD,
  type World,
  wrongCode,
} from './world.ts';

const from = (n: number) => ({ source: `203.${n >> 8}.${n & 255}.1` });

function loginOf(world: World, faults: Faults): Login {
  return createLogin({ ...contextOf(world), store: faults.wrap(world.store) });
}

function typed(world: World, login: Login, password: string, n: number): Promise<string> {
  const caller = world.caller(world.wiki, from(n));
  return outcome(login.begin(caller, { account: 'alice', password, next: '/' }));
}

for (const call of ['throttles.byKeys', 'throttles.byKey', 'throttles.fail', 'throttles.forgive', 'accounts.byName']) {
  test(
    `while ${call} fails, passwords right and wrong are refused and count against nobody`,
    inWorld(async (world) => {
      await enrolled(world, world.wiki, 'alice');
      const faults = new Faults();
      const login = loginOf(world, faults);
      faults.broken = (each) => each === call;
      for (let n = 0; n < 8; n += 1) {
        const right = n % 2 === 0;
        const got = await typed(world, login, right ? PASSWORD : 'a wrong one, long enough', n);
        // A right one counts nothing, and a wrong one gives nothing back.
        const touched = faults.calls.includes(call);
        if (touched) assert.equal(got, 'store-unavailable', `${n}`);
        faults.calls.length = 0;
      }
      faults.broken = null;
      assert.equal(await typed(world, login, PASSWORD, 99), 'ok');
    }),
  );
}

test(
  'sent at once, no more are judged than are free, and those that found no place count for nothing',
  inWorld(async (world) => {
    const alice = await enrolled(world, world.wiki, 'alice');
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, n) => typed(world, world.login, 'a wrong one, long enough', n)),
    );
    assert.equal(count(results, 'wrong-credentials'), FREE_GUESSES);
    assert.equal(count(results, 'too-many-attempts'), 30 - FREE_GUESSES);
    const rows = await world.store.audit.list({ limit: 100, kind: 'sign-in.begin', accountId: alice.id });
    assert.equal(rows.filter((row) => row.outcome === 'refused').length, FREE_GUESSES);
  }),
);

test(
  'a right code whose sign-in was finished elsewhere is no wrong guess',
  inWorld(async (world) => {
    const alice = await enrolled(world, world.wiki, 'alice');
    for (let n = 0; n < FREE_GUESSES + 2; n += 1) {
      const faults = new Faults();
      const caller = world.caller(world.wiki, from(n));
      const cookie = await begun(world, caller, 'alice');
      const login = loginOf(world, faults);
      faults.broken = (call) => call === 'sessions.insert';
      const code = codeAt(alice.secret, world.clock.at);
      assert.equal(await outcome(login.second(caller, cookie, 'totp', code)), 'store-unavailable');
    }
    const caller = world.caller(world.wiki, from(500));
    const cookie = await begun(world, caller, 'alice');
    const code = codeAt(alice.secret, world.clock.at);
    assert.equal(await outcome(world.login.second(caller, cookie, 'totp', code)), 'ok');
  }),
);

test('two nodes that judge at once tell no more outcomes than one may, right ones neither', async () => {
  const world = await openWorld();
  try {
    const alice = await enrolled(world, world.wiki, 'alice');
    const [one, other] = [new Faults(), new Faults()];
    for (const faults of [one, other]) faults.slowMs = 15;
    const nodes = [loginOf(world, one), loginOf(world, other)];
    const wrong = wrongCode(alice.secret, world.clock.at);
    const cookies: string[] = [];
    for (let n = 0; n < 20; n += 1) cookies.push(await begun(world, world.caller(world.wiki, from(n)), 'alice'));
    const results = await Promise.all(
      cookies.map((cookie, n) =>
        outcome(nodes[n % 2]?.second(world.caller(world.wiki, from(n)), cookie, 'totp', wrong) ?? Promise.resolve()),
      ),
    );
    assert.equal(count(results, 'wrong-credentials'), FREE_GUESSES, String(results));
    assert.equal(count(results, 'too-many-attempts'), 20 - FREE_GUESSES);
    const rows = await world.store.authenticators.ofAccount(alice.id);
    const totp = rows.find((row) => row.kind === 'totp');
    assert.equal(totp?.failures, FREE_GUESSES);
  } finally {
    await world.close();
  }
});

eachStore('a count takes a failure or gives it back only where there is room', async ({ store, another }) => {
  const { throttles } = store;
  const room = { free: 3, seen: 0, forgetMs: 1000 };
  const other = (await another()).throttles;
  const all = await Promise.all(
    Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? throttles : other).fail('k', 10, [0, 0, 50], room)),
  );
  assert.equal(all.filter((row) => row !== undefined).length, 3);
  assert.equal((await throttles.byKey('k'))?.failures, 3);
  assert.equal(await throttles.forgive('k', 9, { ...room, at: 20 }), false);
  assert.equal((await throttles.fail('k', 20, [0, 0, 50], { ...room, seen: 3 }))?.failures, 4);
  assert.equal(await throttles.forgive('k', 3, { ...room, seen: 4, at: 20 }), true);
  assert.equal((await throttles.byKey('k'))?.failures, 1);
  assert.equal(await throttles.forgive('k', 3, { ...room, at: 20 }), true);
  assert.equal(await throttles.byKey('k'), undefined);
  assert.equal(await throttles.forgive('none', 3, { ...room, at: 20 }), true);
  await throttles.fail('old', 10, [0, 0, 50], room);
  await throttles.fail('old', 20, [0, 0, 50], room);
  assert.equal((await throttles.fail('old', 1021, [0, 0, 50], room))?.failures, 1);
});

eachStore('counts are bounded: those with the fewest failures go first', async ({ store }) => {
  const { throttles } = store;
  for (let n = 0; n < 40; n += 1) await throttles.fail(`once ${n}`, 100 + n, [0]);
  for (let n = 0; n < 3; n += 1) for (let i = 0; i < 4; i += 1) await throttles.fail(`often ${n}`, 1, [0]);
  assert.equal(await throttles.trim(5), 38);
  const left = await throttles.byKeys(['often 0', 'often 1', 'often 2', 'once 39', 'once 38', 'once 37']);
  assert.deepEqual(left.map((row) => row.key).sort(), ['often 0', 'often 1', 'often 2', 'once 38', 'once 39']);
  assert.equal(await throttles.trim(5), 0);
});
