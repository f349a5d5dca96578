import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { sql } from 'kysely';
import { systemClock } from '../../src/lib/clock.ts';
import { MIGRATIONS, migrate } from '../../src/store/migrate.ts';
import { openDatabase } from '../../src/store/open.ts';
import { createStore } from '../../src/store/store.ts';
import type { Store } from '../../src/store/types.ts';
import { eachStore, freshConfig } from '../support/stores.ts';

const LIST = { digest: 'd1', appId: 'wiki', readAt: 10, text: 'names' } as const;
const SAID = { at: 20, actor: 'cli:root', rule: 'request', under: 'asked for', erased: 1 } as const;

const taken = async (store: Store, digest: string) => {
  const row = await store.rosters.byDigest(digest);
  return row ?? assert.fail();
};

eachStore('names of a list go with an entry that says so, some of them and then all', async ({ store }) => {
  await store.rosters.put(LIST);
  await store.rosters.erase({ ...SAID, list: { ...LIST, erasedBy: null }, text: 'fewer', left: 3 });
  const some = await taken(store, 'd1');
  assert.equal(some.text, 'fewer');
  const [entry] = await store.audit.list({ limit: 1 });
  assert.deepEqual(
    [entry?.seq, entry?.kind, entry?.appId, entry?.accountId],
    [some.erasedBy, 'roster.erased', 'wiki', null],
  );
  assert.deepEqual(JSON.parse(entry?.detail ?? ''), {
    digest: 'd1',
    rule: 'request',
    under: 'asked for',
    erased: 1,
    left: 3,
  });
  await assert.rejects(store.rosters.erase({ ...SAID, list: { ...LIST, erasedBy: null }, text: null, left: 0 }), {
    code: 'conflict',
  });
  await store.rosters.erase({ ...SAID, list: some, text: null, left: 0 });
  assert.equal((await taken(store, 'd1')).text, null);
  await assert.rejects(store.rosters.erase({ ...SAID, list: await taken(store, 'd1'), text: 'again', left: 1 }));
  assert.equal((await store.audit.list({ limit: 9 })).length, 2, 'of what did not happen nothing is told');
});

eachStore('of two who erase from a list at once, one does', async ({ store }) => {
  await store.rosters.put(LIST);
  const list = await taken(store, 'd1');
  const both = await Promise.allSettled(
    ['a', 'b'].map((text) => store.rosters.erase({ ...SAID, list, text, left: 2 })),
  );
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  assert.equal((await store.audit.list({ limit: 9 })).length, 1);
});

eachStore('a list that is read again is as young as that, unless names of it went', async ({ store }) => {
  await store.rosters.put(LIST);
  await store.rosters.put({ ...LIST, digest: 'd2', readAt: 11 });
  assert.equal((await store.rosters.newest('wiki'))?.digest, 'd2');
  assert.equal(await store.rosters.again('d1', 10), false, 'not to the same moment');
  assert.equal(await store.rosters.again('d1', 15), true);
  assert.equal((await store.rosters.newest('wiki'))?.digest, 'd1');
  assert.equal(await store.rosters.newest('shop'), undefined);
  assert.deepEqual(
    (await store.rosters.due(15, 9)).map(({ digest }) => digest),
    ['d2'],
  );
  assert.deepEqual(
    (await store.rosters.due(16, 9)).map(({ digest }) => digest),
    ['d2', 'd1'],
  );
  await store.rosters.erase({ ...SAID, list: await taken(store, 'd1'), text: null, left: 0 });
  assert.equal(await store.rosters.again('d1', 30), false);
  assert.deepEqual(
    (await store.rosters.kept({ after: '', limit: 9 })).map(({ digest }) => digest),
    ['d2'],
  );
  assert.deepEqual(await store.rosters.kept({ after: 'd2', limit: 9 }), []);
});

eachStore('the database lets no name go, and none in, but by an entry about that list', async ({ store, config }) => {
  for (const digest of ['d1', 'd2', 'd3']) await store.rosters.put({ ...LIST, digest });
  await store.rosters.erase({ ...SAID, list: await taken(store, 'd2'), text: 'fewer', left: 3 });
  const { erasedBy } = await taken(store, 'd2');
  const note = async (detail: object, kind = 'roster.erased') => {
    const nobody = { accountId: null, sessionId: null, appId: 'wiki', source: null };
    await store.audit.append({
      at: 1,
      kind,
      outcome: 'ok',
      actor: 'me',
      ...nobody,
      detail: JSON.stringify(detail),
    } as never); // whatever the type says
    return (await store.audit.list({ limit: 1 }))[0]?.seq ?? 0;
  };
  const database = await openDatabase(config, { clock: systemClock });
  const refused = (set: object, digest = 'd1') =>
    assert.rejects(
      database.db.updateTable('rosters').set(set).where('digest', '=', digest).execute(),
      /append-only/,
      JSON.stringify(set),
    );
  try {
    await refused({ text: null });
    await refused({ text: 'other' });
    await refused({ text: null, erasedBy: 999 });
    await refused({ text: null, erasedBy });
    await refused({ text: null, erasedBy: await note({ digest: 'd1', left: 0 }, 'roster.read') });
    const some = await note({ digest: 'd1', left: 2 });
    await refused({ text: null, erasedBy: some });
    const all = await note({ digest: 'd1', left: 0 });
    await refused({ text: 'other', erasedBy: all });
    await refused({ text: null, erasedBy: all, readAt: 11 });
    await refused({ text: null, erasedBy: all, appId: 'shop' });
    await refused({ text: null, erasedBy: all, digest: 'd9' });
    await refused({ readAt: 9 });
    await refused({ readAt: 11, text: 'other' });
    await refused({ readAt: 11 }, 'd2');
    await refused({ text: null }, 'd2');
    await refused({ text: 'more', erasedBy }, 'd2');
    await assert.rejects(database.db.deleteFrom('rosters').execute(), /append-only/);
    if (config.kind === 'postgres') await assert.rejects(sql`truncate rosters`.execute(database.db), /append-only/);
    const roster = { digest: 'd', kind: 'roster', text: '[]', at: 1 };
    await assert.rejects(database.db.insertInto('documents').values(roster).execute(), /kept in rosters/);
    await database.db.updateTable('rosters').set({ text: null, erasedBy: all }).where('digest', '=', 'd1').execute();
    await refused({ text: 'back', erasedBy: await note({ digest: 'd1', left: 1 }) });
    assert.equal((await taken(store, 'd3')).text, 'names');
  } finally {
    await database.close();
  }
});

eachStore('a name that was erased is in no page of the file', async ({ store, config }) => {
  if (config.kind !== 'sqlite') return;
  const text = Array.from({ length: 5000 }, (_, i) => `person-number-${i}`).join('\n');
  await store.rosters.put({ ...LIST, text });
  const database = await openDatabase(config, { clock: systemClock });
  const bytes = async () => {
    await sql`pragma wal_checkpoint(truncate)`.execute(database.db);
    return readFileSync(config.path, 'latin1');
  };
  try {
    assert.ok((await bytes()).includes('person-number-4321'));
    await store.rosters.erase({ ...SAID, list: await taken(store, 'd1'), text: null, left: 0 });
    assert.ok(!(await bytes()).includes('person-number-4321'));
  } finally {
    await database.close();
  }
});

for (const kind of ['sqlite', 'postgres'] as const)
  test(`${kind}: lists that were kept as texts move, with their app and when they were read last`, async (t) => {
    const config = await freshConfig(t, kind);
    const database = await openDatabase(config, { clock: systemClock });
    try {
      const before = MIGRATIONS.findIndex(({ name }) => name.endsWith('-rosters'));
      await migrate(database, systemClock, MIGRATIONS.slice(0, before));
      const { log, audit } = createStore(database, systemClock);
      const [digest, unread] = ['a'.repeat(64), 'b'.repeat(64)];
      for (const each of [digest, unread])
        await log.putDocument({ digest: each, kind: 'roster' as never, text: '["alice"]', at: 5 }); // a kind of then
      await log.putDocument({ digest: 'c', kind: 'configuration', text: 'apps: {}', at: 5 });
      const nobody = { accountId: null, sessionId: null, source: null };
      const read = { kind: 'roster.read', outcome: 'ok', actor: 'system', ...nobody } as const;
      for (const at of [5, 8])
        await audit.append({ ...read, at, appId: 'wiki', detail: JSON.stringify({ digest, from: 'file', names: 1 }) });
      await audit.append({ ...read, at: 9, appId: 'shop', detail: JSON.stringify({ digest: 'd', names: 1 }) });
      await migrate(database, systemClock);
      const { rosters } = createStore(database, systemClock);
      const kept = { text: '["alice"]', erasedBy: null };
      assert.deepEqual(await rosters.byDigest(digest), { digest, appId: 'wiki', readAt: 8, ...kept });
      assert.deepEqual(await rosters.byDigest(unread), { digest: unread, appId: null, readAt: 5, ...kept });
      assert.equal(await log.document(digest), undefined);
      assert.equal((await log.document('c'))?.text, 'apps: {}');
      await assert.rejects(database.db.deleteFrom('documents').execute(), /append-only/);
    } finally {
      await database.close();
    }
  });
