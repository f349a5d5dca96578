import type { AppConfig } from '../config/types.ts';

/** An address that names an app: the host as written, in lower case, and all that follows the authority, byte for byte. */
export interface OwnAddress {
  /** null for `//host/path`. */
  readonly scheme: 'http' | 'https' | null;
  readonly host: string;
  /** Port that it means; null without a scheme and without a port. */
  readonly port: string | null;
  /** Empty, or what begins with a slash, a question mark or a number sign. */
  readonly rest: string;
  /** The app's upstream, as opposed to a public name. */
  readonly upstream: boolean;
}

const PORTS = { http: '80', https: '443' } as const;
/** Nothing but a name or address and a port: no userinfo, no other spelling, no empty port. */
const AUTHORITY = /^([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::([1-9][0-9]{0,4}))?$/;
const LONGEST_AUTHORITY = 262;

function schemeOf(value: string): { scheme: OwnAddress['scheme']; at: number } | null {
  if (value.startsWith('//')) return { scheme: null, at: 2 };
  const start = value.slice(0, 8).toLowerCase();
  if (start.startsWith('http://')) return { scheme: 'http', at: 7 };
  return start === 'https://' ? { scheme: 'https', at: 8 } : null;
}

/** Where the authority ends: a browser takes a backslash for a slash, which is left for nobody to guess. */
function endOfAuthority(value: string, at: number): number {
  for (let i = at; i < value.length && i <= at + LONGEST_AUTHORITY; i += 1) {
    const char = value.charCodeAt(i);
    if (char === 47 || char === 63 || char === 35) return i;
  }
  return value.length;
}

interface Names {
  readonly public: ReadonlySet<string>;
  readonly host: string;
  readonly port: string;
}

const known = new WeakMap<AppConfig, Names>();

function namesOf(app: AppConfig): Names {
  const before = known.get(app);
  if (before !== undefined) return before;
  const { hostname, port, protocol } = new URL(app.upstream.origin);
  const names: Names = {
    public: new Set(app.hosts.map(({ name }) => name)),
    host: hostname,
    port: port !== '' ? port : protocol === 'https:' ? PORTS.https : PORTS.http,
  };
  known.set(app, names);
  return names;
}

/**
 * Takes an absolute address apart that names the app: its upstream (host and port, by http or https), or one of its public names
 * with whatever scheme and port. null for any other, and for every spelling that somebody might read as another host. Linear.
 */
export function ownAddress(value: string, app: AppConfig): OwnAddress | null {
  const start = schemeOf(value);
  if (start === null) return null;
  const { scheme, at } = start;
  const end = endOfAuthority(value, at);
  const authority = AUTHORITY.exec(value.slice(at, end));
  if (authority?.[1] === undefined) return null;
  const host = authority[1].toLowerCase();
  const port = authority[2] ?? (scheme === null ? null : PORTS[scheme]);
  const names = namesOf(app);
  const bare = authority[2] === undefined && (names.port === PORTS.http || names.port === PORTS.https);
  const upstream = host === names.host && (port === names.port || bare);
  if (!upstream && !names.public.has(host)) return null;
  return { scheme, host, port, rest: value.slice(end), upstream };
}
