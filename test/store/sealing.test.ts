import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { Sealer } from '../../src/audit/sealer.ts';
import { verifyRecord } from '../../src/audit/verify.ts';
import type { Config } from '../../src/config/types.ts';
import { systemClock as clock } from '../../src/lib/clock.ts';
import type { Database } from '../../src/store/database.ts';
import type { LogStore, Placed } from '../../src/store/log-types.ts';
import { openDatabase } from '../../src/store/open.ts';
import type { NewAuditRow, Store } from '../../src/store/types.ts';
import { leafHashOf } from '../../src/tlog/leaf.ts';
import { logKey, sealAll, sealerOn } from '../support/seal.ts';
import { eachStore } from '../support/stores.ts';

const entry = (n: number): NewAuditRow => ({
  at: 1_764_460_800_000 + n,
  kind: n % 3 === 0 ? 'sign-in.second' : 'account.add',
  outcome: n % 5 === 0 ? 'refused' : 'ok',
  actor: `actor ${n % 7}`,
  accountId: n % 2 === 0 ? null : `account-${n}`,
  sessionId: n % 4 === 0 ? `session-${n}` : null,
  appId: 'portal',
  source: '192.0.2.7',
  detail: JSON.stringify({ n, method: 'totp' }),
});

async function write(store: Store, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n += 1) await store.audit.append(entry(n));
}

const verified = async (
  store: Store,
  kind: Config['store']['kind'],
  kept: Parameters<typeof verifyRecord>[0]['kept'] = [],
) => verifyRecord({ store, key: await logKey(store), kept, ordered: kind === 'sqlite' });

/** A store whose sealed batches are noticed, once they are committed. */
function noticing(store: Store, placed: Placed[]): Pick<Store, 'log'> {
  const seal: LogStore['seal'] = async (query, place) => {
    let last: Placed | undefined;
    const batch = await store.log.seal(query, (tree, entries) => {
      last = place(tree, entries);
      return last;
    });
    if (batch.sealed > 0 && last !== undefined) placed.push(last);
    return batch;
  };
  return { log: { ...store.log, seal } };
}

eachStore(
  'old entries are sealed in the order of their numbers, in batches, and a turn leaves none',
  async ({ store, config }) => {
    await write(store, 0, 1_203);
    assert.equal(await sealAll(store), 1_203);
    const seqs = (await store.log.hashes({ from: 0, limit: 2_000 })).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.toSorted((a, b) => a - b),
    );
    const { found, size, unsealed, heads } = await verified(store, config.kind);
    assert.deepEqual([found, size, unsealed.count, heads > 0], [0, 1_203, 0, true]);
    assert.equal(await sealAll(store), 0);
  },
);

eachStore(
  'two sealers at once, while entries come in: never two heads of one size',
  async ({ store, another, config }) => {
    const other = await another();
    const placed: Placed[] = [];
    const key = await logKey(store);
    const sealers = [store, other, store, other].map(
      (each) =>
        new Sealer({ store: noticing(each, placed), clock, key: async () => key, ordered: config.kind === 'sqlite' }),
    );
    const writing = Promise.all([write(store, 0, 150), write(other, 1_000, 150)]);
    let over = false;
    const done = writing.finally(() => {
      over = true;
    });
    await Promise.all(
      sealers.map(async (sealer) => {
        for (; !over; await sleep(1)) await sealer.turn();
      }),
    );
    await done;
    await Promise.all(sealers.map((sealer) => sealer.turn()));
    const sizes = placed.map(({ tree }) => tree.size);
    assert.equal(new Set(sizes).size, sizes.length);
    const { found, size } = await verified(
      store,
      config.kind,
      placed.map(({ note }) => note),
    );
    assert.deepEqual([found, size], [0, 300]);
  },
);

eachStore(
  'an entry that comes with a lower number than one that is sealed gets its place too',
  async ({ store, config }) => {
    await write(store, 0, 20);
    const database = await openDatabase(config, { clock });
    const put = (seq: number) =>
      sql`insert into audit (seq, at, kind, outcome, actor, detail, salt)
      ${config.kind === 'postgres' ? sql`overriding system value` : sql``}
      values (${seq}, 1, 'sign-out', 'ok', 'x', '{}', '')`.execute(database.db);
    try {
      await put(500);
      assert.equal(await sealAll(store), 21);
      // A number that was taken by a transaction which was committed later.
      await put(400);
      assert.equal(await sealAll(store), 1);
      const [first] = (await verified(store, config.kind)).findings;
      // Where numbers are committed in their order, nobody but a forger puts one in between.
      if (config.kind === 'sqlite') assert.deepEqual([first?.what, first?.seq], ['out-of-order', 400]);
      else assert.equal(first, undefined);
    } finally {
      await database.close();
    }
  },
);

eachStore(
  'a tree that was not signed is not built upon, and entries are written all the same',
  async ({ store, config }) => {
    await write(store, 0, 10);
    await sealAll(store);
    const database = await openDatabase(config, { clock });
    try {
      const state = await store.log.state();
      for (const set of [
        { size: 9 },
        { frontier: state.frontier.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) },
        { note: null },
      ]) {
        await database.db.updateTable('tree').set(set).execute();
        await write(store, 10, 1);
        await assert.rejects(sealAll(store), /The tree of the record is not the one that was signed/);
        assert.ok((await verified(store, config.kind)).found > 0);
        await database.db.updateTable('tree').set(state).execute();
      }
      assert.equal(await sealAll(store), 3);
      assert.equal((await verified(store, config.kind)).found, 0);
    } finally {
      await database.close();
    }
  },
);

const CHILD = fileURLToPath(new URL('../support/sealer-child.ts', import.meta.url));

/** Runs a sealer until it has sealed so often, and a moment longer; kills it, and answers the heads that it told. */
async function killed(config: Config['store'], turns: number, more: number): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(config)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const heads: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const closed = once(child, 'close');
  const enough = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      heads.push(line);
      if (heads.length >= turns) resolve();
    });
  });
  await Promise.race([enough, closed]);
  await sleep(more);
  child.kill('SIGKILL');
  await closed;
  return heads.filter((line) => /^\d+ [0-9a-f]{64}$/.test(line));
}

/** 200 kills in all, or as many as there is time for on a machine that has no time; three at once, which seal one record between them. */
const KILLS = { sqlite: 150, postgres: 50 } as const;
const TIME = { sqlite: 90_000, postgres: 45_000 } as const;

eachStore('sealers that are killed at any moment never leave two heads of one size', async ({ t, store, config }) => {
  await logKey(store);
  const roots = new Map<number, string>();
  let left: number = KILLS[config.kind];
  const until = performance.now() + TIME[config.kind];
  const lane = async (nr: number) => {
    for (let n = 0; left > 0 && performance.now() < until; n += 1) {
      left -= 1;
      for (const line of await killed(config, 1 + (n % 3), (n * 7 + nr * 3) % 23)) {
        const [size = '', root = ''] = line.split(' ');
        assert.equal(roots.get(Number(size)) ?? root, root, `two heads of size ${size}`);
        roots.set(Number(size), root);
      }
    }
  };
  await Promise.all([lane(0), lane(1), lane(2)]);
  await sealerOn(store).turn();
  const kept = [...roots].map(([size, root]) => ({ size, root: Buffer.from(root, 'hex') }));
  t.diagnostic(`${KILLS[config.kind] - left} sealers were killed, ${kept.length} heads told`);
  assert.ok(kept.length >= 10, `${kept.length}`);
  const { found, findings, unsealed } = await verified(store, config.kind, kept);
  assert.deepEqual([found, findings, unsealed.count], [0, [], 0]);
});

/** Whoever owns the database takes its triggers away first. */
async function unguard({ db, kind }: Database): Promise<void> {
  for (const table of ['audit', 'leaves', 'checkpoints']) {
    if (kind === 'postgres') await sql`alter table ${sql.table(table)} disable trigger user`.execute(db);
    else
      for (const event of ['update', 'delete']) await sql`drop trigger ${sql.ref(`${table}_no_${event}`)}`.execute(db);
  }
}

const COLUMNS = [
  'at',
  'kind',
  'outcome',
  'actor',
  'accountId',
  'sessionId',
  'appId',
  'source',
  'detail',
  'salt',
] as const;

eachStore('whatever is altered in the database itself is found, and its place is named', async ({ store, config }) => {
  await write(store, 0, 40);
  await sealAll(store);
  await write(store, 40, 20);
  await sealAll(store);
  const database = await openDatabase(config, { clock });
  try {
    await unguard(database);
    const { db } = database;
    const rows = await store.log.leaves({ from: 0, limit: 100 });
    for (const [i, column] of COLUMNS.entries()) {
      for (const index of [i, 25 + i, 59]) {
        const row = rows[index]?.entry;
        assert.ok(row);
        const was = row[column];
        const value = typeof was === 'number' ? was + 1 : `${was ?? ''}x`;
        const alter = (to: unknown) =>
          db
            .updateTable('audit')
            .set({ [column]: to } as never)
            .where('seq', '=', row.seq)
            .execute();
        await alter(value);
        const [first] = (await verified(store, config.kind)).findings;
        assert.deepEqual([first?.what, first?.index, first?.seq], ['altered', index, row.seq], column);
        await alter(was);
      }
    }
    assert.equal((await verified(store, config.kind)).found, 0);

    const leaf = rows[33];
    assert.ok(leaf?.entry);
    // Another entry, with a leaf that fits: the heads tell.
    const forged = { ...leaf.entry, actor: 'somebody else' };
    await db.updateTable('audit').set({ actor: forged.actor }).where('seq', '=', leaf.seq).execute();
    await db
      .updateTable('leaves')
      .set({ hash: leafHashOf(forged).toString('base64') })
      .where('idx', '=', 33)
      .execute();
    const [rewritten] = (await verified(store, config.kind)).findings;
    assert.equal(rewritten?.what, 'rewritten');
    assert.ok((rewritten.index ?? 99) <= 33 && (rewritten.to ?? 0) >= 33);
    await db.updateTable('audit').set({ actor: leaf.entry.actor }).where('seq', '=', leaf.seq).execute();
    await db.updateTable('leaves').set({ hash: leaf.hash }).where('idx', '=', 33).execute();

    await db.deleteFrom('leaves').where('idx', '=', 12).execute();
    const [missing] = (await verified(store, config.kind)).findings;
    assert.deepEqual([missing?.what, missing?.index], ['removed', 12]);
    const { entry: _of, ...twelve } = rows[12] ?? leaf;
    await db.insertInto('leaves').values(twelve).execute();
    // Two change places.
    const swap = async (a: number, b: number) => {
      for (const [from, to] of [
        [a, 900],
        [b, a],
        [900, b],
      ] as const)
        await db.updateTable('leaves').set({ idx: to }).where('idx', '=', from).execute();
    };
    await swap(20, 22);
    const [moved] = (await verified(store, config.kind)).findings;
    if (config.kind === 'sqlite') assert.deepEqual([moved?.what, moved?.index], ['out-of-order', 21]);
    else assert.match(moved?.says ?? '', /where the order breaks at (?:20|21|22)/);
    await swap(20, 22);
    await db
      .insertInto('leaves')
      .values({ ...twelve, idx: 60, seq: 9_999 })
      .execute();
    const [beyond] = (await verified(store, config.kind)).findings;
    assert.deepEqual([beyond?.what, beyond?.index], ['inserted', 60]);
    await db.deleteFrom('leaves').where('idx', '=', 60).execute();
    await db.deleteFrom('audit').where('seq', '=', leaf.seq).execute();
    const [gone] = (await verified(store, config.kind)).findings;
    assert.deepEqual([gone?.what, gone?.index, gone?.seq], ['removed', 33, leaf.seq]);
    await db.deleteFrom('leaves').where('idx', '>=', 50).execute();
    const short = (await verified(store, config.kind)).findings[1];
    assert.deepEqual([short?.what, short?.index, short?.to], ['removed', 50, 59]);
  } finally {
    await database.close();
  }
});
