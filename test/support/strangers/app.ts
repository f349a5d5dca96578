import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { formPage, innerPage, PEOPLE, QUESTION, SCRIPT, SETTINGS, scriptPage, signInScript } from './pages.ts';
import type { Traits } from './traits.ts';

/** Everybody's password there. */
export const STRANGER_PASSWORDS: Readonly<Record<string, string>> = {
  alice: 'right horse of alice',
  bob: 'right horse of bob',
};

interface Session {
  readonly id: string;
  readonly token: string;
  name: string | null;
  /** Typed in the first of two steps. */
  typed: string | null;
}

/** A running app of its own kind. */
export interface Stranger {
  readonly origin: string;
  readonly port: number;
  /** Who has signed in, in order. */
  readonly signedIn: readonly string[];
  /** Targets that do something and were asked for. */
  readonly harmed: readonly string[];
  close(): Promise<void>;
}

const fresh = (): Session => ({
  id: randomBytes(12).toString('hex'),
  token: randomBytes(12).toString('hex'),
  name: null,
  typed: null,
});

/** One app with its sessions. */
class App {
  readonly signedIn: string[] = [];
  readonly harmed: string[] = [];
  readonly #traits: Traits;
  readonly #sessions = new Map<string, Session>();

  constructor(traits: Traits) {
    this.#traits = traits;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { page, kind } = this.#traits;
    const body = await text(request);
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    if (path === SCRIPT) {
      response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(signInScript(this.#traits));
      return;
    }
    const session = this.#sessionOf(request);
    if (request.method === 'POST' && this.#isStep(path)) {
      this.#signIn(path, body, request, session, response);
      return;
    }
    if (path === '/logout' || path === '/sign-out' || (path === '/session/current' && request.method === 'DELETE')) {
      this.#leave(path, request, body, session, response);
      return;
    }
    if (path === QUESTION) {
      this.#question(session, response);
      return;
    }
    if (request.method !== 'GET') {
      this.#send(response, session, 404, 'no such thing');
      return;
    }
    if (path.endsWith('/delete')) this.harmed.push(path);
    if (session.name !== null && path !== page) {
      this.#inside(path, session, response);
      return;
    }
    if (session.name !== null) {
      this.#go(response, session, this.#traits.home);
      return;
    }
    if (path === page) {
      this.#send(response, session, 200, this.#shown(session, false));
      return;
    }
    if (path.startsWith('/assets') || (kind !== 'form' && path === '/favicon.ico'))
      return this.#send(response, session, 404, 'nothing');
    this.#outside(session, response);
  }

  #inside(path: string, session: Session, response: ServerResponse): void {
    const known = [this.#traits.home, SETTINGS, '/items/7', '/', ...PEOPLE.map((name) => `/people/${name}`)];
    if (!known.includes(path)) this.#send(response, session, 404, 'no such page');
    else if (path === '/') this.#go(response, session, this.#traits.home);
    else this.#send(response, session, 200, innerPage(this.#traits, { ...session, fault: false }, path));
  }

  #outside(session: Session, response: ServerResponse): void {
    const { stranger, page } = this.#traits;
    if (stranger === 'redirect') this.#go(response, session, page);
    else if (stranger === 'page') this.#send(response, session, 200, this.#shown(session, false));
    else this.#send(response, session, 401, `<p>Not for strangers.</p><a href="${page}">Sign in</a>`);
  }

  #shown(session: Session, fault: boolean): string {
    const { kind, nameless, steps } = this.#traits;
    if (kind !== 'form') return scriptPage();
    return formPage(this.#traits, { ...session, fault }, nameless ? 'password' : steps === 2 ? 'name' : 'both');
  }

  #isStep(path: string): boolean {
    const { action, steps, kind } = this.#traits;
    return path === action || (kind === 'form' && steps === 2 && path === `${action === '/' ? '' : action}/verify`);
  }

  #typed(body: string): (name: string) => string | null {
    if (this.#traits.kind !== 'fetch-json') {
      const fields = new URLSearchParams(body);
      return (name) => fields.get(name);
    }
    let told: unknown = null;
    try {
      told = JSON.parse(body);
    } catch {
      return () => null;
    }
    return (name) => {
      let at: unknown = told;
      for (const key of name.split(/[[\]]/).filter((part) => part !== ''))
        at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
      return typeof at === 'string' ? at : null;
    };
  }

  #genuine(request: IncomingMessage, field: (name: string) => string | null, session: Session): boolean {
    const { token, kind } = this.#traits;
    if (token === null) return true;
    return (kind === 'form' ? field(token) : request.headers['x-xsrf-token']) === session.token;
  }

  #signIn(path: string, body: string, request: IncomingMessage, session: Session, response: ServerResponse): void {
    const { account, secret, kind, steps, nameless, action, folds } = this.#traits;
    const field = this.#typed(body);
    if (!this.#genuine(request, field, session)) {
      this.#send(response, session, 403, 'forged');
      return;
    }
    const two = kind === 'form' && steps === 2;
    if (two && path === action) {
      session.typed = field(account);
      const shown = formPage(this.#traits, { ...session, fault: false }, 'password');
      this.#send(response, session, 200, shown);
      return;
    }
    const typed = nameless ? 'alice' : two ? session.typed : field(account);
    const name = folds ? (typed ?? '').toLowerCase() : (typed ?? '');
    const right = Object.hasOwn(STRANGER_PASSWORDS, name) && STRANGER_PASSWORDS[name] === field(secret);
    if (right) this.#welcome(name, session, response);
    else this.#refuse(session, response);
  }

  #welcome(name: string, session: Session, response: ServerResponse): void {
    const { rotates, kind, right, home } = this.#traits;
    this.signedIn.push(name);
    if (rotates) this.#sessions.delete(session.id);
    const now = rotates ? fresh() : session;
    now.name = name;
    this.#sessions.set(now.id, now);
    if (kind === 'fetch-json') this.#send(response, now, 200, '{"ok":true}', 'application/json');
    else if (kind === 'fetch-form') this.#send(response, now, 200, 'Ok.', 'text/plain');
    else if (right === 'redirect') this.#go(response, now, home);
    else this.#send(response, now, 200, innerPage(this.#traits, { ...now, fault: false }, home));
  }

  #refuse(session: Session, response: ServerResponse): void {
    const { wrong, kind, page } = this.#traits;
    const status = wrong === '401' ? 401 : 200;
    if (kind === 'fetch-json') this.#send(response, session, status, '{"ok":false,"error":"no"}', 'application/json');
    else if (kind === 'fetch-form') this.#send(response, session, status, 'Fails.', 'text/plain');
    else if (wrong === 'redirect') this.#go(response, session, `${page}?error=1`);
    else this.#send(response, session, status, this.#shown(session, true));
  }

  #leave(path: string, request: IncomingMessage, body: string, session: Session, response: ServerResponse): void {
    const by = { '/logout': 'link', '/sign-out': 'form', '/session/current': 'delete' }[path];
    const posted = path !== '/sign-out' || request.method === 'POST';
    const { token, out } = this.#traits;
    const genuine = out !== 'form' || token === null || new URLSearchParams(body).get(token) === session.token;
    if (by !== out || !posted || !genuine) {
      this.#send(response, session, 404, 'no such thing');
      return;
    }
    this.#sessions.delete(session.id);
    this.#go(response, fresh(), this.#traits.page);
  }

  #question({ name, ...session }: Session, response: ServerResponse): void {
    const { told, stranger, nameless } = this.#traits;
    if (told !== 'json' || nameless) {
      this.#send(response, { name, ...session }, 404, 'no such page');
      return;
    }
    const said = JSON.stringify({ account: name === null ? null : { login: name, display: `Dr ${name}` } });
    const status = name === null && stranger !== 'page' ? 401 : 200;
    this.#send(response, { name, ...session }, status, said, 'application/json');
  }

  #sessionOf(request: IncomingMessage): Session {
    const wanted = `${this.#traits.cookie}=`;
    const pair = (request.headers.cookie ?? '').split('; ').find((each) => each.startsWith(wanted));
    const known = pair === undefined ? undefined : this.#sessions.get(pair.slice(wanted.length));
    const mine = known === undefined ? fresh() : known;
    // Another for whoever is not signed in, but not while a form is being sent.
    if (this.#traits.renews && mine.name === null && request.method === 'GET') {
      const other = fresh();
      this.#sessions.delete(mine.id);
      this.#sessions.set(other.id, other);
      return other;
    }
    this.#sessions.set(mine.id, mine);
    return mine;
  }

  #cookies({ id, token }: Session): string[] {
    const { cookie, kind, token: guarded } = this.#traits;
    const scripts = kind === 'form' || guarded === null ? [] : [`XSRF-TOKEN=${token}; Path=/`];
    return [`${cookie}=${id}; Path=/; HttpOnly`, ...scripts];
  }

  #go(response: ServerResponse, session: Session, to: string): void {
    response.writeHead(302, { Location: to, 'Set-Cookie': this.#cookies(session) }).end();
  }

  #send(response: ServerResponse, session: Session, status: number, body: string, type = 'text/html'): void {
    const head = { 'Content-Type': `${type}; charset=utf-8`, 'Set-Cookie': this.#cookies(session) };
    response.writeHead(status, { ...head, 'Cache-Control': 'no-store' }).end(body);
  }
}

/** Starts it on a port of the loopback; 0: any that is free. */
export async function startStranger(traits: Traits, at = 0): Promise<Stranger> {
  const app = new App(traits);
  const server = createServer((request, response) => void app.answer(request, response));
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP listener has an address object
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    signedIn: app.signedIn,
    harmed: app.harmed,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
