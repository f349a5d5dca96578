import { SallyportError } from '../errors.ts';
import { hostOf, JarChanges } from './changes.ts';
import { isSessionCookie } from './credentials.ts';
import { JarDraft } from './draft.ts';
import { KeptJar } from './kept-jar.ts';
import { JarMemory } from './memory.ts';
import { type JarsParts, writeCarried } from './rows.ts';
import { EMPTY, readState, type State } from './state.ts';
import type { Brought, Draft, Jar, JarApp, JarOwner, Jars, Received, Standing } from './types.ts';
import { JarWriter } from './writer.ts';

/** A login step that has not ended by then never will: its process is gone. */
const BUSY_MS = 90_000;

/**
 * Version of a row that was made for one login step and has seen nothing else. Any other stands for something that may have
 * been signed in at the app with the cookies that browsers carry: it stays, so that those are never believed again.
 */
const OWN_STEP = 2;

/** Answers and errors as in types.ts. */
export function createJars(parts: Omit<JarsParts, 'writer'>): Jars {
  return new JarMap({ ...parts, writer: new JarWriter(parts.store.jars) });
}

class JarMap implements Jars {
  readonly #parts: JarsParts;
  readonly #memory: JarMemory;
  readonly #changes: JarChanges;

  constructor(parts: JarsParts) {
    this.#parts = parts;
    this.#memory = new JarMemory(parts);
    this.#changes = new JarChanges(parts, this.#memory);
  }

  of(owner: JarOwner, app: JarApp, atLeast: number): Jar | Promise<Jar> {
    return this.#memory.of(owner, app, atLeast);
  }

  receive(jar: Jar, brought: Brought): Promise<Received> | undefined {
    return this.#changes.receive(asKept(jar), brought);
  }

  async begin(given: Jar, keep: 'all' | 'others'): Promise<Draft> {
    const { clock } = this.#parts;
    return this.#serially(given, async (jar) => {
      // What is in memory may be older than the end of the other step.
      if (jar.stale || jar.busy) await this.#memory.refresh(jar);
      let before: State = EMPTY;
      let until = 0;
      // A row from here on: what the browser carries is not believed while there is one, nor after it.
      jar.loose = false;
      // Empty from here on: when this process dies, nobody gets cookies that a half-done step has been sent with.
      await this.#changes.change(jar, (state) => {
        if (state.busyUntil > clock.now()) throw new SallyportError('conflict', 'another sign-in is under way');
        before = state;
        until = clock.now() + BUSY_MS;
        return { ...EMPTY, generation: state.generation + 1, busyUntil: until };
      });
      const { app, generation } = jar;
      return new JarDraft({
        clock,
        app,
        host: hostOf(app),
        state: { ...EMPTY, ...kept(app, before, keep), generation },
        put: (next) => this.#put(jar, { generation, until }, next),
      });
    });
  }

  async #put(jar: KeptJar, step: { readonly generation: number; readonly until: number }, next: State): Promise<void> {
    await this.#change(jar, (state) => {
      if (state.generation !== step.generation || state.busyUntil === 0 || step.until <= this.#parts.clock.now())
        throw new SallyportError('conflict', 'another sign-in came between, or this one took too long');
      return { ...next, generation: step.generation };
    });
  }

  async stand(jar: Jar, generation: number, standing: Standing): Promise<void> {
    await this.#change(jar, (state) =>
      state.generation !== generation || JSON.stringify(state.standing) === JSON.stringify(standing)
        ? state
        : { ...state, standing },
    );
  }

  async clear(jar: Jar): Promise<void> {
    try {
      await this.#change(jar, (state) => ({ ...EMPTY, generation: state.generation + 1 }));
    } catch (error) {
      // Its session has ended, and the jar with it: there is nothing left to empty.
      if (!(error instanceof SallyportError && error.code === 'sign-in-required')) throw error;
    }
  }

  async adopt(owner: JarOwner, app: JarApp, serialised: string, held: string | null): Promise<Jar> {
    const jar = asKept(await this.of(owner, app, 0));
    // Of two requests, here or on two nodes, one makes it.
    await this.#change(jar, (state) =>
      jar.version > 0 ? state : { ...readState(serialised), generation: state.generation + 1, busyUntil: 0, held },
    );
    return jar;
  }

  async released(jar: Jar): Promise<void> {
    await this.#change(jar, (state) => (state.held === null ? state : { ...state, held: null }));
  }

  carried(given: Jar): string | null {
    const jar = asKept(given);
    return jar.loose && jar.turn > 0 ? writeCarried(jar) : null;
  }

  async handOut(given: Jar): Promise<void> {
    await this.#serially(given, async (jar) => {
      if (jar.loose || !jar.mayBeLoose || jar.busy || jar.version !== OWN_STEP) return;
      const { state } = jar;
      if (!(await this.#parts.store.jars.remove(jar.id, OWN_STEP))) return;
      jar.loose = true;
      jar.turn += 1;
      jar.replace(0, state);
    });
  }

  async takeIn(given: Jar): Promise<void> {
    await this.#serially(given, async (jar) => {
      if (!jar.loose) return;
      jar.loose = false;
      // Another object with the same content: something is to be written.
      await this.#changes.change(jar, (state) => ({ ...state }));
    });
  }

  forget(id: string): void {
    this.#memory.forget(id);
  }

  #serially<T>(given: Jar, work: (jar: KeptJar) => Promise<T>): Promise<T> {
    const jar = asKept(given);
    return jar.serially(() => work(jar));
  }

  #change(given: Jar, change: (state: State) => State): Promise<void> {
    return this.#serially(given, async (jar) => {
      if (jar.stale) await this.#memory.refresh(jar);
      await this.#changes.change(jar, change);
    });
  }
}

/** What a login step begins with: all, or (for somebody who is signed in) nothing that could be a session. */
function kept(app: JarApp, { cookies, vault }: State, keep: 'all' | 'others'): Pick<State, 'cookies' | 'vault'> {
  if (keep === 'all') return { cookies, vault };
  return { cookies: cookies.filter(({ name }) => !isSessionCookie(app, name)), vault: [] };
}

function asKept(jar: Jar): KeptJar {
  if (!(jar instanceof KeptJar)) throw new SallyportError('internal', 'not a jar');
  return jar;
}
