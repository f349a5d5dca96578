import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { WholeStore } from '../../../src/store/types.ts';
import { accountRow } from '../../support/rows.ts';
import { sealAll } from '../../support/seal.ts';
import { eachStore } from '../../support/stores.ts';
import { DAY, entry, NOW, organisation } from './office.ts';

const FIRST = Math.floor(NOW / DAY) * DAY - 3 * DAY;
const PLACES = ['north', 'south', 'east'];
const NAMES = ['ada', 'ben', 'cai', 'dee'];
const WHAT = [
  ['session.open', 'ok'],
  ['session.open', 'refused'],
  ['sign-in.begin', 'refused'],
  ['sign-in.second', 'refused'],
  ['sign-in.step-up', 'refused'],
  ['sign-in.second', 'ok'],
  ['app.sign-in', 'refused'],
  ['app.sign-in', 'failed'],
  ['ticket.issue', 'ok'],
] as const;

const ACTS = ['entry', 'entry', 'entry', 'move', 'add', 'remove', 'drop', 'erase', 'undone'] as const;

/** What happens to accounts and to the record. */
const step = fc.record({
  act: fc.constantFrom(...ACTS),
  id: fc.constantFrom(...NAMES),
  to: fc.constantFrom(...PLACES),
  what: fc.constantFrom(...WHAT),
  at: fc.integer({ min: FIRST, max: FIRST + 5 * DAY }),
  limit: fc.integer({ min: 1, max: 3 }),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const asked = fc.record({
  reach: fc.uniqueArray(fc.constantFrom(...PLACES, 'nowhere')),
  kinds: fc.uniqueArray(fc.constantFrom(...WHAT.map(([kind]) => kind))),
  outcome: fc.constantFrom(...(['ok', 'refused', 'failed'] as const)),
  from: fc.oneof(fc.constantFrom(FIRST - DAY, FIRST, FIRST + DAY), fc.integer({ min: FIRST, max: FIRST + DAY })),
  days: fc.integer({ min: 1, max: 6 }),
});
type Asked = typeof asked extends fc.Arbitrary<infer A> ? A : never;

/** The straightforward way: all that is on record, and where each account is. */
async function counted(store: WholeStore, { reach, kinds, outcome, from, days }: Asked): Promise<number[]> {
  const places = new Map<string, string | null>();
  for (const id of NAMES) places.set(id, (await store.accounts.byId(id))?.organisationId ?? null);
  const rows = await store.audit.list({ limit: 100_000 });
  const found = Array.from({ length: days }, () => 0);
  for (const row of rows) {
    const at = Math.floor((row.at - from) / DAY);
    const within = reach.includes(places.get(row.accountId ?? '') ?? '');
    if (within && kinds.some((kind) => kind === row.kind) && row.outcome === outcome && at in found)
      found[at] = (found[at] ?? 0) + 1;
  }
  return found;
}

const undone = new Error('undone');

/** An account moves, signs in and goes, and none of it happened. */
async function nothing(store: WholeStore, id: string, organisationId: string): Promise<void> {
  const done = store.underAccount(id, async (tx) => {
    await tx.accounts.update(id, { organisationId });
    await tx.audit.append({
      ...{ at: FIRST, kind: 'session.open', outcome: 'ok', actor: id, accountId: id },
      ...{ sessionId: null, appId: null, source: null, detail: '{}' },
    });
    await tx.accounts.remove(id);
    throw undone;
  });
  await assert.rejects(done, (error) => error === undone);
}

async function take(store: WholeStore, { act, id, to, what, at, limit }: Step): Promise<void> {
  const [kind, outcome] = what;
  if (act === 'entry') return entry(store, { at, accountId: id, kind, outcome });
  if (act === 'undone') return nothing(store, id, to);
  if (act === 'move')
    return void (await store.underAccount(id, (tx) => tx.accounts.update(id, { organisationId: to })));
  if (act === 'remove') return void (await store.underAccount(id, (tx) => tx.accounts.remove(id)));
  if (act === 'add') {
    if ((await store.accounts.byId(id)) !== undefined) return;
    return store.accounts.insert(accountRow({ id, name: id, organisationId: to }));
  }
  await sealAll(store);
  if (act === 'erase') await store.audit.erase({ accountId: id, reason: '', actor: 'cli:test', at: NOW, limit });
  else await store.audit.drop({ name: 'all', what: [{ kind, outcome }], before: at, at: NOW, limit });
}

eachStore(
  'entries of days are as many as one finds who counts them, whatever came, moved and went',
  async ({ store }) => {
    for (const id of PLACES) await organisation(store, id);
    const rounds = fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 40 }),
      fc.array(asked, { minLength: 4, maxLength: 12 }),
      async (steps, questions) => {
        for (const each of steps) await take(store, each);
        for (const { reach, ...ask } of questions) {
          const days = await store.views.countDays({ ...ask, reach: new Set(reach), most: 1_000 });
          assert.deepEqual(days, await counted(store, { reach, ...ask }));
        }
      },
    );
    // One store for all: the longer it goes on, the more has come and gone.
    await fc.assert(rounds, { numRuns: 40, endOnFailure: true });
  },
);

eachStore(
  'what was on record before an account came back, or moved, goes with it; at most so many are counted',
  async ({ store }) => {
    for (const id of PLACES) await organisation(store, id);
    const ask = { kinds: ['session.open'], outcome: 'ok', from: FIRST, days: 1, most: 2 } as const;
    const of = (id: string) => store.views.countDays({ ...ask, reach: new Set([id]) });
    for (let i = 0; i < 3; i += 1) await entry(store, { at: FIRST + i, accountId: 'ada' });
    assert.deepEqual(await of('north'), [0]);
    await store.accounts.insert(accountRow({ id: 'ada', organisationId: 'north' }));
    assert.deepEqual(await of('north'), [2]);
    await store.underAccount('ada', (tx) => tx.accounts.update('ada', { organisationId: 'south' }));
    assert.deepEqual([await of('north'), await of('south')], [[0], [2]]);
    await sealAll(store);
    await store.audit.erase({ accountId: 'ada', reason: '', actor: 'cli:test', at: NOW, limit: 1 });
    const all = { ...ask, reach: new Set(['south']), most: 1_000 };
    assert.deepEqual(await store.views.countDays(all), [2]);
    const what = [{ kind: 'session.open', outcome: 'ok' }] as const;
    await store.audit.drop({ name: 'all', what, before: FIRST + 2, at: NOW, limit: 9 });
    assert.deepEqual(await store.views.countDays(all), [1]);
    await store.underAccount('ada', (tx) => tx.accounts.remove('ada'));
    assert.deepEqual(await of('south'), [0]);
    assert.deepEqual(await store.views.countDays({ ...ask, reach: new Set() }), [0]);
  },
);
