import { sha256 } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { cookieHeader } from './cookies.ts';
import type { State } from './state.ts';
import type { Jar, JarApp, Standing } from './types.ts';

/** Paths whose header is remembered. */
const MAX_PATHS = 64;

/** Names and values of the cookies that are the app's session, as one short text; empty for none. */
export function credentialsOf(app: JarApp, { cookies }: State): string {
  const session = cookies.filter(({ name }) => app.login.sessionCookies.some((pattern) => pattern.test(name)));
  if (session.length === 0) return '';
  return sha256(JSON.stringify(session.map(({ name, path, value }) => [name, path, value]).sort()));
}

/** A jar in memory. Its state is replaced by `jars.ts` alone. */
export class KeptJar implements Jar {
  readonly id: string;
  readonly app: JarApp;
  readonly sessionId: string | null;
  readonly expiresAt: number;
  /** Not to be believed before it has been read again. */
  stale = false;
  /** Own writes whose announcement has not come back yet. */
  expected = 0;
  /** Writes of one jar follow each other. */
  tail: Promise<unknown> = Promise.resolve();
  readonly #clock: Clock;
  readonly #flights = new Set<() => void>();
  readonly #headers = new Map<string, string | null>();
  #headersUntil = Number.POSITIVE_INFINITY;
  #credentials: string | null = null;
  #state: State;
  #version: number;

  constructor(
    clock: Clock,
    app: JarApp,
    owner: { readonly id: string; readonly sessionId: string | null; readonly expiresAt: number },
    version: number,
    state: State,
  ) {
    this.#clock = clock;
    this.app = app;
    this.id = owner.id;
    this.sessionId = owner.sessionId;
    this.expiresAt = owner.expiresAt;
    this.#version = version;
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  get version(): number {
    return this.#version;
  }

  get generation(): number {
    return this.#state.generation;
  }

  get standing(): Standing {
    return this.#state.standing;
  }

  get held(): string | null {
    return this.#state.held;
  }

  get busy(): boolean {
    return this.#state.busyUntil > this.#clock.now();
  }

  get inUse(): boolean {
    return this.#flights.size > 0;
  }

  /** Another generation ends what is under way with the cookies of the old one. */
  replace(version: number, state: State): void {
    const ends = state.generation !== this.#state.generation;
    this.#version = version;
    this.#state = state;
    this.#headers.clear();
    this.#headersUntil = Number.POSITIVE_INFINITY;
    this.#credentials = null;
    if (!ends) return;
    const flights = [...this.#flights];
    this.#flights.clear();
    for (const cut of flights) cut();
  }

  cookieFor(target: string): string | null {
    const { cookies } = this.#state;
    if (cookies.length === 0) return null;
    const now = this.#clock.now();
    if (now >= this.#headersUntil) this.#headers.clear();
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const known = this.#headers.get(path);
    if (known !== undefined) return known;
    const header = cookieHeader(cookies, path, now);
    if (this.#headers.size >= MAX_PATHS) this.#headers.clear();
    // A value cut out of a request would keep the whole request in memory.
    this.#headers.set(Buffer.from(path, 'latin1').toString('latin1'), header);
    this.#headersUntil = cookies.reduce(
      (first, { expiresAt }) => (expiresAt === null || expiresAt <= now ? first : Math.min(first, expiresAt)),
      Number.POSITIVE_INFINITY,
    );
    return header;
  }

  credentials(): string {
    this.#credentials ??= credentialsOf(this.app, this.#state);
    return this.#credentials;
  }

  token(standIn: string): string | undefined {
    return this.#state.vault.find(([name]) => name === standIn)?.[1];
  }

  inFlight(cut: () => void): () => void {
    this.#flights.add(cut);
    return () => void this.#flights.delete(cut);
  }
}
