import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { asSallyportError, SallyportError } from '../errors.ts';
import type { Html } from '../lib/html.ts';
import { sendAsset } from './assets.ts';
import { ChatRoom } from './chat.ts';
import { sampleCustomers } from './customers.ts';
import { refusalPage } from './layout.ts';
import { sendHtml } from './respond.ts';
import { ROUTES } from './routes.ts';
import { createVerifier, type VerifierOptions, type Visitor } from './verify.ts';

export interface Portal {
  /** Not listening yet. */
  readonly server: Server;
  /** Says goodbye to chats, ends every connection and resolves when nothing is open. */
  close(): Promise<void>;
}

/** The sample legacy portal. Nothing of it, static files included, is shown without a verified assertion. */
export function createPortal(options: VerifierOptions): Portal {
  const verify = createVerifier(options);
  const chat = new ChatRoom(options.clock, refuseUpgrade);
  const customers = sampleCustomers();
  const { clock } = options;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const visitor = await verify(assertionOf(request));
    const url = targetOf(request);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (method === 'GET' && sendAsset(response, url.pathname)) return;
    const handler = ROUTES.get(`${method} ${url.pathname}`);
    if (handler === undefined) throw new SallyportError('not-found');
    const customer = customers.get(visitor.name);
    await handler({
      request,
      response,
      path: url.pathname,
      query: url.searchParams,
      visitor,
      customer,
      customers,
      chat,
      clock,
    });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => refuse(response, error));
  });
  // Uploads last as long as they last; the head of a request may not.
  server.requestTimeout = 0;
  server.headersTimeout = 10_000;
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    socket.on('error', () => socket.destroy());
    verify(assertionOf(request)).then(
      (visitor) => openChat(chat, visitor, request, socket, head),
      (error: unknown) => refuseUpgrade(socket, error),
    );
  });

  return {
    server,
    close: async () => {
      chat.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      for (const socket of upgraded) socket.end();
      await new Promise((resolve) => setTimeout(resolve, upgraded.size === 0 ? 0 : 100));
      for (const socket of upgraded) socket.destroy();
      await closed;
    },
  };
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

function openChat(chat: ChatRoom, visitor: Visitor, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  if (request.url === '/chat/socket') chat.join(visitor.name, request, socket, head);
  else refuseUpgrade(socket, new SallyportError('bad-request', 'not the chat'));
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
