import { unwatchFile, watchFile } from 'node:fs';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { Assertions } from './assertions/assertions.ts';
import { addSigningKey, Keyring, LEAD_MS } from './assertions/keyring.ts';
import { type AuditEvent, record } from './audit/audit.ts';
import { Refusals } from './audit/refusals.ts';
import type { Config } from './config/types.ts';
import { createEnrol } from './enrol/enrol.ts';
import { SallyportError } from './errors.ts';
import { Gate } from './gate/gate.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import { ClockGuard } from './lib/clock-guard.ts';
import { type Random, systemRandom } from './lib/random.ts';
import { createLogin } from './login/login.ts';
import { createUpgrader } from './proxy/upgrade.ts';
import { createUpstreams } from './proxy/upstreams.ts';
import { trustedPeers } from './read/client.ts';
import { hostMap } from './read/hosts.ts';
import { compileRules } from './rules/compile.ts';
import { SessionMap } from './sessions/map.ts';
import { StoreHealth } from './store/health.ts';
import { openSealedStore } from './store/open-sealed.ts';
import type { Seal } from './store/seal.ts';
import type { Store } from './store/types.ts';
import { AccessLog } from './web/access-log.ts';
import { adoptingLogin } from './web/adopt.ts';
import { drain } from './web/drain.ts';
import { createListener, readCertificate } from './web/listener.ts';
import { createOwn } from './web/own.ts';
import { type Live, Server } from './web/server.ts';

export interface AppParts {
  readonly config: Config;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Stands between the product and a store that was opened elsewhere (tests break it there). */
  readonly store?: (opened: Store) => Store;
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

const MINUTE = 60_000;

/** Everything that one configuration makes. Throws when a part of it cannot be made; then nothing of it stays. */
function build(config: Config, clock: Clock): Live {
  const upstreams = createUpstreams(config.apps);
  return {
    site: {
      config,
      hosts: hostMap(config.apps),
      rules: new Map(config.apps.map((app) => [app, compileRules(app)])),
      trusted: trustedPeers(config.trustedProxies),
    },
    forwarding: { upstreams, clock },
    upgrader: createUpgrader(config.apps, clock),
  };
}

/** What a running server cannot change: it needs a restart, and says so. */
function checkReload(old: Config, next: Config): void {
  const fixed = [
    ['listen', old.listen, next.listen],
    ['store', old.store, next.store],
    ['data', old.dataDir, next.dataDir],
    ['master_key', old.masterKeyFile, next.masterKeyFile],
  ] as const;
  for (const [key, a, b] of fixed) {
    if (JSON.stringify(a) !== JSON.stringify(b))
      throw new SallyportError('config-invalid', `${key} cannot change while running: restart Sallyport to change it`);
  }
  if ((old.tls === null) !== (next.tls === null))
    throw new SallyportError('config-invalid', 'tls cannot be switched on or off while running: restart Sallyport');
}

/** The composition root: the only place that knows every room. Rejects, with nothing left open, when one cannot be built. */
export async function createApp(parts: AppParts): Promise<App> {
  const { log, clock = systemClock, random = systemRandom } = parts;
  let live = build(parts.config, clock);
  const upgraders = new Set([live.upgrader]);
  const cutTunnels = () => {
    for (const upgrader of upgraders) upgrader.destroy();
  };
  const opened = await openSealedStore(parts.config, { clock, random });
  const store = parts.store === undefined ? opened.store : parts.store(opened.store);
  const { seal } = opened;

  const health = new StoreHealth(store, (failure) => {
    if (failure === null) log.info('the store works again');
    else log.error({ err: failure }, 'the store does not work; everything is refused until it does');
  });
  const failed = (error: unknown) => {
    health.failed(error);
    log.error({ err: error }, 'a write in the background failed');
  };
  const note = (event: AuditEvent) => record(store.audit, clock, event).catch(failed);
  const clockGuard = new ClockGuard(clock, (offsetMs) => {
    log.error({ offsetMs }, 'the clock has jumped; everything is refused until it runs evenly again');
    void note({ kind: 'clock.jump', outcome: 'failed', actor: 'system', detail: { offset_ms: offsetMs } });
  });

  const ring = new Keyring(clock, seal);
  const assertions = new Assertions(ring, clock, random);
  const reloadKeys = async () => {
    assertions.clear();
    await ring.load(store);
  };
  const rotateWhenDue = async () => {
    const age = ring.newestAge();
    if (age < live.site.config.keys.rotateMs) return;
    const first = age === Number.POSITIVE_INFINITY;
    await store.transaction(async (tx) => {
      const row = await addSigningKey(tx, seal, clock, first ? 0 : LEAD_MS);
      await record(tx.audit, clock, {
        kind: first ? 'key.create' : 'key.rotate',
        outcome: 'ok',
        actor: 'system',
        detail: { kid: row.id },
      });
    });
    await reloadKeys();
  };

  const sessions = new SessionMap({
    store,
    clock,
    sourceOf: (appId, realm) => {
      const app = live.site.config.apps.find((candidate) => candidate.id === appId);
      return app?.realm.id === realm ? app.realm.source : undefined;
    },
    onError: failed,
  });
  const refusals = new Refusals(store.audit, clock, failed);
  const context = { store, clock, random, seal };
  const own = createOwn({
    login: adoptingLogin(createLogin(context), sessions),
    enrol: createEnrol(context),
    jwks: () => ({ body: JSON.stringify(ring.jwks()) }),
    log,
  });
  const server = new Server({
    clock,
    clockGuard,
    gate: new Gate({ clock, store, assertions }),
    sessions,
    own,
    refusals,
    accessLog: new AccessLog(log, clock, parts.config.log.requests),
    ready: () => {
      health.check();
      if (ring.failed) throw new SallyportError('keys-unavailable', 'the signing keys cannot be opened');
    },
    health: async () => {
      await health.probe();
      sessions.checkFresh();
      ring.signing();
    },
    live: () => live,
  });
  const listener = createListener(parts.config);
  server.attach(listener);

  const timers = [
    setInterval(() => clockGuard.trusted(), 1000),
    setInterval(() => {
      if (ring.failed) void reloadKeys().catch(() => {});
    }, 1000),
    setInterval(() => void rotateWhenDue().catch(failed), 10 * MINUTE),
    setInterval(() => void purge(store, clock).catch(failed), 10 * MINUTE),
  ];
  for (const timer of timers) timer.unref();

  const renewCertificate = () => {
    const { tls } = live.site.config;
    if (tls === null) return;
    try {
      (listener as TlsServer).setSecureContext(readCertificate(tls)); // a TLS listener, since tls is configured
      log.info('the TLS certificate was read anew');
    } catch (error) {
      log.error({ err: error }, 'the new TLS certificate is not usable; the old one stays in use');
    }
  };
  const watched = () => (live.site.config.tls === null ? [] : [live.site.config.tls.cert, live.site.config.tls.key]);
  const watchCertificate = () => {
    for (const file of watched()) watchFile(file, { interval: 1000, persistent: false }, renewCertificate);
  };
  const unwatchCertificate = () => {
    for (const file of watched()) unwatchFile(file, renewCertificate);
  };

  const stop = async () => {
    for (const timer of timers) clearInterval(timer);
    unwatchCertificate();
    health.stop();
    await refusals.stop();
    await sessions.stop();
    cutTunnels();
    await live.forwarding.upstreams.destroy();
    await store.close();
  };

  try {
    await ring.load(store);
    await rotateWhenDue();
    await sessions.start((change) => {
      if (change.topic === 'key') void reloadKeys().catch(failed);
    });
    health.start();
    watchCertificate();
    await record(store.audit, clock, {
      kind: 'config.load',
      outcome: 'ok',
      actor: 'system',
      detail: describe(parts.config),
    });
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }

  return {
    store,
    seal,
    listen: async () => {
      const { host, port } = parts.config.listen;
      await new Promise<void>((resolve, reject) => {
        listener.once('error', reject);
        listener.listen(port, host, () => resolve());
      });
      const bound = (listener.address() as AddressInfo).port; // a TCP listener has an address object
      await record(store.audit, clock, {
        kind: 'server.start',
        outcome: 'ok',
        actor: 'system',
        detail: { host, port: bound },
      });
      return bound;
    },
    reload: async (next) => {
      checkReload(live.site.config, next);
      const certificate = next.tls === null ? null : readCertificate(next.tls);
      const fresh = build(next, clock);
      await record(store.audit, clock, { kind: 'config.load', outcome: 'ok', actor: 'system', detail: describe(next) });
      if (certificate !== null) (listener as TlsServer).setSecureContext(certificate); // as above
      const old = live;
      unwatchCertificate();
      live = fresh;
      for (const upgrader of upgraders) if (upgrader.open === 0) upgraders.delete(upgrader);
      upgraders.add(fresh.upgrader);
      sessions.reloadAll();
      watchCertificate();
      void old.forwarding.upstreams.close();
    },
    refuseReload: (why) => note({ kind: 'config.refused', outcome: 'refused', actor: 'system', detail: { why } }),
    close: async () => {
      await note({ kind: 'server.stop', outcome: 'ok', actor: 'system' });
      await drain(listener, parts.config.limits.drainMs, cutTunnels);
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

/** Deletes what is over: pending sign-ins, throttles without failures for a day, sessions and keys long ended. */
async function purge(store: Store, clock: Clock): Promise<void> {
  const now = clock.now();
  await store.pendings.purge(now);
  await store.sessions.purge(now - 30 * 24 * 60 * MINUTE);
  await store.throttles.purge(now - 7 * 24 * 60 * MINUTE);
  await store.keys.purge(now - 24 * 60 * MINUTE);
}
