import { appsAt, type RouteGroup } from '../../coverage/apps.ts';
import type { InForce } from '../../coverage/in-force.ts';
import type { RecordedState } from '../../coverage/types.ts';
import type { Loaded } from './loads.ts';

/** A way into an app, and what it takes. */
export interface Way {
  readonly method: string;
  readonly path: string;
  readonly way: RouteGroup['way'];
  readonly maxAgeMs: number | null;
  readonly groups: readonly string[];
  /** Of exemptions; the rest of it is empty in what no names are shown in. */
  readonly until: string;
  readonly owner: string;
  readonly reason: string;
}

/** The ways into an app at the end of the range: all of them together are the whole app. */
export interface AppWays {
  readonly app: string;
  readonly realm: string;
  /** How its own login is bound, in the words of `check`. */
  readonly bound: string;
  readonly order: string | null;
  /** Its own login is not looked at: until when, by whom and why; `over`: nothing is forwarded any more. */
  readonly unbound: {
    readonly until: string;
    readonly owner: string;
    readonly reason: string;
    readonly over: boolean;
  } | null;
  readonly ways: readonly Way[];
  readonly basis: readonly number[];
}

/** The end of a range as rules of coverage ask about it. */
export interface End {
  /** Last moment of the range, ms. */
  readonly at: number;
  readonly state: RecordedState;
  readonly loaded: Loaded | undefined;
}

/** As rules of coverage take it; null: not shown, or not on record. */
export function inForceAt({ loaded }: End): InForce | null {
  const meant = loaded?.meant ?? null;
  return meant === null ? null : { format: 'sallyport meaning v1', realms: meant.realms, apps: [...meant.apps] };
}

const wayOf = ({ method, path, way, maxAgeMs, groups, exception }: RouteGroup): Way => ({
  ...{ method, path, way, maxAgeMs, groups },
  ...{ until: exception?.expires ?? '', owner: exception?.owner ?? '', reason: exception?.reason ?? '' },
});

/** By id of the app. */
export function appWays(end: End): AppWays[] {
  const { at, state, loaded } = end;
  return appsAt({ at, state, inForce: inForceAt(end) }).map(({ id, realm, bound, order, unbound, routes }) => ({
    ...{ app: id, realm, bound, order },
    unbound:
      unbound === null
        ? null
        : { until: unbound.expires, owner: unbound.owner, reason: unbound.reason, over: unbound.over },
    ways: routes.map(wayOf),
    basis: loaded === undefined ? [] : [loaded.index],
  }));
}
