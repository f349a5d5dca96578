import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { serverNameOf, trustOf } from './connect.ts';
import { dialTo } from './http1/dial.ts';
import { Lanes } from './lanes.ts';
import { Watch } from './watch.ts';

/** One app's upstream: its connections and its time limits. */
export interface Upstream {
  /** Connections that are kept. */
  readonly lanes: Lanes;
  /**
   * For requests that must not fail because a kept connection has just been closed (a sign-in is not sent twice), or whose
   * connection must not be another person's next: each has one to itself.
   */
  readonly single: Lanes;
  /** No connection is ever used for two owners. */
  readonly exclusive: boolean;
  readonly watch: Watch;
  readonly origin: string;
}

export interface Upstreams {
  /** Throws `internal` for an app of another configuration than this was built from. */
  get(app: AppConfig): Upstream;
  /** Takes nothing new; settles when what is in flight has ended. */
  close(): Promise<void>;
  /** Ends everything now. */
  destroy(): Promise<void>;
}

function openUpstream(app: AppConfig): Upstream {
  const { origin, connections, exclusive } = app.upstream;
  const { connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, streamTimeoutMs } = app.upstream;
  const servername = serverNameOf(origin);
  const dial = dialTo({ origin, servername, ...trustOf(app) });
  const parts = { dial, connectMs: connectTimeoutMs, most: connections };
  // A second request never waits behind another person's answer (standards H-21; attacks T10).
  const lanes = new Lanes({ ...parts, exclusive, kept: true });
  const single = new Lanes({ ...parts, exclusive: false, kept: false });
  const shortest = Math.min(firstByteTimeoutMs, idleTimeoutMs, streamTimeoutMs, connectTimeoutMs);
  return { lanes, single, exclusive, watch: new Watch(shortest), origin };
}

/** Opens the way to each app; connections are made when first needed. A reload builds anew and closes the old one. */
export function createUpstreams(apps: readonly AppConfig[]): Upstreams {
  const upstreams = new Map(apps.map((app) => [app, openUpstream(app)]));
  const all = async (end: (connections: Lanes) => Promise<void> | void): Promise<void> => {
    await Promise.allSettled([...upstreams.values()].flatMap(({ lanes, single }) => [end(lanes), end(single)]));
  };
  return {
    get(app) {
      const upstream = upstreams.get(app);
      if (upstream === undefined) throw new SallyportError('internal', `no upstream for app ${app.id}`);
      return upstream;
    },
    close: () => all((connections) => connections.close()),
    destroy: () => all((connections) => connections.destroy()),
  };
}
