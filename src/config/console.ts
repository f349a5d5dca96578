import { sourceOf } from '../sources/table.ts';
import { isLoopbackHost } from './hosts.ts';
import { isUnder, type Member, type Missing, relyingPartyIdOf, relyingPartyOf } from './relying-party.ts';
import type { Written, WrittenConsole } from './schema.ts';
import { HOUR } from './schema-parts.ts';
import type { AppConfig, ConsoleConfig, RealmConfig, RelyingParty } from './types.ts';

/** Its name wherever an app is named: in sessions, assertions, the record. No app may be called so. */
export const CONSOLE = 'console';
/** Where the requests of the console never go; a name that cannot exist (RFC 2606 §2). */
const NOWHERE = 'http://console.invalid';
/** The longest sessions of the console; those of its realm may be shorter. */
const LIMITS = { idleMs: HOUR / 2, absoluteMs: 8 * HOUR } as const;

/** Every app that people sign in at: those that are guarded, and the console where there is one. */
export function everyApp({ apps, console: own }: { apps: readonly AppConfig[]; console: ConsoleConfig | null }) {
  return own === null ? apps : [...apps, own.app];
}

/** The realm of its people: as written, or the only one. */
export function consoleRealmOf({ realm }: WrittenConsole, { realms }: Pick<Written, 'realms'>): string | undefined {
  const [only, ...others] = Object.keys(realms);
  return realm ?? (others.length === 0 ? only : undefined);
}

/** Its certificate: its own, or that of the apps where others than this machine can reach it. */
export function consoleTlsOf(own: WrittenConsole, { tls }: Pick<Written, 'tls'>): Written['tls'] {
  return own.tls ?? (isLoopbackHost(own.listen.host) ? undefined : tls);
}

/** Where people reach it: as written, or on this machine; undefined where it must be said. */
export function consoleOriginOf(own: WrittenConsole, written: Pick<Written, 'tls'>): string | undefined {
  const { host, port } = own.listen;
  if (own.origin !== undefined || !isLoopbackHost(host)) return own.origin;
  return new URL(`${consoleTlsOf(own, written) === undefined ? 'http' : 'https'}://localhost:${port}`).origin;
}

/** What decides about its passkeys. */
export interface ConsolePlace {
  readonly origin: string;
  readonly realm: Written['realms'][string];
  /** The apps of that realm. */
  readonly members: readonly Member[];
}

/**
 * Whose passkeys the console takes, or why none. Those of its realm where its host is under their domain; else its own, so
 * that a console on this machine takes nothing from the passkeys of the apps. Where the realm's people prove no password, the
 * key must know who holds it: it is all that there is.
 */
export function consolePartyOf(
  { origin, realm, members }: ConsolePlace,
  said: { readonly name: string; readonly roots: readonly string[] },
): RelyingParty | Missing {
  const name = new URL(origin).hostname;
  const self = { id: CONSOLE, hosts: [{ name, port: null }], origin };
  const { passkeys } = realm;
  const domain = relyingPartyIdOf(realm, members);
  const shared = domain !== undefined && (isUnder(name, domain) || passkeys.related.includes(origin));
  const own = shared ? { ...passkeys, id: domain } : { ...passkeys, id: name, related: [] };
  const party = relyingPartyOf(self, { ...realm, passkeys: own }, [self], said);
  if (typeof party === 'string' || sourceOf(realm.source).keepsPasswords) return party;
  return { ...party, verification: 'required' };
}

/** What it is resolved with. */
export interface ConsoleAround {
  readonly written: Written;
  readonly realms: ReadonlyMap<string, RealmConfig>;
  readonly members: readonly Member[];
  readonly roots: readonly string[];
  readonly path: (file: string) => string;
}

/** The console as an app like any other; the pages in place of what is behind it are ours. */
function appOf(own: WrittenConsole, origin: string, around: ConsoleAround & { readonly realm: string }): AppConfig {
  const { written, realms, members, roots } = around;
  const realm = realms.get(around.realm);
  const said = written.realms[around.realm];
  if (realm === undefined || said === undefined) throw new TypeError('a fault-free file has the realm of the console');
  const party = consolePartyOf({ origin, realm: said, members }, { name: written.pages.name ?? '', roots });
  return {
    id: CONSOLE,
    hosts: [{ name: new URL(origin).hostname, port: null }],
    origin,
    upstream: {
      ...{ origin: NOWHERE, ca: null, host: 'preserve', ownOrigin: false, connections: 1, exclusive: false },
      longestLine: null,
      ...{ connectTimeoutMs: 1, firstByteTimeoutMs: 1, idleTimeoutMs: 1, streamTimeoutMs: 1 },
    },
    rewrite: false,
    realm,
    login: { kind: 'none' },
    clientCookies: [],
    relyingParty: typeof party === 'string' ? null : party,
    sessions: {
      idleMs: Math.min(LIMITS.idleMs, realm.sessions.idleMs),
      absoluteMs: Math.min(LIMITS.absoluteMs, realm.sessions.absoluteMs),
    },
    rules: [{ path: '/**', require: own.require, maxAgeMs: null, groups: [] }],
    exemptions: [],
    headers: new Map(),
    webSocketOrigins: [],
    webSocketWithoutOrigin: [],
    waysPast: { addresses: [], ours: [] },
    crossSite: [],
    roster: null,
    target: { encodedSlash: false, emptySegments: false },
  };
}

/** The console of a file that has no fault; null where it has none. */
export function resolveConsole(own: WrittenConsole | undefined, around: ConsoleAround): ConsoleConfig | null {
  if (own === undefined) return null;
  const { written, path } = around;
  const origin = consoleOriginOf(own, written);
  const realm = consoleRealmOf(own, written);
  if (origin === undefined || realm === undefined)
    throw new TypeError('a fault-free file has origin and realm of the console');
  const tls = consoleTlsOf(own, written);
  return {
    listen: own.listen,
    origin,
    tls: tls === undefined ? null : { cert: path(tls.cert), key: path(tls.key) },
    app: appOf(own, origin, { ...around, realm }),
    twoPerson: { acts: own.two_person, withinMs: own.two_person_within },
  };
}
