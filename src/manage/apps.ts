import { z } from 'zod';
import type { AppConfig } from '../config/types.ts';
import { bindingOf } from './bindings.ts';
import { query } from './query.ts';
import { hostsOf, type Route, routesOf } from './routes.ts';
import { lastTrials } from './trials.ts';
import { triedHere } from './untried.ts';

const ending = { owner: z.string(), reason: z.string(), expires: z.string(), expired: z.boolean() };

const route = z.strictObject({
  /** `*` for every method. */
  method: z.string(),
  path: z.string(),
  requires: z.enum(['none', 'mfa', 'passkey']),
  words: z.string(),
  maxAgeMs: z.number().nullable(),
  groups: z.array(z.string()).readonly(),
  /** What it takes from elsewhere than the app's own pages. */
  from: z.array(z.string()).readonly(),
  exemption: z.strictObject(ending).nullable(),
  surface: z.enum(['sign-in surface', 'sign-in step']).nullable(),
});

const app = z.strictObject({
  id: z.string(),
  hosts: z.array(z.string()).readonly(),
  origin: z.string(),
  upstream: z.string(),
  realm: z.string(),
  idleMs: z.number(),
  absoluteMs: z.number(),
  /** How its own login is bound. */
  login: z.strictObject({
    bound: z.string(),
    preset: z.string().nullable(),
    /** Versions that the preset was tried with; empty: written from documentation; null: there is no preset. */
    tested: z.array(z.string()).readonly().nullable(),
    /** When and with what it was tried where it stands. */
    tried: z.string().nullable(),
    order: z.enum(['factor-first', 'login-first']).nullable(),
    unbound: z.strictObject(ending).nullable(),
    notes: z.array(z.string()).readonly(),
  }),
  routes: z.array(route).readonly(),
});
export type AppView = Readonly<z.infer<typeof app>>;

function routeOf({ method, path, requires, words, maxAgeMs, groups, from, exemption, surface }: Route) {
  return { method, path, requires, words, maxAgeMs, groups, from, exemption, surface };
}

function viewOf(config: AppConfig, login: ReturnType<typeof bindingOf>, routes: readonly Route[]): AppView {
  const { id, origin, upstream, realm, sessions } = config;
  const { app: _app, ...bound } = login;
  const where = { id, hosts: hostsOf(config), origin, upstream: upstream.origin, realm: realm.id };
  return { ...where, ...sessions, login: bound, routes: routes.filter((each) => each.app === id).map(routeOf) };
}

/** Every app with all that holds for it, as `check` shows it. */
export const listApps = query({
  name: 'app.list',
  does: 'apps with hosts, login, rules and exemptions, as they are in force',
  needs: { roles: ['owner', 'administrator', 'auditor'], of: 'everything' },
  http: 'GET /apps',
  input: z.strictObject({}),
  output: z.array(app).readonly(),
  async read({ config, store, clock }) {
    const now = clock.now();
    const trials = await lastTrials(store);
    const routes = routesOf(config, now);
    return config.apps.map((each) => viewOf(each, bindingOf(each, now, triedHere(each, trials.get(each.id))), routes));
  },
});
