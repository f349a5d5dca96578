import type { Moment } from './cells.ts';
import type { AppInForce } from './in-force.ts';
import type { Finding } from './types.ts';

/** A group of routes of an app, and what it takes to get there. Together they are all of the app. */
export interface RouteGroup {
  /** `*` for every method. */
  readonly method: string;
  readonly path: string;
  /** `exempt` and `surface`: without a session. `door`: never. */
  readonly way: 'second factor' | 'passkey' | 'exempt' | 'expired exemption' | 'surface' | 'door';
  readonly maxAgeMs: number | null;
  /** Accounts in one of these; empty: any. */
  readonly groups: readonly string[];
  /** Of exemptions. */
  readonly exception: { readonly reason: string; readonly owner: string; readonly expires: string } | null;
}

/** An app at a moment: with the accounts and their cells it makes the whole of the matrix. */
export interface AppAtMoment {
  readonly id: string;
  readonly hosts: readonly string[];
  readonly realm: string;
  readonly bound: string;
  readonly preset: string | null;
  readonly order: AppInForce['order'];
  /** Not looked at, by whom, why and until when; `over`: nothing is forwarded any more. */
  readonly unbound: {
    readonly reason: string;
    readonly owner: string;
    readonly expires: string;
    readonly over: boolean;
  } | null;
  readonly routes: readonly RouteGroup[];
  /** The last word of what looked at the app from outside. */
  readonly findings: readonly Finding[];
  /** Number of the entry of the configuration. */
  readonly basis: readonly number[];
}

const plain = { maxAgeMs: null, groups: [], exception: null };

function routesOf({ exemptions, surfaces, doors, rules }: AppInForce, at: number): RouteGroup[] {
  const exempt = exemptions.map(({ method, path, reason, owner, expires, expiresAt }): RouteGroup => {
    const way = at >= expiresAt ? 'expired exemption' : 'exempt';
    return { ...plain, method, path, way, exception: { reason, owner, expires } };
  });
  const open = surfaces.map(({ method, path }): RouteGroup => ({ ...plain, method, path, way: 'surface' }));
  const shut = doors.map((path): RouteGroup => ({ ...plain, method: '*', path, way: 'door' }));
  const ruled = rules.map(({ path, require, maxAgeMs, groups }): RouteGroup => {
    const way = require === 'passkey' ? 'passkey' : 'second factor';
    return { method: '*', path, way, maxAgeMs, groups, exception: null };
  });
  const rest: RouteGroup = { ...plain, method: '*', path: '/**', way: 'second factor' };
  return [...exempt, ...open, ...shut, ...ruled, ...(rules.some(({ path }) => path === '/**') ? [] : [rest])];
}

/** Every app that was in force at the moment. */
export function appsAt({ at, state, inForce }: Moment): readonly AppAtMoment[] {
  const findings = [...state.findings.values()];
  const configured = state.configuration === null ? [] : [state.configuration.seq];
  return (inForce?.apps ?? []).map((app): AppAtMoment => {
    const { id, hosts, realm, bound, preset, order, unbound } = app;
    const over = unbound !== null && at >= unbound.expiresAt;
    return {
      id,
      hosts,
      realm,
      bound,
      preset: preset?.name ?? null,
      order,
      unbound:
        unbound === null ? null : { reason: unbound.reason, owner: unbound.owner, expires: unbound.expires, over },
      routes: routesOf(app, at),
      findings: findings.filter((each) => each.app === id || each.app === null),
      basis: configured,
    };
  });
}

/** What comes of somebody whose cell is `protected` with that strength, at a route: the last step of the product. */
export function decisionAt(
  route: RouteGroup,
  account: { readonly groups: readonly string[] | null },
  acr: string | null,
): 'without a session' | 'with a second factor' | 'refused' {
  if (route.way === 'door') return 'refused';
  if (route.way === 'exempt' || route.way === 'surface') return 'without a session';
  const grouped = route.groups.length === 0 || route.groups.some((group) => account.groups?.includes(group) === true);
  if (acr === null || !grouped || (route.way === 'passkey' && acr !== 'phr')) return 'refused';
  return 'with a second factor';
}
