import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Seal } from '../store/seal.ts';
import type { JarRow, Store } from '../store/types.ts';
import { withSetCookies } from './cookies.ts';
import { JarDraft, withTokens } from './draft.ts';
import { KeptJar } from './kept-jar.ts';
import { EMPTY, readState, type State, writeState } from './state.ts';
import type { Brought, Draft, Jar, JarApp, JarOwner, Jars, Received, Standing } from './types.ts';

export interface JarsParts {
  readonly store: Store;
  readonly seal: Seal;
  readonly clock: Clock;
}

/** A login step that has not ended by then never will: its process is gone. */
const BUSY_MS = 90_000;
const MAX_ENTRIES = 100_000;
/** Other nodes write the same jar at the same time; each round one of them gets on. */
const MAX_ROUNDS = 50;
/** A version that the browser claims and the store does not have is asked for again only after this, ms. */
const DISBELIEF_MS = 1000;

const placeOf = (id: string) => ({ table: 'jars', column: 'state', row: id });

/** Answers and errors as in types.ts. */
export function createJars(parts: JarsParts): Jars {
  return new JarMap(parts);
}

class JarMap implements Jars {
  readonly #parts: JarsParts;
  readonly #jars = new Map<string, KeptJar>();
  readonly #loading = new Map<string, Promise<KeptJar>>();
  readonly #disbelieved = new WeakMap<KeptJar, number>();

  constructor(parts: JarsParts) {
    this.#parts = parts;
  }

  of(owner: JarOwner, app: JarApp, atLeast: number): Jar | Promise<Jar> {
    const held = this.#jars.get(owner.id);
    if (held === undefined || held.app !== app) return this.#load(owner, app);
    if (held.stale) return this.#reread(held);
    if (held.version >= atLeast || this.#parts.clock.monotonic() < (this.#disbelieved.get(held) ?? 0)) return held;
    return this.#reread(held).then((jar) => {
      if (jar.version < atLeast) this.#disbelieved.set(jar, this.#parts.clock.monotonic() + DISBELIEF_MS);
      return jar;
    });
  }

  async #load(owner: JarOwner, app: JarApp): Promise<KeptJar> {
    const under = this.#loading.get(owner.id);
    if (under !== undefined) {
      const jar = await under;
      return jar.app === app ? jar : this.#load(owner, app);
    }
    const loading = this.#read(owner, app).finally(() => this.#loading.delete(owner.id));
    this.#loading.set(owner.id, loading);
    return loading;
  }

  async #read(owner: JarOwner, app: JarApp): Promise<KeptJar> {
    const row = await this.#parts.store.jars.byId(owner.id);
    const sessionId = owner.kind === 'session' ? owner.id : null;
    const { version, state } = this.#open(row, app, sessionId);
    const whose = { id: owner.id, sessionId, expiresAt: owner.expiresAt };
    const jar = new KeptJar(this.#parts.clock, app, whose, version, state);
    if (this.#jars.size >= MAX_ENTRIES) this.#evict();
    const before = this.#jars.get(owner.id);
    this.#jars.set(owner.id, jar);
    // Of an earlier configuration: what is under way with it ends with its generation.
    before?.replace(before.version, { ...before.state, generation: before.generation - 1 });
    return jar;
  }

  /** A row as a state. One of another app, or of another kind of owner, is no jar of this one's. */
  #open(
    row: JarRow | undefined,
    app: JarApp,
    sessionId: string | null,
  ): { readonly version: number; readonly state: State } {
    if (row === undefined || row.expiresAt <= this.#parts.clock.now()) return { version: 0, state: EMPTY };
    if (row.appId !== app.id || row.sessionId !== sessionId)
      throw new SallyportError('sealed-value-invalid', 'a jar of somebody else');
    return { version: row.version, state: readState(this.#parts.seal.open(row.state, placeOf(row.id))) };
  }

  async #reread(jar: KeptJar): Promise<KeptJar> {
    await this.#serially(jar, () => this.#refresh(jar));
    return jar;
  }

  async #refresh(jar: KeptJar): Promise<void> {
    // Set before the read: a change that comes while we read makes it stale again.
    jar.stale = false;
    try {
      const row = await this.#parts.store.jars.byId(jar.id);
      const { version, state } = this.#open(row, jar.app, jar.sessionId);
      if (version !== jar.version || state.generation !== jar.generation) jar.replace(version, state);
    } catch (error) {
      jar.stale = true;
      throw error;
    }
  }

  #serially<T>(jar: KeptJar, work: () => Promise<T>): Promise<T> {
    const run = jar.tail.then(work, work);
    jar.tail = run.catch(() => {});
    return run;
  }

  #evict(): void {
    let left = 1000;
    for (const [id, jar] of this.#jars) {
      if (jar.inUse) continue;
      this.#jars.delete(id);
      if (--left === 0) return;
    }
  }

  /**
   * Replaces the state of a jar by what `change` makes of it, in the store first. `change` may be asked several times: when
   * another node was first it is asked again with what that one wrote. The same state: nothing is to be written.
   */
  async #change(jar: KeptJar, change: (state: State) => State): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const next = change(jar.state);
      if (next === jar.state) return;
      if (await this.#write(jar, next)) return;
      const gone = jar.version > 0;
      await this.#refresh(jar);
      // Its session has ended: there is nothing any more that it could be the jar of.
      if (jar.version === 0 && (gone || jar.sessionId !== null))
        throw new SallyportError('sign-in-required', 'the session ended');
    }
    throw new SallyportError('conflict', 'a jar that too many write');
  }

  async #write(jar: KeptJar, state: State): Promise<boolean> {
    const { store, seal } = this.#parts;
    const sealed = seal.seal(writeState(state), placeOf(jar.id));
    const version = jar.version + 1;
    const row = { version, state: sealed, expiresAt: jar.expiresAt };
    jar.expected += 1;
    try {
      const done =
        jar.version === 0
          ? await store.jars.insert({ id: jar.id, appId: jar.app.id, sessionId: jar.sessionId, ...row })
          : await store.jars.update(jar.id, jar.version, row);
      if (!done) jar.expected -= 1;
      else jar.replace(version, state);
      return done;
    } catch (error) {
      // It may have been written all the same.
      jar.expected -= 1;
      jar.stale = true;
      throw error;
    }
  }

  receive(given: Jar, brought: Brought): Promise<Received> | undefined {
    const jar = asKept(given);
    const change = (state: State): State => this.#withBrought(jar, state, brought);
    if (change(jar.state) === jar.state) return undefined;
    const before = jar.credentials();
    return this.#serially(jar, async () => {
      await this.#change(jar, change);
      return { version: jar.version, credentialsChanged: jar.credentials() !== before };
    });
  }

  #withBrought(jar: KeptJar, state: State, { generation, target, setCookies, vault }: Brought): State {
    if (state.generation !== generation) return state;
    const cookies = withSetCookies(state.cookies, setCookies, hostOf(jar.app), target, this.#parts.clock.now());
    const tokens = withTokens(state.vault, vault);
    return cookies === state.cookies && tokens === state.vault ? state : { ...state, cookies, vault: tokens };
  }

  async begin(given: Jar, keep: 'all' | 'others'): Promise<Draft> {
    const jar = asKept(given);
    const { clock } = this.#parts;
    return this.#serially(jar, async () => {
      let before: State = jar.state;
      await this.#change(jar, (state) => {
        if (state.busyUntil > clock.now()) throw new SallyportError('conflict', 'another sign-in is under way');
        before = state;
        return { ...EMPTY, generation: state.generation + 1, busyUntil: clock.now() + BUSY_MS };
      });
      const { generation } = jar;
      const isSession = (name: string) => jar.app.login.sessionCookies.some((pattern) => pattern.test(name));
      const cookies = keep === 'all' ? before.cookies : before.cookies.filter(({ name }) => !isSession(name));
      return new JarDraft({
        clock,
        app: jar.app,
        host: hostOf(jar.app),
        state: { ...EMPTY, generation, cookies },
        put: (next) => this.#put(jar, generation, next),
      });
    });
  }

  async #put(jar: KeptJar, generation: number, next: State): Promise<void> {
    await this.#serially(jar, () =>
      this.#change(jar, (state) => {
        if (state.generation !== generation) throw new SallyportError('conflict', 'another sign-in came between');
        // What was seen of the jar meanwhile is of no generation any more.
        return { ...next, generation };
      }),
    );
  }

  async stand(given: Jar, generation: number, standing: Standing): Promise<void> {
    const jar = asKept(given);
    await this.#serially(jar, () =>
      this.#change(jar, (state) =>
        state.generation !== generation || JSON.stringify(state.standing) === JSON.stringify(standing)
          ? state
          : { ...state, standing },
      ),
    );
  }

  async clear(given: Jar): Promise<void> {
    const jar = asKept(given);
    await this.#serially(jar, () =>
      this.#change(jar, (state) => ({ ...EMPTY, generation: state.generation + 1, busyUntil: state.busyUntil })),
    );
  }

  async adopt(owner: JarOwner, app: JarApp, serialised: string, held: string | null): Promise<Jar> {
    const jar = asKept(await this.of(owner, app, 0));
    await this.#serially(jar, () =>
      // Of two requests, here or on two nodes, one makes it.
      this.#change(jar, (state) => (jar.version > 0 ? state : { ...readState(serialised), generation: 1, held })),
    );
    return jar;
  }

  async released(given: Jar): Promise<void> {
    const jar = asKept(given);
    await this.#serially(jar, () =>
      this.#change(jar, (state) => (state.held === null ? state : { ...state, held: null })),
    );
  }

  forget(id: string): void {
    if (id === '*') {
      for (const jar of this.#jars.values()) {
        jar.expected = 0;
        this.#makeStale(jar);
      }
      return;
    }
    const jar = this.#jars.get(id);
    if (jar === undefined) return;
    // Our own write comes back to us; should this have been another's, ours is still to come and says the same.
    if (jar.expected > 0) jar.expected -= 1;
    else this.#makeStale(jar);
  }

  /** Who has something under way must hear at once that its generation has ended. */
  #makeStale(jar: KeptJar): void {
    jar.stale = true;
    if (jar.inUse) this.#reread(jar).catch(() => jar.replace(jar.version, { ...EMPTY, generation: -1 }));
  }
}

function asKept(jar: Jar): KeptJar {
  if (!(jar instanceof KeptJar)) throw new SallyportError('internal', 'not a jar');
  return jar;
}

function hostOf(app: JarApp): string {
  return new URL(app.origin).hostname.replace(/^\[|\]$/g, '');
}
