import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { sql } from 'kysely';
import type { RosterConfig } from '../../../src/config/types.ts';
import { removeAccount } from '../../../src/manage/accounts.ts';
import { eraseFromRosters } from '../../../src/manage/roster/erase.ts';
import { ownNames } from '../../../src/manage/roster/own-names.ts';
import { readRosterOf } from '../../../src/manage/roster/read.ts';
import { type RosterView, showRoster } from '../../../src/manage/roster/show.ts';
import { tidyRosters } from '../../../src/manage/roster/tidy.ts';
import { keptNames } from '../../../src/rosters/kept.ts';
import { openDatabase } from '../../../src/store/open.ts';
import { addAccount, setAppName } from '../../support/manage.ts';
import { inWorld, openWorld, outcome, type World } from '../login/world.ts';

const DAY = 86_400_000;
const ROSTER: RosterConfig = { source: null, column: null, everyMs: DAY, dormantAfterMs: null, disableDormant: false };

function withList(world: World) {
  const { manage } = world;
  const apps = manage.config.apps.map((app) => (app.id === 'wiki' ? { ...app, roster: ROSTER } : app));
  return { ...manage, config: { ...manage.config, apps } };
}

async function namesOf({ store }: World, digest: string): Promise<readonly string[] | null> {
  const { text } = (await store.rosters.byDigest(digest)) ?? assert.fail();
  return text === null ? null : keptNames(text).names;
}

const nothing = ({ rows, counts, erased, read }: RosterView) => ({ rows: rows.length, counts, erased, read });

test(
  'names of a list go when its time is over; its numbers and its digest stay, and an entry says under which rule',
  inWorld(async (world) => {
    const ctx = withList(world);
    await addAccount(ctx, { name: 'anna', realm: 'staff' });
    const names = ['anna', 'eve', 'mallory'];
    const { digest, counts } = await readRosterOf.perform(ctx, { app: 'wiki', names });
    const before = await showRoster.ask(ctx, { app: 'wiki' });
    assert.equal(before.erased, null);
    world.clock.at += 90 * DAY;
    await tidyRosters(ctx, 91 * DAY);
    assert.deepEqual(await namesOf(world, digest), names, 'not before its time');
    await tidyRosters(ctx, 89 * DAY);
    assert.equal(await namesOf(world, digest), null);
    const view = await showRoster.ask(ctx, { app: 'wiki' });
    assert.deepEqual(nothing(view), {
      rows: 0,
      counts,
      erased: { names: 3, whole: true, at: world.clock.now(), rule: 'retention', under: '89d' },
      read: before.read,
    });
    assert.equal(view.counts['unknown'], 2);
    const [entry] = await world.store.audit.list({ limit: 1, kind: 'roster.erased' });
    assert.deepEqual(
      [entry?.actor, entry?.appId, JSON.parse(entry?.detail ?? '')],
      ['system', 'wiki', { digest, rule: 'retention', under: '89d', erased: 3, left: 0 }],
    );
    await tidyRosters(ctx, 89 * DAY);
    assert.equal((await world.store.audit.list({ limit: 9, kind: 'roster.erased' })).length, 1);
    const again = await readRosterOf.perform(ctx, { app: 'wiki', names });
    assert.notEqual(again.digest, digest, 'read again, it is another list');
    assert.equal((await showRoster.ask(ctx, { app: 'wiki' })).erased, null);
  }),
);

test(
  'a list that is read again and again keeps its names; of more lists than one turn takes all go in turns',
  inWorld(async (world) => {
    const ctx = withList(world);
    const { digest } = await readRosterOf.perform(ctx, { app: 'wiki', names: ['eve'] });
    world.clock.at += 5 * DAY;
    await readRosterOf.perform(ctx, { app: 'wiki', names: ['eve'] });
    world.clock.at += 2 * DAY;
    await tidyRosters(ctx, 4 * DAY);
    assert.deepEqual(await namesOf(world, digest), ['eve']);
    for (let i = 0; i < 105; i += 1) {
      world.clock.at += 1;
      await readRosterOf.perform(ctx, { app: 'wiki', names: [`stranger-${i}`] });
    }
    world.clock.at += 9 * DAY;
    await tidyRosters(ctx, 4 * DAY);
    assert.equal((await world.store.rosters.kept({ after: '', limit: 200 })).length, 6);
    await tidyRosters(ctx, 4 * DAY);
    assert.deepEqual(await world.store.rosters.kept({ after: '', limit: 200 }), []);
  }),
);

test(
  'a person who was removed is taken out of every list of their realm, by all names, and others stay',
  inWorld(async (world) => {
    const ctx = withList(world);
    const { id } = await addAccount(ctx, { name: 'anna', realm: 'staff' });
    await addAccount(ctx, { name: 'ben', realm: 'staff' });
    await setAppName(ctx, id, 'wiki', 'Annabel');
    const lists: string[] = [];
    for (const names of [['ANNA', 'Annabel', 'annabella', 'ben'], ['Annabel'], ['ben', 'eve']]) {
      world.clock.at += 1;
      lists.push((await readRosterOf.perform(ctx, { app: 'wiki', names })).digest);
    }
    await removeAccount.perform(ctx, { account: 'anna' });
    const called = await ownNames(ctx, id);
    assert.deepEqual(called, {
      names: [
        { app: null, name: 'anna' },
        { app: 'wiki', name: 'Annabel' },
      ],
      realms: ['staff'],
    });
    const wish = { ...called, reason: 'asked on 3 August', spareOthers: true };
    assert.deepEqual(await eraseFromRosters.perform(ctx, wish), { names: 3, lists: 2, next: null });
    const left = await Promise.all(lists.map((digest) => namesOf(world, digest)));
    assert.deepEqual(left, [['annabella', 'ben'], null, ['ben', 'eve']]);
    assert.deepEqual(await eraseFromRosters.perform(ctx, wish), { names: 0, lists: 0, next: null });
  }),
);

test(
  'a name that is another account’s since before a list was read stays in that list, and goes from older ones',
  inWorld(async (world) => {
    const ctx = withList(world);
    const first = await addAccount(ctx, { name: 'anna', realm: 'staff' });
    const older = await readRosterOf.perform(ctx, { app: 'wiki', names: ['anna', 'x'] });
    await removeAccount.perform(ctx, { account: 'anna' });
    world.clock.at += DAY;
    await addAccount(ctx, { name: 'anna', realm: 'staff' });
    world.clock.at += DAY;
    const newer = await readRosterOf.perform(ctx, { app: 'wiki', names: ['anna', 'y'] });
    const wish = { ...(await ownNames(ctx, first.id)), reason: 'asked', spareOthers: true };
    assert.equal((await eraseFromRosters.perform(ctx, wish)).names, 1);
    assert.deepEqual(await namesOf(world, older.digest), ['x']);
    assert.deepEqual(await namesOf(world, newer.digest), ['anna', 'y']);
    const view = await showRoster.ask(ctx, { app: 'wiki' });
    assert.equal(view.erased, null);
  }),
);

test(
  'of a list that lost single names the rest is compared, and told how many went and why',
  inWorld(async (world) => {
    const ctx = withList(world);
    await readRosterOf.perform(ctx, { app: 'wiki', names: ['eve', 'mallory', 'trent'] });
    const wish = (name: string, app: string | null) => ({ names: [{ name, app }], reason: 'Art. 17' });
    assert.equal((await eraseFromRosters.perform(ctx, wish('eve', 'other'))).names, 0, 'at another app');
    assert.equal((await eraseFromRosters.perform(ctx, wish('Eve', 'wiki'))).names, 1);
    assert.equal((await eraseFromRosters.perform(ctx, { ...wish('trent', null), realms: ['other'] })).names, 0);
    assert.equal((await eraseFromRosters.perform(ctx, wish('trent', null))).names, 1);
    const view = await showRoster.ask(ctx, { app: 'wiki', only: 'unknown' });
    assert.deepEqual(
      view.rows.map(({ name }) => name),
      ['mallory'],
    );
    const { erased, read } = view;
    assert.deepEqual(erased, { names: 2, whole: false, at: world.clock.now(), rule: 'request', under: 'Art. 17' });
    assert.equal(read?.names, 3);
    await assert.rejects(eraseFromRosters.perform(ctx, { names: [], reason: 'x' }), { code: 'usage' });
  }),
);

test(
  'lists are looked through some at a time, from where the last answer ended',
  inWorld(async (world) => {
    const ctx = withList(world);
    for (let i = 0; i < 12; i += 1) {
      world.clock.at += 1;
      await readRosterOf.perform(ctx, { app: 'wiki', names: ['eve', `other-${i}`] });
    }
    const wish = { names: [{ name: 'eve', app: null }], reason: 'asked' };
    let [names, turns] = [0, 0];
    for (let after: string | null | undefined; after !== null; turns += 1) {
      const done = await eraseFromRosters.perform(ctx, { ...wish, ...(after === undefined ? {} : { after }) });
      names += done.names;
      after = done.next;
    }
    assert.deepEqual([names, turns], [12, 3]);
  }),
);

test('whoever owns the database and alters a list is shown no names of it, and reading the list again mends it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'));
  const world = await openWorld(folder);
  t.after(() => world.close());
  const ctx = withList(world);
  await addAccount(ctx, { name: 'anna', realm: 'staff' });
  const { digest } = await readRosterOf.perform(ctx, { app: 'wiki', names: ['anna', 'mallory'] });
  assert.equal((await showRoster.ask(ctx, { app: 'wiki' })).counts['unknown'], 1);
  const owner = await openDatabase({ kind: 'sqlite', path: join(folder, 'test.db') }, { clock: world.clock });
  const alter = (text: string) => owner.db.updateTable('rosters').set({ text }).where('digest', '=', digest).execute();
  try {
    const { text } = (await world.store.rosters.byDigest(digest)) ?? assert.fail();
    assert.ok(text !== null);
    await assert.rejects(alter(text.replace('mallory', 'ann')), /append-only/);
    await sql`drop trigger rosters_no_update`.execute(owner.db);
    const lines = text.split('\n');
    for (const altered of [
      text.replace('mallory', 'anne'),
      // As if there had never been such a name.
      lines.filter((line) => !line.includes('mallory')).join('\n'),
      `${lines[0]}\n${lines.slice(1, -1).toReversed().join('\n')}\n`,
      '["anna"]',
      'x',
    ]) {
      await alter(altered);
      assert.equal(await outcome(showRoster.ask(ctx, { app: 'wiki' })), 'sealed-value-invalid', altered);
    }
    await alter(text);
    assert.equal((await showRoster.ask(ctx, { app: 'wiki' })).counts['unknown'], 1);
    // What it was altered to never stands for a list that was read.
    await alter(lines.filter((line) => !line.includes('mallory')).join('\n'));
  } finally {
    await owner.close();
  }
  world.clock.at += DAY;
  const again = await readRosterOf.perform(ctx, { app: 'wiki', names: ['anna'] });
  assert.notEqual(again.digest, digest);
  assert.equal((await showRoster.ask(ctx, { app: 'wiki' })).counts['unknown'], 0);
});
