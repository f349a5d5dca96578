import { STAND_IN, type View } from './check.ts';
import { apps } from './cross-each.ts';
import { isLoopbackHost } from './hosts.ts';
import { plainHttpIsSafe } from './resolve.ts';
import { type Finding, knownOf, type Path, valueAt } from './source.ts';

export function* checkPlainHttp({ sound, raw }: View): Generator<Finding> {
  const proxies = valueAt(raw, ['trusted_proxies']);
  const tls = valueAt(raw, ['tls']) !== undefined;
  const written = Array.isArray(proxies) ? proxies.length : 0;
  if (tls || plainHttpIsSafe(sound.listen.host, written)) return;
  yield {
    path: ['listen'],
    message:
      'Without TLS, passwords would cross the network in the clear. Add tls, listen on 127.0.0.1, or list your TLS proxy in trusted_proxies.',
  };
}

export function* checkSomethingIsServed({ raw }: View): Generator<Finding> {
  for (const part of ['realms', 'apps']) {
    const value = valueAt(raw, [part]);
    if (typeof value !== 'object' || value === null || Object.keys(value).length > 0) continue;
    yield { path: [part], message: `Expected at least one entry in ${part}.` };
  }
}

export function* checkHosts(view: View): Generator<Finding> {
  const hosts = [...apps(view)].flatMap(([, app, path]) =>
    app.hosts.map((host, i) => ({ host, path: [...path, 'hosts', i], app: path })),
  );
  const owners = new Map<string, Path>();
  const pairs = new Set<string>();
  for (const { host, path, app } of hosts) {
    const owner = owners.get(host.name);
    const pair = `${host.name} ${host.port}`;
    if (host.name === STAND_IN) continue;
    if (owner !== undefined && owner[1] !== app[1]) {
      yield {
        path,
        message: `The app ${String(owner[1])} has this host already. Every host belongs to one app; the port plays no part.`,
      };
    } else if (pairs.has(pair)) yield { path, message: 'This host stands here twice. Remove one.' };
    owners.set(host.name, owner ?? app);
    pairs.add(pair);
  }
}

export function* checkRealms(view: View): Generator<Finding> {
  const realms = valueAt(view.raw, ['realms']);
  if (typeof realms !== 'object' || realms === null || Array.isArray(realms)) return;
  const there = new Set(Object.keys(realms));
  for (const [, app, path] of apps(view)) {
    if (there.has(app.realm)) continue;
    const known = knownOf(app.realm, Object.keys(view.sound.realms));
    yield { path: [...path, 'realm'], message: `There is no such realm. ${known}` };
  }
}

export function* checkOrigins(view: View): Generator<Finding> {
  for (const [, app, path] of apps(view)) {
    if (app.origin === undefined || app.hosts.some((host) => host.name === STAND_IN)) continue;
    const url = new URL(app.origin);
    if (
      !app.hosts.some(
        (host) =>
          host.name === url.hostname &&
          (host.port === null || host.port === Number(url.port || (url.protocol === 'https:' ? 443 : 80))),
      )
    ) {
      yield {
        path: [...path, 'origin'],
        message: 'The host of the origin is not among the hosts of this app. Add it there, or correct it.',
        from: [[...path, 'hosts']],
      };
    }
    if (url.protocol === 'http:' && valueAt(view.raw, ['tls']) !== undefined) {
      yield { path: [...path, 'origin'], message: 'With tls the origin begins with https://.' };
    }
  }
}

export function* checkUpstreams(view: View): Generator<Finding> {
  const { host, port } = view.sound.listen;
  const ours = view.overrides.port ?? port;
  const everywhere = host === '0.0.0.0' || host === '::';
  for (const [, app, path] of apps(view)) {
    const url = new URL(app.upstream.url);
    const name = url.hostname.replace(/^\[|\]$/g, '');
    const same =
      name === host ||
      (isLoopbackHost(name) && (everywhere || isLoopbackHost(host))) ||
      name === '0.0.0.0' ||
      name === '::';
    const itself = same || app.hosts.some((own) => own.name === url.hostname && !isLoopbackHost(own.name));
    if (itself && Number(url.port || (url.protocol === 'https:' ? 443 : 80)) === ours) {
      yield {
        path: [...path, 'upstream'],
        message: 'This is our own address: requests would go round in a circle. Write the address of the app.',
      };
    }
    if (app.upstream.ca !== undefined && url.protocol === 'http:') {
      yield {
        path: [...path, 'upstream', 'ca'],
        message: 'An authority is for https only. Write https:// in url, or remove ca.',
        from: [[...path, 'upstream', 'url']],
      };
    }
  }
}

export function* checkStorePassword({ sound }: View): Generator<Finding> {
  if (sound.store_password_file === undefined || sound.store?.kind === 'postgres') return;
  const message = 'A password is for postgres:// only. Remove it, or set store.';
  yield { path: ['store_password_file'], message, from: [['store']] };
}
