import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { cookieHeader, withSetCookies } from './cookies.ts';
import { credentialsOf } from './credentials.ts';
import { EMPTY, type State, writeState } from './state.ts';
import type { Draft, JarApp, Standing } from './types.ts';

/** Tokens that one jar keeps; the oldest go. */
const MAX_TOKENS = 16;
/** Longest token, characters; a longer one is not kept. */
const MAX_TOKEN = 8192;

/** The tokens with more of them; the very same list when there are none. */
export function withTokens(vault: State['vault'], more: ReadonlyMap<string, string> | undefined): State['vault'] {
  const fresh = [...(more ?? [])].filter(([standIn, token]) => standIn.length + token.length <= MAX_TOKEN);
  return fresh.length === 0 ? vault : [...vault, ...fresh].slice(-MAX_TOKENS);
}

export interface DraftParts {
  readonly clock: Clock;
  readonly app: JarApp;
  readonly host: string;
  readonly state: State;
  /** Puts a state in force. Rejects with `conflict` when this step has ended, or its time. */
  readonly put: (state: State) => Promise<void>;
}

/** Until the time of the step is over, ms. */
const DROP_AGAIN_MS = 500;

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
    return credentialsOf(this.#parts.app, this.#state, this.#parts.clock.now());
  }

  receive(target: string, setCookies: readonly string[], vault?: ReadonlyMap<string, string>): void {
    const { host, clock } = this.#parts;
    const cookies = withSetCookies(this.#state.cookies, { target, setCookies }, host, clock.now());
    this.#state = { ...this.#state, cookies, vault: withTokens(this.#state.vault, vault) };
  }

  serialise(standing: Standing): string {
    return writeState({ ...this.#state, standing, busyUntil: 0 });
  }

  async commit(standing: Standing): Promise<void> {
    if (this.#over) throw new SallyportError('conflict', 'this sign-in has ended already');
    await this.#parts.put({ ...this.#state, standing, busyUntil: 0 });
    this.#over = true;
  }

  /** After a commit there is nothing left to drop; after a commit that failed there is. */
  async drop(): Promise<void> {
    if (this.#over) return;
    try {
      await this.#parts.put({ ...EMPTY, generation: this.generation });
      this.#over = true;
    } catch (error) {
      // Somebody else's step, or its time has run out: nothing of this one is in the jar.
      if (error instanceof SallyportError && error.code === 'conflict') return;
      this.#dropLater();
      throw error;
    }
  }

  /** The store does not work: the jar is freed once it does again, so that nobody waits for the end of the step's time. */
  #dropLater(): void {
    setTimeout(() => void this.drop().catch(() => {}), DROP_AGAIN_MS).unref();
  }
}
