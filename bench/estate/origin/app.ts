import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A body of a sign-in is a name and a password. */
const MOST_BODY = 4096;

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const two = (n: number): string => String(n).padStart(2, '0');

/** `%t` of Apache, in UTC. */
function stamp(at: number): string {
  const on = new Date(at);
  const day = `${two(on.getUTCDate())}/${MONTHS[on.getUTCMonth()]}/${on.getUTCFullYear()}`;
  return `[${day}:${two(on.getUTCHours())}:${two(on.getUTCMinutes())}:${two(on.getUTCSeconds())} +0000]`;
}

/** What a log holds between quotation marks, as Apache writes it. */
const quoted = (value: string | undefined): string => `"${(value ?? '-').replace(/[^\x20-\x7e]|["\\]/g, '?')}"`;

export interface RotaApp {
  /** Ends both listeners and the log. */
  close(): Promise<void>;
}

export interface RotaParts {
  /** Where the gate sends to, and where anybody else finds it too. */
  readonly ports: readonly number[];
  /** Its access log, in the combined format with the id of the request as its last field; null: it writes none. */
  readonly log: string | null;
  readonly now: () => number;
}

/** The app whose own list of accounts and whose own log nobody at the gate writes: a form, a page, and who one is. */
class Rota {
  readonly #sessions = new Map<string, string>();
  readonly #line: (line: string) => void;
  readonly #now: () => number;

  constructor(line: (line: string) => void, now: () => number) {
    this.#line = line;
    this.#now = now;
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MOST_BODY) chunks.push(chunk);
    });
    request.on('end', () => {
      const body = new URLSearchParams(length > MOST_BODY ? '' : Buffer.concat(chunks).toString('utf8'));
      this.#respond(request, response, body);
    });
  }

  #respond(request: IncomingMessage, response: ServerResponse, form: URLSearchParams): void {
    const session = /(?:^|; )SESSION=([a-f0-9]{32})(?:;|$)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    // A year passes between two requests: no connection is kept.
    response.setHeader('Connection', 'close');
    let user = this.#sessions.get(session);
    if (request.method === 'POST' && request.url === '/login') {
      user = form.get('username') ?? '';
      const fresh = randomBytes(16).toString('hex');
      this.#sessions.set(fresh, user);
      response.writeHead(302, { Location: '/', 'Set-Cookie': `SESSION=${fresh}; Path=/; HttpOnly` }).end();
    } else {
      const page = user === undefined ? '<form><input type="password"></form>' : `<p>signed in as <b>${user}</b></p>`;
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(`<!doctype html>${page}`);
    }
    this.#log(request, response, user);
  }

  #log(request: IncomingMessage, { statusCode }: ServerResponse, user = '-'): void {
    const { method, url, headers, socket } = request;
    const id = headers['sallyport-request'];
    const asked = quoted(`${method} ${url} HTTP/1.1`);
    const tail = [headers.referer, headers['user-agent'], Array.isArray(id) ? id.join() : id].map(quoted).join(' ');
    this.#line(`${socket.remoteAddress ?? '-'} - ${user} ${stamp(this.#now())} ${asked} ${statusCode} - ${tail}\n`);
  }
}

function listening(server: Server, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** Starts the app at its ports on 127.0.0.1. Rejects where one is taken. */
export async function startRota({ ports, log, now }: RotaParts): Promise<RotaApp> {
  const file = log === null ? null : createWriteStream(log, { flags: 'a' });
  const rota = new Rota((line) => void file?.write(line), now);
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    for (const server of servers) server.closeAllConnections();
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    if (file !== null) await new Promise<void>((resolve) => file.end(resolve));
  };
  try {
    for (const port of ports)
      servers.push(
        await listening(
          createServer((request, response) => rota.answer(request, response)),
          port,
        ),
      );
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}
