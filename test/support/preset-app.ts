import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { BoundLogin } from '../../src/config/login-types.ts';
import { isLogout } from '../../src/presets/reading.ts';
import { parseTarget } from '../../src/request/target.ts';
import { pathOfPattern, queryOfRule } from '../../src/workbench/direct/literal.ts';
import { answerLike, answerNaming, type Written } from './preset-answers.ts';
import { sampleOf } from './sample-text.ts';

/** What happened at the app, in order. `page`: the sign-in page was shown; `question`: it was asked who is signed in. */
export type Happened = 'page' | 'question' | 'failed' | 'stale' | 'signed in' | 'signed out' | 'inside';

interface Kept {
  readonly account: string | null;
  /** It was shown a form, which is good for this session alone. */
  readonly form: boolean;
}

/** Names and passwords that it knows. */
export const KNOWN: Readonly<Record<string, string>> = { alice: 'PasswordOfA', bob: 'PasswordOfB' };

/** An app that signs people in as a preset says, and gives whoever is not signed in another session with every answer. */
export class PresetApp {
  readonly happened: Happened[] = [];
  readonly #login: BoundLogin;
  readonly #server: Server;
  readonly #sessions = new Map<string, Kept>();
  readonly #cookie: string;
  /** Which of the preset's ways to say nobody it has. */
  nobody = 0;
  /** What it answers to the question in place of the truth. */
  says: ((account: string | null) => Written) | null = null;
  /** Whoever is not signed in keeps their session. */
  keeps = false;

  private constructor(login: BoundLogin) {
    this.#login = login;
    const names = login.sessionCookies.map((pattern) => sampleOf(pattern.source, 'x'));
    const special = login.steps.flatMap(({ ok, fail }) => [...ok, ...fail]);
    const isSpecial = (name: string) =>
      special.some(({ cookie, nocookie }) => cookie?.test(name) || nocookie?.test(name));
    this.#cookie = names.find((name) => !isSpecial(name)) ?? names[0] ?? 'session';
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
  }

  static async of(login: BoundLogin): Promise<PresetApp> {
    const app = new PresetApp(login);
    await new Promise<void>((resolve) => app.#server.listen(0, '127.0.0.1', resolve));
    return app;
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo; // a TCP server's address is never a string
    return `http://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Forgets who is signed in, as age would. */
  signOut(): void {
    this.#sessions.clear();
  }

  #idOf(request: IncomingMessage): string {
    const pairs = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('='));
    return pairs.find(([name]) => name === this.#cookie)?.[1] ?? '';
  }

  #begin(written: Written, id: string, kept: Kept): void {
    this.#sessions.delete(id);
    const next = randomBytes(12).toString('hex');
    this.#sessions.set(next, kept);
    written.headers.push(['Set-Cookie', `${this.#cookie}=${next}; Path=/`]);
  }

  /** For somebody who is not signed in. `form`: the answer shows one. */
  #strange(written: Written, id: string, form: boolean): Written {
    const kept = this.#sessions.get(id);
    if (kept === undefined || !this.keeps) this.#begin(written, id, { account: null, form });
    else if (form) this.#sessions.set(id, { ...kept, form });
    return written;
  }

  #asked(id: string): Written {
    this.happened.push('question');
    const account = this.#sessions.get(id)?.account ?? null;
    const { whoami } = this.#login;
    if (account === null) {
      const written = this.says?.(account) ?? answerLike(whoami?.anonymous[this.nobody]);
      // Where it is the page with the form that says who is signed in.
      const shows = whoami?.ask?.target === this.#login.entry;
      return this.#strange(shows ? { ...written, body: written.body + this.#form() } : written, id, shows);
    }
    return this.says?.(account) ?? answerNaming(this.#login, account);
  }

  #out(id: string): Written {
    this.happened.push('signed out');
    const written: Written = { status: 302, headers: [['Location', this.#login.entry]], body: '' };
    this.#begin(written, id, { account: null, form: false });
    return written;
  }

  #step(id: string, body: string): Written {
    const [step] = this.#login.steps;
    const stale = this.#sessions.get(id)?.form !== true;
    const [account] = Object.entries(KNOWN).find(
      ([name, password]) => body.includes(name) && body.includes(password),
    ) ?? [null];
    if (stale || account === null) {
      this.happened.push(stale ? 'stale' : 'failed');
      const [fail] = step?.fail ?? [];
      const kept = this.#sessions.get(id);
      // Where the preset knows a failure by it that no session comes with it, none does.
      if (kept !== undefined && fail?.nocookie?.test(this.#cookie) === true) {
        this.#sessions.set(id, { ...kept, form: true });
        return answerLike(fail);
      }
      return this.#strange(answerLike(fail), id, true);
    }
    this.happened.push('signed in');
    const written = answerLike(step?.ok[0]);
    this.#begin(written, id, { account, form: false });
    return written;
  }

  #page(id: string): Written {
    const account = this.#sessions.get(id)?.account ?? null;
    this.happened.push(account === null ? 'page' : 'inside');
    const written: Written = { status: 200, headers: [['Content-Type', 'text/html']], body: `the page of ${account}` };
    return account === null ? this.#strange({ ...written, body: this.#form() }, id, true) : written;
  }

  #form(): string {
    const [step] = this.#login.steps;
    const names = [step?.account, ...(step?.secret ?? [])].map((name) => name?.replace('*', 'ctl00'));
    const needed = [...(step?.need ?? [])].map(
      ([name, of]) => `<input name="${name}" value="${of === 'any' ? 'x' : of[0]}">`,
    );
    const fields = [...names.map((name) => `<input name="${name}">`), ...needed];
    return `<form method="post" action="${targetOf(this.#login)}">${fields.join('')}</form>`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const written = this.#written(request, String(await buffer(request)));
    response.writeHead(written.status, [...written.headers, ['Content-Type', 'text/html']].flat());
    response.end(written.body);
  }

  #written(request: IncomingMessage, body: string): Written {
    const { method = '', url = '/' } = request;
    const id = this.#idOf(request);
    const { whoami, steps } = this.#login;
    const ask = whoami?.ask;
    const asks = Object.keys(KNOWN).map((name) => ask?.target.replaceAll(/\{account(?::url)?\}/g, name));
    if (method === ask?.method && asks.includes(url)) return this.#asked(id);
    const target = parseTarget(url, { encodedSlash: true, emptySegments: true });
    if (isLogout(this.#login, target)) return this.#out(id);
    const isStep = steps.some(({ on }) => on.method === method && on.paths.some((path) => path.test(target.path)));
    return isStep ? this.#step(id, body) : this.#page(id);
  }
}

/** Where the first step is sent. */
export function targetOf({ steps }: BoundLogin): string {
  const [step] = steps;
  const path = step?.on.paths.map(pathOfPattern).find((each) => each !== null) ?? '/';
  return step === undefined ? '/' : `${path}${queryOfRule(step.on.query)}`;
}
