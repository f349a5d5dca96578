import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { Assertions } from './assertions/assertions.ts';
import { Keyring } from './assertions/keyring.ts';
import { type AuditEvent, record } from './audit/audit.ts';
import { Refusals } from './audit/refusals.ts';
import { tidyRecord } from './audit/tidy.ts';
import { createBinding } from './binding/binding.ts';
import type { Config } from './config/types.ts';
import { createEnrol } from './enrol/enrol.ts';
import { SallyportError } from './errors.ts';
import { Gate } from './gate/gate.ts';
import { createJars } from './jar/jars.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import { ClockGuard } from './lib/clock-guard.ts';
import { type Random, systemRandom } from './lib/random.ts';
import { within } from './lib/within.ts';
import { createLogin } from './login/login.ts';
import { KeyDuty } from './manage/keys.ts';
import { giveUpNotice } from './manage/notices.ts';
import { Delivery } from './notices/deliver.ts';
import { createNotices } from './notices/queue.ts';
import { SessionMap } from './sessions/map.ts';
import type { Session } from './sessions/session.ts';
import { checkReload, Sites } from './sites.ts';
import { StoreHealth } from './store/health.ts';
import { openSealedStore } from './store/open-sealed.ts';
import { purge } from './store/purge.ts';
import type { Seal } from './store/seal.ts';
import type { Store, WholeStore } from './store/types.ts';
import { AccessLog } from './web/access-log.ts';
import { adoptingLogin } from './web/adopt.ts';
import { Certificate, loadCertificate } from './web/certificate.ts';
import { drain, rememberSilent } from './web/drain.ts';
import { createListener, limit } from './web/listener.ts';
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

function mailRooms({ store, clock, random, log, sites }: Core, { failed }: Faults) {
  const config = () => sites.live.site.config;
  const delivery = new Delivery({
    store,
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

function doorOf({ config, log }: Core, server: Server) {
  const listener = createListener(config);
  rememberSilent(listener, config.tls !== null);
  server.attach(listener);
  const certificate = new Certificate(listener, (failure) => {
    if (failure === null) log.info('the TLS certificate was read anew');
    else log.error({ err: failure }, 'the new TLS certificate is not usable; the old one stays in use');
  });
  return { listener, certificate };
}

/** Every room, built by hand from what it needs. */
function furnish(core: Core) {
  const { config, access, clock, random, store, seal, sites } = core;
  const faults = faultsOf(core);
  const { health, failed, note } = faults;
  const clockGuard = guardClock(core, faults);
  const { ring, assertions, keys } = signingRooms(core);
  const { delivery, notices } = mailRooms(core, faults);
  const gate = new Gate({ clock, store, assertions });
  const standing = standingBy(gate, () => sites.live.site);
  const sourceOf: Sites['sourceOf'] = (app, realm) => sites.sourceOf(app, realm);
  const sessions = new SessionMap({ store, clock, sourceOf, stands: standing, onError: failed });
  const refusals = new Refusals(store, clock, failed);
  const context = { store, clock, random, seal, notices };
  const login = adoptingLogin(createLogin(context), sessions, clock);
  const enrol = createEnrol(context);
  const shared = config.store.kind === 'postgres';
  const jars = createJars({ store, seal, clock });
  const binding = createBinding({ store, clock, random, seal, gate, jars, login, shared, setVisitor, setJar });
  const touch = (session: Session) => sessions.touch(session);
  const jwks = () => ({ body: JSON.stringify(ring.jwks()) });
  const own = createOwn({ login, enrol, clock, touch, jwks, log: pageLog(core, faults) });
  const accessLog = new AccessLog(access, clock, () => sites.live.site.config.log.requests);
  const checks = checksOf(health, ring, sessions);
  const rooms = { clock, clockGuard, gate, binding, sessions, standing, own, refusals, accessLog, ...checks };
  const server = new Server({ ...rooms, failed: (error) => health.failed(error), live: () => sites.live });
  const door = doorOf(core, server);
  return { server, health, failed, note, clockGuard, ring, keys, sessions, jars, refusals, delivery, ...door };
}

type Rooms = ReturnType<typeof furnish>;

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** What is done from time to time; none of it holds the process. */
function keepHouse(
  { store, clock, sites }: Core,
  { server, sessions, clockGuard, ring, keys, failed }: Rooms,
): NodeJS.Timeout[] {
  const rotate = () => keys.rotateWhenDue(sites.live.site.config.keys.rotateMs);
  const timers = [
    setInterval(() => clockGuard.trusted(), SECOND),
    setInterval(() => {
      // What has expired with nobody's doing: an exemption; rarer, the declaration that an app is unbound.
      server.rejudge();
    }, 10 * SECOND),
    setInterval(() => sessions.rejudge(), 10 * MINUTE),
    setInterval(() => {
      // A key that could not be opened is tried again until it can.
      if (ring.failed) void keys.reload().catch(() => {});
    }, SECOND),
    setInterval(() => {
      // By a clock that has jumped, what is over cannot be told from what is not.
      if (!clockGuard.trusted()) return;
      void rotate().catch(failed);
      void purge(store, clock)
        .then(() => tidyRecord(store.audit, clock, sites.live.site.config.retention))
        .catch(failed);
    }, 10 * MINUTE),
  ];
  for (const timer of timers) timer.unref();
  return timers;
}

async function begin({ config, store, clock }: Core, rooms: Rooms): Promise<void> {
  const { keys, sessions, jars, clockGuard, health, certificate, delivery, failed } = rooms;
  const latest = await store.audit.latest();
  if (latest !== undefined) clockGuard.startedAfter(latest);
  await sessions.start((change) => {
    // What was missed while the feed was interrupted may concern any jar.
    if (change.topic === 'jar' || change.ref === '*') jars.forget(change.ref);
    return change.topic === 'key' ? keys.reload().catch(failed) : null;
  });
  // What is changed from here on is heard of.
  await keys.reload();
  await keys.rotateWhenDue(config.keys.rotateMs);
  health.start();
  delivery.start();
  certificate.watch(config.tls);
  await record(store.audit, clock, { kind: 'config.load', outcome: 'ok', actor: 'system', detail: describe(config) });
}

const OTHER = 'choose another with --port, or as "listen" in the configuration';
const CANNOT_LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: `is in use: stop what uses it, or ${OTHER}`,
  EACCES: `may not be used by this user (ports below 1024 are kept): allow it to the program, or ${OTHER}`,
  EADDRNOTAVAIL: `is no address of this machine: ${OTHER}`,
  ENOTFOUND: `is a name that is not known here: ${OTHER}`,
};

async function bind({ config, store, clock }: Core, { listener }: Rooms): Promise<number> {
  const { host, port } = config.listen;
  const listening = new Promise<void>((resolve, reject) => {
    const taken = (error: NodeJS.ErrnoException) => {
      const why = CANNOT_LISTEN[error.code ?? ''] ?? `cannot be used (${error.code ?? error.message}): ${OTHER}`;
      reject(new SallyportError('config-invalid', `${host}:${port} ${why}`, { cause: error }));
    };
    listener.once('error', taken);
    listener.listen(port, host, () => {
      listener.off('error', taken);
      resolve();
    });
  });
  await within(LISTEN_MS, listening, 'config-invalid', `${host}:${port} cannot be listened on in time: ${OTHER}.`);
  const bound = (listener.address() as AddressInfo).port; // a TCP listener has an address object
  await record(store.audit, clock, {
    kind: 'server.start',
    outcome: 'ok',
    actor: 'system',
    detail: { host, port: bound },
  });
  return bound;
}

/** Where a server listens, which says which node it is; nothing while it does not. */
function boundTo(listener: Rooms['listener']): Record<string, string | number> {
  const address = listener.address();
  return address === null || typeof address === 'string' ? {} : { host: address.address, port: address.port };
}

/** All that can fail is done before the first thing changes. */
async function replace(
  core: Core,
  { server, certificate, listener, sessions, jars }: Rooms,
  next: Config,
): Promise<void> {
  const { store, clock, sites, log, access } = core;
  checkReload(sites.live.site.config, next);
  const secure = next.tls === null ? null : loadCertificate(next.tls);
  const fresh = sites.prepare(next);
  await record(store.audit, clock, { kind: 'config.load', outcome: 'ok', actor: 'system', detail: describe(next) });
  if (secure !== null) certificate.use(secure);
  sites.swap(fresh);
  server.rejudge();
  sessions.rejudge();
  sessions.reloadAll();
  jars.forget('*');
  certificate.watch(next.tls);
  limit(listener, next);
  for (const each of [log, access]) each.level = next.log.level;
}

/** Bounds of the start, ms: another node may be migrating for a minute; all else is a handful of statements. */
const OPEN_MS = 90_000;
const BEGIN_MS = 30_000;
const LISTEN_MS = 10_000;
const GIVE_UP_MS = 5_000;
const TOO_LONG = 'The database takes too long to answer: look whether it is overloaded, and start again.';

/** The composition root: the only place that knows every room. Rejects, with nothing left open, when one cannot be built. */
export async function createApp(parts: AppParts): Promise<App> {
  const { config, log, access = log, clock = systemClock, random = systemRandom } = parts;
  const sites = new Sites(config, clock);
  const opened = await within(OPEN_MS, openSealedStore(config, { clock, random }), 'store-unavailable', TOO_LONG);
  const store = parts.store === undefined ? opened.store : parts.store(opened.store);
  const core: Core = { config, log, access, clock, random, store, seal: opened.seal, sites };
  const rooms = furnish(core);
  const timers = keepHouse(core, rooms);
  const stop = async () => {
    for (const timer of timers) clearInterval(timer);
    rooms.certificate.stop();
    rooms.health.stop();
    await rooms.delivery.stop();
    await rooms.refusals.stop();
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
    reload: (next) => replace(core, rooms, next),
    refuseReload: (why) => rooms.note({ kind: 'config.refused', outcome: 'refused', actor: 'system', detail: { why } }),
    close: async () => {
      await rooms.note({ kind: 'server.stop', outcome: 'ok', actor: 'system', detail: boundTo(rooms.listener) });
      await drain(rooms.listener, sites.live.site.config.limits.drainMs, () => sites.cutTunnels());
      await stop();
    },
  };
}

function describe(config: Config): Record<string, string | number> {
  return {
    file: config.file ?? 'arguments',
    apps: config.apps.map((app) => app.id).join(' '),
    realms: [...config.realms.keys()].join(' '),
  };
}
