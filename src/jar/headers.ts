import type { Clock } from '../lib/clock.ts';
import { pathOf } from '../request/target.ts';
import { cookieHeader, type Kept } from './cookies.ts';
import { credentialsOf } from './credentials.ts';
import type { State } from './state.ts';
import type { JarApp } from './types.ts';

/** Paths whose header is remembered. */
const MAX_PATHS = 64;

/** Cookie headers of one state, remembered until one of its cookies expires. */
export class Headers {
  readonly #app: JarApp;
  readonly #state: State;
  /** Every cookie is for every path, as nearly always: one header serves all. */
  readonly #uniform: boolean;
  readonly #byPath = new Map<string, string | null>();
  #whole: string | null | undefined;
  #credentials: string | undefined;
  /** Since when it has been so that what is left expires at `#until` first. */
  #since: number;
  #until: number;

  constructor(app: JarApp, state: State, now: number) {
    this.#app = app;
    this.#state = state;
    this.#uniform = state.cookies.every(({ path }) => path === '/');
    this.#since = now;
    this.#until = firstExpiry(state.cookies, now);
  }

  /** Value of the Cookie header for a target; null for none. */
  of(target: string, clock: Pick<Clock, 'now'>): string | null {
    const now = this.#moment(clock);
    if (this.#uniform) {
      if (this.#whole === undefined) this.#whole = cookieHeader(this.#state.cookies, '/', now);
      return this.#whole;
    }
    const path = pathOf(target);
    const known = this.#byPath.get(path);
    if (known !== undefined) return known;
    const header = cookieHeader(this.#state.cookies, path, now);
    if (this.#byPath.size >= MAX_PATHS) this.#byPath.clear();
    // A value cut out of a request would keep the whole request in memory.
    this.#byPath.set(Buffer.from(path, 'latin1').toString('latin1'), header);
    return header;
  }

  credentials(clock: Pick<Clock, 'now'>): string {
    const now = this.#moment(clock);
    this.#credentials ??= credentialsOf(this.#app, this.#state, now);
    return this.#credentials;
  }

  /** The present, and nothing remembered that has expired by then. Where nothing is left that expires, any moment since is as good. */
  #moment(clock: Pick<Clock, 'now'>): number {
    if (this.#until === Number.POSITIVE_INFINITY) return this.#since;
    const now = clock.now();
    if (now >= this.#until) this.#clear(now);
    return now;
  }

  #clear(now: number): void {
    this.#byPath.clear();
    this.#whole = undefined;
    this.#credentials = undefined;
    this.#since = now;
    this.#until = firstExpiry(this.#state.cookies, now);
  }
}

/** By state, as long as somebody holds that: a state is asked before and after it is written, by the jar and by who waits for it. */
const MADE = new WeakMap<State, { readonly app: JarApp; readonly headers: Headers }>();

/** The headers of a state at an app, one for all who ask. */
export function headersOf(app: JarApp, state: State, now: number): Headers {
  const made = MADE.get(state);
  if (made?.app === app) return made.headers;
  const headers = new Headers(app, state, now);
  MADE.set(state, { app, headers });
  return headers;
}

/** When the first of the cookies that are left expires. */
function firstExpiry(cookies: readonly Kept[], now: number): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { expiresAt } of cookies)
    if (expiresAt !== null && expiresAt > now && expiresAt < first) first = expiresAt;
  return first;
}
