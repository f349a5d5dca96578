import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { CANARY } from '../assertions/canary-marks.ts';
import type { SallyportError } from '../errors.ts';
import { socketRefusal } from '../request/socket-refusal.ts';
import { HSTS, REFERRER_POLICY } from './headers.ts';
import { type Rendered, renderError } from './pages/error.ts';
import type { Frame } from './pages/frame.ts';
import type { Site } from './site.ts';

function announcesBody(request: IncomingMessage): boolean {
  return (
    !request.complete &&
    (request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) !== 0)
  );
}

/** A request that is answered by us. */
export interface Answered {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly site: Site;
}

/** Answers a refused request with our own page, or without a frame with problem+json. Never a byte of the app's; never cacheable. */
export function refuse(to: Answered, error: SallyportError, frame: Frame | null): void {
  answer(to, error.status, renderError(error, frame));
}

/** Sends a page or problem of ours in place of an answer of the app's. */
export function answer({ request, response, site }: Answered, status: number, page: Rendered): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // A body that nobody will read must not be waited for on a connection kept open.
  if (announcesBody(request)) response.shouldKeepAlive = false;
  // Browsers heed it over https alone (RFC 6797 §8.1), so it may be sent wherever https is in front of us.
  const { tls, trustedProxies } = site.config;
  if (tls !== null || trustedProxies.length > 0) response.setHeader('Strict-Transport-Security', HSTS);
  response.writeHead(status, { ...page.headers, 'Content-Length': Buffer.byteLength(page.body) });
  response.end(request.method === 'HEAD' ? undefined : page.body);
}

/** Sends a person to our sign-in page; 303 so that a browser asks for it with GET. The location is a path of this origin. */
export function challenge(response: ServerResponse, location: string): void {
  response.writeHead(303, {
    Location: location,
    'Cache-Control': 'no-store',
    Vary: 'Cookie',
    'Content-Length': 0,
    'Referrer-Policy': REFERRER_POLICY,
  });
  response.end();
}

/** Answers a refused upgrade on the bare socket and closes it. */
export function refuseSocket(socket: Duplex, error: SallyportError, mark: string | null = null): void {
  if (socket.destroyed) return;
  const fields = mark === null ? [] : [`${CANARY}: ${mark}`];
  socket.end(socketRefusal(error, fields), () => socket.destroy());
}
