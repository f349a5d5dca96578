import assert from 'node:assert/strict';
import { findAccounts } from '../../../src/manage/account-find.ts';
import { showOverview } from '../../../src/manage/overview.ts';
import { findRecord } from '../../../src/manage/record-find.ts';
import { findSessions } from '../../../src/manage/session-find.ts';
import { accountRow } from '../../support/rows.ts';
import { eachStore } from '../../support/stores.ts';
import { DAY, entry, NOW, organisation, person, personWith } from './office.ts';

/** More than are looked for by account (store/views/reach.ts). */
const MANY = 2_001;

eachStore('whoever looks after many accounts sees theirs and nobody else, by the other ways too', async ({ store }) => {
  for (const id of ['home', 'mine', 'yours', 'other']) await organisation(store, id);
  for (let i = 0; i < MANY; i += 1) {
    const of = { id: `m${i}`, name: `mine.${i}`, organisationId: i % 2 === 0 ? 'mine' : 'yours' };
    await store.accounts.insert(accountRow({ createdAt: NOW - DAY, ...of, groups: i === 7 ? ['ops'] : ['staff'] }));
  }
  await person(store, { id: 'm', name: 'mine.with', organisationId: 'mine' }, { factors: [{}], session: true });
  await person(store, { id: 'o', name: 'mine.not', organisationId: 'other', groups: ['ops'] }, { session: true });
  for (const [accountId, at] of [
    ['m', NOW],
    ['m', NOW - DAY],
    ['o', NOW],
  ] as const)
    for (const [kind, outcome] of [
      ['session.open', 'ok'],
      ['sign-in.second', 'refused'],
    ] as const)
      await entry(store, { at, accountId, kind, outcome });
  const ctx = await personWith(
    store,
    'auditor',
    ['mine', 'yours'].map((each) => ({ role: 'auditor', organisation: each })),
  );
  const names = async (wish: object) => {
    const { rows, total } = await findAccounts.ask(ctx, wish);
    return [total, ...rows.map(({ name }) => name)];
  };
  const [total, first] = await names({});
  assert.deepEqual([total, first], [MANY + 1, 'mine.0']);
  assert.deepEqual(await names({ text: 'mine.not' }), [0]);
  assert.deepEqual(await names({ text: 'mine.1999' }), [1, 'mine.1999']);
  assert.deepEqual(await names({ group: 'ops' }), [1, 'mine.7']);
  assert.deepEqual(await names({ state: 'protected' }), [1, 'mine.with']);
  assert.equal((await names({ state: 'none' }))[0], MANY);
  const sessions = await findSessions.ask(ctx, {});
  assert.deepEqual([sessions.total, ...sessions.rows.map(({ account }) => account)], [1, 'mine.with']);
  const record = await findRecord.ask(ctx, {});
  assert.deepEqual([...new Set(record.rows.map(({ accountId }) => accountId))], ['m']);
  const { total: counted, days } = await showOverview.ask(ctx, {});
  assert.equal(counted.accounts, MANY + 1);
  const seen = days.map(({ signIns, refused }) => [signIns, refused]);
  assert.deepEqual(seen, [...Array.from({ length: 12 }, () => [0, 0]), [1, 1], [1, 1]]);
});
