import { isOver } from '../config/over.ts';
import type { AppConfig, Config, RuleConfig } from '../config/types.ts';
import type { Requirement } from '../evidence.ts';
import { compileRules } from './compile.ts';
import { holdingFor } from './explain.ts';

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

type Required = Pick<RouteRow, 'requires' | 'maxAgeMs' | 'groups'>;

/** What a rule requires; without one the floor, which holds everywhere. */
function requiredBy(rule: RuleConfig | null): Required {
  return { requires: rule?.require ?? 'mfa', maxAgeMs: rule?.maxAgeMs ?? null, groups: rule?.groups ?? [] };
}

const NOTHING: Required = { requires: 'none', maxAgeMs: null, groups: [] };

function rowsOf(app: AppConfig, now: number): RouteRow[] {
  const hosts = app.hosts.map((host) => (host.port === null ? host.name : `${host.name}:${host.port}`));
  const common = { app: app.id, hosts, realm: app.realm.id, from: [], exemption: null };
  const compiled = compileRules(app);
  const holding = (method: string, path: string) =>
    holdingFor(compiled, method, { path, query: null, strict: true }, now);
  const exemptions = app.exemptions.map((each): RouteRow => {
    const { method, path, owner, reason, expires } = each;
    const { exemption, rule } = holding(method, path);
    const required = exemption === null ? requiredBy(rule) : NOTHING;
    const exempt = { owner, reason, expires, expired: isOver(each, now) };
    return { ...common, method, path, ...required, exemption: exempt };
  });
  const elsewhere = openings(app).map(({ method, path, from }): RouteRow => {
    return { ...common, method, path, ...requiredBy(holding(method, path).rule), from };
  });
  const rules = app.rules.map((rule) => ({ ...common, method: '*', path: rule.path, ...requiredBy(rule) }));
  const everything = { ...common, method: '*', path: '/**', ...requiredBy(null) };
  const floor = app.rules.some(({ path }) => path === everything.path) ? [] : [everything];
  return [...exemptions, ...elsewhere, ...rules, ...floor];
}

/**
 * Every route of every app with what it requires at `now` (ms since the epoch): the exemptions, the rules, and the floor
 * that holds for all the rest.
 */
export function routeTable(config: Pick<Config, 'apps'>, now: number): RouteRow[] {
  return config.apps.flatMap((app) => rowsOf(app, now));
}
