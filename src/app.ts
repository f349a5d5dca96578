import type { Logger } from 'pino';
import { record } from './audit/audit.ts';
import type { Config } from './config/types.ts';
import type { Core } from './house/core.ts';
import { furnish, type Rooms } from './house/furnish.ts';
import { keepHouse } from './house/upkeep.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import { type Random, systemRandom } from './lib/random.ts';
import { within } from './lib/within.ts';
import { recordConfiguration } from './manage/configuration.ts';
import { checkReload, Sites } from './sites.ts';
import { openSealedStore } from './store/open-sealed.ts';
import type { Seal } from './store/seal.ts';
import type { Store, WholeStore } from './store/types.ts';

export interface AppParts {
  readonly config: Config;
  readonly log: Logger;
  /** Lines about requests; `log` when absent. */
  readonly access?: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Stands between the product and the store that was opened (tests break it there). */
  readonly store?: (opened: WholeStore) => Store;
}

export interface App {
  readonly store: Store;
  readonly seal: Seal;
  /** Starts to accept connections; resolves with the port that is bound. */
  listen(): Promise<number>;
  /** The port of the console that is bound; null while there is none. */
  consolePort(): number | null;
  /** Puts another configuration in force, or throws `config-invalid` and changes nothing. No connection is dropped. */
  reload(next: Config): Promise<void>;
  /** Puts on record that a new configuration was refused. */
  refuseReload(why: string): Promise<void>;
  /** Drains within the configured time, then closes everything. */
  close(): Promise<void>;
}

async function begin({ config, store, clock }: Core, rooms: Rooms): Promise<void> {
  const {
    canary,
    keys,
    lockDown,
    sessions,
    jars,
    clockGuard,
    health,
    doors,
    delivery,
    sealer,
    receivers,
    duty,
    failed,
  } = rooms;
  const latest = await store.audit.latest();
  if (latest !== undefined) clockGuard.startedAfter(latest);
  await sessions.start((change) => {
    // What was missed while the feed was interrupted may concern any jar.
    if (change.topic === 'jar' || change.ref === '*') jars.forget(change.ref);
    const due = [
      ...(change.topic === 'key' ? [keys.reload().catch(failed)] : []),
      ...(change.topic === 'lock-down' || change.ref === '*' ? [lockDown.load().catch(failed)] : []),
    ];
    return due.length === 0 ? null : Promise.all(due);
  });
  // What is changed from here on is heard of.
  await lockDown.load();
  await keys.reload();
  await keys.rotateWhenDue(config.keys.rotateMs);
  health.start();
  delivery.start();
  sealer.start();
  receivers.start();
  doors.begin();
  canary.start();
  await recordConfiguration({ store, clock }, config);
  duty.start();
}

async function bind({ store, clock }: Core, { doors }: Rooms): Promise<number> {
  const bound = await doors.listen();
  await record(store.audit, clock, { kind: 'server.start', outcome: 'ok', actor: 'system', detail: doors.bound() });
  return bound;
}

/** All that can fail is done before the first thing changes. */
async function replace(core: Core, { doors, sessions, jars, receivers }: Rooms, next: Config): Promise<void> {
  const { store, clock, sites, log, access } = core;
  checkReload(sites.live.site.config, next);
  const certify = doors.prepare(next);
  const fresh = sites.prepare(next);
  await recordConfiguration({ store, clock }, next);
  certify();
  sites.swap(fresh);
  doors.rejudge();
  sessions.rejudge();
  sessions.reloadAll();
  jars.forget('*');
  receivers.reload();
  for (const each of [log, access]) each.level = next.log.level;
}

/** Bounds of the start, ms: another node may be migrating for a minute; all else is a handful of statements. */
const OPEN_MS = 90_000;
const BEGIN_MS = 30_000;
const GIVE_UP_MS = 5_000;
const TOO_LONG = 'The database takes too long to answer: look whether it is overloaded, and start again.';

/** The console can neither come nor go while running (sites.ts): where there is none, a third of all that a start reads is not read. */
async function consoleOf(config: Config): Promise<Core['createConsole']> {
  return config.console === null ? null : (await import('./web/console/console.ts')).createConsole;
}

/** Who tells others comes to an end before what they are told from is closed. */
async function stopAll({ sites, store }: Core, rooms: Rooms, timers: readonly NodeJS.Timeout[]): Promise<void> {
  for (const timer of timers) clearInterval(timer);
  await rooms.canary.stop();
  rooms.doors.stop();
  rooms.health.stop();
  await rooms.delivery.stop();
  await rooms.rosters.stop();
  await rooms.alert.stop();
  await rooms.refusals.stop();
  await rooms.duty.stop();
  await rooms.sealer.stop();
  await rooms.receivers.stop();
  await rooms.sessions.stop();
  await sites.destroy();
  await store.close();
}

/** The composition root: with house/, the only place that knows every room. Rejects, with nothing left open, when one cannot be built. */
export async function createApp(parts: AppParts): Promise<App> {
  const { config, log, access = log, clock = systemClock, random = systemRandom } = parts;
  const sites = new Sites(config, clock);
  const createConsole = await consoleOf(config);
  const opened = await within(OPEN_MS, openSealedStore(config, { clock, random }), 'store-unavailable', TOO_LONG);
  const store = parts.store === undefined ? opened.store : parts.store(opened.store);
  const core: Core = { config, log, access, clock, random, store, seal: opened.seal, sites, createConsole };
  const rooms = furnish(core);
  const timers = keepHouse(core, rooms);
  const stop = () => stopAll(core, rooms, timers);
  try {
    await within(BEGIN_MS, begin(core, rooms), 'store-unavailable', TOO_LONG);
  } catch (error) {
    await within(GIVE_UP_MS, stop(), 'store-unavailable', TOO_LONG).catch(() => {});
    throw error;
  }
  return {
    store,
    seal: opened.seal,
    listen: () => bind(core, rooms),
    consolePort: () => rooms.doors.consolePort(),
    reload: (next) => replace(core, rooms, next),
    refuseReload: (why) => rooms.note({ kind: 'config.refused', outcome: 'refused', actor: 'system', detail: { why } }),
    close: async () => {
      await rooms.note({ kind: 'server.stop', outcome: 'ok', actor: 'system', detail: rooms.doors.bound() });
      await rooms.doors.drain(sites.live.site.config.limits.drainMs, () => sites.cutTunnels());
      await stop();
    },
  };
}
