import { canonicalName } from '../accounts/name.ts';
import { type BoundLogin, boundState } from '../config/login-types.ts';
import { textOfPreset } from '../config/texts.ts';
import type { AppConfig, Config } from '../config/types.ts';
import { type AppInForce, meaningText } from '../coverage/in-force.ts';
import { slicesOf } from '../coverage/slice.ts';
import { sha256Hex } from '../lib/bytes.ts';
import { surfacesOf } from './bindings.ts';
import { hostsOf } from './routes.ts';

/** Who holds the app's one account, by the names that accounts have. */
function holdersOf({ login, realm }: AppConfig): AppInForce['holders'] {
  if (login.kind !== 'bound' || login.one === null) return null;
  // What can be nobody's name names nobody (gate/holders.ts).
  const names = login.one.accounts.map((typed) => canonicalName(typed, realm));
  const accounts = names.filter((name) => name !== undefined);
  return { accounts, groups: [...login.one.groups] };
}

function presetOf({ preset: name, digest }: BoundLogin): AppInForce['preset'] {
  const text = textOfPreset(digest);
  return { name, digest, text: text === undefined ? null : sha256Hex(text) };
}

function appInForce(app: AppConfig): AppInForce {
  const { id, realm, relyingParty, login, rules, exemptions } = app;
  const bound = login.kind === 'bound' ? login : null;
  const unbound = login.kind === 'unbound' ? login : null;
  return {
    id,
    hosts: [...hostsOf(app)],
    realm: realm.id,
    rp: relyingParty?.id ?? null,
    bound: boundState(login),
    preset: bound === null ? null : presetOf(bound),
    order: bound?.order ?? null,
    unbound:
      unbound === null
        ? null
        : { reason: unbound.reason, owner: unbound.owner, expires: unbound.expires, expiresAt: unbound.expiresAt },
    holders: holdersOf(app),
    rules: rules.map(({ path, require, maxAgeMs, groups }) => ({ path, require, maxAgeMs, groups: [...groups] })),
    exemptions: exemptions.map(({ method, path, reason, owner, expires, expiresAt }) => {
      return { method, path, reason, owner, expires, expiresAt };
    }),
    surfaces: surfacesOf(app).map(({ method, place, kind }) => ({ method, path: place, kind })),
    doors: bound?.doors.map(({ text }) => text) ?? [],
  };
}

const meant = ({ realms, apps }: Pick<Config, 'realms' | 'apps'>) => ({
  realms: [...realms.values()].map(({ id, source }) => ({ id, source })),
  apps: apps.map(appInForce),
});

/** What a configuration means for who can get in, as a text by itself: an old one is read without its files and by a later version. */
export function meaningOf(config: Pick<Config, 'realms' | 'apps'>): string {
  return meaningText(meant(config));
}

/** The same for whoever sees one realm alone, a text for each realm, in their order (coverage/slice.ts). */
export function slicesIn(config: Pick<Config, 'realms' | 'apps'>): readonly string[] {
  return slicesOf(meant(config));
}
