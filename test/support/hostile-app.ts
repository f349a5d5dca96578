import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

export const HOSTILE_PASSWORDS: Readonly<Record<string, string>> = {
  alice: 'Secret-of-Alice-1',
  bob: 'Secret-of-Bob-22',
};

/** One request, and what is known of whoever sent it. */
export interface At {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly body: string;
  /** Who is signed in, or nobody. */
  readonly name: string | undefined;
  /** What was typed as the password at the last sign-in. */
  readonly typed: string;
}

/** What an app does besides signing people in. Nothing of it: an app like any other. */
export interface Mischief {
  /** Inside of the form of the sign-in, and behind it. */
  readonly inForm?: string;
  readonly onSignIn?: string;
  /** On the page of whoever is signed in. */
  readonly inside?: string;
  readonly title?: string;
  readonly action?: string;
  /** Lines of the answer to every page. */
  readonly lines?: readonly string[];
  readonly linesAtSignIn?: readonly string[];
  /** Where people are sent after the sign-in. */
  readonly location?: string;
  /** What stands in the place of the name. */
  readonly said?: (at: At) => string;
  /** Whether a request is answered here, in place of the app. */
  readonly answer?: (at: At) => boolean;
}

const text = (status: number, type = 'text/html; charset=utf-8'): [number, string[]] => [
  status,
  ['Content-Type', type],
];

/** An app with a sign-in by form, two people, and one mischief. */
export class HostileApp {
  readonly #server: Server;
  readonly #mischief: Mischief;
  readonly #sessions = new Map<string, string>();
  readonly #sockets = new Set<Socket>();
  #typed = '';
  /** What came with each request: its line, head and body. */
  readonly received: string[] = [];

  private constructor(mischief: Mischief) {
    this.#mischief = mischief;
    this.#server = createServer(
      { maxHeaderSize: 256 * 1024 },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    });
    // A WebSocket that stays open without end.
    this.#server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
  }

  static async start(mischief: Mischief = {}): Promise<HostileApp> {
    const app = new HostileApp(mischief);
    await new Promise<void>((resolve) => app.#server.listen(0, '127.0.0.1', resolve));
    return app;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // a TCP server's address is never a string
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = String(await buffer(request).catch(() => ''));
    this.received.push(`${request.method} ${request.url} ${request.rawHeaders.join(' ')} ${body}`);
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const session = /(?:^|; )sid=([^;]*)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const name = this.#sessions.get(session);
    const at = { request, response, path, body, name, typed: this.#typed };
    const { answer, lines = [] } = this.#mischief;
    if (answer?.(at) === true) return;
    for (const line of lines) response.appendHeader(...pair(line));
    if (path === (this.#mischief.action ?? '/login') && request.method === 'POST') this.#signIn(body, response);
    else if (path === '/logout') {
      this.#sessions.delete(session);
      response.writeHead(302, { Location: '/login' }).end();
    } else if (path === '/login') response.writeHead(...text(200)).end(this.#form());
    else if (path === '/' || path === '/home') this.#home(at);
    else response.writeHead(...text(404)).end('There is no such page.');
  }

  #signIn(body: string, response: ServerResponse): void {
    const typed = new URLSearchParams(body);
    const name = typed.get('user') ?? '';
    this.#typed = typed.get('password') ?? '';
    if (HOSTILE_PASSWORDS[name] !== typed.get('password')) {
      response.writeHead(...text(403)).end(`<p>Wrong.</p>${this.#form()}`);
      return;
    }
    const id = `session-${this.#sessions.size}-of-somebody`;
    this.#sessions.set(id, name);
    for (const line of this.#mischief.linesAtSignIn ?? []) response.appendHeader(...pair(line));
    response.appendHeader('Set-Cookie', `sid=${id}; Path=/; HttpOnly`);
    response.writeHead(302, { Location: this.#mischief.location ?? '/home' }).end();
  }

  #form(): string {
    const { action = '/login', inForm = '', onSignIn = '', title = 'Harbour' } = this.#mischief;
    return `<!doctype html><title>${title}</title><form action="${action}" method="post"><input name="user"><input name="password" type="password">${inForm}<button>Sign in</button></form>${onSignIn}`;
  }

  #home(at: At): void {
    const { inside = '', said = ({ name }: At) => name ?? '' } = this.#mischief;
    if (at.name === undefined) at.response.writeHead(302, { Location: '/login' }).end();
    else
      at.response
        .writeHead(...text(200))
        .end(
          `<!doctype html><title>Home</title><p id="user">Signed in as <b>${said(at)}</b></p><a href="/logout">Log out</a>${inside}`,
        );
  }
}

function pair(line: string): [string, string] {
  const mark = line.indexOf(': ');
  return [line.slice(0, mark), line.slice(mark + 2)];
}
