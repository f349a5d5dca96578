import '../../store/endings/quick-passwords.ts';
import assert from 'node:assert/strict';
import test from 'node:test';
import type { AppConfig } from '../../../src/config/types.ts';
import type { WholeStore } from '../../../src/store/types.ts';
import { freshConfig } from '../../support/stores.ts';
import type { World } from '../login/world.ts';
import type { Town } from './people.ts';

const { membersOf } = await import('../../../src/audit/retention.ts');
const { configFromArguments } = await import('../../../src/config/load.ts');
const { dayOf } = await import('../../../src/coverage/trend/days.ts');
const { recordConfiguration } = await import('../../../src/manage/configuration.ts');
const { eraseRecord } = await import('../../../src/manage/erase.ts');
const { showTrend } = await import('../../../src/manage/trend/show.ts');
const { openStore } = await import('../../../src/store/open.ts');
const { sealAll } = await import('../../support/seal.ts');
const { holds } = await import('../../store/reads/held.ts');
const { openWorld } = await import('../login/world.ts');
const { chance, stepByChance } = await import('./steps.ts');

const DAY = 86_400_000;

/** The apps of the world, as they are in force from now on. */
async function configure({ store, clock, manage }: World, apps: readonly AppConfig[]): Promise<void> {
  await recordConfiguration({ store, clock }, { ...configFromArguments({}), realms: manage.config.realms, apps });
}

/** With an exemption that ends by time alone inside a day. */
function exempted(app: AppConfig, expiresAt: number): AppConfig {
  const expires = new Date(expiresAt).toISOString().slice(0, 10);
  const paths = [{ method: 'GET', path: '/health', reason: 'health', owner: 'ops', expires, expiresAt }];
  return { ...app, exemptions: paths as unknown as AppConfig['exemptions'] };
}

/** Days of real operations: the clock goes on in jumps, and now and then it is set back. */
async function live(town: Town, steps: number): Promise<void> {
  const { world, below } = town;
  for (let n = 0; n < steps; n += 1) {
    if (below(12) === 0) world.clock.at += below(DAY);
    if (below(25) === 0) world.clock.at -= below(DAY);
    await stepByChance(town);
  }
}

/** Some of the oldest decisions go as over their time, and what is on record of those who were removed is erased. */
async function thin({ store, clock, manage }: World, began: number): Promise<{ dropped: number; erased: number }> {
  await sealAll(store, clock);
  const removed = (await store.audit.list({ limit: 10_000 })).filter(({ kind }) => kind === 'account.remove');
  let erased = 0;
  for (const { accountId } of removed.slice(0, 2)) {
    const of = { account: accountId ?? '', reason: 'asked for' };
    erased += (await eraseRecord.perform(manage, of)).erased;
  }
  await sealAll(store, clock);
  const due = { name: 'decisions', what: membersOf('decisions'), before: began + DAY / 2, at: clock.now(), limit: 500 };
  return { dropped: await store.audit.drop(due), erased };
}

/** The record of a store, entry for entry, on PostgreSQL. */
async function copied(from: WholeStore, to: WholeStore): Promise<void> {
  const all = await from.audit.list({ limit: 100_000 });
  for (const { seq: _seq, ...row } of all) await to.audit.append(row);
  const meanings = new Set(
    all.flatMap(({ kind, detail }) => (kind === 'config.load' ? [JSON.parse(detail).meaning] : [])),
  );
  for (const digest of meanings) {
    const kept = await from.log.document(digest);
    if (kept !== undefined) await to.log.putDocument({ digest, kind: 'configuration', text: kept.text, at: 1 });
  }
}

for (const seed of [11, 12, 13])
  test(`each day of a trend is what coverage of its end says, after many acts by chance with a clock that is set back (${seed})`, async (t) => {
    const world = await openWorld();
    const town: Town = { world, people: [], below: chance(seed) };
    const began = world.clock.at;
    const config = await freshConfig(t, 'postgres');
    const other = await openStore(config, { clock: world.clock });
    try {
      await configure(world, [world.wiki, exempted(world.portal, began + 4 * DAY)]);
      await live(town, 130);
      await configure(world, [exempted(world.wiki, world.clock.at + 2 * DAY), world.portal]);
      await live(town, 90);
      const { dropped, erased } = await thin(world, began);
      assert.ok(dropped > 0 && erased > 0);
      await live(town, 20);
      const days = { from: dayOf(began - DAY), to: dayOf(world.clock.at) };
      await copied(world.store, other);
      for (const store of [world.store, other]) {
        const ctx = { ...world.manage, store };
        const answer = await showTrend.ask(ctx, { ...days, each: 'days' });
        await holds(ctx, answer, `seed ${seed}`);
        assert.ok(answer.rows.some(({ counts }) => counts.protected > 0));
        assert.ok(answer.rows.some(({ exempt }) => exempt === 0) && answer.rows.some(({ exempt }) => exempt === 1));
      }
    } finally {
      await other.close();
      await world.close();
    }
  });
