import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Config } from '../config/types.ts';
import { type ErrorCode, SallyportError } from '../errors.ts';
import { readWhole } from '../lib/files.ts';
import { refuseSocket } from './refuse.ts';

/** TLS 1.2 and 1.3 with forward secrecy (ASVS 12.1.1, 12.1.2). */
export const TLS_OPTIONS = {
  minVersion: 'TLSv1.2',
  ciphers:
    'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256',
  honorCipherOrder: true,
} as const;

/** Chains and keys of any kind are far smaller. */
const TLS_FILE = { most: 1_048_576 };

/** Certificate and key as they are on disk now. Throws `config-invalid` when one cannot be read. */
export function readCertificate(tls: NonNullable<Config['tls']>): { cert: Buffer; key: Buffer } {
  try {
    return { cert: readWhole(tls.cert, TLS_FILE), key: readWhole(tls.key, TLS_FILE) };
  } catch (error) {
    const why = error instanceof Error ? error.message : `${tls.cert} cannot be read.`;
    throw new SallyportError('config-invalid', `the TLS certificate or key cannot be used: ${why}`, { cause: error });
  }
}

/** Limits that may change while running. */
export function limit(server: Listener, config: Config): void {
  server.maxConnections = config.limits.connections;
  server.headersTimeout = config.limits.headersTimeoutMs;
}

export type Listener = Server | TlsServer;

/** Requests whose offer of another protocol was passed over. */
const passedOver = new WeakSet<IncomingMessage>();

/**
 * Whether a request wants a protocol that we know. Any other offer is passed over, and the request is served as it stands, with
 * its body (RFC 9110 §7.8): HTTP clients offer h2c with ordinary requests. The field itself goes to no app.
 */
function wantsWebSocket(request: IncomingMessage): boolean {
  const protocols = (request.headers.upgrade ?? '').split(',');
  const wanted = protocols.some((protocol) => protocol.trim().toLowerCase() === 'websocket');
  if (!wanted) passedOver.add(request);
  return wanted;
}

/** After such a request Node loses what the client sent behind it in the same breath, so nothing may follow. */
export function endAfterOffer(request: IncomingMessage, response: ServerResponse): void {
  if (passedOver.has(request)) response.shouldKeepAlive = false;
}

/** Makes the HTTP/1.1 server, with TLS when configured. Limits that hold before anything is known of a client. */
export function createListener(config: Config, tls: Config['tls']): Listener {
  const options = {
    // The strict parser of Node, always; its head bounded in all.
    insecureHTTPParser: false,
    maxHeaderSize: config.limits.head,
    requireHostHeader: false,
    headersTimeout: config.limits.headersTimeoutMs,
    // A slow upload of a signed-in person is healthy; bodies of our own pages have their own deadline.
    requestTimeout: 0,
    keepAliveTimeout: 75_000,
    connectionsCheckingInterval: 2_000,
    noDelay: true,
    shouldUpgradeCallback: wantsWebSocket,
  };
  const server =
    tls === null ? createServer(options) : createTlsServer({ ...options, ...TLS_OPTIONS, ...readCertificate(tls) });
  // Without a limit on their number no header is dropped unseen (CVE-2026-58044); their size is limited above.
  server.maxHeadersCount = 0;
  limit(server, config);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => answerGarbage(error, socket));
  server.on('connect', (_request, socket: Duplex) => closeWith(socket, 'method-not-allowed'));
  server.on('checkExpectation', (_request, response) => {
    response.writeHead(417, { 'Content-Length': 0, Connection: 'close' });
    response.end();
  });
  return server;
}

/** Answers on the bare socket with a problem of ours, at once closed; without a word of what was sent. */
function closeWith(socket: Duplex, code: ErrorCode): void {
  socket.on('error', () => socket.destroy());
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  refuseSocket(socket, new SallyportError(code));
}

/** What the parser refuses never reaches the gate; it is answered here. */
function answerGarbage(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) {
    socket.destroy();
    return;
  }
  if (error.code === 'HPE_HEADER_OVERFLOW') closeWith(socket, 'head-too-large');
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') closeWith(socket, 'request-too-slow');
  else closeWith(socket, 'bad-request');
}
