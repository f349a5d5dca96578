import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { systemRandom } from '../../src/lib/random.ts';
import { MACHINE } from '../../src/manage/authority.ts';
import { openStore } from '../../src/store/open.ts';
import { disableAccount, type ManageContext, revokeSessions } from '../support/manage.ts';
import { rawSocket } from '../support/raw.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';
import { postgres } from '../support/stores.ts';
import { type Behaviour, ticks, webSocketEcho } from '../support/upstream.ts';

/** The moment, comparable between the processes of this machine. */
const moment = (): number => performance.timeOrigin + performance.now();
const LIMIT_MS = 1000;

/** A download that never ends: 16 kB every 10 ms. */
const endless: Behaviour = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000000000\r\n\r\n');
  const block = Buffer.alloc(16_384, 'x');
  const timer = setInterval(() => socket.destroyed || socket.write(block), 10);
  socket.once('close', () => clearInterval(timer));
};

interface Open {
  readonly what: string;
  lastByteAt: number;
  bytes: number;
  closed: boolean;
}

async function stream(sally: Sallyport, what: string, target: string, cookie: string): Promise<Open> {
  const open: Open = { what, lastByteAt: 0, bytes: 0, closed: false };
  const socket = await rawSocket(sally.port);
  socket.on('data', (chunk) => {
    open.lastByteAt = moment();
    open.bytes += chunk.length;
  });
  socket.once('close', () => {
    open.closed = true;
  });
  socket.write(sally.request('GET', target, { cookie }));
  return open;
}

async function webSocket(sally: Sallyport, cookie: string): Promise<Open> {
  const open: Open = { what: 'WebSocket', lastByteAt: 0, bytes: 0, closed: false };
  const headers = { Host: 'app.test', Cookie: cookie, Origin: 'http://app.test' };
  const socket = new WebSocket(`ws://127.0.0.1:${sally.port}/ws`, { headers });
  await once(socket, 'open');
  const timer = setInterval(() => socket.readyState === WebSocket.OPEN && socket.send('hello'), 20);
  socket.on('message', (data: Buffer) => {
    open.lastByteAt = moment();
    open.bytes += data.length;
  });
  socket.on('error', () => {});
  socket.once('close', () => {
    clearInterval(timer);
    open.closed = true;
  });
  return open;
}

async function until(holds: () => boolean, ms = 3000): Promise<void> {
  const end = moment() + ms;
  while (!holds()) {
    if (moment() > end) throw new Error('what was waited for did not happen');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function openAll(sally: Sallyport, cookie: string): Promise<Open[]> {
  sally.upstream.on('/ws', webSocketEcho());
  sally.upstream.on('/events', ticks(20));
  sally.upstream.on('/download', endless);
  const all = await Promise.all([
    webSocket(sally, cookie),
    stream(sally, 'event stream', '/events', cookie),
    stream(sally, 'download', '/download', cookie),
  ]);
  await until(() => all.every((open) => open.bytes > 100));
  return all;
}

/** Waits until all are cut, and holds the last byte of each against the moment at which the revocation was acknowledged. */
async function assertCut(t: TestContext, all: readonly Open[], acknowledgedAt: number): Promise<void> {
  await until(() => all.every((open) => open.closed));
  for (const open of all) {
    const late = open.lastByteAt - acknowledgedAt;
    t.diagnostic(`${open.what}: last byte ${late.toFixed(0)} ms after the revocation was acknowledged`);
    assert.ok(late < LIMIT_MS, `${open.what}: ${late} ms`);
  }
}

/** What the command line does, by a store of its own on the same database. */
async function elsewhere<T>(sally: Sallyport, work: (ctx: ManageContext) => Promise<T>): Promise<number> {
  const store = await openStore(sally.config.store, { clock: sally.clock });
  try {
    await work({
      store,
      clock: sally.clock,
      random: systemRandom,
      config: sally.config,
      actor: 'cli:test',
      authority: MACHINE,
      reach: 'all',
    });
    return moment();
  } finally {
    await store.close();
  }
}

const WAYS: Readonly<Record<string, (ctx: ManageContext, id: string) => Promise<unknown>>> = {
  'its session is revoked': (ctx, id) => revokeSessions(ctx, { by: 'id', id }),
  'all sessions of the account are revoked': (ctx) => revokeSessions(ctx, { by: 'account', account: 'alice' }),
  'all sessions of the app are revoked': (ctx) => revokeSessions(ctx, { by: 'app', appId: 'portal' }),
  'everything is revoked': (ctx) => revokeSessions(ctx, { by: 'all' }),
  'the account is disabled': (ctx) => disableAccount(ctx, 'alice'),
};

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`${kind}: what is open is cut within a second, wherever it was revoked, and nobody else’s`, async (t) => {
    const sally = await startSallyport(kind === 'sqlite' ? {} : { postgres: await (await postgres()).migrated() });
    t.after(() => sally.close());
    for (const [way, revoke] of Object.entries(WAYS)) {
      await t.test(way, async (t) => {
        await sally.app.store.accounts.update('id-alice', { disabledAt: null });
        const cookie = await sally.session('alice');
        const bob = await sally.session('bob');
        const all = await openAll(sally, cookie);
        const other = await stream(sally, 'bob’s event stream', '/events', bob);
        await until(() => other.bytes > 100);
        const [session] = await sally.app.store.sessions.listLive(sally.clock.now(), { accountId: 'id-alice' });
        const acknowledgedAt = await elsewhere(sally, (ctx) => revoke(ctx, session?.id ?? ''));
        await assertCut(t, all, acknowledgedAt);
        sally.upstream.clear();
        assert.equal((await sally.send('GET', '/', { cookie })).status, 401);
        sally.upstream.silent();
        if (way.startsWith('everything') || way.includes('of the app')) await until(() => other.closed);
        else {
          const before = other.bytes;
          await until(() => other.bytes > before);
          assert.equal((await sally.send('GET', '/', { cookie: bob })).status, 200);
          await sally.app.store.sessions.end({ by: 'all' }, 'test', sally.clock.now());
        }
      });
    }
  });

  test(`${kind}: a session survives a restart, a revocation while nobody ran is kept`, async (t) => {
    const url = kind === 'sqlite' ? undefined : await (await postgres()).migrated();
    const first = await startSallyport(url === undefined ? {} : { postgres: url });
    const alice = await first.session('alice');
    const bob = await first.session('bob');
    assert.equal((await first.send('GET', '/', { cookie: alice })).status, 200);
    // The data folder stays: `close` would remove it.
    const { data, clock, upstream } = first;
    await first.app.close();
    const store = await openStore(first.config.store, { clock });
    await store.sessions.end({ by: 'account', accountId: 'id-bob' }, 'test', clock.now());
    await store.close();
    const second = await startSallyport({ data, clock, upstream, ...(url === undefined ? {} : { postgres: url }) });
    t.after(async () => {
      await second.close();
      await upstream.close();
      const { rm } = await import('node:fs/promises');
      await rm(data, { recursive: true, force: true });
    });
    upstream.clear();
    assert.equal((await second.send('GET', '/', { cookie: alice })).status, 200);
    assert.equal((await second.send('GET', '/', { cookie: bob })).status, 401);
    assert.equal(upstream.hits, 1);
  });
}

const CHILD = `
import { openStore } from ${JSON.stringify(fileURLToPath(new URL('../../src/store/open.ts', import.meta.url)))};
const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const store = await openStore({ kind: 'sqlite', path: process.argv[1] }, { clock });
await store.sessions.end({ by: 'all' }, 'revoked', clock.now());
process.stdout.write(String(performance.timeOrigin + performance.now()));
await store.close();
`;

test('another process revokes: the running one cuts what is open within a second', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  const all = await openAll(sally, cookie);
  assert.equal(sally.config.store.kind, 'sqlite');
  const path = sally.config.store.kind === 'sqlite' ? sally.config.store.path : '';
  const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  await assertCut(t, all, Number(said.toString()));
  if (child.exitCode === null) await once(child, 'exit');
});

test('signing out cuts what the session has open in this very process, and its other tabs are out', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  const all = await openAll(sally, cookie);
  assert.equal((await sally.send('POST', '/.sallyport/sign-out', { cookie, json: {} })).status, 200);
  await assertCut(t, all, moment());
  sally.upstream.clear();
  assert.equal((await sally.send('GET', '/', { cookie })).status, 401);
  sally.upstream.silent();
});

test('what outlives the absolute limit is cut though it is active; what is only pushed to is idle', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const idle = await stream(sally, 'event stream', '/events', await sally.session('bob'));
  sally.upstream.on('/events', ticks(20));
  const alice = await sally.session('alice', { ageMs: 8 * 3_600_000 - 60_000 });
  const all = await openAll(sally, alice);
  await sally.advance(60_000);
  await assertCut(t, all, moment());
  assert.equal(idle.closed, false);
  await sally.advance(31 * 60_000);
  await until(() => idle.closed);
});

test('no admission overtakes a revocation: requests that arrive after its acknowledgement find no session', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  for (let round = 0; round < 10; round += 1) {
    const cookie = await sally.session('alice');
    assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
    // In this process the push comes with the commit.
    await sally.app.store.sessions.end({ by: 'account', accountId: 'id-alice' }, 'test', sally.clock.now());
    sally.upstream.clear();
    assert.equal((await sally.send('GET', '/', { cookie })).status, 401);
    sally.upstream.silent();
  }
});
