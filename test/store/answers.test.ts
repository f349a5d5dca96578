import assert from 'node:assert/strict';
import { systemClock } from '../../src/lib/clock.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { addAccount } from '../../src/manage/accounts.ts';
import { MACHINE } from '../../src/manage/authority.ts';
import { createSeal } from '../../src/store/seal.ts';
import type { Store } from '../../src/store/types.ts';
import { Keys } from '../../src/web/console/api/keys.ts';
import { eachStore } from '../support/stores.ts';

const seal = createSeal(Buffer.alloc(32, 7), systemRandom);
const row = (id: string, createdAt: number) => ({ id, fingerprint: 'f', answer: 'v1.x', createdAt });

eachStore('an answer is kept once, until its time is over or newer ones need its place', async ({ store }) => {
  for (let i = 0; i < 12; i += 1) await store.answers.insert(row(`a${i}`, i));
  await assert.rejects(store.answers.insert(row('a3', 99)), { code: 'conflict' });
  assert.deepEqual(await store.answers.byId('a3'), row('a3', 3));
  assert.equal(await store.answers.byId('none'), undefined);
  assert.equal(await store.answers.purge(2), 2);
  assert.equal(await store.answers.byId('a1'), undefined);
  await store.answers.removeBefore('a5', 5);
  assert.ok(await store.answers.byId('a5'), 'it is not older');
  await store.answers.removeBefore('a5', 6);
  assert.equal(await store.answers.byId('a5'), undefined);
  assert.ok((await store.answers.trim(4)) > 0);
  const left = await Promise.all(Array.from({ length: 12 }, (_each, i) => store.answers.byId(`a${i}`)));
  assert.deepEqual(
    left.flatMap((each) => each?.id ?? []),
    ['a8', 'a9', 'a10', 'a11'],
  );
  assert.equal(await store.answers.trim(4), 0);
});

eachStore('what is undone keeps no answer', async ({ store }) => {
  await assert.rejects(
    store.transaction(async (tx) => {
      await tx.answers.insert(row('undone', 1));
      throw new Error('the process ends here');
    }),
  );
  assert.equal(await store.answers.byId('undone'), undefined);
});

function managing(store: Store) {
  const clock = systemClock;
  const staff = { id: 'staff', source: 'local', unicode: false, domains: [] } as never; // as much of a realm as names need
  const config = { realms: new Map([['staff', staff]]), apps: [], console: null, mail: null } as never;
  return { store, clock, random: systemRandom, config, actor: 'cli:test', authority: MACHINE, reach: 'all' as const };
}

eachStore(
  'of two nodes that are sent one key at once, one does it, and both answer alike',
  async ({ store, another }) => {
    const other = await another();
    for (let round = 0; round < 10; round += 1) {
      const asked = { holder: 'token:t', key: `k-${round}`, asked: 'the same' };
      const nodes = [store, other].map((each) => {
        const keys = new Keys({ store: each, clock: systemClock, seal });
        const ctx = managing(each);
        return keys.once(asked, (alongside) => addAccount.perform({ ...ctx, alongside }, { name: `made${round}` }));
      });
      const [first, second] = await Promise.all(nodes);
      assert.deepEqual(first?.value, second?.value);
      assert.equal([first, second].filter((each) => each?.again === true).length, 1);
    }
    const made = (await store.audit.list({ limit: 100 })).filter(({ kind }) => kind === 'account.add');
    assert.equal(made.length, 10);
  },
);
