import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';
import { HeaderFields } from '../../request/fields.ts';
import { CommandRefused } from '../../terminal/exit.ts';
import { headersOf, type Upstream } from '../direct/client.ts';
import type { RecordedExchange } from './recording.ts';
import { bodyForBrowser, forApp, forBrowser, isText, type Places } from './rewrite.ts';

export interface RecorderParts {
  readonly upstream: Pick<Upstream, 'origin' | 'ca'>;
  /** 0: any that is free. */
  readonly port: number;
  recorded(exchange: RecordedExchange): void;
  /** Answers what is under /.record/. */
  guide(request: IncomingMessage, response: ServerResponse): void;
  /** A page asked for something at another place, by its origin or by host and port: it is given nothing. */
  outside?(place: string): void;
}

export interface Recorder {
  readonly origin: string;
  close(): Promise<void>;
}

const MAX_BODY = 20 * 1024 * 1024;
/** How long a page may take to its end, ms: what is shown is text, and was kept first. */
const WHOLE_MS = 30_000;
const GUIDE = '/.record/';

async function whole(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    pieces.push(piece as Buffer); // bytes, since no encoding is set
    size += (piece as Buffer).length;
    if (size > MAX_BODY) throw new Error('larger than 20 MiB');
  }
  return Buffer.concat(pieces);
}

function refererTarget(request: IncomingMessage, places: Places): string | null {
  const { referer } = request.headers;
  if (referer === undefined || !referer.startsWith(`${places.recorder}/`)) return null;
  const target = referer.slice(places.recorder.length);
  return target.startsWith(GUIDE) ? null : target;
}

/** Only by its own names: a page elsewhere must not reach the app through a name that it makes lead here (DNS rebinding). */
function ownHost(request: IncomingMessage, port: number): string | null {
  const host = request.headers.host ?? '';
  return [`127.0.0.1:${port}`, `localhost:${port}`].includes(host) ? `http://${host}` : null;
}

/** Browsers say how they came to send something (Fetch Metadata); scripts of old name themselves. */
function byScript(headers: IncomingMessage['headers']): boolean {
  const mode = headers['sec-fetch-mode'];
  return headers['x-requested-with'] !== undefined || (mode !== undefined && mode !== 'navigate');
}

function sent(request: IncomingMessage, body: Buffer, places: Places): Omit<RecordedExchange, 'answer'> {
  const { headers } = request;
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    page: refererTarget(request, places),
    contentType: headers['content-type'] ?? '',
    authorization: headers.authorization,
    lines: request.rawHeaders,
    script: byScript(headers),
    cookies: (headers.cookie ?? '')
      .split(/;\s*/)
      .map((pair) => pair.split('=', 1)[0] ?? '')
      .filter((name) => name !== ''),
    body,
  };
}

class Relay {
  readonly #parts: RecorderParts;
  readonly #agent: Agent;
  /** Upgraded ones, which no server counts as its own any more. */
  readonly #sockets = new Set<Socket>();

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    this.#agent = new Agent({
      pipelining: 1,
      maxHeaderSize: 64 * 1024,
      bodyTimeout: 0,
      connect: parts.upstream.ca === undefined ? {} : { ca: parts.upstream.ca },
    });
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return this.#agent.destroy();
  }

  async request(request: IncomingMessage, response: ServerResponse, recorder: string): Promise<void> {
    const places = { recorder, app: this.#parts.upstream.origin };
    const body = await whole(request);
    const target = request.url ?? '/';
    // An app that is closed while it is being recorded, or a browser that goes, ends what was asked for.
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const answer = await this.#agent.request({
      origin: this.#parts.upstream.origin,
      path: target,
      method: (request.method ?? 'GET') as Dispatcher.HttpMethod, // undici takes any token; its type lists the common ones
      headers: forApp(HeaderFields.of(request.rawHeaders), places),
      body: body.length === 0 ? null : body,
      responseHeaders: 'raw',
      signal: gone.signal,
    });
    const headers = headersOf(answer);
    const note = (bytes: Buffer) =>
      this.#parts.recorded({
        ...sent(request, body, places),
        answer: { status: answer.statusCode, reason: '', headers, body: bytes },
      });
    const out = forBrowser(headers, places);
    if (!isText(headers.first('content-type') ?? '')) {
      note(Buffer.alloc(0));
      response.writeHead(answer.statusCode, out);
      answer.body.on('error', () => response.destroy()).pipe(response);
      return;
    }
    const late = setTimeout(() => gone.abort(), WHOLE_MS);
    const bytes = await whole(answer.body).finally(() => clearTimeout(late));
    note(bytes);
    // A character for each byte, so that no character set is harmed.
    const text = Buffer.from(bodyForBrowser(bytes.toString('latin1'), places), 'latin1');
    const empty = request.method === 'HEAD' || answer.statusCode === 204 || answer.statusCode === 304;
    response.writeHead(answer.statusCode, empty ? out : [...out, 'Content-Length', String(text.length)]);
    response.end(empty ? undefined : text);
  }

  /** WebSockets are carried and not looked into. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, recorder: string): void {
    const { origin, ca } = this.#parts.upstream;
    const url = new URL(origin);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    const other =
      url.protocol === 'https:'
        ? connectTls({ host, port, servername: host, ...(ca === undefined ? {} : { ca }) })
        : connectPlain({ host, port });
    const fields = forApp(HeaderFields.of(request.rawHeaders), { recorder, app: origin });
    const lines = fields.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${fields[i + 1] ?? ''}`] : []));
    const first = `${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/1.1`;
    other.write(
      `${[first, ...lines, 'Connection: Upgrade', `Upgrade: ${request.headers.upgrade ?? ''}`].join('\r\n')}\r\n\r\n`,
    );
    other.write(head);
    other.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('error', () => other.destroy()).on('close', () => other.destroy());
    this.#sockets.add(socket);
    socket.once('close', () => void this.#sockets.delete(socket));
    other.pipe(socket).pipe(other);
  }
}

function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new CommandRefused(`127.0.0.1:${port} cannot be used (${error.code ?? error.message}): choose another --port.`),
      ),
    );
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)); // a TCP listener has an address object
  });
}

/** A small reverse proxy on 127.0.0.1 for one operator's browser. Throws CommandRefused when the port is taken. */
export async function startRecorder(parts: RecorderParts): Promise<Recorder> {
  const proxy = new Relay(parts);
  let port = parts.port;
  const server = createServer((request, response) => {
    const recorder = ownHost(request, port);
    if (recorder === null || request.url?.startsWith('/') !== true) {
      parts.outside?.(URL.parse(request.url ?? '')?.origin ?? '');
      return refuse(response, 421, 'Open the recorder by the address that it has printed.');
    }
    // A script that answers in the app's place, and stays: what it answers would not be seen here.
    if (request.headers['service-worker'] !== undefined)
      return refuse(response, 403, 'No service worker while recording.');
    if (request.url?.startsWith(GUIDE) === true) return parts.guide(request, response);
    proxy.request(request, response, recorder).catch((error: unknown) => {
      refuse(response, 502, `The app does not answer: ${error instanceof Error ? error.message : 'unknown'}.`);
    });
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    parts.outside?.(request.url ?? '');
    socket.destroy();
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const recorder = ownHost(request, port);
    if (recorder === null) socket.destroy();
    else proxy.upgrade(request, socket, head, recorder);
  });
  port = await listen(server, port);
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      await proxy.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
