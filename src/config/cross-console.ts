import { sourceOf } from '../sources/table.ts';
import { STAND_IN, type View } from './check.ts';
import { CONSOLE, consoleOriginOf, consolePartyOf, consoleRealmOf, consoleTlsOf } from './console.ts';
import { isLoopbackHost } from './hosts.ts';
import type { Missing } from './relying-party.ts';
import { heardAt, membersOf, originOf, plainHttpIsSafe } from './resolve.ts';
import type { Written, WrittenConsole } from './schema.ts';
import { type Finding, knownOf, type Path, someOf, valueAt } from './source.ts';

/** The console of a file, and the file with what the command line says over it. */
function partsOf(view: View): { own: WrittenConsole; heard: Written } | undefined {
  const heard = heardAt(view.sound, view.overrides);
  return heard.console === undefined ? undefined : { own: heard.console, heard };
}

/** No app is called as the console is, also where there is none yet. */
export function* checkConsoleName({ sound }: View): Generator<Finding> {
  if (sound.apps[CONSOLE] === undefined) return;
  yield { path: ['apps', CONSOLE], message: 'Sessions of the console itself have this name. Call the app otherwise.' };
}

/** Whether a listener that takes one of these addresses leaves no room for the other. */
function collide(one: Written['listen'], other: Written['listen']): boolean {
  const everywhere = ['0.0.0.0', '::'];
  const same = one.host === other.host || [one.host, other.host].some((host) => everywhere.includes(host));
  return one.port === other.port && (same || (isLoopbackHost(one.host) && isLoopbackHost(other.host)));
}

/** An address of its own, which passwords reach unread. */
export function* checkConsoleListen(view: View): Generator<Finding> {
  const parts = partsOf(view);
  if (parts === undefined) return;
  const { own, heard } = parts;
  const path = ['console', 'listen'];
  if (collide(own.listen, heard.listen))
    yield { path, message: 'The apps are at this address. Give the console a port of its own.', from: [['listen']] };
  const proxies = valueAt(view.raw, ['trusted_proxies']);
  const written = Array.isArray(proxies) ? proxies.length : 0;
  const tls = [['tls'], ['console', 'tls']].some((each) => valueAt(view.raw, each) !== undefined);
  if (tls || plainHttpIsSafe(own.listen.host, written)) return;
  yield {
    path,
    message:
      'Without TLS, passwords would cross the network in the clear. Add tls, listen on 127.0.0.1, or list your TLS proxy in trusted_proxies.',
  };
}

/** The host of an app with the port that people type there. */
function* originsOfApps(heard: Written): Generator<{ id: string; origin: string }> {
  for (const [id, app] of Object.entries(heard.apps)) {
    if (app.hosts.some(({ name }) => name === STAND_IN)) continue;
    const { protocol, port } = new URL(originOf(app, heard));
    for (const { name, port: said } of app.hosts)
      yield { id, origin: new URL(`${protocol}//${name}${said === null ? port && `:${port}` : `:${said}`}`).origin };
  }
}

export function* checkConsoleOrigin(view: View): Generator<Finding> {
  const parts = partsOf(view);
  if (parts === undefined) return;
  const { own, heard } = parts;
  const path = ['console', 'origin'];
  const origin = consoleOriginOf(own, heard);
  if (origin === undefined) {
    yield {
      path,
      message:
        'Required. Write the address by which administrators reach the console, such as https://console.example.org.',
      from: [['console', 'listen']],
    };
    return;
  }
  for (const app of originsOfApps(heard)) {
    if (app.origin !== origin) continue;
    const from: Path[] = [['console', 'listen'], ...['hosts', 'origin'].map((key) => ['apps', app.id, key])];
    yield {
      path,
      message: `The app ${app.id} is at this address. Give the console a host or a port of its own.`,
      from,
    };
    return;
  }
  if (origin.startsWith('http:') && consoleTlsOf(own, heard) !== undefined)
    yield { path, message: 'With tls the origin begins with https://.', from: [['console', 'tls'], ['tls']] };
}

export function* checkConsoleRealm(view: View): Generator<Finding> {
  const own = view.sound.console;
  const realms = valueAt(view.raw, ['realms']);
  if (own === undefined || typeof realms !== 'object' || realms === null || Array.isArray(realms)) return;
  const names = Object.keys(realms);
  const path = ['console', 'realm'];
  if (own.realm === undefined && names.length > 1)
    yield { path, message: `Required. Name the realm of the administrators: ${someOf(names)}.`, from: [['realms']] };
  if (own.realm !== undefined && !names.includes(own.realm))
    yield { path, message: `There is no such realm. ${knownOf(own.realm, Object.keys(view.sound.realms))}` };
}

const WHY: Readonly<Record<Missing, string>> = {
  off: 'its realm says offer: false',
  address: 'it is reached at an address, and browsers bind passkeys to host names',
  http: 'it is reached by http://, where browsers have no passkeys; add tls, list your TLS proxy in trusted_proxies, or correct origin',
  hosts: 'its host has none',
};

/** What its people sign in with must be possible, and two factors. */
export function* checkConsoleRequire(view: View): Generator<Finding> {
  const parts = partsOf(view);
  if (parts === undefined) return;
  const { own, heard } = parts;
  const name = consoleRealmOf(own, heard);
  const realm = heard.realms[name ?? ''];
  const origin = consoleOriginOf(own, heard);
  if (name === undefined || realm === undefined || origin === undefined) return;
  const path = ['console', 'require'];
  const from: Path[] = [['console'], ['realms', name], ['tls'], ['trusted_proxies']];
  if (own.require === 'mfa') {
    if (!sourceOf(realm.source).keepsPasswords)
      yield {
        path,
        message: `People of the realm ${name} prove no password here, so that a code alone would open the console. Require passkey.`,
        from,
      };
    return;
  }
  const party = consolePartyOf({ origin, realm, members: membersOf(name, heard) }, { name: '', roots: [] });
  if (typeof party !== 'string') return;
  yield {
    path,
    message: `Nobody could pass: passkeys are not offered at the console, because ${WHY[party]}. Mend that, or require mfa.`,
    from,
  };
}

/** An app is not the console. */
export function* checkConsoleUpstream(view: View): Generator<Finding> {
  const parts = partsOf(view);
  if (parts === undefined) return;
  const { host, port } = parts.own.listen;
  for (const [id, app] of Object.entries(parts.heard.apps)) {
    const url = new URL(app.upstream.url);
    const name = url.hostname.replace(/^\[|\]$/g, '');
    const here =
      name === host || (isLoopbackHost(name) && (isLoopbackHost(host) || host === '0.0.0.0' || host === '::'));
    if (!here || Number(url.port || (url.protocol === 'https:' ? 443 : 80)) !== port) continue;
    const message =
      'This is the address of the console, which is reached at its own alone. Write the address of the app.';
    yield { path: ['apps', id, 'upstream'], message, from: [['console', 'listen']] };
  }
}

export function* findWeakConsole({ sound }: View): Generator<Finding> {
  if (sound.console?.require !== 'mfa') return;
  yield {
    path: ['console', 'require'],
    message:
      'Whoever administers signs in with what can be phished, and with it decides who gets in. Require passkey, as is the default.',
  };
}
