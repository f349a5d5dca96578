import type { AppConfig, Config } from '../config/types.ts';
import { type RouteRow, routeTable } from '../rules/table.ts';
import { type SurfaceRow, surfacesOf } from './bindings.ts';
import { floorOf } from './requires.ts';

/** A route of an app with what it requires, as `check` and the console show it. */
export interface Route extends RouteRow {
  /** What it requires, in words. */
  readonly words: string;
  /** What may be seen or sent before anybody has signed in; null for all other routes. */
  readonly surface: SurfaceRow['kind'] | null;
}

export function hostsOf({ hosts }: Pick<AppConfig, 'hosts'>): readonly string[] {
  return hosts.map((host) => (host.port === null ? host.name : `${host.name}:${host.port}`));
}

function openRoutes(app: AppConfig): Route[] {
  const hosts = hostsOf(app);
  return surfacesOf(app).map(({ method, place, kind }) => ({
    app: app.id,
    hosts,
    realm: app.realm.id,
    method,
    path: place,
    requires: 'none',
    words: 'nothing',
    maxAgeMs: null,
    groups: [],
    from: [],
    exemption: null,
    surface: kind,
  }));
}

/** Every route of every app at `now` (ms since the epoch); what stands open for signing in comes first. */
export function routesOf(config: Pick<Config, 'apps'>, now: number): readonly Route[] {
  const routes = routeTable(config, now);
  return config.apps.flatMap((app) => {
    const floor = floorOf(app);
    const own = routes.filter((row) => row.app === app.id);
    const rows = own.map((row): Route => {
      const words = { none: 'nothing', passkey: 'passkey', mfa: floor }[row.requires];
      return { ...row, words, surface: null };
    });
    return [...openRoutes(app), ...rows];
  });
}
