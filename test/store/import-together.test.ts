import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { ManageContext } from '../../src/manage/context.ts';
import { importAccounts } from '../../src/manage/import.ts';
import { openStore } from '../../src/store/open.ts';
import type { WholeStore } from '../../src/store/types.ts';
import { importAccounts as act } from '../support/manage.ts';
import { accountRow } from '../support/rows.ts';
import { freshConfig } from '../support/stores.ts';
import { askerOf, CONFIG, NOW, organisation } from './reads/office.ts';

type Kind = 'sqlite' | 'postgres';

/** More than go into one statement, twice over, and some besides. */
const LINES = 250;
const THERE = 60;

/** The same bytes in the same order, each time. */
function counting(): ManageContext['random'] {
  let given = 0;
  return (n) => {
    given += 1;
    const bytes = Buffer.alloc(n);
    bytes.writeUInt32BE(given, 0);
    return bytes;
  };
}

/** Every `few`th account that is there has another address, belongs elsewhere, or is as it was. */
function csv(): string {
  const line = (i: number) => {
    const name = i % 4 === 0 && i / 4 < THERE ? `there${i / 4}` : `new${i}`;
    const email = i % 8 === 0 ? `${name}@new.example` : '';
    return `${name},local,${email},${i % 3 === 0 ? 'staff ops' : ''},${i % 5 === 0 ? 'South' : 'North'}`;
  };
  return ['account,realm,email,groups,organisation', ...Array.from({ length: LINES }, (_, i) => line(i)), ''].join(
    '\n',
  );
}

/** The store, whose parts are given rows one by one however many there are. */
function oneByOne(store: WholeStore): WholeStore {
  const each =
    <R>(write: (row: R) => Promise<void>) =>
    async (rows: R | readonly R[]) => {
      for (const row of [rows].flat() as R[]) await write(row);
    };
  return {
    ...store,
    underAccounts: (ids, work) =>
      store.underAccounts(ids, (tx, rows) => {
        const accounts = { ...tx.accounts, insert: each(tx.accounts.insert) };
        return work({ ...tx, accounts, audit: { ...tx.audit, append: each(tx.audit.append) } }, rows);
      }),
  };
}

interface Made {
  readonly store: WholeStore;
  readonly ctx: ManageContext;
}

async function office(t: TestContext, kind: Kind, how: (store: WholeStore) => WholeStore): Promise<Made> {
  const clock = { now: () => NOW, monotonic: () => 0 };
  const store = await openStore(await freshConfig(t, kind), { clock });
  await organisation(store, 'north', 'North');
  await organisation(store, 'south', 'South');
  for (let i = 0; i < THERE; i += 1) {
    const of = { id: `there-${i}`, name: `there${i}`, email: `there${i}@old.example`, organisationId: 'north' };
    await store.accounts.insert(accountRow({ ...of, createdAt: NOW - i }));
  }
  const mail = { url: 'smtp://127.0.0.1:9', from: 'a@example.org' } as never;
  return { store, ctx: { ...askerOf(how(store)), random: counting(), config: { ...CONFIG, mail } } };
}

/** All that an import leaves behind. */
async function left({ store }: Made) {
  const accounts = await store.accounts.list();
  const notices = await store.notices.due(NOW, 10_000);
  return {
    accounts,
    record: await store.audit.list({ limit: 10_000 }),
    notices: notices.sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`${kind}: an import that writes many rows at a time leaves what one by one leaves: accounts, ids, entries in their order, messages`, async (t) => {
    const together = await office(t, kind, (store) => store);
    const apart = await office(t, kind, oneByOne);
    try {
      const told = await Promise.all([together, apart].map(({ ctx }) => importAccounts.perform(ctx, { text: csv() })));
      assert.deepEqual(told[0], told[1]);
      assert.ok((told[0]?.added.length ?? 0) > 150 && (told[0]?.changed.length ?? 0) > 40);
      const [all, each] = [await left(together), await left(apart)];
      assert.deepEqual(all, each);
      assert.ok(all.notices.length > 20);
      // Each is judged and on record by itself, in the order of the lines.
      const added = all.record.filter((row) => row.kind === 'account.add').map(({ accountId }) => accountId);
      assert.deepEqual(
        added,
        told[0]?.added.map(({ id }) => id),
      );
      assert.deepEqual(
        [...all.record].sort((a, b) => a.seq - b.seq),
        all.record,
      );
      const faulty = await act(together.ctx, `${csv()}bad name,local,,,North\n`);
      assert.equal(faulty.faults.length, 1);
      assert.deepEqual(await left(together), all);
    } finally {
      await Promise.all([together, apart].map(({ store }) => store.close()));
    }
  });

  test(`${kind}: one of many names that somebody took meanwhile undoes them all`, async (t) => {
    const { store, ctx } = await office(t, kind, (inner) => ({
      ...inner,
      underAccounts: async (ids, work) => {
        await inner.accounts.insert(accountRow({ id: 'other', name: 'new197', organisationId: 'north' }));
        return inner.underAccounts(ids, work);
      },
    }));
    try {
      const before = await store.audit.list({ limit: 10 });
      await assert.rejects(importAccounts.perform(ctx, { text: csv() }), { code: 'conflict' });
      assert.equal((await store.accounts.list()).length, THERE + 1);
      assert.deepEqual(await store.audit.list({ limit: 10 }), before);
    } finally {
      await store.close();
    }
  });
}
