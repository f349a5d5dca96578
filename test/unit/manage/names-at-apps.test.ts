import assert from 'node:assert/strict';
import test from 'node:test';
import type { AppConfig } from '../../../src/config/types.ts';
import { lockedOutOf, type NamesStore, readOnce } from '../../../src/manage/names-at-apps.ts';
import type { AccountRow, AppNameRow } from '../../../src/store/types.ts';

const ALIASES: readonly AppNameRow[] = [
  { accountId: 'id-ann', appId: 'exact', name: 'Bob' },
  { accountId: 'id-ann', appId: 'folds', name: 'Carl' },
];

/** Counts how often all aliases of an app are read. */
function storeOf(): { readonly store: NamesStore; readonly asked: { all: number; one: number } } {
  const asked = { all: 0, one: 0 };
  const accounts = { byId: async (id: string) => ({ id, name: 'ann' }) as AccountRow, byName: async () => undefined };
  const appNames: NamesStore['appNames'] = {
    ofAccount: async () => [],
    ofApp: async (appId) => {
      asked.all += 1;
      return ALIASES.filter((row) => row.appId === appId);
    },
    byName: async (appId, name) => {
      asked.one += 1;
      return ALIASES.find((row) => row.appId === appId && row.name === name);
    },
  };
  return { store: { accounts, appNames }, asked };
}

const realm = { id: 'staff' };
// Casts: nothing else of an app is looked at.
const exact = { id: 'exact', realm, login: { kind: 'none' } } as unknown as AppConfig;
const rules = { fold: ['lower'], strip: [], accept: null };
const folds = { id: 'folds', realm, login: { kind: 'bound', one: null, names: rules } } as unknown as AppConfig;

for (const [how, made] of [
  ['each by itself', (store: NamesStore) => store],
  ['many at one time', readOnce],
] as const) {
  const locked = async (apps: AppConfig[], name: string, except: string | null = null) => {
    const { store, asked } = storeOf();
    return { says: await lockedOutOf(made(store), apps, { realm: 'staff', name }, except), asked };
  };

  test(`${how}: where names are told apart letter by letter, another's alias is that very name`, async () => {
    const { says } = await locked([exact], 'Bob');
    assert.match(says ?? '', /^ann is called "Bob" at exact, so Bob could not sign in there/);
    assert.equal((await locked([exact], 'bob')).says, undefined);
    assert.equal((await locked([exact], 'Bob', 'id-ann')).says, undefined);
  });

  test(`${how}: where the app takes several spellings for one, another's alias is each of them`, async () => {
    for (const name of ['Carl', 'carl', 'CARL'])
      assert.match((await locked([folds], name)).says ?? '', /^ann is called "Carl" at folds/);
    assert.equal((await locked([folds], 'dora')).says, undefined);
    assert.equal((await locked([folds], 'carl', 'id-ann')).says, undefined);
  });
}

test('one name is looked up where it can be, and of many at one time all are read once', async () => {
  const [one, many] = [storeOf(), storeOf()];
  await lockedOutOf(one.store, [exact], { realm: 'staff', name: 'bob' }, null);
  assert.deepEqual(one.asked, { all: 0, one: 1 });
  const once = readOnce(many.store);
  for (const name of ['a', 'b', 'c']) await lockedOutOf(once, [exact, folds], { realm: 'staff', name }, null);
  assert.deepEqual(many.asked, { all: 2, one: 0 });
});
