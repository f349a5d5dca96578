import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopback, plainAddress } from '../request/client.ts';
import { parseHost } from '../request/hosts.ts';
import type { Exchange } from './exchange.ts';
import type { Site } from './site.ts';

export const HEALTH = '/.sallyport/health';

/** 200 when it can serve, 503 when it cannot. No detail: the operator finds it in the log, where the failing part wrote it. */
export function answerHealth(response: ServerResponse, healthy: () => void): void {
  let status = 503;
  try {
    healthy();
    status = 200;
  } catch {
    // The status says it.
  }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(status === 200 ? 'ok\n' : 'unavailable\n');
}

function probes(request: IncomingMessage): boolean {
  const asked = request.url === HEALTH && (request.method === 'GET' || request.method === 'HEAD');
  return asked && isLoopback(plainAddress(request.socket.remoteAddress));
}

function serves(site: Site, host: string): boolean {
  try {
    return site.hosts.has(parseHost(host).name);
  } catch {
    return false;
  }
}

export const RELATED_ORIGINS = '/.well-known/webauthn';

/** WebAuthn L3 §5.11: which other origins may use the passkeys of this host. The same for everybody. */
export function answerRelatedOrigins(response: ServerResponse, origins: readonly string[]): void {
  const body = JSON.stringify({ origins });
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=3600' };
  response.writeHead(200, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/**
 * What concerns this server alone and is answered before a host is looked up: health for a probe from this machine,
 * which may know no host name, and `OPTIONS *` (RFC 9110 §9.3.7). False when it is neither.
 */
export function answeredEarly({ request, response, headers, site }: Exchange, healthy: () => void): boolean {
  if (probes(request)) {
    answerHealth(response, healthy);
    return true;
  }
  if (request.url !== '*' || request.method !== 'OPTIONS') return false;
  const status = serves(site, headers.first('host') ?? '') ? 204 : 421;
  response.writeHead(status, { Allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS', 'Cache-Control': 'no-store' });
  response.end();
  return true;
}
