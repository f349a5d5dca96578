import { dirname, join, resolve as resolvePath } from 'node:path';
import { consoleRealmOf, resolveConsole } from './console.ts';
import { isLoopbackHost } from './hosts.ts';
import type { LoginConfig } from './login-types.ts';
import { type Logins, loginOf } from './logins.ts';
import { namePattern } from './preset/glob.ts';
import { type Member, relyingPartyIdOf, relyingPartyOf, sharedOrigins } from './relying-party.ts';
import { resolveRecord } from './resolve-record.ts';
import { resolveRoster } from './roster.ts';
import type { Written, WrittenApp, WrittenSessions } from './schema.ts';
import { SESSION_DEFAULTS } from './schema-parts.ts';
import type { AppConfig, Config, HostName, PagesConfig, RealmConfig, RelyingParty } from './types.ts';

/** What a command line may say over the file. */
export interface Overrides {
  readonly port?: number | undefined;
  /** Relative to the working folder. */
  readonly dataDir?: string | undefined;
}

/** What the files hold that become part of the configuration. Read before it is resolved, so that resolving stays pure. */
export interface Assets {
  readonly logo: PagesConfig['logo'];
  /** PEM certificates by realm. */
  readonly roots: ReadonlyMap<string, readonly string[]>;
  readonly logins: Logins;
}

/** For a configuration that names no files. */
export const NO_ASSETS: Assets = { logo: null, roots: new Map(), logins: new Map() };

/** Limits with what is left out taken from the level above. */
export function inherit(written: WrittenSessions, above: RealmConfig['sessions']): RealmConfig['sessions'] {
  return { idleMs: written?.idle ?? above.idleMs, absoluteMs: written?.absolute ?? above.absoluteMs };
}

/** The map cannot be changed: freezing alone leaves `set` at work. */
function frozenMap<V>(entries: Iterable<readonly [string, V]>): ReadonlyMap<string, V> {
  return lock(new Map(entries));
}

function lock<M extends ReadonlyMap<unknown, unknown>>(map: M): M {
  const refuse = (): never => {
    throw new TypeError('the configuration cannot be changed; load it again');
  };
  return Object.freeze(Object.assign(map, { set: refuse, delete: refuse, clear: refuse }));
}

/** Freezes plain objects, lists and maps to the bottom. The bytes of a buffer cannot be frozen and are left. */
export function deepFreeze<T>(value: T): T {
  if (ArrayBuffer.isView(value)) return value;
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) {
    if (value instanceof Map) for (const inner of value.values()) deepFreeze(inner);
    return value;
  }
  if (value instanceof Map) {
    lock(value);
    for (const inner of value.values()) deepFreeze(inner);
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

/** The apps of a realm as their passkeys see them. */
export function membersOf(realm: string, config: Written): Member[] {
  return Object.entries(config.apps)
    .filter(([, app]) => app.realm === realm)
    .map(([id, app]) => ({ id, hosts: app.hosts, origin: originOf(app, config) }));
}

/** The public origin of an app, as written or as it follows from its first host. */
export function originOf(app: WrittenApp, config: Pick<Written, 'listen' | 'tls' | 'trusted_proxies'>): string {
  const [first] = app.hosts;
  if (first === undefined) throw new TypeError('the schema demands a host');
  return app.origin ?? defaultOrigin(first, config);
}

/** The file with what the command line says over it. */
export function heardAt(written: Written, { port }: Overrides): Written {
  return port === undefined ? written : { ...written, listen: { ...written.listen, port } };
}

function resolveParty(
  id: string,
  app: WrittenApp,
  { written, assets, members: all }: ResolveContext,
): RelyingParty | null {
  const realm = written.realms[app.realm];
  const members = all.get(app.realm) ?? [];
  if (realm === undefined) return null;
  const self = { id, hosts: app.hosts, origin: originOf(app, written) };
  const roots = assets.roots.get(app.realm) ?? [];
  const party = relyingPartyOf(self, realm, members, { name: written.pages.name ?? '', roots });
  return typeof party === 'string' ? null : party;
}

/** By domain of a realm's passkeys that is a host of ours: every origin that shares them (WebAuthn L3 §5.11). */
function resolveRelated(written: Written): ReadonlyMap<string, readonly string[]> {
  const served = new Set(Object.values(written.apps).flatMap((app) => app.hosts.map((host) => host.name)));
  const shared = new Map<string, readonly string[]>();
  for (const [name, realm] of Object.entries(written.realms)) {
    const members = membersOf(name, written);
    const id = relyingPartyIdOf(realm, members);
    if (!realm.passkeys.offer || id === undefined || realm.passkeys.related.length === 0 || !served.has(id)) continue;
    shared.set(id, [...new Set([...(shared.get(id) ?? []), ...sharedOrigins(realm, members, id)])]);
  }
  return frozenMap(shared);
}

function resolveUpstream(
  { upstream, connections }: WrittenApp,
  path: (file: string) => string,
  login: LoginConfig,
): AppConfig['upstream'] {
  // What the operator says counts before what the preset says.
  const preset = login.kind === 'bound' ? login.rewrite : null;
  return {
    origin: upstream.url,
    ca: upstream.ca === undefined ? null : path(upstream.ca),
    host: upstream.host ?? preset?.host ?? 'preserve',
    ownOrigin: upstream.origin === undefined ? preset?.origin === true : upstream.origin === 'upstream',
    connections: upstream.connections,
    exclusive: connections === 'exclusive',
    connectTimeoutMs: upstream.connect_timeout,
    longestLine: upstream.longest_line ?? null,
    firstByteTimeoutMs: upstream.first_byte_timeout,
    idleTimeoutMs: upstream.idle_timeout,
    streamTimeoutMs: upstream.stream_timeout,
  };
}

/** What an app is resolved with. */
interface ResolveContext {
  readonly written: Written;
  readonly assets: Assets;
  /** The apps of each realm. */
  readonly members: ReadonlyMap<string, readonly Member[]>;
  readonly path: (file: string) => string;
}

function resolveApp(id: string, app: WrittenApp, realm: RealmConfig, around: ResolveContext): AppConfig {
  const { written, assets, path } = around;
  const login = loginOf(id, app, assets.logins);
  return {
    id,
    hosts: app.hosts,
    origin: originOf(app, written),
    upstream: resolveUpstream(app, path, login),
    rewrite: app.rewrite === 'on',
    realm,
    login,
    clientCookies: app.client_cookies.map(namePattern),
    relyingParty: resolveParty(id, app, around),
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
    crossSite: app.cross_site,
    webSocketWithoutOrigin: app.websocket_without_origin,
    waysPast: app.ways_past,
    roster: app.roster === undefined ? null : resolveRoster(app.roster, path),
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

function resolvePages(pages: Written['pages'], logo: PagesConfig['logo']): PagesConfig {
  return {
    name: pages.name ?? '',
    logo,
    accent: pages.accent?.toLowerCase() ?? null,
    accentDark: pages.accent_dark?.toLowerCase() ?? null,
    timeZone: pages.time_zone,
    language: pages.language,
  };
}

function resolveMail(mail: Written['mail'], path: (file: string) => string): Config['mail'] {
  if (mail === undefined) return null;
  return {
    ...mail.server,
    passwordFile: mail.password_file === undefined ? null : path(mail.password_file),
    password: null,
    ca: mail.ca === undefined ? null : path(mail.ca),
    from: mail.from,
  };
}

/** A path in the file: relative ones start at its folder. */
export function besides(file: string, name: string): string {
  return resolvePath(dirname(resolvePath(file)), name);
}

function resolveLimits({ connections, headers_timeout, target, head, drain }: Written['limits']): Config['limits'] {
  return { connections, headersTimeoutMs: headers_timeout, target, head, drainMs: drain };
}

/** The console, with what it needs of the rest. */
function consoleOf(
  written: Written,
  around: Pick<ResolveContext, 'assets' | 'members' | 'path'> & Pick<Config, 'realms'>,
): Config['console'] {
  const { realms, members, assets, path } = around;
  const own = written.console;
  const realm = own === undefined ? undefined : consoleRealmOf(own, written);
  const roots = assets.roots.get(realm ?? '') ?? [];
  return resolveConsole(own, { written, realms, members: members.get(realm ?? '') ?? [], roots, path });
}

/** Fills in defaults and references of a file that has no fault. Paths in it start at its own folder. */
export function resolveConfig(written: Written, file: string, overrides: Overrides = {}, assets = NO_ASSETS): Config {
  const path = (name: string) => besides(file, name);
  const dataDir = overrides.dataDir === undefined ? path(written.data) : resolvePath(overrides.dataDir);
  const heard = heardAt(written, overrides);
  const realms = resolveRealms(written);
  const members = new Map(Object.keys(written.realms).map((name) => [name, membersOf(name, heard)]));
  const apps = Object.entries(written.apps).map(([id, app]) => {
    const realm = realms.get(app.realm);
    if (realm === undefined) throw new TypeError('a fault-free file has the realm of every app');
    return resolveApp(id, app, realm, { written: heard, assets, members, path });
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
    console: consoleOf(heard, { realms, members, assets, path }),
    log: written.log,
    keys: { rotateMs: written.keys.rotate },
    canary: {
      everyMs: written.canary.run === 'on' ? written.canary.every : null,
      lockDown: written.canary.lock_down === 'on',
    },
    nodes: { heartbeatMs: written.nodes.heartbeat, trustMs: written.nodes.trust },
    help: { text: written.help.text ?? '', contact: written.help.contact ?? '' },
    pages: resolvePages(written.pages, assets.logo),
    mail: resolveMail(written.mail, path),
    relatedOrigins: resolveRelated(heard),
    retention: {
      refusals: written.retention.refusals,
      signIns: written.retention.sign_ins,
      running: written.retention.running,
      decisions: written.retention.decisions,
    },
    keepRostersMs: written.retention.rosters,
    record: resolveRecord(written.record, path),
    limits: resolveLimits(written.limits),
  });
}

/** Whether people may reach us without TLS: only from this machine, or through proxies that are trusted. */
export function plainHttpIsSafe(listenHost: string, proxies: number): boolean {
  return isLoopbackHost(listenHost) || proxies > 0;
}
