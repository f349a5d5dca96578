import assert from 'node:assert/strict';
import { systemClock as clock } from '../../../src/lib/clock.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import { cursorOf } from '../../../src/manage/places.ts';
import { findRecord, type RecordWish } from '../../../src/manage/record-find.ts';
import { openDatabase } from '../../../src/store/open.ts';
import { LOOKED_THROUGH } from '../../../src/store/views/record.ts';
import { eachStore } from '../../support/stores.ts';
import { askerOf, DAY, entry, NOW, organisation, person, personWith } from './office.ts';

const kinds = async (ctx: ManageContext, wish: RecordWish = {}) =>
  (await findRecord.ask(ctx, wish)).rows.map(({ kind, at }) => `${kind} ${at - NOW}`);

async function all(ctx: ManageContext, wish: RecordWish): Promise<number[]> {
  const seen: number[] = [];
  let pages = 0;
  for (let cursor: string | null | undefined; cursor !== null; pages += 1) {
    const { rows, next } = await findRecord.ask(ctx, { ...wish, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...rows.map(({ seq }) => seq));
    cursor = next;
    assert.ok(pages < 50, 'the pages end');
  }
  return seen;
}

eachStore('entries are found by account, app, kind, outcome, time and who did it, newest first', async ({ store }) => {
  await organisation(store, 'home');
  const ctx = askerOf(store);
  await person(store, { id: 'ada', name: 'ada.owen' });
  await entry(store, {
    at: NOW - 9,
    kind: 'account.add',
    actor: 'cli:root',
    accountId: 'ada',
    detail: '{"name":"ada.owen"}',
  });
  await entry(store, { at: NOW - 8, actor: 'ada', accountId: 'ada', appId: 'portal' });
  await entry(store, { at: NOW - 7, kind: 'sign-in.second', outcome: 'refused', actor: 'ada', accountId: 'ada' });
  // A node whose clock is behind writes after the others.
  await entry(store, { at: NOW - 10, kind: 'server.start' });
  await entry(store, { at: NOW - 6, actor: 'gone', accountId: 'gone', appId: 'wiki' });
  const found: readonly (readonly [RecordWish, readonly string[]])[] = [
    [{}, ['session.open -6', 'sign-in.second -7', 'session.open -8', 'account.add -9', 'server.start -10']],
    [{ limit: 2 }, ['session.open -6', 'sign-in.second -7']],
    [{ account: 'ada.owen' }, ['sign-in.second -7', 'session.open -8', 'account.add -9']],
    [{ account: 'gone' }, ['session.open -6']],
    [{ kind: 'session.open' }, ['session.open -6', 'session.open -8']],
    [{ kind: 'session.open', app: 'portal' }, ['session.open -8']],
    [{ kind: 'session.open', outcome: 'refused' }, []],
    [{ outcome: 'refused' }, ['sign-in.second -7']],
    [{ app: 'wiki' }, ['session.open -6']],
    [{ from: NOW - 8, to: NOW - 6 }, ['sign-in.second -7', 'session.open -8']],
    [{ actor: 'cli:' }, ['account.add -9']],
    [{ actor: 'owen' }, ['sign-in.second -7', 'session.open -8']],
    [{ actor: '%' }, []],
    [{ after: 3 }, ['session.open -6', 'server.start -10']],
    [{ after: 5 }, []],
    [{ account: 'ada', kind: 'account.add', actor: 'root' }, ['account.add -9']],
  ];
  for (const [wish, expected] of found) assert.deepEqual(await kinds(ctx, wish), expected, JSON.stringify(wish));
  const [added] = (await findRecord.ask(ctx, { kind: 'account.add' })).rows;
  assert.deepEqual([added?.account, added?.by, added?.detail], ['ada.owen', null, { name: 'ada.owen' }]);
  const [refused] = (await findRecord.ask(ctx, { outcome: 'refused' })).rows;
  assert.deepEqual([refused?.account, refused?.by], ['ada.owen', 'ada.owen']);
});

eachStore('pages of the record follow each other, along every index', async ({ store }) => {
  await organisation(store, 'home');
  const ctx = askerOf(store);
  await person(store, { id: 'ada', name: 'ada' });
  for (let i = 0; i < 24; i += 1) {
    const outcome = (['ok', 'refused', 'failed'] as const)[i % 3] ?? 'ok';
    await entry(store, { at: NOW - (i % 5), kind: 'sign-in.second', outcome, accountId: i % 2 === 0 ? 'ada' : null });
  }
  const everything = await all(ctx, { limit: 500 });
  assert.equal(everything.length, 24);
  assert.deepEqual(await all(ctx, { limit: 5 }), everything);
  assert.deepEqual(await all(ctx, { limit: 5, kind: 'sign-in.second' }), everything);
  assert.deepEqual(await all(ctx, { limit: 1, actor: 'system' }), everything);
  assert.equal((await all(ctx, { limit: 5, account: 'ada' })).length, 12);
  assert.equal((await all(ctx, { limit: 3, outcome: 'failed' })).length, 8);
});

eachStore(
  'what is looked through for one answer is bounded, and the rest comes with the next',
  async ({ store, config }) => {
    const ctx = askerOf(store);
    const database = await openDatabase(config, { clock });
    try {
      const base = {
        outcome: 'ok',
        actor: 'system',
        accountId: null,
        sessionId: null,
        appId: null,
        source: null,
        detail: '{}',
        salt: '0'.repeat(32),
      };
      await entry(store, { at: 1, kind: 'server.start', actor: 'cli:root' });
      for (let at = 2; at < LOOKED_THROUGH + 100; at += 1000) {
        const rows = Array.from({ length: 1000 }, (_, i) => ({ ...base, at: at + i, kind: 'session.open' }));
        await database.db.insertInto('audit').values(rows).execute();
      }
    } finally {
      await database.close();
    }
    const first = await findRecord.ask(ctx, { actor: 'root' });
    assert.equal(first.rows.length, 0);
    assert.ok(first.next);
    const second = await findRecord.ask(ctx, { actor: 'root', cursor: first.next });
    assert.deepEqual(
      second.rows.map(({ at }) => at),
      [1],
    );
    assert.equal(second.next, null);
    // Along an index that leads to it, nothing is looked through for nothing.
    assert.equal((await findRecord.ask(ctx, { kind: 'server.start' })).rows.length, 1);
  },
);

eachStore('who looks after some organisations reads of their accounts alone', async ({ store }) => {
  for (const id of ['home', 'mine', 'other']) await organisation(store, id);
  const ctx = await personWith(store, 'auditor', [{ role: 'auditor', organisation: 'mine' }]);
  await person(store, { id: 'ada', name: 'ada', organisationId: 'mine' });
  await entry(store, { at: NOW - 5, actor: 'ada', accountId: 'ada', appId: 'portal' });
  await entry(store, { at: NOW - 4, kind: 'account.set', actor: 'root-id', accountId: 'ada' });
  const wishes: readonly RecordWish[] = [
    {},
    { account: 'ada' },
    { kind: 'session.open' },
    { outcome: 'ok' },
    { app: 'portal' },
    { actor: 'bob' },
    { after: 0 },
    { from: NOW - DAY, to: NOW + DAY },
    { limit: 1 },
  ];
  const answers = async () => JSON.stringify(await Promise.all(wishes.map((wish) => findRecord.ask(ctx, wish))));
  const before = await answers();
  assert.deepEqual(await kinds(ctx), ['account.set -4', 'session.open -5']);
  await person(store, { id: 'root-id', name: 'bob', organisationId: 'other' });
  await entry(store, { at: NOW - 3, actor: 'root-id', accountId: 'root-id', appId: 'portal' });
  await entry(store, { at: NOW - 2, kind: 'server.start' });
  await entry(store, { at: NOW - 1, accountId: 'removed' });
  assert.equal(await answers(), before);
  for (const account of ['root-id', 'bob', 'removed', 'nobody'])
    await assert.rejects(findRecord.ask(ctx, { account }), { code: 'not-found' }, account);
  // An entry goes with its account: whoever has it now reads it.
  await store.underAccount('root-id', (tx) => tx.accounts.update('root-id', { organisationId: 'mine' }));
  assert.deepEqual(await kinds(ctx, { actor: 'bob' }), ['session.open -3', 'account.set -4']);
});

eachStore('a forged cursor and hostile words are refused by the record', async ({ store }) => {
  const ctx = askerOf(store);
  await entry(store);
  const hostile: unknown[] = [
    { cursor: 'x' },
    { cursor: cursorOf(['a', 1]) },
    { cursor: cursorOf([1.5, 1]) },
    { cursor: cursorOf([1]) },
    { cursor: Buffer.from('[1e400,1]').toString('base64url') },
    { kind: 'no.kind' },
    { kind: "' or 1=1" },
    { outcome: 'any' },
    { actor: 'a\0' },
    { app: '\ud800' },
    { from: -1 },
    { to: 1e300 },
    { after: -1 },
    { limit: 501 },
    { limit: '5' },
    { text: 'x' },
  ];
  for (const wish of hostile)
    await assert.rejects(findRecord.ask(ctx, wish as RecordWish), { code: 'usage' }, JSON.stringify(wish));
  for (const account of ['a\0b', '\ud800']) await assert.rejects(findRecord.ask(ctx, { account }), { code: 'usage' });
});
