import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { asSallyportError, SallyportError } from '../errors.ts';
import type { Html } from '../lib/html.ts';
import { sendAsset } from './assets.ts';
import { ChatRoom } from './chat.ts';
import { sampleCustomers } from './customers.ts';
import { refusalPage } from './layout.ts';
import { sendHtml } from './respond.ts';
import { type Exchange, ROUTES } from './routes.ts';
import { createVerifier, type VerifierOptions, type Visitor } from './verify.ts';

export interface Portal {
  /** Not listening yet. */
  readonly server: Server;
  /** Says goodbye to chats, ends every connection and resolves when nothing is open. */
  close(): Promise<void>;
}

/** Sockets that speak HTTP no more, which a server does not close by itself. */
class Upgraded {
  readonly #sockets = new Set<Duplex>();

  add(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }

  /** Ends each, and cuts those that have not gone soon after. */
  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.end();
    await new Promise((resolve) => setTimeout(resolve, this.#sockets.size === 0 ? 0 : 100));
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** The sample legacy portal. Nothing of it, static files included, is shown without a verified assertion. */
export function createPortal(options: VerifierOptions): Portal {
  const verify = createVerifier(options);
  const chat = new ChatRoom(options.clock, refuseUpgrade);
  const parts = { chat, customers: sampleCustomers(), clock: options.clock };
  const server = createServer((request, response) => {
    verify(assertionOf(request))
      .then((visitor) => answer(parts, visitor, request, response))
      .catch((error: unknown) => refuse(response, error));
  });
  // Uploads last as long as they last; the head of a request may not.
  server.requestTimeout = 0;
  server.headersTimeout = 10_000;
  const upgraded = new Upgraded();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    verify(assertionOf(request))
      .then(({ name }) => {
        if (request.url !== '/chat/socket') throw new SallyportError('bad-request', 'not the chat');
        chat.join(name, request, socket, head);
      })
      .catch((error: unknown) => refuseUpgrade(socket, error));
  });
  return {
    server,
    close: async () => {
      chat.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await upgraded.end();
      await closed;
    },
  };
}

async function answer(
  parts: Pick<Exchange, 'chat' | 'customers' | 'clock'>,
  visitor: Visitor,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = targetOf(request);
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  if (method === 'GET' && sendAsset(response, url.pathname)) return;
  const handler = ROUTES.get(`${method} ${url.pathname}`);
  if (handler === undefined) throw new SallyportError('not-found');
  const customer = parts.customers.get(visitor.name);
  await handler({ ...parts, request, response, path: url.pathname, query: url.searchParams, visitor, customer });
}

/** Two lines of the header arrive here joined by a comma, which the verifier refuses. */
function assertionOf(request: IncomingMessage): string | undefined {
  const value = request.headers['sallyport-assertion'];
  return Array.isArray(value) ? value.join(', ') : value;
}

function targetOf(request: IncomingMessage): URL {
  const target = request.url ?? '';
  if (!target.startsWith('/') || target.startsWith('//') || !URL.canParse(target, 'http://portal')) {
    throw new SallyportError('bad-target');
  }
  return new URL(target, 'http://portal');
}

/** Status and page of a refusal. The detail goes nowhere: not to the visitor, not to a log that nobody reads. */
function refusal(error: unknown): { readonly status: number; readonly page: Html } {
  const known = asSallyportError(error);
  if (known.code === 'forbidden') {
    return { status: 403, page: refusalPage('Not this way', 'This portal is reached through Sallyport only.') };
  }
  if (known.code === 'keys-unavailable') {
    return { status: 503, page: refusalPage('Later, please', 'The portal cannot check who you are at the moment.') };
  }
  return { status: known.status, page: refusalPage('That did not work', known.publicMessage) };
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { status, page } = refusal(error);
  sendHtml(response, status, page);
}

function refuseUpgrade(socket: Duplex, error: unknown): void {
  const { status, page } = refusal(error);
  const body = Buffer.from(page.text);
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${page.text}`,
  );
}
