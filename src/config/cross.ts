import { formatDuration } from '../lib/duration.ts';
import { covers } from '../lib/readings/covers.ts';
import { STAND_IN, type View } from './check.ts';
import {
  checkConsoleListen,
  checkConsoleName,
  checkConsoleOrigin,
  checkConsoleRealm,
  checkConsoleRequire,
  checkConsoleUpstream,
  findWeakConsole,
} from './cross-console.ts';
import { checkLogins, checkPasswords, findUnbound } from './cross-login.ts';
import {
  checkHostsOfPasskeys,
  checkModels,
  checkPasskeyRules,
  checkRelated,
  findNoPasskeys,
  findPlainHttp,
  findSeveralHosts,
  findTooManyRelated,
  findUnservedRelated,
} from './cross-passkeys.ts';
import { checkColours, checkMail } from './cross-people.ts';
import { checkHeads, checkReceivers } from './cross-record.ts';
import { checkRosters } from './cross-roster.ts';
import { fold } from './fold.ts';
import { isLoopbackHost } from './hosts.ts';
import { inherit, originOf, plainHttpIsSafe } from './resolve.ts';
import type { WrittenApp } from './schema.ts';
import { SESSION_DEFAULTS } from './schema-parts.ts';
import { type Finding, knownOf, type Path, valueAt } from './source.ts';
import { foldHeaderName } from './values.ts';

const DAY = 86_400_000;
type Check = (view: View) => Iterable<Finding>;

function* apps(view: View): Generator<readonly [id: string, app: WrittenApp, path: Path]> {
  for (const [id, app] of Object.entries(view.sound.apps)) yield [id, app, ['apps', id]];
}

/** Values that stand for the same thing as an earlier one. */
function* repeated<T>(items: Iterable<readonly [key: string, item: T]>): Generator<T> {
  const seen = new Set<string>();
  for (const [key, item] of items) {
    if (seen.has(key)) yield item;
    seen.add(key);
  }
}

function* checkPlainHttp({ sound, raw }: View): Generator<Finding> {
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

function* checkSomethingIsServed({ raw }: View): Generator<Finding> {
  for (const part of ['realms', 'apps']) {
    const value = valueAt(raw, [part]);
    if (typeof value !== 'object' || value === null || Object.keys(value).length > 0) continue;
    yield { path: [part], message: `Expected at least one entry in ${part}.` };
  }
}

function* checkHosts(view: View): Generator<Finding> {
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

function* checkRealms(view: View): Generator<Finding> {
  const realms = valueAt(view.raw, ['realms']);
  if (typeof realms !== 'object' || realms === null || Array.isArray(realms)) return;
  const there = new Set(Object.keys(realms));
  for (const [, app, path] of apps(view)) {
    if (there.has(app.realm)) continue;
    const known = knownOf(app.realm, Object.keys(view.sound.realms));
    yield { path: [...path, 'realm'], message: `There is no such realm. ${known}` };
  }
}

function* checkOrigins(view: View): Generator<Finding> {
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

function* checkUpstreams(view: View): Generator<Finding> {
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

/** The written sessions of every level with what they come to. */
function* limits({ sound }: View): Generator<{ idleMs: number; absoluteMs: number; path: Path; written: boolean }> {
  const top = inherit(sound.sessions, SESSION_DEFAULTS);
  yield { ...top, path: ['sessions'], written: sound.sessions !== undefined };
  for (const [id, realm] of Object.entries(sound.realms)) {
    yield { ...inherit(realm.sessions, top), path: ['realms', id, 'sessions'], written: realm.sessions !== undefined };
  }
  for (const [id, app] of Object.entries(sound.apps)) {
    const realm = sound.realms[app.realm];
    const path = ['apps', id, 'sessions'];
    if (realm !== undefined)
      yield { ...inherit(app.sessions, inherit(realm.sessions, top)), path, written: app.sessions !== undefined };
  }
}

function* checkSessions(view: View): Generator<Finding> {
  for (const { idleMs, absoluteMs, path, written } of limits(view)) {
    if (!written || idleMs <= absoluteMs) continue;
    yield {
      path,
      message: `idle (${formatDuration(idleMs)}) is longer than absolute (${formatDuration(absoluteMs)}); what is left out comes from the level above. Write both, idle the shorter.`,
    };
  }
}

/** One heartbeat may be late without anybody noticing. */
function* checkNodes({ sound }: View): Generator<Finding> {
  const { heartbeat, trust } = sound.nodes;
  if (2 * heartbeat <= trust) return;
  yield {
    path: ['nodes'],
    message: `trust (${formatDuration(trust)}) must be at least twice heartbeat (${formatDuration(heartbeat)}); what is left out is 250ms and 1s.`,
  };
}

function* checkRules(view: View): Generator<Finding> {
  for (const [, app, path] of apps(view)) {
    const rules = app.rules.map((rule, i) => {
      const prefix = rule.path.endsWith('/**');
      return [`${prefix} ${fold(prefix ? rule.path.slice(0, -3) : rule.path).join('/')}`, i] as const;
    });
    for (const i of repeated(rules)) {
      yield {
        path: [...path, 'rules', i, 'path'],
        message: 'Another rule above has this path; capitals and encodings make no difference in rules. Merge the two.',
      };
    }
    const exemptions = app.exemptions.map((exemption, i) => [`${exemption.method} ${exemption.path}`, i] as const);
    for (const i of repeated(exemptions))
      yield { path: [...path, 'exemptions', i], message: 'This exemption stands here twice. Remove one.' };
    const headers = Object.keys(app.headers).map((name) => [foldHeaderName(name), name] as const);
    for (const name of repeated(headers)) {
      yield {
        path: [...path, 'headers', name],
        message: 'Servers take this for another name above (capitals, - and _ make no difference). Remove one.',
      };
    }
  }
}

function* checkElsewhere(view: View): Generator<Finding> {
  for (const [, app, path] of apps(view)) {
    const entries = app.cross_site.map((entry, i) => [entry.path, i] as const);
    for (const i of repeated(entries))
      yield {
        path: [...path, 'cross_site', i, 'path'],
        message: 'This path stands here twice. Put its origins together.',
      };
    const own = originOf(app, view.sound);
    for (const [i, { from }] of app.cross_site.entries())
      for (const [j, origin] of from.entries())
        if (origin === own)
          yield {
            path: [...path, 'cross_site', i, 'from', j],
            message: "This is the app's own origin, whose forms need no entry. Name the other site, or remove it.",
          };
  }
}

function* checkStorePassword({ sound }: View): Generator<Finding> {
  if (sound.store_password_file === undefined || sound.store?.kind === 'postgres') return;
  const message = 'A password is for postgres:// only. Remove it, or set store.';
  yield { path: ['store_password_file'], message, from: [['store']] };
}

/** Whether a path lies under a rule that asks for more than a session, as the rules themselves are compared. */
function isRuled(app: WrittenApp, path: string): boolean {
  return app.rules.some((rule) => {
    const prefix = rule.path.endsWith('/**');
    return covers(prefix ? rule.path.slice(0, -3) : rule.path, prefix, path);
  });
}

function* findExemptions(view: View): Generator<Finding> {
  for (const [, app, path] of apps(view)) {
    for (const [i, exemption] of app.exemptions.entries()) {
      const at = [...path, 'exemptions', i];
      if (!(view.now < exemption.expires.end)) {
        yield {
          path: [...at, 'expires'],
          message: `This exemption expired on ${exemption.expires.text} and does not work any more. Remove it, or renew it with its owner.`,
        };
      }
      if (isRuled(app, exemption.path)) {
        yield {
          path: [...at, 'path'],
          message:
            'A rule of this app covers this path, and the exemption opens it to everybody. Remove one of the two.',
        };
      }
    }
  }
}

/** Methods of exemptions that act on all that is below a path (src/rules/reach.ts). */
const DEEP: readonly string[] = ['DELETE', 'PROPFIND', 'REPORT'];

/** An exemption that never holds, since a rule covers something that it acts on. */
function* findDeepExemptions(view: View): Generator<Finding> {
  for (const [, app, path] of apps(view))
    for (const [i, exemption] of app.exemptions.entries()) {
      if (!DEEP.includes(exemption.method)) continue;
      const above = fold(exemption.path);
      const ruled = app.rules.find((rule) => above.every((segment, at) => fold(rule.path)[at] === segment));
      if (ruled === undefined) continue;
      yield {
        path: [...path, 'exemptions', i, 'method'],
        message: `${exemption.method} acts on what is below ${exemption.path} too, and the rule ${ruled.path} covers some of it: the exemption does not hold. Remove it, or exempt another path.`,
      };
    }
}

function* findLongSessions(view: View): Generator<Finding> {
  for (const { absoluteMs, path, written } of limits(view)) {
    if (!written || absoluteMs <= DAY) continue;
    yield {
      path: [...path, 'absolute'],
      message: 'Sessions of more than 24h are against the recommendation of NIST SP 800-63B-4 §2.2.3. Shorten it.',
    };
  }
}

const FAULTS: readonly Check[] = [
  checkPlainHttp,
  checkSomethingIsServed,
  checkHosts,
  checkRealms,
  checkOrigins,
  checkUpstreams,
  checkSessions,
  checkNodes,
  checkRules,
  checkElsewhere,
  checkStorePassword,
  checkModels,
  checkHostsOfPasskeys,
  checkRelated,
  checkPasskeyRules,
  checkColours,
  checkMail,
  checkReceivers,
  checkHeads,
  checkLogins,
  checkPasswords,
  checkRosters,
  checkConsoleName,
  checkConsoleListen,
  checkConsoleOrigin,
  checkConsoleRealm,
  checkConsoleRequire,
  checkConsoleUpstream,
];
const FINDINGS: readonly Check[] = [
  findExemptions,
  findDeepExemptions,
  findUnbound,
  findLongSessions,
  findNoPasskeys,
  findSeveralHosts,
  findPlainHttp,
  findTooManyRelated,
  findUnservedRelated,
  findWeakConsole,
];

/** Checks across the parts of a file. A fault stops the start; a finding is reported, and makes `check` exit 1. */
export function checkAcross(view: View): { faults: Finding[]; findings: Finding[] } {
  const run = (checks: readonly Check[]) => checks.flatMap((check) => [...check(view)]);
  return { faults: run(FAULTS), findings: run(FINDINGS) };
}
