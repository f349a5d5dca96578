import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/lib/clock.ts';
import { OWNER } from '../../src/roles.ts';
import { purgeChanges, writeChanges } from '../../src/store/changes.ts';
import { type ChangeRow, Position } from '../../src/store/feed.ts';
import { openDatabase, openStore } from '../../src/store/open.ts';
import type { Change, WholeStore as Store } from '../../src/store/types.ts';
import { accountRow, sessionRow } from '../support/rows.ts';
import { eachStore, freshConfig, ownPostgres } from '../support/stores.ts';

async function listen(store: Store) {
  const heard: string[] = [];
  const feed = await store.watch({
    change: ({ topic, ref }: Change) => heard.push(`${topic}:${ref}`),
    lost: () => heard.push('lost'),
  });
  return { heard, feed };
}

/** Waits until it holds; gives up after `ms` and lets the assertion that follows speak. */
async function until(holds: () => boolean, ms = 5000): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end && !holds(); ) await sleep(10);
}

eachStore(
  'every change that matters is announced, here and elsewhere, once and in order',
  async ({ store, another }) => {
    const other = await another();
    await store.accounts.insert(accountRow());
    await store.sessions.insert(sessionRow());
    await store.sessions.insert(sessionRow({ id: 'ses-2', hash: 'hash-2' }));
    await store.sessions.insert(sessionRow({ id: 'ses-3', hash: 'hash-3' }));
    const here = await listen(store);
    const there = await listen(other);
    await store.accounts.update('acc-1', { passwordHash: 'x', email: 'y' });
    await store.accounts.update('acc-1', { groups: ['ops'] });
    await store.accounts.update('acc-1', { roles: [OWNER] });
    await store.accounts.update('acc-1', { disabledAt: 5 });
    await store.sessions.rotate('ses-1', 'hash-1', { hash: 'new', proofs: [], lastSeenAt: 5 });
    await store.sessions.end({ by: 'id', id: 'ses-1' }, 'x', 6);
    await store.sessions.end({ by: 'id', id: 'ses-1' }, 'x', 6);
    await store.keys.insert({ id: 'k', publicJwk: '', privateJwk: '', createdAt: 1, activeAt: 1, retiredAt: null });
    await store.keys.retire('k', 9);
    await store.accounts.remove('acc-1');
    const expected = [
      'account:acc-1',
      'account:acc-1',
      'account:acc-1',
      'session:ses-1',
      'session:ses-1',
      'key:k',
      'key:k',
      'account:acc-1',
    ];
    await until(() => here.heard.length >= 10 && there.heard.length >= 10);
    for (const { heard } of [here, there]) {
      assert.deepEqual(heard.slice(0, 8), expected);
      assert.deepEqual(heard.slice(8).sort(), ['session:ses-2', 'session:ses-3']);
    }
  },
);

eachStore('ending all sessions is announced as one', async ({ store }) => {
  await store.accounts.insert(accountRow());
  await store.sessions.insert(sessionRow());
  const { heard } = await listen(store);
  await store.sessions.end({ by: 'all' }, 'x', 5);
  await until(() => heard.length > 0);
  assert.deepEqual(heard, ['session:*']);
});

eachStore('what is rolled back is not announced, and what is not yet committed neither', async ({ store, another }) => {
  await store.accounts.insert(accountRow());
  const { heard } = await listen(store);
  const there = await listen(await another());
  await assert.rejects(
    store.underAccount('acc-1', async (tx) => {
      await tx.accounts.update('acc-1', { disabledAt: 5 });
      throw new Error('no');
    }),
  );
  await store.underAccount('acc-1', async (tx) => {
    await tx.accounts.update('acc-1', { roles: [OWNER] });
    await sleep(150);
    assert.deepEqual([heard, there.heard], [[], []]);
  });
  await until(() => heard.length > 0 && there.heard.length > 0);
  await sleep(700);
  assert.deepEqual([heard, there.heard], [['account:acc-1'], ['account:acc-1']]);
});

eachStore('changes of many writers at once all arrive, in whatever order they commit', async ({ store, another }) => {
  const writers = [store, await another(), await another()];
  const names = Array.from({ length: 60 }, (_, i) => `acc-${i}`);
  for (const id of names) await store.accounts.insert(accountRow({ id, name: id }));
  const { heard } = await listen(await another());
  await Promise.all(
    names.map((id, i) =>
      (writers[i % 3] ?? store).underAccount(id, async (tx) => {
        await tx.accounts.update(id, { roles: [OWNER] });
        // Those that began first commit last.
        await sleep(i % 2 === 0 ? 5 : 0);
      }),
    ),
  );
  await until(() => heard.length >= names.length);
  assert.deepEqual(heard.sort(), names.map((id) => `account:${id}`).sort());
});

eachStore('the feed is fresh while the store answers, and stands still after it was stopped', async ({ store }) => {
  const { feed } = await listen(store);
  const first = feed.freshAt();
  await until(() => feed.freshAt() > first);
  assert.ok(feed.freshAt() > first);
  await feed.stop();
  const last = feed.freshAt();
  await sleep(250);
  assert.equal(feed.freshAt(), last);
});

test('sqlite: a change of another process arrives', async (t) => {
  const config = await freshConfig(t, 'sqlite');
  const path = config.kind === 'sqlite' ? config.path : '';
  const store = await openStore(config, { clock: systemClock });
  try {
    await store.accounts.insert(accountRow());
    await store.sessions.insert(sessionRow());
    const { heard } = await listen(store);
    const child = spawn(process.execPath, [
      fileURLToPath(new URL('../support/store-child.ts', import.meta.url)),
      path,
      'end',
    ]);
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
    await until(() => heard.length > 0);
    assert.deepEqual(heard, ['session:ses-1']);
  } finally {
    await store.close();
  }
});

test('sqlite: a file that is gone refuses, and works again when it is back', async (t) => {
  const config = await freshConfig(t, 'sqlite');
  const path = config.kind === 'sqlite' ? config.path : '';
  const store = await openStore(config, { clock: systemClock });
  try {
    const { heard, feed } = await listen(store);
    renameSync(path, `${path}.away`);
    await assert.rejects(store.ping(), { code: 'store-unavailable' });
    await assert.rejects(store.accounts.insert(accountRow()), { code: 'store-unavailable' });
    await sleep(250);
    const stale = feed.freshAt();
    await sleep(250);
    assert.equal(feed.freshAt(), stale);
    renameSync(`${path}.away`, path);
    await store.ping();
    await store.accounts.insert(accountRow());
    await until(() => feed.freshAt() > stale && heard.length > 0);
    assert.deepEqual(heard, ['lost']);
    assert.ok(feed.freshAt() > stale);
  } finally {
    await store.close();
  }
});

test('postgres: a server that is gone refuses, and works again when it is back, without a restart', async () => {
  const server = await ownPostgres();
  const config = { kind: 'postgres', url: await server.schema() } as const;
  const store = await openStore(config, { clock: systemClock });
  try {
    await store.accounts.insert(accountRow());
    const { heard, feed } = await listen(store);
    await server.halt();
    try {
      await assert.rejects(store.ping(), { code: 'store-unavailable' });
      await assert.rejects(
        store.transaction((tx) => tx.accounts.list()),
        { code: 'store-unavailable' },
      );
    } finally {
      await server.start();
    }
    const back = feed.freshAt();
    await store.ping();
    await store.accounts.update('acc-1', { roles: [OWNER] });
    await until(() => heard.includes('account:acc-1') && feed.freshAt() > back);
    // Reconnecting may take several attempts, each of them an interruption; the change comes after the last.
    assert.deepEqual(heard.slice(-2), ['lost', 'account:acc-1']);
    assert.ok(heard.slice(0, -1).every((each) => each === 'lost'));
    assert.ok(feed.freshAt() > back);
  } finally {
    await store.close();
  }
});

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`${kind}: purging old changes keeps the newest one`, async (t) => {
    const config = await freshConfig(t, kind);
    const store = await openStore(config, { clock: systemClock });
    const database = await openDatabase(config, { clock: systemClock });
    try {
      await store.accounts.insert(accountRow());
      for (let i = 0; i < 3; i += 1) await store.accounts.update('acc-1', { roles: i % 2 === 0 ? [OWNER] : [] });
      const later = systemClock.now() + 2 * 3_600_000;
      assert.equal(await purgeChanges(database.db, systemClock.now()), 0);
      assert.equal(await purgeChanges(database.db, later), 2);
      assert.equal(await purgeChanges(database.db, later), 0);
    } finally {
      await database.close();
      await store.close();
    }
  });
}

test('postgres: a change that got its number first and commits last is not overlooked', async (t) => {
  const config = await freshConfig(t, 'postgres');
  const store = await openStore(config, { clock: systemClock });
  const database = await openDatabase(config, { clock: systemClock });
  try {
    const { heard } = await listen(store);
    let commit = (): void => {};
    const held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    const announce = (ref: string, before: Promise<void>) =>
      database.db.transaction().execute(async (tx) => {
        await writeChanges(tx, 'postgres', [{ topic: 'account', ref }], 1);
        await before;
      });
    const slow = announce('slow', held);
    await sleep(100);
    const quick = announce('quick', Promise.resolve());
    // Long enough for the feed to look: were `quick` visible now, the feed would stand behind `slow` for good.
    await sleep(700);
    commit();
    await Promise.all([slow, quick]);
    await until(() => heard.length >= 2, 2000);
    assert.deepEqual(heard, ['account:slow', 'account:quick']);
  } finally {
    await database.close();
    await store.close();
  }
});

test('a listener whose place was purged, or who finds another database, is told to read anew', () => {
  const row = (seq: number, at = seq): ChangeRow => ({ seq, at, topic: 'session', ref: `s${seq}` });
  const heard: string[] = [];
  const listener = { change: (change: Change) => heard.push(change.ref), lost: () => heard.push('lost') };
  const position = new Position(listener, row(5));
  assert.equal(position.take([row(5), row(6)]), 'done');
  assert.deepEqual(heard, ['s6']);
  assert.equal(position.take([row(9)]), 'restart');
  position.moveTo(row(9));
  assert.equal(position.take([row(9), row(10)]), 'done');
  assert.deepEqual(heard, ['s6', 'lost', 's10']);
  assert.equal(position.take([row(10, 77)]), 'restart');
});
