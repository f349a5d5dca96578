import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { type Client, readClient } from '../request/client.ts';
import { cookieSuffix, type OwnCookies, readCookies } from '../request/cookies.ts';
import { readDestination } from '../request/destination.ts';
import type { HeaderFields } from '../request/fields.ts';
import { checkMethod, type Head, readHead } from '../request/head.ts';
import { originOf, parseHost, portOf } from '../request/hosts.ts';
import { parseTarget, type Target } from '../request/target.ts';
import type { Site } from './site.ts';

/** A request as read: each part parsed once, the same for requests and upgrades. */
export interface ParsedRequest {
  readonly app: AppConfig;
  readonly method: string;
  readonly head: Head;
  readonly client: Client;
  readonly target: Target;
  /** What Destination names, a second target. */
  readonly destination: Target | null;
  readonly cookies: OwnCookies;
  /** Scheme and Host as the browser sees them: what `Origin` of our own pages must equal. */
  readonly origin: string;
  /** Name that was asked for, without its port. */
  readonly host: string;
}

function encrypted(request: IncomingMessage): boolean {
  return (request.socket as TLSSocket).encrypted === true; // net.Socket has no such field: undefined, so false
}

export function clientOf(request: IncomingMessage, headers: HeaderFields, site: Site): Client {
  return readClient(request.socket.remoteAddress, encrypted(request), headers, site.trusted);
}

/** https, or a plain connection that cannot have crossed a network unprotected. */
function checkScheme(client: Client): void {
  if (client.scheme !== 'https' && !client.near) throw new SallyportError('plain-http', 'plain HTTP from afar');
}

/**
 * Reads a request, refusing (by throwing) at the first thing that is not exactly as it must be. `OPTIONS *` is the one
 * target that is not in origin-form; the caller has answered it before.
 */
export function readRequest(request: IncomingMessage, headers: HeaderFields, site: Site): ParsedRequest {
  const head = readHead(headers, request.httpVersion);
  const host = parseHost(head.host);
  const app = site.hosts.get(host.name);
  if (app === undefined) throw new SallyportError('wrong-host', 'host not served');
  const method = checkMethod(request.method);
  const client = clientOf(request, headers, site);
  checkScheme(client);
  const target = parseTarget(request.url ?? '', app.target, site.config.limits.target);
  const destination = readDestination(head.destination, method, app);
  const port = portOf(client, host);
  const cookies = readCookies(headers, cookieSuffix(port));
  const origin = originOf(client, host);
  return { app, method, head, client, target, destination, cookies, origin, host: host.name };
}
