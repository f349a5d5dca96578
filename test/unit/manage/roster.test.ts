import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { RosterConfig } from '../../../src/config/types.ts';
import { SallyportError } from '../../../src/errors.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import { issueToken } from '../../../src/manage/operations.ts';
import { grantRole } from '../../../src/manage/roles.ts';
import { RosterDuty } from '../../../src/manage/roster/duty.ts';
import { MOST_DISABLED, readRosterOf } from '../../../src/manage/roster/read.ts';
import { type RosterView, showRoster } from '../../../src/manage/roster/show.ts';
import { keptNames } from '../../../src/rosters/kept.ts';
import { addAccount, disableAccount, issueTicket, setAppName } from '../../support/manage.ts';
import { inWorld, type World } from '../login/world.ts';

const DAY = 86_400_000;
const ROSTER: RosterConfig = { source: null, column: null, everyMs: DAY, dormantAfterMs: null, disableDormant: false };

/** The context of somebody who runs the installation, whose app has such a list. */
function withList(world: World, over: Partial<RosterConfig> = {}) {
  const { manage } = world;
  const apps = manage.config.apps.map((app) => (app.id === 'wiki' ? { ...app, roster: { ...ROSTER, ...over } } : app));
  return { ...manage, config: { ...manage.config, apps } };
}

const brief = ({ rows }: RosterView) => rows.map((row) => `${row.name}: ${row.class}${row.dormant ? ', dormant' : ''}`);

test(
  'names lead to accounts by the spelling of the realm, and by what an account is called at the app alone',
  inWorld(async (world) => {
    const ctx = withList(world);
    for (const name of ['anna', 'ben', 'clara', 'dora']) await addAccount(ctx, { name, realm: 'staff' });
    await issueTicket(ctx, 'clara');
    await disableAccount(ctx, 'dora');
    await setAppName(ctx, 'ben', 'wiki', 'Benjamin');
    const names = ['ANNA', 'Benjamin', 'ben', 'clara', 'dora', 'no such name', '=1+1', 'eve'];
    const read = await readRosterOf.perform(ctx, { app: 'wiki', names });
    const view = await showRoster.ask(ctx, { app: 'wiki' });
    const own = brief(view).filter((each) => !each.includes('alice') && !each.includes('bob'));
    assert.deepEqual(own.slice(0, 8), [
      '=1+1: unknown',
      'ben: unknown',
      'eve: unknown',
      'no such name: unknown',
      'ANNA: never-came',
      'Benjamin: never-came',
      'clara: invited',
      'dora: disabled',
    ]);
    assert.deepEqual(view.counts, read.counts);
    assert.equal(view.read?.digest, read.digest);
    assert.equal(view.read?.names, names.length);
    const [entry] = await world.store.audit.list({ limit: 1, kind: 'roster.read' });
    assert.equal(entry?.appId, 'wiki');
    const detail = JSON.parse(entry?.detail ?? '');
    assert.equal(detail.unknown, 4);
    assert.equal(detail.digest, read.digest);
    const kept = await world.store.rosters.byDigest(read.digest);
    assert.deepEqual(keptNames(kept?.text ?? '').names, names.toSorted());
    world.clock.at += DAY;
    const again = await readRosterOf.perform(ctx, { app: 'wiki', names: names.toReversed() });
    assert.equal(again.digest, read.digest, 'the same names are one list');
    assert.equal((await world.store.rosters.byDigest(read.digest))?.readAt, world.clock.now());
    const other = await readRosterOf.perform(ctx, { app: 'wiki', names: names.slice(1) });
    assert.notEqual(other.digest, read.digest);
  }),
);

test(
  'a list is shown in pages, by class, and each of its accounts once',
  inWorld(async (world) => {
    const ctx = withList(world);
    const names = Array.from({ length: 25 }, (_, i) => `stranger-${i}`);
    await readRosterOf.perform(ctx, { app: 'wiki', names });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const asked = { app: 'wiki', only: 'unknown', limit: 10, ...(cursor === null ? {} : { cursor }) } as const;
      const page: RosterView = await showRoster.ask(ctx, asked);
      for (const { name } of page.rows) seen.push(name);
      cursor = page.next;
    } while (cursor !== null);
    assert.deepEqual(seen, names.toSorted());
    await assert.rejects(showRoster.ask(ctx, { app: 'wiki', cursor: 'nonsense' }), { code: 'usage' });
    await assert.rejects(showRoster.ask(ctx, { app: 'none' }), { code: 'usage' });
    await assert.rejects(readRosterOf.perform(ctx, { app: 'wiki', names: [] }), { code: 'usage' });
    await assert.rejects(readRosterOf.perform(ctx, { app: 'wiki', names: ['x'.repeat(257)] }), { code: 'usage' });
  }),
);

test(
  'dormant accounts are disabled where that is configured, on record with the reason, and nobody who looks after others',
  inWorld(async (world) => {
    const quiet = withList(world, { dormantAfterMs: 90 * DAY });
    const ctx = withList(world, { dormantAfterMs: 90 * DAY, disableDormant: true });
    for (const name of ['idle', 'owner', 'gone']) await addAccount(ctx, { name, realm: 'staff' });
    await grantRole.perform(ctx, { account: 'owner', role: 'owner' });
    world.clock.at += 90 * DAY;
    await addAccount(ctx, { name: 'young', realm: 'staff' });
    const names = ['idle', 'owner', 'young'];
    const told = await readRosterOf.perform(quiet, { app: 'wiki', names });
    assert.deepEqual([told.dormant, told.disabled], [2, 0]);
    assert.deepEqual(brief(await showRoster.ask(quiet, { app: 'wiki', only: 'dormant' })), [
      'idle: never-came, dormant',
      'owner: never-came, dormant',
    ]);
    const done = await readRosterOf.perform(ctx, { app: 'wiki', names });
    assert.deepEqual([done.dormant, done.disabled], [2, 1]);
    const disabled = async (name: string) => (await world.store.accounts.byName('staff', name))?.disabledAt !== null;
    assert.deepEqual(await Promise.all(['idle', 'owner', 'young', 'gone'].map(disabled)), [true, false, false, false]);
    const [entry] = await world.store.audit.list({ limit: 1, kind: 'account.disable' });
    assert.equal(JSON.parse(entry?.detail ?? '').reason, 'dormant');
    const again = await readRosterOf.perform(ctx, { app: 'wiki', names });
    assert.deepEqual([again.dormant, again.disabled], [1, 0]);
    assert.ok(MOST_DISABLED >= 1000);
  }),
);

test(
  'a token that lists roster.read alone reads the list and disables what is dormant, and disables nobody else',
  inWorld(async (world) => {
    const ctx = withList(world, { dormantAfterMs: 90 * DAY, disableDormant: true });
    await addAccount(ctx, { name: 'idle', realm: 'staff' });
    world.clock.at += 90 * DAY;
    await addAccount(ctx, { name: 'young', realm: 'staff' });
    const wish = { name: 'nightly', role: 'owner', operations: ['roster.read'] } as const;
    const tokenId = (await issueToken.perform(ctx, wish)).id;
    const token: ManageContext = { ...ctx, actor: `token:${tokenId}`, authority: { kind: 'token', tokenId } };
    const read = await readRosterOf.perform(token, { app: 'wiki', names: ['idle', 'young'] });
    assert.deepEqual([read.dormant, read.disabled], [1, 1]);
    await assert.rejects(disableAccount(token, 'young'), { code: 'forbidden' });
    const other = { ...wish, name: 'other', operations: ['account.disable'] } as const;
    const otherId = (await issueToken.perform(ctx, other)).id;
    const wrong: ManageContext = { ...token, authority: { kind: 'token', tokenId: otherId } };
    await assert.rejects(readRosterOf.perform(wrong, { app: 'wiki', names: ['young'] }), { code: 'forbidden' });
  }),
);

test(
  'an account that is used while a list is compared stays',
  inWorld(async (world) => {
    const ctx = withList(world);
    await addAccount(ctx, { name: 'idle', realm: 'staff' });
    const { disableAccount: act } = await import('../../../src/manage/accounts.ts');
    const before = world.clock.now() - 1;
    await assert.rejects(act.perform(ctx, { account: 'idle', unusedSince: before }), { code: 'conflict' });
    await act.perform(ctx, { account: 'idle', unusedSince: world.clock.now() });
  }),
);

interface Duties {
  readonly duty: RosterDuty;
  readonly file: string;
  readonly failures: unknown[];
}

function dutyFor(t: TestContext, world: World, every = DAY): Duties {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-duty-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'accounts.csv');
  const { manage, store, clock } = world;
  const config = withList(world, { source: { kind: 'file', path: file }, everyMs: every }).config;
  const failures: unknown[] = [];
  const parts = { store, clock, random: manage.random, config: () => config, failed: (e: unknown) => failures.push(e) };
  return { duty: new RosterDuty(parts), file, failures };
}

const entries = ({ store }: World) => store.audit.list({ limit: 100, kind: 'roster.read' });

test('a list is read when it is due, by one of two nodes, and tried again where that failed', (t) =>
  inWorld(async (world) => {
    const { duty, file, failures } = dutyFor(t, world);
    await duty.look();
    const [failed] = await entries(world);
    assert.equal(failed?.outcome, 'failed');
    assert.match(JSON.parse(failed?.detail ?? '').why, /There is no file/);
    writeFileSync(file, 'login\nalice\nmallory\n');
    await duty.look();
    assert.equal((await entries(world)).length, 1, 'not at once');
    assert.match((await showRoster.ask(withList(world), { app: 'wiki' })).failed?.why ?? '', /There is no file/);
    world.clock.at += 30 * 60_000;
    await Promise.all([duty.look(), duty.look()]);
    assert.deepEqual(
      (await entries(world)).map(({ outcome }) => outcome),
      ['failed', 'ok'],
    );
    assert.equal((await showRoster.ask(withList(world), { app: 'wiki' })).failed, null);
    world.clock.at += DAY - 1;
    await duty.look();
    assert.equal((await entries(world)).length, 2, 'not before its time');
    world.clock.at += 1;
    const parts = { ...world, random: world.manage.random };
    const config = () => withList(world, { source: { kind: 'file', path: file } }).config;
    const other = new RosterDuty({ ...parts, config, failed: (e) => failures.push(e) });
    await Promise.all([duty.look(), other.look()]);
    assert.equal((await entries(world)).length, 3, 'two nodes read it once');
    assert.deepEqual(failures, []);
    await duty.stop();
    world.clock.at += DAY;
    await duty.look();
    assert.equal((await entries(world)).length, 3, 'a node that ends begins nothing');
  })());

test(
  'an app whose one account is held by many has no list',
  inWorld(async (world) => {
    const { manage } = world;
    const apps = manage.config.apps.map((app) => ({
      ...app,
      login: { kind: 'bound', one: { name: '', accounts: [], groups: [], passwordFile: null } } as never, // all that is looked at
    }));
    const ctx = { ...manage, config: { ...manage.config, apps } };
    const refused = (error: unknown) => error instanceof SallyportError && /has one account/.test(error.message);
    await assert.rejects(readRosterOf.perform(ctx, { app: 'wiki', names: ['a'] }), refused);
  }),
);
