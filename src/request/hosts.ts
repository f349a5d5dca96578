import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import type { Client } from './client.ts';

/** The one that was asked for last: most follow upon others of the same app. */
let last = { raw: '', host: { name: '', port: '' } };

/**
 * Splits a Host header into name and port. Throws `bad-headers` for what is no host: empty, lists, userinfo, paths.
 * Names come out in lower case without a trailing dot.
 */
export function parseHost(raw: string): { readonly name: string; readonly port: string } {
  if (raw === '' || raw !== last.raw) last = { raw, host: split(raw) };
  return last.host;
}

function split(raw: string): { name: string; port: string } {
  const match = /^([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?$/.exec(raw);
  if (match?.[1] === undefined) throw new SallyportError('bad-headers', 'the Host header names no host');
  const name = match[1].toLowerCase();
  return { name: name.endsWith('.') ? name.slice(0, -1) : name, port: match[2] ?? '' };
}

const DEFAULT_PORTS = { http: '80', https: '443' } as const;

/** The port as the browser writes it: nothing where it is the scheme's own. */
export function portOf({ scheme }: Pick<Client, 'scheme'>, { port }: { readonly port: string }): string {
  return port === DEFAULT_PORTS[scheme] ? '' : port;
}

/** Scheme, name and port as a browser writes them into Origin. */
export function originOf(
  client: Pick<Client, 'scheme'>,
  host: { readonly name: string; readonly port: string },
): string {
  const port = portOf(client, host);
  return `${client.scheme}://${host.name}${port === '' ? '' : `:${port}`}`;
}

/** Exact map from host name to app; the port plays no part in finding the app. */
export type HostMap = ReadonlyMap<string, AppConfig>;

export function hostMap(apps: readonly AppConfig[]): HostMap {
  const map = new Map<string, AppConfig>();
  for (const app of apps) for (const host of app.hosts) map.set(host.name, app);
  return map;
}
