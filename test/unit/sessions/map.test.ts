import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import test from 'node:test';
import { SallyportError } from '../../../src/errors.ts';
import { sha256 } from '../../../src/lib/bytes.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { SessionMap } from '../../../src/sessions/map.ts';
import { Session } from '../../../src/sessions/session.ts';
import { openStore } from '../../../src/store/open.ts';
import type { WholeStore as Store } from '../../../src/store/types.ts';
import { StillClock, TestClock } from '../../support/clock.ts';
import { accountRow, sessionRow } from '../../support/rows.ts';
import { freshConfig } from '../../support/stores.ts';

const MINUTE = 60_000;
const COOKIE = 'cookie-one';

interface Stand {
  readonly map: SessionMap;
  readonly store: Store;
  /** The same database, as another process has it. */
  readonly other: Store;
  readonly clock: TestClock;
  readonly errors: unknown[];
  /** Reads of sessions that the map asked the store for. */
  reads(): number;
  /** Let the next reads of sessions wait until the given promise settles. */
  hold(until: Promise<unknown> | null): void;
  /** The next reads of sessions fail. */
  fail(yes: boolean): void;
  find(cookie?: string): Promise<Session | undefined>;
}

async function stand(t: TestContext, set: Parameters<typeof sessionRow>[0] = {}): Promise<Stand> {
  const clock = new TestClock();
  const config = await freshConfig(t, 'sqlite');
  const opened = await openStore(config, { clock });
  const other = await openStore(config, { clock });
  const now = clock.now();
  await other.accounts.insert(accountRow());
  const proofs = [
    { kind: 'password', at: now },
    { kind: 'totp', at: now },
  ] as const;
  const times = { createdAt: now, lastSeenAt: now, expiresAt: now + 8 * 60 * MINUTE, idleMs: 30 * MINUTE };
  await other.sessions.insert(sessionRow({ hash: sha256(COOKIE), proofs, ...times, ...set }));
  let reads = 0;
  let gate: Promise<unknown> | null = null;
  let broken = false;
  const read = async <T>(row: Promise<T>): Promise<T> => {
    reads += 1;
    const found = await row;
    if (gate !== null) await gate;
    if (broken) throw new SallyportError('store-unavailable', 'made to fail');
    return found;
  };
  const store: Store = {
    ...opened,
    sessions: {
      ...opened.sessions,
      byHash: (hash) => read(opened.sessions.byHash(hash)),
      byId: (id) => read(opened.sessions.byId(id)),
    },
  };
  const errors: unknown[] = [];
  const map = new SessionMap({
    stands: () => true,
    store,
    clock,
    sourceOf: (appId, realm) => (appId === 'portal' && realm === 'local' ? 'local' : undefined),
    onError: (error) => errors.push(error),
  });
  await map.start(() => null);
  t.after(async () => {
    await map.stop();
    await opened.close();
    await other.close();
  });
  return {
    map,
    store,
    other,
    clock,
    errors,
    reads: () => reads,
    hold: (until) => {
      gate = until;
    },
    fail: (yes) => {
      broken = yes;
    },
    find: async (cookie = COOKIE) => map.find(cookie),
  };
}

async function until(holds: () => boolean | Promise<boolean>, ms = 1500): Promise<void> {
  const end = systemClock.monotonic() + ms;
  while (!(await holds())) {
    if (systemClock.monotonic() > end) throw new Error('what was waited for did not happen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function need(s: Stand, cookie = COOKIE): Promise<Session> {
  const session = await s.find(cookie);
  assert.ok(session !== undefined);
  return session;
}

test('a known session is found without asking the store again', async (t) => {
  const s = await stand(t);
  const first = await need(s);
  for (let i = 0; i < 10; i += 1) assert.equal(s.map.find(COOKIE), first);
  assert.equal(s.reads(), 1);
});

test('an unknown, ended or foreign cookie finds nothing', async (t) => {
  const s = await stand(t);
  for (const cookie of ['', 'x', `${COOKIE}x`, COOKIE.slice(0, -1), sha256(COOKIE)])
    assert.equal(await s.find(cookie), undefined);
  assert.equal(s.map.size, 0);
});

test('a password alone, a disabled account or an app that is configured no more makes no session', async (t) => {
  const s = await stand(t);
  const now = s.clock.now();
  const base = { createdAt: now, lastSeenAt: now, expiresAt: now + MINUTE, idleMs: MINUTE };
  const factors = [
    { kind: 'password', at: now },
    { kind: 'totp', at: now },
  ] as const;
  await s.other.accounts.insert(accountRow({ id: 'acc-2', name: 'eve', disabledAt: now }));
  await s.other.accounts.insert(accountRow({ id: 'acc-3', name: 'bob', realm: 'elsewhere' }));
  await s.other.sessions.insert(
    sessionRow({ ...base, id: 'a', hash: sha256('a'), proofs: [{ kind: 'password', at: now }] }),
  );
  await s.other.sessions.insert(
    sessionRow({ ...base, id: 'b', hash: sha256('b'), proofs: factors, accountId: 'acc-2' }),
  );
  await s.other.sessions.insert(sessionRow({ ...base, id: 'c', hash: sha256('c'), proofs: factors, appId: 'gone' }));
  await s.other.sessions.insert(
    sessionRow({ ...base, id: 'd', hash: sha256('d'), proofs: factors, accountId: 'acc-3' }),
  );
  await s.other.sessions.insert(sessionRow({ ...base, id: 'e', hash: sha256('e'), proofs: [] }));
  await s.other.sessions.insert(
    sessionRow({ ...base, id: 'f', hash: sha256('f'), proofs: [{ kind: 'ticket', at: now }, factors[0]] }),
  );
  for (const cookie of 'abcdef') assert.equal(await s.find(cookie), undefined, cookie);
});

test('idle and absolute limits hold to the millisecond, and activity does not move the absolute one', async (t) => {
  const s = await stand(t);
  const session = await need(s);
  const { createdAt, lastSeenAt } = session;
  assert.equal(session.liveAt(lastSeenAt + 30 * MINUTE - 1), true);
  assert.equal(session.liveAt(lastSeenAt + 30 * MINUTE), false);
  for (let n = 0; n < 17; n += 1) {
    s.clock.advance(28 * MINUTE);
    await until(() => isFresh(s));
    s.map.touch(await need(s));
  }
  s.clock.advance(10 * MINUTE);
  await until(() => isFresh(s));
  assert.ok(s.clock.now() >= createdAt + 8 * 60 * MINUTE);
  assert.equal(await s.find(), undefined);
});

function isFresh(s: Stand): boolean {
  try {
    s.map.checkFresh();
    return true;
  } catch {
    return false;
  }
}

test('a clock before the session’s creation is no proof of life', async (t) => {
  const s = await stand(t);
  await need(s);
  s.clock.jump(-24 * 60 * MINUTE);
  assert.equal(await s.find(), undefined);
});

test('a session that another process ends is gone and what it has open is cut, within half a second', async (t) => {
  const s = await stand(t);
  const session = await need(s);
  let cut = false;
  session.onEnd(() => {
    cut = true;
  });
  s.map.watch(session);
  await s.other.sessions.end({ by: 'id', id: 'ses-1' }, 'revoked', s.clock.now());
  await until(() => cut, 500);
  assert.equal(await s.find(), undefined);
  assert.equal(session.ended, true);
});

test('while a changed session is read anew nobody is served from memory', async (t) => {
  const s = await stand(t);
  const session = await need(s);
  let release = (): void => {};
  s.hold(
    new Promise<void>((resolve) => {
      release = resolve;
    }),
  );
  const before = s.reads();
  await s.other.sessions.end({ by: 'id', id: 'ses-1' }, 'revoked', s.clock.now());
  await until(() => s.reads() > before);
  const found = s.map.find(COOKIE);
  assert.ok(found instanceof Promise, 'answered from memory');
  release();
  assert.equal(await found, undefined);
  await until(() => session.ended);
});

test('a change of the account is seen at once: new groups, and none when disabled', async (t) => {
  const s = await stand(t);
  const session = await need(s);
  let cut = false;
  session.onEnd(() => {
    cut = true;
  });
  s.map.watch(session);
  await s.other.accounts.update('acc-1', { groups: ['ops'] });
  await until(async () => (await s.find())?.groups.includes('ops') === true);
  assert.equal(cut, false, 'what is open goes on');
  await s.other.accounts.update('acc-1', { disabledAt: s.clock.now() });
  await until(() => cut, 500);
  assert.equal(await s.find(), undefined);
});

test('a rotation elsewhere kills the old cookie and keeps what is open; a later end still cuts it', async (t) => {
  const s = await stand(t);
  const session = await need(s);
  let cut = false;
  session.onEnd(() => {
    cut = true;
  });
  s.map.watch(session);
  const rotated = { hash: sha256('cookie-two'), proofs: session.proofs, lastSeenAt: s.clock.now() };
  assert.equal(await s.other.sessions.rotate('ses-1', session.hash, rotated), true);
  await until(async () => (await s.find()) === undefined);
  assert.equal(cut, false);
  // Nobody has shown the new cookie here; the open stream must hear of the end all the same.
  await s.other.sessions.end({ by: 'id', id: 'ses-1' }, 'revoked', s.clock.now());
  await until(() => cut, 500);
});

test('after a rotation elsewhere the new cookie takes over what is open', async (t) => {
  const s = await stand(t);
  const session = await need(s);
  let cut = false;
  session.onEnd(() => {
    cut = true;
  });
  s.map.watch(session);
  const rotated = { hash: sha256('cookie-two'), proofs: session.proofs, lastSeenAt: s.clock.now() };
  await s.other.sessions.rotate('ses-1', session.hash, rotated);
  await until(async () => (await s.find()) === undefined);
  const next = await need(s, 'cookie-two');
  assert.equal(next.busy, true);
  assert.equal(session.current, next);
  s.map.endNow(next);
  assert.equal(cut, true);
});

test('a session that is adopted under a new cookie keeps what is open and forgets the old cookie', async (t) => {
  const s = await stand(t);
  const session = await need(s);
  let cuts = 0;
  session.onEnd(() => {
    cuts += 1;
  });
  s.map.watch(session);
  const now = s.clock.now();
  await s.map.adopting(
    async () => {
      const set = { hash: sha256('cookie-two'), proofs: session.proofs, lastSeenAt: now };
      await s.store.sessions.rotate('ses-1', session.hash, set);
      const row = await s.other.sessions.byId('ses-1');
      const next = row === undefined ? undefined : Session.fromRow(row, 'local');
      assert.ok(next !== undefined);
      return next;
    },
    (next) => ({ cookie: 'cookie-two', session: next }),
  );
  assert.equal(await s.find(), undefined);
  const next = await s.find('cookie-two');
  assert.equal(next?.id, 'ses-1');
  assert.equal(session.current, next, 'what is open is its own now');
  assert.equal(cuts, 0);
  await s.other.sessions.end({ by: 'account', accountId: 'acc-1' }, 'revoked', now);
  await until(() => cuts === 1, 500);
});

test('a stream that begins after its session left the memory is cut all the same', async (t) => {
  const s = await stand(t);
  const session = await need(s);
  // Between the look-up and the forwarding of its first request, everything is forgotten.
  s.map.reloadAll();
  let cut = false;
  s.map.watch(session);
  session.onEnd(() => {
    cut = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(cut, false);
  await s.other.sessions.end({ by: 'all' }, 'revoked', s.clock.now());
  await until(() => cut, 500);
});

/** Another session of the account in memory: once it is gone, the end of both was heard. */
async function witness(s: Stand): Promise<() => Promise<void>> {
  const row = await s.other.sessions.byId('ses-1');
  assert.ok(row !== undefined);
  const { account: _account, ...rest } = row;
  await s.other.sessions.insert({ ...rest, id: 'ses-2', hash: sha256('cookie-witness') });
  await need(s, 'cookie-witness');
  return async () => {
    const before = s.map.size;
    await s.other.sessions.end({ by: 'account', accountId: 'acc-1' }, 'revoked', s.clock.now());
    await until(() => s.map.size < before);
  };
}

test('a session that ends while it is read for the first time serves nobody, nor the next', async (t) => {
  const s = await stand(t);
  const endBoth = await witness(s);
  const before = s.reads();
  let release = (): void => {};
  s.hold(
    new Promise<void>((resolve) => {
      release = resolve;
    }),
  );
  // The row is read as it was, and waits.
  const found = s.map.find(COOKIE);
  await until(() => s.reads() > before);
  await s.other.ping();
  await endBoth();
  release();
  s.hold(null);
  assert.equal(await found, undefined);
  assert.equal(await s.find(), undefined);
  assert.equal(s.map.size, 0);
});

test('a session that ends between its opening and its adoption is not taken over', async (t) => {
  const s = await stand(t);
  const endBoth = await witness(s);
  const now = s.clock.now();
  const made = await s.map.adopting(
    async () => {
      const row = await s.other.sessions.byId('ses-1');
      const set = { hash: sha256('cookie-two'), proofs: row?.proofs ?? [], lastSeenAt: now };
      await s.other.sessions.rotate('ses-1', row?.hash ?? '', set);
      const rotated = await s.other.sessions.byId('ses-1');
      const next = rotated === undefined ? undefined : Session.fromRow(rotated, 'local');
      assert.ok(next !== undefined);
      await endBoth();
      return next;
    },
    (session) => ({ cookie: 'cookie-two', session }),
  );
  assert.ok(made.liveAt(now), 'what was made knows nothing of its end');
  assert.equal(await s.find('cookie-two'), undefined);
  assert.equal(s.map.size, 0);
});

test('a stream that begins after the end of its session was heard, and past it, is cut all the same', async (t) => {
  const s = await stand(t);
  const endBoth = await witness(s);
  const session = await need(s);
  // It leaves the memory while its request is judged; then it ends, and nobody here is told.
  s.map.reloadAll();
  await need(s, 'cookie-witness');
  await endBoth();
  let cut = false;
  session.onEnd(() => {
    cut = true;
  });
  s.map.watch(session);
  await until(() => cut, 500);
  assert.equal(s.map.size, 0);
});

test('of two changes in a row the second is judged too, in whatever order they are read', async (t) => {
  const s = await stand(t);
  const session = await need(s);
  let cut = false;
  session.onEnd(() => {
    cut = true;
  });
  s.map.watch(session);
  let release = (): void => {};
  s.hold(
    new Promise<void>((resolve) => {
      release = resolve;
    }),
  );
  const before = s.reads();
  await s.other.accounts.update('acc-1', { groups: ['ops'] });
  await until(() => s.reads() > before);
  await s.other.sessions.end({ by: 'id', id: 'ses-1' }, 'revoked', s.clock.now());
  await until(() => s.reads() > before + 1);
  release();
  await until(() => cut, 500);
});

test('what passes its limit while open is cut without a request', async (t) => {
  const s = await stand(t);
  const session = await need(s);
  let cut = false;
  session.onEnd(() => {
    cut = true;
  });
  s.map.watch(session);
  s.clock.advance(31 * MINUTE);
  await until(() => cut, 1000);
});

test('a store that cannot be read ends what it cannot vouch for', async (t) => {
  const s = await stand(t);
  const session = await need(s);
  let cut = false;
  session.onEnd(() => {
    cut = true;
  });
  s.map.watch(session);
  s.fail(true);
  await s.other.accounts.update('acc-1', { groups: ['x'] });
  await until(() => cut, 500);
  await assert.rejects(s.find(), { code: 'store-unavailable' });
  assert.ok(s.errors.length > 0);
  s.fail(false);
  assert.ok((await s.find()) !== undefined, 'and serves again when the store does');
});

/** A map whose feed says what the test says, on a clock that stands still. */
async function standOnFeed(t: TestContext) {
  const clock = new StillClock(1_900_000_000_000);
  const config = await freshConfig(t, 'sqlite');
  const opened = await openStore(config, { clock });
  const now = clock.now();
  await opened.accounts.insert(accountRow());
  const proofs = [
    { kind: 'password', at: now },
    { kind: 'totp', at: now },
  ] as const;
  const times = { createdAt: now, lastSeenAt: now, expiresAt: now + 8 * 60 * MINUTE, idleMs: 30 * MINUTE };
  await opened.sessions.insert(sessionRow({ hash: sha256(COOKIE), proofs, ...times }));
  const feed = { at: clock.monotonic(), trustMs: 1000 };
  const watch: Store['watch'] = async () => ({
    freshAt: () => feed.at,
    trustMs: feed.trustMs,
    stop: async () => {},
  });
  const map = new SessionMap({
    store: { ...opened, watch },
    clock,
    sourceOf: () => 'local',
    stands: () => true,
    onError: () => {},
  });
  await map.start(() => null);
  t.after(async () => {
    await map.stop();
    await opened.close();
  });
  return { map, clock, feed };
}

test('memory is believed for as long as it is trusted since the last look began, and not a millisecond longer', async (t) => {
  const { map, clock, feed } = await standOnFeed(t);
  const session = await map.find(COOKIE);
  assert.ok(session !== undefined);
  clock.advance(999);
  assert.equal(map.find(COOKIE), session);
  clock.advance(1);
  assert.throws(() => map.find(COOKIE), { code: 'store-unavailable' });
  // Admitted before it stood still, and about to leave after.
  assert.throws(() => map.watch(session), { code: 'store-unavailable' });
  feed.at = clock.monotonic();
  assert.equal(map.find(COOKIE), session);
});

test('what is open is cut at the first sweep after trust has ended; a process that stood still hears first', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { map, clock, feed } = await standOnFeed(t);
  const session = await map.find(COOKIE);
  assert.ok(session !== undefined);
  session.onEnd(() => {});
  map.watch(session);
  const pass = (ms: number) => {
    clock.advance(ms);
    t.mock.timers.tick(250);
  };
  pass(10_000);
  assert.equal(session.ended, false, 'the feed may hear before the next sweep');
  feed.at = clock.monotonic();
  for (let n = 0; n < 3; n += 1) pass(250);
  assert.equal(session.ended, false, 'still trusted');
  pass(250);
  assert.equal(session.ended, true);
});

test('activity reaches the store and survives a restart; it never moves backwards', async (t) => {
  const s = await stand(t);
  const session = await need(s);
  s.clock.advance(20 * MINUTE);
  await until(() => isFresh(s));
  s.map.touch(session);
  const at = session.lastSeenAt;
  await s.map.flush();
  assert.equal((await s.other.sessions.byId('ses-1'))?.lastSeenAt, at);
  session.active(at - MINUTE);
  assert.equal(session.lastSeenAt, at);
});

test('no value but the map’s own is a session', async (t) => {
  const s = await stand(t);
  const session = await need(s);
  assert.equal(Session.is(session), true);
  const pending = { id: 'p', hash: 'h', accountId: 'acc-1', proofs: [], expiresAt: 1 };
  for (const other of [
    null,
    undefined,
    {},
    'x',
    { ...session },
    Object.create(session),
    structuredClone({ id: session.id }),
    pending,
  ]) {
    assert.equal(Session.is(other), false);
  }
});
