import type { Logger } from 'pino';
import { Assertions } from './assertions/assertions.ts';
import { CanaryMarks } from './assertions/canary-marks.ts';
import { Keyring } from './assertions/keyring.ts';
import { RequestIds } from './assertions/request-ids.ts';
import { type AuditEvent, record } from './audit/audit.ts';
import { Refusals } from './audit/refusals.ts';
import { Sealer } from './audit/sealer.ts';
import { tidyRecord } from './audit/tidy.ts';
import { createBinding } from './binding/binding.ts';
import { everyApp } from './config/console.ts';
import type { Config } from './config/types.ts';
import { openDoors } from './doors.ts';
import { createEnrol } from './enrol/enrol.ts';
import { SallyportError } from './errors.ts';
import { Gate } from './gate/gate.ts';
import { createJars } from './jar/jars.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import { ClockGuard } from './lib/clock-guard.ts';
import { type Random, systemRandom } from './lib/random.ts';
import { within } from './lib/within.ts';
import { createLogin } from './login/login.ts';
import { CoverageAlert } from './manage/alert/duty.ts';
import { recordConfiguration } from './manage/configuration.ts';
import { KeyDuty } from './manage/keys.ts';
import { rememberedLogKey } from './manage/log-key.ts';
import { giveUpNotice } from './manage/notices.ts';
import { RosterDuty } from './manage/roster/duty.ts';
import { tidyRosters } from './manage/roster/tidy.ts';
import { StandingDuty } from './manage/standing.ts';
import { Delivery } from './notices/deliver.ts';
import { createNotices } from './notices/queue.ts';
import { Receivers } from './receivers/receivers.ts';
import { Cosigner } from './receivers/witness/cosigner.ts';
import { witnessKey } from './receivers/witness/key.ts';
import { LockDown } from './sessions/lock-down.ts';
import { SessionMap } from './sessions/map.ts';
import type { Session } from './sessions/session.ts';
import { checkReload, Sites } from './sites.ts';
import { StoreHealth } from './store/health.ts';
import { openSealedStore } from './store/open-sealed.ts';
import { purge } from './store/purge.ts';
import type { Seal } from './store/seal.ts';
import type { Store, WholeStore } from './store/types.ts';
import type { Signer } from './tlog/key.ts';
import type { SentToApp } from './watch/canary/ask-app.ts';
import { LetThrough } from './watch/canary/let-through.ts';
import { CanaryWatch } from './watch/canary/watch.ts';
import { AccessLog } from './web/access-log.ts';
import { adoptingLogin } from './web/adopt.ts';
import type { createConsole } from './web/console/console.ts';
import { OrganisationLooks } from './web/looks.ts';
import { createOwn, type OwnParts } from './web/own.ts';
import { setJar, setVisitor } from './web/reply.ts';
import { Server } from './web/server.ts';
import { standingBy } from './web/standing.ts';

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

interface Core {
  readonly config: Config;
  readonly log: Logger;
  readonly access: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Store;
  readonly seal: Seal;
  readonly sites: Sites;
  /** null: there is no console, and nothing of it was read. */
  readonly createConsole: typeof createConsole | null;
}

/** Where failures of the store go, and what tells of them. */
function faultsOf({ store, clock, log }: Core) {
  const health = new StoreHealth(store, (failure) => {
    if (failure === null) log.info('the store works again');
    else log.error({ err: failure }, 'the store does not work; everything is refused until it does');
  });
  const failed = (error: unknown) => {
    health.failed(error);
    log.error({ err: error }, 'a write in the background failed');
  };
  const note = (event: AuditEvent) => record(store.audit, clock, event).catch(failed);
  return { health, failed, note };
}

type Faults = ReturnType<typeof faultsOf>;

function guardClock({ clock, log }: Core, { note }: Faults): ClockGuard {
  return new ClockGuard(clock, (offsetMs) => {
    log.error({ offsetMs }, 'the clock has jumped; everything is refused until it runs evenly again');
    void note({ kind: 'clock.jump', outcome: 'failed', actor: 'system', detail: { offset_ms: offsetMs } });
  });
}

function signingRooms({ store, seal, clock, random }: Core) {
  const ring = new Keyring(clock, seal);
  const assertions = new Assertions(ring, clock, random);
  return { ring, assertions, keys: new KeyDuty({ store, seal, clock }, ring, () => assertions.clear()) };
}

/** Seals what is on record. That it cannot is told, and stops nobody: what was acknowledged is written. */
function sealerOf({ store, clock, config, log }: Core, key: () => Promise<Signer>): Sealer {
  return new Sealer({ store, clock, key, ordered: config.store.kind === 'sqlite' }, (behind) => {
    if (behind === null) log.info('the record is sealed again up to its newest entry');
    else
      log.error(
        { err: behind.error, behind_ms: behind.ms },
        'the record is written and not sealed; that is tried again',
      );
  });
}

/** Where the record goes outside, and whose heads are cosigned here. */
function receiverRooms(
  { store, clock, random, log, sites, config }: Core,
  { failed }: Faults,
  key: () => Promise<Signer>,
) {
  const note = (event: AuditEvent) => record(store.audit, clock, event);
  const live = () => sites.live.site.config;
  const shared = config.store.kind === 'postgres';
  const receivers = new Receivers({ store, clock, random, shared, note, log, failed, live });
  const logs = () => live().record.witnessFor;
  const cosigner = new Cosigner({ store, clock, note, logs, key: async () => witnessKey(await key()) });
  return { receivers, cosigner };
}

function mailRooms({ store, seal, clock, random, log, sites }: Core, { failed }: Faults) {
  const config = () => {
    const live = sites.live.site.config;
    return { ...live, apps: everyApp(live) };
  };
  const delivery = new Delivery({
    store,
    seal,
    clock,
    config,
    giveUp: (message) => giveUpNotice.perform({ store, clock }, message),
    log,
    failed,
  });
  const notices = createNotices({ clock, random, mail: () => config().mail, queued: () => delivery.wake() });
  return { delivery, notices };
}

/** Each throws while it is not so. `ready`: requests may be begun; `healthy`: they would be answered. */
function checksOf(health: StoreHealth, ring: Keyring, sessions: SessionMap) {
  const ready = () => {
    health.check();
    if (ring.failed) throw new SallyportError('keys-unavailable', 'the signing keys cannot be opened');
    // By a clock before every key nothing could be signed, so nothing is begun either.
    if (!ring.begun) throw new SallyportError('keys-unavailable', 'the clock is before every signing key');
  };
  const healthy = () => {
    ready();
    sessions.checkFresh();
    ring.signing();
  };
  return { ready, healthy };
}

/** What our own pages log is a failure of the store where it has a cause. */
function pageLog({ log }: Core, { health }: Faults): OwnParts['log'] {
  return {
    error: (fields, message) => {
      if ('err' in fields) health.failed(fields.err);
      log.error(fields, message);
    },
  };
}

/** Every room, built by hand from what it needs. */
function furnish(core: Core) {
  const { config, log, access, clock, random, store, seal, sites, createConsole } = core;
  const faults = faultsOf(core);
  const { health, failed, note } = faults;
  const clockGuard = guardClock(core, faults);
  const { ring, assertions, keys } = signingRooms(core);
  const { delivery, notices } = mailRooms(core, faults);
  const ids = new RequestIds(seal, random);
  const gate = new Gate({ clock, store, assertions, ids });
  const standing = standingBy(gate, (app) => sites.siteOf(app));
  const sourceOf: Sites['sourceOf'] = (app, realm) => sites.sourceOf(app, realm);
  const sessions = new SessionMap({ store, clock, sourceOf, stands: standing, onError: failed });
  const refusals = new Refusals(store, clock, failed);
  const logKey = rememberedLogKey(core);
  const sealer = sealerOf(core, logKey);
  const { receivers, cosigner } = receiverRooms(core, faults, logKey);
  const duty = new StandingDuty({ store, clock }, () => sites.live.site.config.retention, failed);
  const lockDown = new LockDown(store, clock);
  const context = { store, clock, random, seal, notices, lockDown };
  const login = adoptingLogin(createLogin(context), sessions, clock);
  const enrol = createEnrol(context);
  const shared = config.store.kind === 'postgres';
  const jars = createJars({ store, seal, clock });
  const accessLog = new AccessLog(access, clock, () => sites.live.site.config.log.requests);
  const asked = (request: SentToApp) => accessLog.asked(request);
  const rest = { login, shared, setVisitor, setJar, asked };
  const binding = createBinding({ store, clock, random, seal, gate, jars, ...rest });
  const touch = (session: Session) => sessions.touch(session);
  const jwks = () => ({ body: JSON.stringify(ring.jwks()) });
  const looks = new OrganisationLooks({ store, clock, failed });
  const own = createOwn({ login, enrol, clock, looks, touch, jwks, log: pageLog(core, faults) });
  const rosters = new RosterDuty({ store, clock, random, config: () => sites.live.site.config, failed });
  const alert = new CoverageAlert({
    store,
    clock,
    notices,
    apps: () => sites.live.site.config.apps.map(({ id }) => id),
    failed,
  });
  const checks = checksOf(health, ring, sessions);
  const marks = new CanaryMarks(seal);
  const told = new LetThrough(store, clock);
  const letThrough = (token: string, appId: string, request: string) => told.tell(token, appId, request);
  const rooms = {
    clock,
    clockGuard,
    gate,
    ids,
    marks,
    letThrough,
    binding,
    sessions,
    standing,
    own,
    refusals,
    accessLog,
    ...checks,
  };
  const parts = { ...rooms, failed: (error: SallyportError) => health.failed(error) };
  const inside =
    createConsole?.({ store, clock, random, seal, login, cosigner, place: config, log: pageLog(core, faults) }) ?? null;
  const doors = openDoors(config, log, {
    apps: () => new Server({ ...parts, live: () => sites.live, inside: null }),
    console: () => new Server({ ...parts, live: () => sites.console, inside }),
  });
  const live = () => sites.live.site.config;
  const canary = new CanaryWatch({ store, clock, random, seal, marks, ids, sent: asked, log, config: live, failed });
  return {
    canary,
    doors,
    health,
    failed,
    note,
    clockGuard,
    ring,
    keys,
    lockDown,
    sessions,
    jars,
    refusals,
    sealer,
    receivers,
    duty,
    delivery,
    rosters,
    alert,
  };
}

type Rooms = ReturnType<typeof furnish>;

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** What is done from time to time; none of it holds the process. */
function keepHouse(
  { store, clock, sites }: Core,
  { doors, sessions, clockGuard, ring, keys, lockDown, rosters, alert, failed }: Rooms,
): NodeJS.Timeout[] {
  const rotate = () => keys.rotateWhenDue(sites.live.site.config.keys.rotateMs);
  const timers = [
    setInterval(() => clockGuard.trusted(), SECOND),
    setInterval(() => {
      // What has expired with nobody's doing: an exemption; rarer, the declaration that an app is unbound.
      doors.rejudge();
    }, 10 * SECOND),
    setInterval(() => sessions.rejudge(), 10 * MINUTE),
    setInterval(() => {
      if (!clockGuard.trusted()) return;
      void rosters.look();
      void alert.look();
    }, MINUTE),
    setInterval(() => {
      // A key that could not be opened is tried again until it can, and a lock-down that could not be read.
      if (ring.failed) void keys.reload().catch(() => {});
      if (lockDown.failed) void lockDown.load().catch(() => {});
    }, SECOND),
    setInterval(() => {
      // By a clock that has jumped, what is over cannot be told from what is not.
      if (!clockGuard.trusted()) return;
      void rotate().catch(failed);
      void purge(store, clock)
        .then(() => tidyRecord(store.audit, clock, sites.live.site.config.retention))
        .then(() => tidyRosters({ store, clock }, sites.live.site.config.keepRostersMs))
        .catch(failed);
    }, 10 * MINUTE),
  ];
  for (const timer of timers) timer.unref();
  return timers;
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

/** The composition root: the only place that knows every room. Rejects, with nothing left open, when one cannot be built. */
export async function createApp(parts: AppParts): Promise<App> {
  const { config, log, access = log, clock = systemClock, random = systemRandom } = parts;
  const sites = new Sites(config, clock);
  const createConsole = await consoleOf(config);
  const opened = await within(OPEN_MS, openSealedStore(config, { clock, random }), 'store-unavailable', TOO_LONG);
  const store = parts.store === undefined ? opened.store : parts.store(opened.store);
  const core: Core = { config, log, access, clock, random, store, seal: opened.seal, sites, createConsole };
  const rooms = furnish(core);
  const timers = keepHouse(core, rooms);
  const stop = async () => {
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
  };
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
