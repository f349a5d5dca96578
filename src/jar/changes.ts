import { SallyportError } from '../errors.ts';
import { needFew, withSetCookies } from './cookies.ts';
import { withTokens } from './draft.ts';
import { headersOf } from './headers.ts';
import type { KeptJar } from './kept-jar.ts';
import type { JarMemory } from './memory.ts';
import { type JarsParts, writeJar } from './rows.ts';
import type { State } from './state.ts';
import type { Brought, JarApp, Received } from './types.ts';

/** Other nodes write the same jar at the same time; each round one of them gets on. */
const MAX_ROUNDS = 50;

/** Host of an app, as cookies are matched against it (RFC 6265 §5.1.2). */
export function hostOf(app: JarApp): string {
  return new URL(app.origin).hostname.replace(/^\[|\]$/g, '');
}

function ended(jar: KeptJar): SallyportError {
  return jar.sessionId === null
    ? new SallyportError('conflict', 'the id of the jar belongs to another app')
    : new SallyportError('sign-in-required', 'the session has ended');
}

/** Changes of jars: in the store first, then in memory. */
export class JarChanges {
  readonly #parts: JarsParts;
  readonly #memory: JarMemory;

  constructor(parts: JarsParts, memory: JarMemory) {
    this.#parts = parts;
    this.#memory = memory;
  }

  /**
   * Replaces the state of a jar by what `change` makes of it; called serially. `change` may be asked several times: when
   * another node was first it is asked again with what that one wrote. The same state: nothing is to be written.
   */
  async change(jar: KeptJar, change: (state: State) => State): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const next = change(jar.state);
      if (next === jar.state) return;
      const wasThere = jar.version > 0;
      if (await writeJar(this.#parts, jar, next)) return this.#memory.keep(jar);
      await this.#memory.refresh(jar);
      // A session has one jar from its beginning to its end; a visitor's may have been purged, and begins anew.
      if (jar.version === 0 && (jar.sessionId !== null || !wasThere)) throw ended(jar);
    }
    throw new SallyportError('conflict', 'a jar that too many write');
  }

  receive(jar: KeptJar, brought: Brought): Promise<Received> | undefined {
    if (brought.generation !== jar.generation) return undefined;
    // Before it is among others, which are written with it or not at all.
    needFew(brought);
    // Judged by what is in memory only as long as that is what the store will have.
    const settled = jar.queued === 0 && !jar.stale;
    if (settled && this.#taken(jar, jar.state, brought) === jar.state) return undefined;
    return new Promise((resolve, reject) => {
      jar.waiting.push({ brought, resolve, reject });
      if (jar.waiting.length === 1) void jar.serially(() => this.#flush(jar));
    });
  }

  /** Writes all that waits, as one. */
  async #flush(jar: KeptJar): Promise<void> {
    const batch = jar.waiting;
    jar.waiting = [];
    try {
      if (jar.stale) await this.#memory.refresh(jar);
      let each: Omit<Received, 'version'>[] = [];
      await this.change(jar, (state) => {
        each = [];
        return batch.reduce((before, { brought }) => {
          const after = this.#taken(jar, before, brought);
          each.push({ before: this.#credentials(jar, before), stood: jar.as(after) });
          return after;
        }, state);
      });
      const { version } = jar;
      for (const [i, { resolve, reject }] of batch.entries()) {
        const one = each[i];
        if (one === undefined) reject(new SallyportError('internal', 'an answer that was not taken'));
        else resolve({ ...one, version });
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  #credentials(jar: KeptJar, state: State): string {
    const { clock } = this.#parts;
    return headersOf(jar.app, state, clock.now()).credentials(clock);
  }

  /** The state with what an answer brings; the very same one when that is nothing, or was asked for by another generation. */
  #taken(jar: KeptJar, state: State, brought: Brought): State {
    const now = this.#parts.clock.now();
    // While a login step is under way nothing is sent, so nothing comes back.
    if (state.generation !== brought.generation || state.busyUntil > now) return state;
    const cookies = withSetCookies(state.cookies, brought, hostOf(jar.app), now);
    const tokens = withTokens(state.vault, brought.vault);
    return cookies === state.cookies && tokens === state.vault ? state : { ...state, cookies, vault: tokens };
  }
}
