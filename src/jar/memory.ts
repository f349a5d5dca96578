import { KeptJar } from './kept-jar.ts';
import { type JarsParts, readCarried, readJar } from './rows.ts';
import { EMPTY } from './state.ts';
import type { Jar, JarApp, JarOwner } from './types.ts';

const MAX_ENTRIES = 100_000;
const MAX_WEIGHT = 256 * 1024 * 1024;
const EVICT_AT_ONCE = 1000;
/** Of visitors, who cost their sender nothing: they must not push out the jars of those who are signed in. */
const MAX_VISITORS = 2000;
const VISITORS_AT_ONCE = 200;
/** A version that the browser claims and the store does not have is asked for again only after this, ms. */
const DISBELIEF_MS = 1000;
/** Changes may come in while a jar is being read; after so many readings it is believed. */
const MAX_READINGS = 4;

interface Loading {
  readonly jar: Promise<KeptJar>;
  readonly app: JarApp;
  /** A change came in while it was being read. */
  overtaken: boolean;
}

/** The jars in memory: loaded on demand, forgotten by push. One object for one jar, as long as it is kept. */
export class JarMemory {
  readonly #parts: JarsParts;
  readonly #jars = new Map<string, KeptJar>();
  /** Those of them that are visitors', the oldest first. */
  readonly #visitors = new Set<KeptJar>();
  readonly #weights = new WeakMap<KeptJar, number>();
  readonly #loading = new Map<string, Loading>();
  readonly #disbelieved = new WeakMap<KeptJar, { readonly version: number; readonly until: number }>();
  #weight = 0;

  constructor(parts: JarsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#jars.size;
  }

  of(owner: JarOwner, app: JarApp, atLeast: number): Jar | Promise<Jar> {
    const jar = this.#jars.get(owner.id);
    if (jar === undefined || jar.app.id !== app.id) return this.load(owner, app);
    if (jar.app !== app) jar.rebind(app);
    jar.expiresAt = owner.expiresAt;
    bring(jar, owner);
    return this.#isFresh(jar, atLeast) ? jar : this.#freshenFor(owner, jar, atLeast);
  }

  /** Its row may have gone, and what the browser carries counts again. */
  async #freshenFor(owner: JarOwner, jar: KeptJar, atLeast: number): Promise<KeptJar> {
    await this.#freshen(jar, atLeast);
    bring(jar, owner);
    return jar;
  }

  async load(owner: JarOwner, app: JarApp): Promise<KeptJar> {
    const under = this.#loading.get(owner.id);
    if (under?.app === app) return under.jar;
    const loading: Loading = { jar: this.#load(owner, app, () => loading.overtaken), app, overtaken: false };
    this.#loading.set(owner.id, loading);
    try {
      return await loading.jar;
    } finally {
      if (this.#loading.get(owner.id) === loading) this.#loading.delete(owner.id);
    }
  }

  async #load(owner: JarOwner, app: JarApp, overtaken: () => boolean): Promise<KeptJar> {
    const sessionId = owner.kind === 'session' ? owner.id : null;
    const found = await readJar(this.#parts, owner.id, app, sessionId);
    const jar = new KeptJar(this.#parts.clock, owner, app, found);
    jar.stale = overtaken();
    bring(jar, owner);
    // Anybody may come without a cookie, as often as they like: a visitor's jar is kept once there is something in it.
    if (jar.version > 0 || sessionId !== null || jar.turn > 0) this.keep(jar);
    return jar;
  }

  /** Keeps a jar that was read or written just now. Another object for the same jar is read anew before it is used. */
  keep(jar: KeptJar): void {
    const held = this.#jars.get(jar.id);
    if (held !== undefined && held !== jar && held.app.id === jar.app.id) {
      held.stale = true;
      return;
    }
    if (held !== undefined && held !== jar) this.#drop(held);
    this.#jars.set(jar.id, jar);
    this.#weigh(jar);
    if (jar.sessionId === null) this.#visitors.add(jar);
    if (this.#visitors.size > MAX_VISITORS) this.#evict(this.#visitors, VISITORS_AT_ONCE);
    if (this.#jars.size > MAX_ENTRIES || this.#weight > MAX_WEIGHT) this.#evict(this.#jars.values(), EVICT_AT_ONCE);
  }

  #weigh(jar: KeptJar): void {
    const weight = jar.weight;
    this.#weight += weight - (this.#weights.get(jar) ?? 0);
    this.#weights.set(jar, weight);
  }

  /** Makes room: the oldest that nothing is under way with; they are loaded, or brought, again on demand. */
  #evict(from: Iterable<KeptJar>, atOnce: number): void {
    let left = atOnce;
    for (const jar of from) {
      if (jar.inUse || jar.busy || jar.queued > 0) continue;
      this.#drop(jar);
      if (--left === 0) return;
    }
  }

  #drop(jar: KeptJar): void {
    this.#jars.delete(jar.id);
    this.#visitors.delete(jar);
    this.#weight -= this.#weights.get(jar) ?? 0;
    this.#weights.delete(jar);
  }

  #isFresh(jar: KeptJar, atLeast: number): boolean {
    const { clock } = this.#parts;
    if (jar.stale || jar.until <= clock.now()) return false;
    if (jar.version >= atLeast) return true;
    const claim = this.#disbelieved.get(jar);
    return claim !== undefined && atLeast <= claim.version && clock.monotonic() < claim.until;
  }

  async #freshen(jar: KeptJar, atLeast: number): Promise<KeptJar> {
    await jar.serially(async () => {
      for (let reading = 0; reading < MAX_READINGS && !this.#isFresh(jar, atLeast); reading += 1) {
        await this.refresh(jar);
        if (jar.version < atLeast) {
          const until = this.#parts.clock.monotonic() + DISBELIEF_MS;
          this.#disbelieved.set(jar, { version: atLeast, until });
        }
      }
    });
    return jar;
  }

  /** Reads it anew; called serially. On failure it stays stale. */
  async refresh(jar: KeptJar): Promise<void> {
    // Set before the read: a change that comes while we read makes it stale again.
    jar.stale = false;
    try {
      const { version, state, until } = await readJar(this.#parts, jar.id, jar.app, jar.sessionId);
      jar.until = until;
      jar.loose = version === 0 && jar.mayBeLoose;
      if (version === jar.version && (version === 0 || state.generation === jar.generation)) return;
      // Gone with its session, or by time: what is under way with it ends.
      if (version === 0) jar.replace(0, { ...EMPTY, generation: jar.generation + 1 });
      else jar.replace(version, state);
      this.#weighIfKept(jar);
    } catch (error) {
      jar.stale = true;
      throw error;
    }
  }

  #weighIfKept(jar: KeptJar): void {
    if (this.#jars.get(jar.id) === jar) this.#weigh(jar);
  }

  forget(id: string): void {
    if (id === '*') {
      for (const loading of this.#loading.values()) loading.overtaken = true;
      for (const jar of this.#jars.values()) {
        jar.expected = 0;
        this.#makeStale(jar);
      }
      return;
    }
    const loading = this.#loading.get(id);
    if (loading !== undefined) loading.overtaken = true;
    const jar = this.#jars.get(id);
    if (jar === undefined) return;
    // Our own write comes back to us; should this have been another's, ours is still to come and says the same.
    if (jar.expected > 0) jar.expected -= 1;
    else this.#makeStale(jar);
  }

  /** Who has something under way, or waits for a login step to end elsewhere, must hear of it at once. */
  #makeStale(jar: KeptJar): void {
    jar.stale = true;
    if (!jar.inUse && !jar.busy) return;
    jar
      .serially(() => this.refresh(jar))
      // It cannot be known whether its generation still stands: it does not.
      .catch(() => jar.replace(jar.version, { ...EMPTY, generation: -1 }));
  }
}

/** Takes what the browser carries for a jar that stands in no row, unless something newer is here. */
function bring(jar: KeptJar, owner: JarOwner): void {
  if (!jar.loose || owner.kind !== 'visitor') return;
  const carried = readCarried(owner.carried ?? '');
  if (carried === undefined || carried.turn <= jar.turn) return;
  jar.turn = carried.turn;
  jar.replace(0, carried.state);
}
