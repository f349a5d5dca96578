import { dirname, join, resolve as resolvePath } from 'node:path';
import { isLoopbackHost } from './hosts.ts';
import { SESSION_DEFAULTS, type Written, type WrittenApp, type WrittenSessions } from './schema.ts';
import type { AppConfig, Config, HostName, RealmConfig } from './types.ts';

/** What a command line may say over the file. */
export interface Overrides {
  readonly port?: number | undefined;
  /** Relative to the working folder. */
  readonly dataDir?: string | undefined;
}

/** Limits with what is left out taken from the level above. */
export function inherit(written: WrittenSessions, above: RealmConfig['sessions']): RealmConfig['sessions'] {
  return { idleMs: written?.idle ?? above.idleMs, absoluteMs: written?.absolute ?? above.absoluteMs };
}

/** The map cannot be changed: freezing alone leaves `set` at work. */
function frozenMap<V>(entries: Iterable<readonly [string, V]>): ReadonlyMap<string, V> {
  const map = new Map(entries);
  const refuse = (): never => {
    throw new TypeError('the configuration cannot be changed; load it again');
  };
  return Object.freeze(Object.assign(map, { set: refuse, delete: refuse, clear: refuse }));
}

/** Freezes plain objects, lists and maps to the bottom. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) {
    if (value instanceof Map) for (const inner of value.values()) deepFreeze(inner);
    return value;
  }
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}

function hostText(host: HostName, port: number | null): string {
  return port === null ? host.name : `${host.name}:${port}`;
}

/**
 * The origin that people type. Behind a proxy of the operator's it has the scheme's own port; without one, people reach
 * our own port.
 */
function defaultOrigin(first: HostName, config: Pick<Written, 'listen' | 'tls' | 'trusted_proxies'>): string {
  const proxied = config.trusted_proxies.length > 0;
  const scheme = config.tls !== undefined || proxied ? 'https' : 'http';
  const port = first.port ?? (proxied ? null : config.listen.port);
  return new URL(`${scheme}://${hostText(first, port)}`).origin;
}

function resolveUpstream(upstream: WrittenApp['upstream'], path: (file: string) => string): AppConfig['upstream'] {
  return {
    origin: upstream.url,
    ca: upstream.ca === undefined ? null : path(upstream.ca),
    host: upstream.host,
    connections: upstream.connections,
    connectTimeoutMs: upstream.connect_timeout,
    firstByteTimeoutMs: upstream.first_byte_timeout,
    idleTimeoutMs: upstream.idle_timeout,
  };
}

function resolveApp(
  id: string,
  app: WrittenApp,
  realm: RealmConfig,
  written: Written,
  path: (file: string) => string,
): AppConfig {
  const [first] = app.hosts;
  if (first === undefined) throw new TypeError('the schema demands a host');
  return {
    id,
    hosts: app.hosts,
    origin: app.origin ?? defaultOrigin(first, written),
    upstream: resolveUpstream(app.upstream, path),
    realm,
    sessions: inherit(app.sessions, realm.sessions),
    rules: app.rules.map((rule) => ({
      path: rule.path,
      require: rule.require,
      maxAgeMs: rule.max_age ?? null,
      groups: rule.groups ?? [],
    })),
    exemptions: app.exemptions.map(({ method, path: exempt, reason, owner, expires }) => ({
      method,
      path: exempt,
      reason,
      owner,
      expires: expires.text,
      expiresAt: expires.end,
    })),
    headers: frozenMap(Object.entries(app.headers)),
    webSocketOrigins: app.websocket_origins,
    target: { encodedSlash: app.target.encoded_slash, emptySegments: app.target.empty_segments },
  };
}

function resolveStore(store: Written['store'], dataDir: string, path: (file: string) => string): Config['store'] {
  if (store === undefined) return { kind: 'sqlite', path: join(dataDir, 'sallyport.db') };
  return store.kind === 'sqlite' ? { kind: 'sqlite', path: path(store.path) } : store;
}

function resolveRealms(written: Written): ReadonlyMap<string, RealmConfig> {
  const top = inherit(written.sessions, SESSION_DEFAULTS);
  return frozenMap(
    Object.entries(written.realms).map(([id, realm]) => [
      id,
      {
        id,
        source: realm.source,
        domains: realm.domains.map((domain) => domain.toLowerCase()),
        unicode: realm.unicode,
        sessions: inherit(realm.sessions, top),
      },
    ]),
  );
}

/** Fills in defaults and references of a file that has no fault. Paths in it start at its own folder. */
export function resolveConfig(written: Written, file: string, overrides: Overrides = {}): Config {
  const path = (name: string) => resolvePath(dirname(resolvePath(file)), name);
  const dataDir = overrides.dataDir === undefined ? path(written.data) : resolvePath(overrides.dataDir);
  const heard =
    overrides.port === undefined ? written : { ...written, listen: { ...written.listen, port: overrides.port } };
  const realms = resolveRealms(written);
  const apps = Object.entries(written.apps).map(([id, app]) => {
    const realm = realms.get(app.realm);
    if (realm === undefined) throw new TypeError('a fault-free file has the realm of every app');
    return resolveApp(id, app, realm, heard, path);
  });
  return deepFreeze({
    file,
    listen: heard.listen,
    tls: written.tls === undefined ? null : { cert: path(written.tls.cert), key: path(written.tls.key) },
    dataDir,
    store: resolveStore(written.store, dataDir, path),
    masterKeyFile: written.master_key === undefined ? join(dataDir, 'master.key') : path(written.master_key),
    trustedProxies: written.trusted_proxies,
    realms,
    apps,
    log: written.log,
    keys: { rotateMs: written.keys.rotate },
    help: { text: written.help.text ?? '', contact: written.help.contact ?? '' },
    limits: {
      connections: written.limits.connections,
      headersTimeoutMs: written.limits.headers_timeout,
      drainMs: written.limits.drain,
    },
  });
}

/** Whether people may reach us without TLS: only from this machine, or through proxies that are trusted. */
export function plainHttpIsSafe(listenHost: string, proxies: number): boolean {
  return isLoopbackHost(listenHost) || proxies > 0;
}
