import type { Clock } from '../lib/clock.ts';
import { cookieHeader, withSetCookies } from './cookies.ts';
import { credentialsOf } from './kept-jar.ts';
import { type State, writeState } from './state.ts';
import type { Draft, JarApp, Standing } from './types.ts';

/** Tokens that one jar keeps; the oldest go. */
const MAX_TOKENS = 16;

/** The tokens with more of them. */
export function withTokens(vault: State['vault'], more: ReadonlyMap<string, string> | undefined): State['vault'] {
  return more === undefined || more.size === 0 ? vault : [...vault, ...more].slice(-MAX_TOKENS);
}

export interface DraftParts {
  readonly clock: Clock;
  readonly app: JarApp;
  readonly host: string;
  readonly state: State;
  /** Puts a state in force, as long as no other step has begun. */
  readonly put: (state: State) => Promise<void>;
}

/** What a login step works with; nothing of it is in the jar before `commit`. */
export class JarDraft implements Draft {
  readonly #parts: DraftParts;
  #state: State;
  #over = false;

  constructor(parts: DraftParts) {
    this.#parts = parts;
    this.#state = parts.state;
  }

  get generation(): number {
    return this.#state.generation;
  }

  cookieFor(target: string): string | null {
    return cookieHeader(this.#state.cookies, target, this.#parts.clock.now());
  }

  credentials(): string {
    return credentialsOf(this.#parts.app, this.#state);
  }

  receive(target: string, setCookies: readonly string[], vault?: ReadonlyMap<string, string>): void {
    const { host, clock } = this.#parts;
    const cookies = withSetCookies(this.#state.cookies, setCookies, host, target, clock.now());
    this.#state = { ...this.#state, cookies, vault: withTokens(this.#state.vault, vault) };
  }

  serialise(standing: Standing): string {
    return writeState({ ...this.#state, standing, busyUntil: 0 });
  }

  async commit(standing: Standing): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    await this.#parts.put({ ...this.#state, standing, busyUntil: 0 });
  }

  async drop(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    await this.#parts.put({
      ...this.#state,
      standing: { kind: 'open' },
      held: null,
      busyUntil: 0,
      cookies: [],
      vault: [],
    });
  }
}
