import { Pool } from 'undici';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { connectTo, serverNameOf } from './connect.ts';
import { Lanes, wired } from './lanes.ts';
import { Watch } from './watch.ts';

/** Largest head of an answer, bytes; content policies and cookie-happy apps exceed Node's 16 KiB. */
const MAX_HEAD = 64 * 1024;

/** One app's upstream: its connections and its time limits. */
export interface Upstream {
  /** Connections that are kept. */
  readonly lanes: Lanes;
  /**
   * For requests that must not fail because a kept connection has just been closed (a sign-in is not sent twice), or whose
   * connection must not be another person's next: each has one to itself.
   */
  readonly single: Pool;
  /** No connection is ever used for two owners. */
  readonly exclusive: boolean;
  readonly watch: Watch;
  /** Server name for TLS, the same for every request; undefined for an address (RFC 6066 §3). */
  readonly servername: string | undefined;
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
  const connect = connectTo(app, servername);
  const options = {
    // How long an app may be silent is watched by forward.ts and exchange.ts, which know what it is silent about.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: MAX_HEAD,
    strictContentLength: true,
    allowH2: false,
  };
  // A second request never waits behind another person's answer (standards H-21; attacks T10).
  const kept = { ...options, pipelining: 1 };
  const lanes = new Lanes({ origin, options: kept, connect, most: connections, exclusive });
  // 0: no connection is kept.
  const single = new Pool(origin, { ...options, connections, pipelining: 0, connect: wired(connect) });
  const shortest = Math.min(firstByteTimeoutMs, idleTimeoutMs, streamTimeoutMs, connectTimeoutMs);
  return { lanes, single, exclusive, watch: new Watch(shortest), servername, origin };
}

/** Opens the way to each app; connections are made when first needed. A reload builds anew and closes the old one. */
export function createUpstreams(apps: readonly AppConfig[]): Upstreams {
  const upstreams = new Map(apps.map((app) => [app, openUpstream(app)]));
  const all = async (end: (connections: Pool | Lanes) => Promise<void>): Promise<void> => {
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
