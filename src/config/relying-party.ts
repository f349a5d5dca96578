import { isAddress, isLocalName } from './passkey-values.ts';
import type { WrittenRealm } from './schema.ts';
import type { HostName, RelyingParty } from './types.ts';

/** What of an app decides about its passkeys. */
export interface Member {
  readonly id: string;
  readonly hosts: readonly HostName[];
  readonly origin: string;
}

/** Why an app takes no passkeys: switched off, reached at an address, without TLS, or a realm of several hosts without id. */
export type Missing = 'off' | 'address' | 'http' | 'hosts';

/** Whether a host is the domain that passkeys are bound to, or under it. */
export function isUnder(host: string, id: string): boolean {
  return host === id || host.endsWith(`.${id}`);
}

/** Browsers run no ceremony in an insecure context (WebAuthn L3 §5.1); only this machine's own names need no TLS. */
function isSecure(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'https:' || isLocalName(hostname);
}

/** The origins at which people meet a passkey of this app, with the place of the host in the app. */
export function* originsOf({ hosts, origin }: Member): Generator<{ name: string; origin: string; index: number }> {
  const { protocol, hostname, port } = new URL(origin);
  for (const [index, host] of hosts.entries()) {
    // Addresses hold no passkeys, and localhost beside a public name is for the machine's own probes.
    if (isAddress(host.name) || (isLocalName(host.name) && !isLocalName(hostname))) continue;
    const at = host.port === null ? port : String(host.port);
    yield { name: host.name, origin: new URL(`${protocol}//${host.name}${at && `:${at}`}`).origin, index };
  }
}

/** What follows from all apps of a realm together: asked for each of them, and worked out once. */
const hostNames = new WeakMap<readonly Member[], readonly string[]>();
const shared = new WeakMap<readonly Member[], { realm: WrittenRealm; id: string; origins: readonly string[] }>();

/** The distinct host names of a realm. */
export function hostNamesOf(members: readonly Member[]): readonly string[] {
  const known = hostNames.get(members);
  if (known !== undefined) return known;
  const names = [...new Set(members.flatMap((member) => [...originsOf(member)].map(({ name }) => name)))];
  hostNames.set(members, names);
  return names;
}

/** The domain of a realm's passkeys: as written, else its one host; undefined for several, which only the operator can judge. */
export function relyingPartyIdOf(realm: WrittenRealm, members: readonly Member[]): string | undefined {
  const [only, ...others] = hostNamesOf(members);
  return realm.passkeys.id ?? (others.length === 0 ? only : undefined);
}

/** Origins whose pages may run a ceremony: of every app of the realm under the id, and those written as related. */
export function sharedOrigins(realm: WrittenRealm, members: readonly Member[], id: string): readonly string[] {
  const known = shared.get(members);
  if (known?.realm === realm && known.id === id) return known.origins;
  const own = members
    .flatMap((member) => [...originsOf(member)])
    .filter(({ name, origin }) => isUnder(name, id) && isSecure(origin))
    .map(({ origin }) => origin);
  const origins = [...new Set([...realm.passkeys.related, ...own])];
  shared.set(members, { realm, id, origins });
  return origins;
}

/** Whose passkeys an app takes, or why it takes none. `name` is shown when the realm has none of its own. */
export function relyingPartyOf(
  app: Member,
  realm: WrittenRealm,
  members: readonly Member[],
  { name, roots }: { readonly name: string; readonly roots: readonly string[] },
): RelyingParty | Missing {
  const { hostname } = new URL(app.origin);
  if (!realm.passkeys.offer) return 'off';
  if (isAddress(hostname)) return 'address';
  if (!isSecure(app.origin)) return 'http';
  const id = relyingPartyIdOf(realm, members);
  const origins = id === undefined ? [] : sharedOrigins(realm, members, id);
  // A file whose app is outside its realm's domain has a fault; were it let through, nothing would be offered there.
  if (id === undefined || !origins.includes(app.origin)) return 'hosts';
  return {
    id,
    name: realm.passkeys.name ?? (name === '' ? hostname : name),
    origins,
    verification: realm.passkeys.verification,
    models: realm.passkeys.models ?? [],
    roots,
  };
}
