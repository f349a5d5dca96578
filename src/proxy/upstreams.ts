import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { buildConnector, Pool } from 'undici';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { Watch } from './watch.ts';

/** Largest head of an answer, bytes; content policies and cookie-happy apps exceed Node's 16 KiB. */
const MAX_HEAD = 64 * 1024;

/** One app's upstream: its connections and its time limits. */
export interface Upstream {
  readonly pool: Pool;
  /**
   * For requests of our own that must not fail because a kept connection has just been closed (a sign-in is not sent twice),
   * and whose connection must not be another person's next: each has one to itself.
   */
  readonly single: Pool;
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

/** Host name of an origin, without the brackets of an IPv6 address; undefined for an address. */
export function serverNameOf(origin: string): string | undefined {
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? host : undefined;
}

/**
 * TLS options for an app's upstream: the certificate authority from its file, read once when connections are built, and
 * verification always. Throws `config-invalid` when the file cannot be read: unverified is not a way to go on.
 */
export function trustOf(app: AppConfig): { readonly ca?: string } {
  const file = app.upstream.ca;
  if (file === null) return {};
  try {
    return { ca: readFileSync(file, 'utf8') };
  } catch (error) {
    throw new SallyportError('config-invalid', `apps.${app.id}.upstream.ca: cannot read ${file}`, { cause: error });
  }
}

function connectTo(app: AppConfig, servername: string | undefined): ReturnType<typeof buildConnector> {
  const connect = buildConnector({
    timeout: app.upstream.connectTimeoutMs,
    allowH2: false,
    ...trustOf(app),
  });
  // undici derives the name to verify from the Host field, which is the client's: the name of the upstream, and nothing
  // a request says, decides whom we trust and which connection is reused.
  return (options, callback) => {
    const { servername: _fromHost, ...rest } = options;
    connect(servername === undefined ? rest : { ...rest, servername }, callback);
  };
}

function openUpstream(app: AppConfig): Upstream {
  const { origin, connections, connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs } = app.upstream;
  const servername = serverNameOf(origin);
  const options = {
    connections,
    headersTimeout: firstByteTimeoutMs,
    // Idle limits depend on the answer's kind; forward.ts keeps them.
    bodyTimeout: 0,
    maxHeaderSize: MAX_HEAD,
    strictContentLength: true,
    allowH2: false,
    connect: connectTo(app, servername),
  };
  // A second request never waits behind another person's answer (standards H-21; attacks T10).
  const pool = new Pool(origin, { ...options, pipelining: 1 });
  // 0: no connection is kept.
  const single = new Pool(origin, { ...options, pipelining: 0 });
  const watch = new Watch(Math.min(connectTimeoutMs + firstByteTimeoutMs, idleTimeoutMs));
  return { pool, single, watch, servername, origin };
}

/** Opens a pool for each app; connections are made when first needed. A reload builds anew and closes the old one. */
export function createUpstreams(apps: readonly AppConfig[]): Upstreams {
  const upstreams = new Map(apps.map((app) => [app, openUpstream(app)]));
  const all = async (end: (pool: Pool) => Promise<void>): Promise<void> => {
    await Promise.allSettled([...upstreams.values()].flatMap(({ pool, single }) => [end(pool), end(single)]));
  };
  return {
    get(app) {
      const upstream = upstreams.get(app);
      if (upstream === undefined) throw new SallyportError('internal', `no upstream for app ${app.id}`);
      return upstream;
    },
    close: () => all((pool) => pool.close()),
    destroy: () => all((pool) => pool.destroy()),
  };
}
