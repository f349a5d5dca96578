import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { systemClock } from '../../src/lib/clock.ts';
import { nodesFolder } from '../../src/store/node-sockets.ts';
import { openStore } from '../../src/store/open.ts';
import { accountRow } from '../support/rows.ts';
import { eachStore, freshConfig } from '../support/stores.ts';

const nodes = { heartbeatMs: 100, trustMs: 300 };
const OPEN = JSON.stringify(fileURLToPath(new URL('../../src/store/open.ts', import.meta.url)));
/** Where no node runs there is nothing to measure. */
const NOBODY = { confirmed: [], silent: [], ms: null, cut: null, cutMs: null };
const ME = new RegExp(`process ${process.pid}\\b`);

/** Watches the database as a process of its own would, which a test can freeze or kill. */
const CHILD = `
import { openStore } from ${OPEN};
const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const store = await openStore(JSON.parse(process.argv[1]), { clock, nodes: ${JSON.stringify(nodes)} });
await store.watch({ change: () => {}, lost: () => {} });
process.stdout.write('watching');
`;

function settleable() {
  let release = (): void => {};
  const told: string[] = [];
  const settled = new Promise<void>((resolve) => {
    release = resolve;
  });
  const listener = {
    change: ({ ref }: { ref: string }) => void told.push(ref),
    lost: () => {},
    settled: () => settled,
  };
  return { told, release, listener };
}

eachStore('where no node runs, nothing is waited for', async ({ store }) => {
  await store.accounts.insert(accountRow());
  assert.equal(store.announced(), false);
  await store.accounts.update('acc-1', { disabledAt: 5 });
  assert.equal(store.announced(), true);
  assert.deepEqual(await store.settle(), NOBODY);
});

eachStore('the roll-call ends when every node has what was committed in force, not when it has heard', async (on) => {
  const nodeStore = await openStore(on.config, { clock: systemClock, nodes: { heartbeatMs: 250, trustMs: 30_000 } });
  try {
    await on.store.accounts.insert(accountRow());
    const { told, release, listener } = settleable();
    await nodeStore.watch(listener);
    await on.store.accounts.update('acc-1', { disabledAt: 5 });
    let over = false;
    const call = on.store.settle().then((roll) => {
      over = true;
      return roll;
    });
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(over, false);
    release();
    const { confirmed, silent } = await call;
    assert.equal(confirmed.length, 1);
    assert.match(confirmed[0] ?? '', ME);
    assert.deepEqual(silent, []);
  } finally {
    await nodeStore.close();
  }
});

eachStore('every node confirms for itself; one that left in good order is not asked', async (on) => {
  await on.store.accounts.insert(accountRow());
  const feeds = await Promise.all([
    on.store.watch({ change: () => {}, lost: () => {} }),
    (await on.another()).watch({ change: () => {}, lost: () => {} }),
  ]);
  await on.store.accounts.update('acc-1', { disabledAt: 5 });
  assert.equal((await on.store.settle()).confirmed.length, 2);
  await feeds[0].stop();
  await on.store.accounts.update('acc-1', { disabledAt: 6 });
  const roll = await on.store.settle();
  assert.deepEqual([roll.confirmed.length, roll.silent.length], [1, 0]);
});

eachStore(
  'a node that has heard and does not get it in force is told of, once it trusts itself no more',
  async (on) => {
    const nodeStore = await openStore(on.config, { clock: systemClock, nodes });
    const { release, listener } = settleable();
    try {
      await on.store.accounts.insert(accountRow());
      await nodeStore.watch(listener);
      await on.store.accounts.update('acc-1', { disabledAt: 5 });
      const began = performance.now();
      const roll = await on.store.settle();
      assert.ok(performance.now() - began >= nodes.trustMs - 1);
      assert.deepEqual(roll.confirmed, []);
      assert.deepEqual(
        roll.silent.map(({ trustMs }) => trustMs),
        [nodes.trustMs],
      );
    } finally {
      release();
      await nodeStore.close();
    }
  },
);

eachStore('a frozen node is told of; a killed one is not waited for long after', async (on) => {
  await on.store.accounts.insert(accountRow());
  const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD, JSON.stringify(on.config)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  on.t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const end = async (at: number) => {
    await on.store.accounts.update('acc-1', { disabledAt: at });
    return on.store.settle();
  };
  const name = new RegExp(`process ${child.pid}\\b`);
  assert.match((await end(1)).confirmed[0] ?? '', name);
  child.kill('SIGSTOP');
  const frozen = await end(2);
  assert.deepEqual(frozen.confirmed, []);
  assert.match(frozen.silent[0]?.name ?? '', name);
  child.kill('SIGCONT');
  assert.match((await end(3)).confirmed[0] ?? '', name);
  child.kill('SIGKILL');
  await once(child, 'exit');
  // On PostgreSQL it is waited for until its last heartbeat is old, and named for a while longer.
  for (;;) {
    const roll = await end(4);
    assert.deepEqual(roll.confirmed, []);
    if (roll.silent.length === 0) {
      assert.equal(on.config.kind, 'sqlite', 'on PostgreSQL it is named when it is not waited for any more');
      break;
    }
    assert.match(roll.silent[0]?.name ?? '', name);
    if (roll.silent[0]?.quietMs === undefined) continue;
    assert.ok(on.config.kind === 'postgres' && roll.silent[0].quietMs >= 3 * nodes.trustMs);
    const client = new pg.Client({ connectionString: on.config.url });
    await client.connect();
    await client.query('update nodes set seen_at = seen_at - 60000');
    await client.end();
    assert.deepEqual(await end(5), NOBODY);
    break;
  }
});

test('sqlite: the socket is its owner’s alone, and gone with the node', async (t) => {
  const config = await freshConfig(t, 'sqlite');
  const store = await openStore(config, { clock: systemClock });
  const path = config.kind === 'sqlite' ? config.path : '';
  const { readdir } = await import('node:fs/promises');
  await store.watch({ change: () => {}, lost: () => {} });
  const folder = nodesFolder(path);
  const [socket = ''] = await readdir(folder);
  assert.equal(dirname(folder), dirname(path));
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  assert.equal((await stat(join(folder, socket))).mode & 0o777, 0o600);
  await store.close();
  assert.deepEqual(await readdir(folder), []);
});

test('sqlite: where no socket can be made, callers wait until the node must have looked', async (t) => {
  const base = await mkdtemp(join(tmpdir(), 'sallyport-'));
  t.after(() => rm(base, { recursive: true, force: true }));
  const config = { kind: 'sqlite', path: join(base, 'x'.repeat(100), 'sallyport.db') } as const;
  const store = await openStore(config, { clock: systemClock, nodes });
  const other = await openStore(config, { clock: systemClock });
  try {
    await store.accounts.insert(accountRow());
    const heard: string[] = [];
    await store.watch({ change: ({ ref }) => void heard.push(ref), lost: () => {} });
    await other.accounts.update('acc-1', { disabledAt: 5 });
    const began = performance.now();
    const roll = await other.settle();
    assert.ok(performance.now() - began >= nodes.trustMs - 1);
    assert.match(roll.silent[0]?.name ?? '', ME);
    assert.deepEqual(heard, ['acc-1']);
    await store.close();
    assert.deepEqual(await other.settle(), NOBODY);
  } finally {
    await store.close();
    await other.close();
  }
});

eachStore('what a node has cut since is told by the node itself: how much, and when', async (on) => {
  await on.store.accounts.insert(accountRow());
  const [count, early] = [7, 5];
  let cutAt = 0;
  const listener = {
    change: () => {
      cutAt ||= performance.now();
    },
    lost: () => {},
    // It is in force long after.
    settled: () => new Promise<void>((resolve) => setTimeout(resolve, 300)),
    cuts: () => {
      const agoMs = performance.now() - cutAt;
      return [
        // Before anybody ended anything.
        { count: early, agoMs: agoMs + 60_000 },
        { count, agoMs },
      ];
    },
  };
  const node = await openStore(on.config, { clock: systemClock, nodes: { heartbeatMs: 250, trustMs: 30_000 } });
  try {
    await node.watch(listener);
    const began = performance.now();
    await on.store.accounts.update('acc-1', { disabledAt: 5 });
    const committed = performance.now();
    const { ms, cut, cutMs } = await on.store.settle();
    assert.equal(cut, count);
    assert.ok(cutMs !== null && ms !== null);
    // Never earlier than it was, by whatever time it took to tell.
    assert.ok(cutMs >= cutAt - committed && cutMs <= performance.now() - began + 1, `${cutMs} ms`);
    assert.ok(ms >= cutMs && ms >= 300, `${ms} ms`);
    const later = await on.store.settle(performance.now());
    assert.deepEqual([later.cut, later.cutMs], [0, null], 'nothing since');
  } finally {
    await node.close();
  }
});

eachStore('a node that does not say what it has cut is none that has cut nothing', async (on) => {
  await on.store.accounts.insert(accountRow());
  await on.store.watch({ change: () => {}, lost: () => {} });
  await on.store.accounts.update('acc-1', { disabledAt: 5 });
  const { confirmed, ms, cut, cutMs } = await on.store.settle();
  assert.deepEqual([confirmed.length, cut, cutMs], [1, null, null]);
  assert.ok(ms !== null && ms >= 0);
});

test('sqlite: a node of an older version, which says no more than yes, is understood', async (t) => {
  const config = await freshConfig(t, 'sqlite');
  const store = await openStore(config, { clock: systemClock });
  t.after(() => store.close());
  const folder = nodesFolder(config.kind === 'sqlite' ? config.path : '');
  const { mkdir } = await import('node:fs/promises');
  const { createServer } = await import('node:net');
  await mkdir(folder, { recursive: true });
  const old = createServer((socket) => socket.end('in force\n')).listen(join(folder, '77-1000-0123abcd'));
  await once(old, 'listening');
  t.after(() => old.close());
  const roll = await store.settle();
  assert.deepEqual([roll.confirmed, roll.silent, roll.cut], [['process 77'], [], null]);
});
