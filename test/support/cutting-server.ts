import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';

/** What a server makes of a line that is longer than `length` bytes, its end counted: as C programs do that read into a buffer. */
export type Cutting =
  | { readonly kind: 'split' | 'cut' | 'close'; readonly length: number }
  | { readonly kind: 'refuse'; readonly length: number; readonly status: number }
  | { readonly kind: 'all' };

const PASSWORDS: Readonly<Record<string, string>> = { alice: 'PasswordOfAlice', bob: 'PasswordOfBob' };

interface Head {
  readonly method: string;
  readonly target: string;
  readonly fields: ReadonlyMap<string, string>;
}

const FORM =
  '<form action="/login" method="post"><input name="u"><input name="p" type="password"><button>Sign in</button></form>';

/** A small server that reads heads by itself, with an app in it that has two people. */
export class CuttingServer {
  readonly #server: Server;
  readonly #cutting: Cutting;
  readonly #sessions = new Map<string, string>();
  /** Requests that were read, and their methods. */
  readonly asked: string[] = [];

  private constructor(cutting: Cutting) {
    this.#cutting = cutting;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(cutting: Cutting): Promise<CuttingServer> {
    const made = new CuttingServer(cutting);
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // a TCP server's address is never a string
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    let text = '';
    let answered = false;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const answer = answered ? null : this.#answer(text);
      if (answer === null) return;
      answered = true;
      socket.end(answer === 'close' ? '' : answer);
    });
  }

  /** The lines of a head as this server reads them, and where it ends; null: it has not ended. */
  #lines(text: string): { readonly lines: readonly string[]; readonly end: number } | null | number | 'close' {
    const cutting = this.#cutting;
    const lines: string[] = [];
    for (let at = 0; ; ) {
      const end = text.indexOf('\n', at);
      if (end < 0) return null;
      const length = end + 1 - at;
      const over = cutting.kind !== 'all' && length > cutting.length;
      if (over && cutting.kind === 'close') return 'close';
      if (over && cutting.kind === 'refuse') return cutting.status;
      const line = over ? text.slice(at, at + cutting.length) : text.slice(at, end);
      at = over && cutting.kind === 'split' ? at + cutting.length : end + 1;
      if (line.trim() === '') return { lines, end: at };
      lines.push(line.replace(/\r$/, ''));
    }
  }

  #answer(text: string): string | null {
    const read = this.#lines(text);
    if (read === null || read === 'close') return read;
    if (typeof read === 'number') return this.#said(read, 'Too long', []);
    const [first = '', ...rest] = read.lines;
    const [method = '', target = ''] = first.split(' ');
    const fields = new Map(
      rest.map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.slice(line.indexOf(':') + 1).trim()]),
    );
    const body = text.slice(read.end);
    if (body.length < Number(fields.get('content-length') ?? 0)) return null;
    this.asked.push(`${method} ${target}`);
    return this.#page({ method, target, fields }, body);
  }

  #page({ method, target, fields }: Head, body: string): string {
    const session = /(?:^|; )sid=([^;]*)/.exec(fields.get('cookie') ?? '')?.[1] ?? '';
    const name = this.#sessions.get(session);
    const [path] = target.split('?', 1);
    if (path === '/login' && method === 'POST') {
      const typed = new URLSearchParams(body);
      const who = typed.get('u') ?? '';
      if (PASSWORDS[who] !== typed.get('p')) return this.#said(403, `Wrong.${FORM}`, []);
      const id = `id-${this.#sessions.size}-of-a-session`;
      this.#sessions.set(id, who);
      return this.#said(302, '', ['Location: /me', `Set-Cookie: sid=${id}; Path=/`]);
    }
    if (path === '/logout') {
      this.#sessions.delete(session);
      return this.#said(302, '', ['Location: /login']);
    }
    if (path === '/login') return this.#said(200, name === undefined ? FORM : '<a href="/me">Go on</a>', []);
    if (path !== '/' && path !== '/me') return this.#said(404, 'Nothing', []);
    if (name === undefined) return this.#said(302, '', ['Location: /login']);
    return this.#said(200, `<p class="user">Signed in as <b>${name}</b></p><a href="/logout">Log out</a>`, []);
  }

  #said(status: number, text: string, lines: readonly string[]): string {
    const head = [`HTTP/1.1 ${status} Said`, 'Content-Type: text/html', 'Connection: close', ...lines];
    return `${[...head, `Content-Length: ${text.length}`].join('\r\n')}\r\n\r\n${text}`;
  }
}

/** Its preset, with more lines. */
export function cuttingPreset(more: readonly string[] = [], asked = true): string {
  return [
    ...['preset: 1', 'id: small', 'title: A small server', 'tested: []', 'entry: /login', ...more],
    'login:',
    '  - { id: password, on: { method: POST, path: /login }, type: form, account: u, secret: [p], ok: { status: 302 }, fail: { status: 403 } }',
    asked
      ? "whoami: { get: /me, find: 'Signed in as <b>([^<]{1,64})<', anonymous: [{ status: 302 }] }"
      : 'assurance: login-form',
    ...['account: { fold: [] }', 'session: { cookies: [sid] }', 'logout: [{ path: /logout }]', ''],
  ].join('\n');
}

export const CUTTING_PASSWORDS = PASSWORDS;
