import assert from 'node:assert/strict';
import test from 'node:test';
import { FREE_GUESSES } from '../../../src/accounts/throttle.ts';
import { SallyportError } from '../../../src/errors.ts';
import { knowsBrowser, newBrowser } from '../../../src/login/browser.ts';
import {
  begun,
  codeAt,
  count,
  enrolled,
  inWorld,
  outcome,
  PASSWORD,
  refusedAs,
  type World,
  wrongCode,
} from './world.ts';

const sources = (n: number) => ({ source: `2001:db8:${n.toString(16)}::1` });

async function evaluated(world: World): Promise<number> {
  const rows = await world.store.audit.list({ limit: 5000, kind: 'sign-in.second' });
  return rows.filter((row) => row.detail.includes('"cause":"wrong-code"')).length;
}

test(
  '50 parallel uses of one code open exactly one session (T28)',
  inWorld(async (world) => {
    const alice = await enrolled(world, world.portal, 'alice');
    const code = codeAt(alice.secret, world.clock.at);
    const cookies: string[] = [];
    for (let i = 0; i < 50; i++) cookies.push(await begun(world, world.caller(world.portal), 'alice'));
    const calls = cookies.map((cookie, i) =>
      outcome(world.login.second(world.caller(world.portal, sources(i)), cookie, 'totp', code)),
    );
    const results = await Promise.all(calls);
    assert.equal(count(results, 'ok'), 1, String(results));
    assert.equal((await world.store.sessions.listLive(world.clock.at)).length, 1);
  }),
);

test(
  '50 parallel posts of one pending sign-in open exactly one session (T28)',
  inWorld(async (world) => {
    const alice = await enrolled(world, world.portal, 'alice');
    const code = codeAt(alice.secret, world.clock.at);
    const cookie = await begun(world, world.caller(world.portal), 'alice');
    const post = () => outcome(world.login.second(world.caller(world.portal), cookie, 'totp', code));
    const results = await Promise.all(Array.from({ length: 50 }, post));
    assert.equal(count(results, 'ok'), 1, String(results));
  }),
);

test(
  '20 parallel uses of one recovery code open exactly one session (T28)',
  inWorld(async (world) => {
    const alice = await enrolled(world, world.portal, 'alice');
    const [code = ''] = alice.recoveryCodes;
    const cookies: string[] = [];
    for (let i = 0; i < 20; i++) cookies.push(await begun(world, world.caller(world.portal), 'alice'));
    const results = await Promise.all(
      cookies.map((cookie) => outcome(world.login.second(world.caller(world.portal), cookie, 'recovery', code))),
    );
    assert.equal(count(results, 'ok'), 1, String(results));
  }),
);

test(
  'of 100 parallel wrong codes, each from a network of its own, the free ones are evaluated and no more (T30)',
  inWorld(async (world) => {
    const alice = await enrolled(world, world.portal, 'alice');
    const wrong = wrongCode(alice.secret, world.clock.at);
    const cookie = await begun(world, world.caller(world.portal), 'alice');
    const calls = Array.from({ length: 100 }, (_, i) =>
      outcome(world.login.second(world.caller(world.portal, sources(i)), cookie, 'totp', wrong)),
    );
    const results = await Promise.all(calls);
    assert.equal(count(results, 'wrong-credentials'), FREE_GUESSES);
    assert.equal(count(results, 'too-many-attempts'), 100 - FREE_GUESSES);
    assert.equal(await evaluated(world), FREE_GUESSES);
  }),
);

test(
  'after the free guesses one is evaluated per growing delay, by whatever spelling, source, sign-in or kind of code (T30)',
  inWorld(async (world) => {
    const { login, clock } = world;
    const alice = await enrolled(world, world.portal, 'alice');
    let n = 0;
    const guess = async () => {
      const spelling = ['alice', 'ALICE', ' alice', 'CORP\\alice', 'alice@corp'][n % 5] ?? '';
      const caller = world.caller(world.portal, sources(n++));
      const cookie = await begun(world, caller, spelling);
      const recovery = n % 3 === 0;
      return login.second(
        caller,
        cookie,
        recovery ? 'recovery' : 'totp',
        recovery ? '0000000000000000' : wrongCode(alice.secret, clock.at),
      );
    };
    for (let i = 0; i < FREE_GUESSES; i++) assert.equal(await outcome(guess()), 'wrong-credentials');
    for (const seconds of [30, 60, 120, 300, 600, 1800, 3600, 3600]) {
      await assert.rejects(guess(), (error) => error instanceof SallyportError && error.retryAfter === seconds);
      clock.at += seconds * 1000 - 1;
      assert.equal(await outcome(guess()), 'too-many-attempts');
      clock.at += 1;
      assert.equal(await outcome(guess()), 'wrong-credentials');
    }
  }),
);

test('the count survives a restart (T30)', async () => {
  const { openWorld } = await import('./world.ts');
  let world = await openWorld();
  const alice = await enrolled(world, world.portal, 'alice');
  const wrong = wrongCode(alice.secret, world.clock.at);
  const cookie = await begun(world, world.caller(world.portal), 'alice');
  for (let i = 0; i < FREE_GUESSES; i++)
    await outcome(world.login.second(world.caller(world.portal), cookie, 'totp', wrong));
  world = await world.restart();
  try {
    const right = world.login.second(world.caller(world.portal), cookie, 'totp', codeAt(alice.secret, world.clock.at));
    await assert.rejects(right, refusedAs('too-many-attempts'));
    world.clock.at += 30_000;
    const later = world.login.second(world.caller(world.portal), cookie, 'totp', codeAt(alice.secret, world.clock.at));
    assert.equal(await outcome(later), 'ok');
  } finally {
    await world.close();
  }
});

test(
  'a right password does not give new guesses of the code (T30)',
  inWorld(async (world) => {
    const alice = await enrolled(world, world.wiki, 'alice');
    const results: string[] = [];
    for (let i = 0; i < FREE_GUESSES + 2; i++) {
      const caller = world.caller(world.wiki, sources(i));
      const cookie = await begun(world, caller, 'alice');
      results.push(await outcome(world.login.second(caller, cookie, 'totp', wrongCode(alice.secret, world.clock.at))));
    }
    assert.equal(count(results, 'wrong-credentials'), FREE_GUESSES);
  }),
);

test(
  'passwords are guessed as slowly, those of unknown accounts too',
  inWorld(async (world) => {
    await enrolled(world, world.wiki, 'alice');
    for (const account of ['alice', 'nobody']) {
      const results: string[] = [];
      for (let i = 0; i < FREE_GUESSES + 2; i++) {
        results.push(
          await outcome(
            world.login.begin(world.caller(world.wiki, sources(i)), {
              account,
              password: `wrong guess ${i}`,
              next: '/',
            }),
          ),
        );
      }
      assert.equal(count(results, 'wrong-credentials'), FREE_GUESSES, account);
      assert.equal(count(results, 'too-many-attempts'), 2, account);
    }
    const right = world.login.begin(world.caller(world.wiki), { account: 'alice', password: PASSWORD, next: '/' });
    await assert.rejects(right, refusedAs('too-many-attempts'));
  }),
);

test(
  "a stranger's failures do not lock a known browser out, and its cookie opens no other account's count (T31, T32)",
  inWorld(async (world) => {
    const { login, clock } = world;
    const alice = await enrolled(world, world.portal, 'alice');
    const home = world.caller(world.portal, { source: '198.51.100.1' });
    const { browser } = await login.second(
      home,
      await begun(world, home, 'alice'),
      'totp',
      codeAt(alice.secret, clock.at),
    );
    clock.at += 60_000;
    const wrong = wrongCode(alice.secret, clock.at);
    for (let i = 0; i < 100; i++) {
      const stranger = world.caller(world.portal, sources(i));
      await outcome(login.second(stranger, await begun(world, stranger, 'alice'), 'totp', wrong));
    }
    const strange = world.caller(world.portal, sources(200));
    assert.equal(
      await outcome(login.second(strange, await begun(world, strange, 'alice'), 'totp', wrong)),
      'too-many-attempts',
    );
    const known = { ...home, browser };
    const again = await login.second(known, await begun(world, known, 'alice'), 'totp', codeAt(alice.secret, clock.at));
    assert.equal(again.session.accountId, alice.id);
    const bob = await enrolled(world, world.portal, 'bob');
    assert.equal(knowsBrowser(world.seal, browser, bob.id, clock.at), false);
  }),
);

test(
  'a known browser has its own limit',
  inWorld(async (world) => {
    const alice = await enrolled(world, world.portal, 'alice');
    const browser = newBrowser(world.seal, world.manage.random, alice.id, world.clock.at);
    const results: string[] = [];
    for (let i = 0; i < FREE_GUESSES + 3; i++) {
      const caller = world.caller(world.portal, { ...sources(i), browser });
      results.push(
        await outcome(
          world.login.second(
            caller,
            await begun(world, caller, 'alice'),
            'totp',
            wrongCode(alice.secret, world.clock.at),
          ),
        ),
      );
    }
    assert.equal(count(results, 'wrong-credentials'), FREE_GUESSES);
  }),
);

test(
  'a known-browser cookie that was edited, has expired or is no cookie knows nobody (T32)',
  inWorld(async (world) => {
    const { seal, clock } = world;
    const value = newBrowser(seal, world.manage.random, 'alice-id', clock.at);
    assert.equal(knowsBrowser(seal, value, 'alice-id', clock.at), true);
    const [version, nonce, expires, mac] = value.split('.');
    const edited = [
      `${version}.${nonce}.${Number(expires) + 1}.${mac}`,
      `${version}.${nonce}x.${expires}.${mac}`,
      `v2.${nonce}.${expires}.${mac}`,
      `${value}.`,
      value.slice(0, -1),
      '',
      '...',
      'v1...',
    ];
    for (const each of edited) assert.equal(knowsBrowser(seal, each, 'alice-id', clock.at), false, each);
    assert.equal(knowsBrowser(seal, value, 'bob-id', clock.at), false);
    assert.equal(knowsBrowser(seal, value, null, clock.at), false);
    assert.equal(knowsBrowser(seal, value, 'alice-id', clock.at + 180 * 86_400_000), false);
  }),
);

test(
  'one network that fails at many accounts has to wait, whatever address of it, and others do not (T30)',
  inWorld(async (world) => {
    const bob = await enrolled(world, world.portal, 'bob');
    const results: string[] = [];
    for (let i = 0; i < 40; i++) {
      const caller = world.caller(world.portal, { source: `2001:db8:5:5::${(i + 1).toString(16)}` });
      const guess = async () => world.login.second(caller, await begun(world, caller, `user${i}`), 'totp', '123456');
      results.push(await outcome(guess()));
    }
    assert.equal(count(results, 'wrong-credentials'), 30);
    assert.equal(count(results, 'too-many-attempts'), 10);
    const other = world.caller(world.portal, { source: '2001:db8:5:6::1' });
    const right = world.login.second(
      other,
      await begun(world, other, 'bob'),
      'totp',
      codeAt(bob.secret, world.clock.at),
    );
    assert.equal(await outcome(right), 'ok');
  }),
);

test(
  'after 100 failures in a row in a browser of its owner’s an authenticator is disabled for good, on record; a success in between starts anew',
  inWorld(async (world) => {
    const { login, store, clock } = world;
    const alice = await enrolled(world, world.portal, 'alice');
    const totp = async () => (await store.authenticators.ofAccount(alice.id)).find((row) => row.kind === 'totp');
    const browser = newBrowser(world.seal, world.manage.random, alice.id, clock.at);
    const guess = async (right = false) => {
      clock.at += 25 * 3_600_000;
      const caller = world.caller(world.portal, { browser });
      const code = right ? codeAt(alice.secret, clock.at) : wrongCode(alice.secret, clock.at);
      return outcome(login.second(caller, await begun(world, caller, 'alice'), 'totp', code));
    };
    await guess();
    assert.equal((await totp())?.failures, 1);
    assert.equal(await guess(true), 'ok');
    assert.equal((await totp())?.failures, 0);
    for (let i = 0; i < 99; i++) assert.equal(await guess(), 'wrong-credentials');
    assert.equal((await totp())?.disabledAt, null);
    await guess();
    assert.equal((await totp())?.disabledAt, clock.at);
    assert.equal(await guess(true), 'wrong-credentials', 'the 101st, right one is refused');
    const disabled = await store.audit.list({ limit: 10, kind: 'authenticator.disabled' });
    assert.deepEqual(
      disabled.map((row) => row.accountId),
      [alice.id],
    );
  }),
);
