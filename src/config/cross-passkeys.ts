import type { View } from './check.ts';
import { isAddress, isLocalName, isPublicSuffix } from './passkey-values.ts';
import {
  hostNamesOf,
  isUnder,
  type Member,
  type Missing,
  originsOf,
  relyingPartyIdOf,
  relyingPartyOf,
  sharedOrigins,
} from './relying-party.ts';
import { heardAt, membersOf } from './resolve.ts';
import type { WrittenApp, WrittenRealm } from './schema.ts';
import { type Finding, type Path, someOf, valueAt } from './source.ts';
import { ownLabelOf } from './suffixes.ts';

/** WebAuthn L3 §5.11.1: browsers promise to look at origins of this many labels, and at no more. */
const LABELS = 5;

/** A realm with its apps. */
interface Place {
  readonly name: string;
  readonly realm: WrittenRealm;
  readonly members: readonly Member[];
  readonly path: Path;
  /** What is said of its passkeys follows from all of this. */
  readonly from: readonly Path[];
}

function* allPlaces(view: View): Generator<Place> {
  const heard = heardAt(view.sound, view.overrides);
  for (const [name, realm] of Object.entries(view.sound.realms)) {
    const path = ['realms', name, 'passkeys'];
    const members = membersOf(name, heard);
    const ofApps = members.flatMap(({ id }) => ['hosts', 'origin', 'realm'].map((key) => ['apps', id, key]));
    yield { name, realm, members, path, from: [path, ['tls'], ['trusted_proxies'], ...ofApps] };
  }
}

/** Realms that offer passkeys. */
function* places(view: View): Generator<Place> {
  for (const place of allPlaces(view)) if (place.realm.passkeys.offer) yield place;
}

/** Every realm of the file asks for models and roots together: models alone would be believed, not proven. */
export function* checkModels({ sound, raw }: View): Generator<Finding> {
  for (const id of Object.keys(sound.realms)) {
    const path = ['realms', id, 'passkeys'];
    const has = (key: string) => valueAt(raw, [...path, key]) !== undefined;
    if (has('models') && !has('roots')) {
      const message =
        'Without roots nobody proves what model a key is. Name the PEM file of the attestation roots in roots.';
      yield { path: [...path, 'models'], message };
    }
    if (has('roots') && !has('models'))
      yield { path: [...path, 'roots'], message: 'Roots are for models. List the AAGUIDs in models, or remove roots.' };
  }
}

/** People of a realm could use their passkeys at some of its apps and not at others. */
export function* checkHostsOfPasskeys(view: View): Generator<Finding> {
  for (const { name, realm, members, path, from } of places(view)) {
    const { id, related } = realm.passkeys;
    if (id === undefined) continue;
    for (const member of members) {
      const outside = [...originsOf(member)].filter(
        (host) => !isUnder(host.name, id) && !related.includes(host.origin),
      );
      for (const { origin, index } of outside) {
        yield {
          path: ['apps', member.id, 'hosts', index],
          message: `Passkeys of the realm ${name} are bound to ${id}, and this host is not under it: people could not use theirs here. Add ${origin} to ${path.join('.')}.related, or give the app a realm of its own.`,
          from,
        };
      }
      if (isAddress(new URL(member.origin).hostname)) {
        yield {
          path: ['apps', member.id, 'hosts'],
          message: `Browsers bind no passkey to an address: people of the realm ${name} could not use theirs here. Give the app a host name under ${id}, or a realm of its own.`,
          from,
        };
      }
    }
  }
}

export function* checkRelated(view: View): Generator<Finding> {
  for (const { realm, path } of places(view)) {
    const { id, related } = realm.passkeys;
    if (related.length > 0 && id === undefined) {
      const message = 'Origins share the passkeys of one domain. Write that domain in id.';
      yield { path: [...path, 'related'], message, from: [[...path, 'id']] };
    }
    for (const [i, origin] of related.entries()) {
      const { protocol, hostname } = new URL(origin);
      const at = [...path, 'related', i];
      if (isAddress(hostname)) yield { path: at, message: 'Browsers share passkeys with host names only. Remove it.' };
      else if (protocol !== 'https:' && !isLocalName(hostname))
        yield { path: at, message: 'Browsers share passkeys with https:// only. Write the origin with https://.' };
    }
  }
}

const WHY: Readonly<Record<Missing, string>> = {
  off: 'the realm says offer: false',
  address: 'it is reached at an address, and browsers bind passkeys to host names',
  http: 'it is reached by http://, where browsers have no passkeys; add tls, list your TLS proxy in trusted_proxies, or correct origin',
  hosts: 'its realm has several host names and no passkeys.id',
};

/** Why an app takes no passkeys; undefined when it does. */
function missing(app: Member, { realm, members }: Pick<Place, 'realm' | 'members'>): Missing | undefined {
  const party = relyingPartyOf(app, realm, members, { name: '', roots: [] });
  return typeof party === 'string' ? party : undefined;
}

/** A rule that nobody could ever pass. */
export function* checkPasskeyRules(view: View): Generator<Finding> {
  const heard = heardAt(view.sound, view.overrides);
  for (const { realm, members, from } of allPlaces(view)) {
    // Told already, and to be mended first (checkRelated).
    if (realm.passkeys.related.length > 0 && realm.passkeys.id === undefined) continue;
    for (const member of members) {
      const why = missing(member, { realm, members });
      if (why === undefined) continue;
      for (const i of passkeyRules(heard.apps[member.id])) {
        yield {
          path: ['apps', member.id, 'rules', i, 'require'],
          message: `Nobody could pass: passkeys are not offered at this app, because ${WHY[why]}. Mend that, or require mfa.`,
          from,
        };
      }
    }
  }
}

function passkeyRules(app: WrittenApp | undefined): number[] {
  return (app?.rules ?? []).flatMap(({ require }, i) => (require === 'passkey' ? [i] : []));
}

/** The longest domain that all of these are or are under, unless strangers can have names there too. */
function commonParent(names: readonly string[]): string | undefined {
  const [first = '', ...others] = names;
  const labels = first.split('.');
  const parents = labels.map((_, i) => labels.slice(i).join('.'));
  const parent = parents.find((candidate) => others.every((name) => isUnder(name, candidate)));
  return parent === undefined || !parent.includes('.') || isPublicSuffix(parent) ? undefined : parent;
}

/** Passkeys outlive what binds them, so that of several hosts the operator says which domain it is. */
export function* findSeveralHosts(view: View): Generator<Finding> {
  for (const { name, realm, members, from } of places(view)) {
    const names = hostNamesOf(members);
    const possible = members.some((member) => missing(member, { realm, members }) === 'hosts');
    // Where origins are shared or a rule asks for passkeys it is a fault already.
    const told =
      realm.passkeys.related.length > 0 || members.some(({ id }) => passkeyRules(view.sound.apps[id]).length > 0);
    if (!possible || told || realm.passkeys.id !== undefined) continue;
    const parent = commonParent(names);
    const remedy =
      parent === undefined
        ? 'Write one of them as passkeys.id and the origins of the others as passkeys.related, or give each a realm of its own'
        : `Write passkeys: { id: ${parent} }, if every site under it is yours`;
    yield {
      path: ['realms', name],
      message: `Passkeys are not offered here, because the realm has several host names (${someOf(names)}). ${remedy}.`,
      from,
    };
  }
}

export function* findNoPasskeys({ sound }: View): Generator<Finding> {
  for (const [id, { passkeys }] of Object.entries(sound.realms)) {
    if (passkeys.offer) continue;
    yield {
      path: ['realms', id, 'passkeys', 'offer'],
      message:
        'This is below AAL2 of NIST SP 800-63B-4 §2.2.2, which asks for a phishing-resistant option. Offer passkeys.',
    };
  }
}

/** An id was chosen, but an app of the realm is not reached in a way that browsers have passkeys for. */
export function* findPlainHttp(view: View): Generator<Finding> {
  for (const { realm, members, path, from } of places(view)) {
    if (realm.passkeys.id === undefined) continue;
    for (const member of members) {
      if (missing(member, { realm, members }) !== 'http') continue;
      yield { path: [...path, 'id'], message: `Passkeys are not offered at ${member.id}, because ${WHY.http}.`, from };
    }
  }
}

function labelOf(origin: string): string {
  const { hostname } = new URL(origin);
  return ownLabelOf(hostname) ?? hostname;
}

export function* findTooManyRelated(view: View): Generator<Finding> {
  for (const { realm, path } of places(view)) {
    const labels = new Set(realm.passkeys.related.map(labelOf));
    if (labels.size <= LABELS) continue;
    yield {
      path: [...path, 'related'],
      message: `Browsers look at no more than ${LABELS} different names before the public suffix, and these are ${labels.size} (WebAuthn L3 §5.11.1). People at the last ones could not use their passkeys: move apps under fewer domains.`,
    };
  }
}

/** The list of related origins must be served at the domain itself; where that is not ours, somebody else has to. */
export function* findUnservedRelated(view: View): Generator<Finding> {
  const served = new Set(Object.values(view.sound.apps).flatMap((app) => app.hosts.map((host) => host.name)));
  for (const { realm, members, path } of places(view)) {
    const id = relyingPartyIdOf(realm, members);
    if (realm.passkeys.related.length === 0 || id === undefined || served.has(id)) continue;
    const document = JSON.stringify({ origins: sharedOrigins(realm, members, id) });
    yield {
      path: [...path, 'related'],
      message: `Sallyport does not serve ${id}. See to it that https://${id}/.well-known/webauthn answers, as application/json, ${document}`,
      from: [path, ['apps']],
    };
  }
}
