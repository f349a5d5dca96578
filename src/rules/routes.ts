import type { AppConfig, Config, ExemptionConfig, RuleConfig } from '../config/types.ts';

/** One row of the coverage of routes: what reaching it requires, or why it requires nothing. */
export interface RouteRow {
  readonly app: string;
  readonly hosts: string;
  readonly method: string;
  readonly path: string;
  /** `password + second factor`, `second factor`, `passkey`, or `nothing`. */
  readonly requires: string;
  readonly maxAgeMs: number | null;
  readonly groups: readonly string[];
  readonly exemption: (Pick<ExemptionConfig, 'owner' | 'reason' | 'expires'> & { readonly expired: boolean }) | null;
}

/** What every session of the app has proven at least. */
export function floorOf(app: AppConfig): string {
  return app.realm.source === 'local' ? 'password + second factor' : 'second factor';
}

function ruleRow(app: AppConfig, hosts: string, rule: RuleConfig): RouteRow {
  const requires = rule.require === 'passkey' ? 'passkey' : floorOf(app);
  return {
    app: app.id,
    hosts,
    method: 'any',
    path: rule.path,
    requires,
    maxAgeMs: rule.maxAgeMs,
    groups: rule.groups,
    exemption: null,
  };
}

function exemptionRow(app: AppConfig, hosts: string, exemption: ExemptionConfig, now: number): RouteRow {
  const expired = !(now < exemption.expiresAt);
  const { method, path, owner, reason, expires } = exemption;
  const requires = expired ? floorOf(app) : 'nothing';
  return {
    app: app.id,
    hosts,
    method,
    path,
    requires,
    maxAgeMs: null,
    groups: [],
    exemption: { owner, reason, expires, expired },
  };
}

/** Every app and route with what it requires at `now` (ms): exemptions, rules, and last the floor that holds everywhere else. */
export function routeTable(config: Config, now: number): RouteRow[] {
  return config.apps.flatMap((app) => {
    const hosts = app.hosts.map((host) => (host.port === null ? host.name : `${host.name}:${host.port}`)).join(' ');
    const rest: RouteRow = {
      app: app.id,
      hosts,
      method: 'any',
      path: '/**',
      requires: floorOf(app),
      maxAgeMs: null,
      groups: [],
      exemption: null,
    };
    const rules = app.rules.map((rule) => ruleRow(app, hosts, rule));
    const everything = app.rules.some((rule) => rule.path === '/**');
    return [
      ...app.exemptions.map((exemption) => exemptionRow(app, hosts, exemption, now)),
      ...rules,
      ...(everything ? [] : [rest]),
    ];
  });
}
