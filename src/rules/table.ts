import type { AppConfig, Config } from '../config/types.ts';
import type { Requirement } from '../evidence.ts';
import { compileRules } from './compile.ts';

/** A row of the coverage table: an app's route, and what it requires. */
export interface RouteRow {
  readonly app: string;
  readonly hosts: readonly string[];
  readonly realm: string;
  /** `*` for every method. */
  readonly method: string;
  readonly path: string;
  /** `none` only for an exemption in force. */
  readonly requires: Requirement | 'none';
  readonly maxAgeMs: number | null;
  readonly groups: readonly string[];
  /** What this route takes from elsewhere than the app's own pages; empty: nothing. */
  readonly from: readonly string[];
  /** Only of exemptions. An expired one no longer opens anything: its row says what is required instead. */
  readonly exemption: {
    readonly owner: string;
    readonly reason: string;
    readonly expires: string;
    readonly expired: boolean;
  } | null;
}

/** The paths that take what did not come from the app's own pages; a session is required all the same. */
function openings(app: AppConfig): Pick<RouteRow, 'method' | 'path' | 'from'>[] {
  const forms = app.crossSite.map(({ path, from }) => {
    return { method: 'POST', path, from: from.map((origin) => (origin === 'null' ? 'null (any site)' : origin)) };
  });
  const sockets = app.webSocketWithoutOrigin.map((path) => ({ method: 'GET', path, from: ['programs (WebSocket)'] }));
  return [...forms, ...sockets];
}

function rowsOf(app: AppConfig, now: number): RouteRow[] {
  const hosts = app.hosts.map((host) => (host.port === null ? host.name : `${host.name}:${host.port}`));
  const common = { app: app.id, hosts, realm: app.realm.id };
  const compiled = compileRules(app);
  const exemptions = app.exemptions.map(({ method, path, owner, reason, expires, expiresAt }): RouteRow => {
    const expired = !(now < expiresAt);
    const rule = expired ? compiled.match(path) : null;
    return {
      ...common,
      method,
      path,
      requires: expired ? (rule?.require ?? 'mfa') : 'none',
      maxAgeMs: rule?.maxAgeMs ?? null,
      groups: rule?.groups ?? [],
      from: [],
      exemption: { owner, reason, expires, expired },
    };
  });
  const elsewhere = openings(app).map(({ method, path, from }): RouteRow => {
    const rule = compiled.match(path);
    const { require = 'mfa', maxAgeMs = null, groups = [] } = rule ?? {};
    return { ...common, method, path, requires: require, maxAgeMs, groups, from, exemption: null };
  });
  const rules = app.rules.map(
    ({ path, require, maxAgeMs, groups }): RouteRow => ({
      ...common,
      method: '*',
      path,
      requires: require,
      maxAgeMs,
      groups,
      from: [],
      exemption: null,
    }),
  );
  const everything: RouteRow = {
    ...common,
    method: '*',
    path: '/**',
    requires: 'mfa',
    maxAgeMs: null,
    groups: [],
    from: [],
    exemption: null,
  };
  return [
    ...exemptions,
    ...elsewhere,
    ...rules,
    ...(app.rules.some((rule) => rule.path === '/**') ? [] : [everything]),
  ];
}

/**
 * Every route of every app with what it requires at `now` (ms since the epoch): the exemptions, the rules, and the floor
 * that holds for all the rest.
 */
export function routeTable(config: Config, now: number): RouteRow[] {
  return config.apps.flatMap((app) => rowsOf(app, now));
}
