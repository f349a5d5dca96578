import { SallyportError } from '../errors.ts';
import type { RealmSource } from '../evidence.ts';
import { sha256 } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import type { Change, Store } from '../store/types.ts';
import { Session } from './session.ts';

/** The feed of changes may be this old before nothing in memory is believed any more. */
const STALE_MS = 3_000;
const FLUSH_MS = 15_000;
const SWEEP_MS = 250;
const MAX_ENTRIES = 200_000;

export interface SessionMapOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Source of the app's realm; undefined when the configuration has no such app in that realm (any more). */
  readonly sourceOf: (appId: string, realm: string) => RealmSource | undefined;
  readonly onError: (error: unknown) => void;
}

/**
 * The sessions in memory, by the cookie's value: loaded from the store on demand, forgotten by push, so that a request of
 * a known session asks nobody. When the push has been silent for too long, every look-up refuses.
 */
export class SessionMap {
  readonly #options: SessionMapOptions;
  readonly #byCookie = new Map<string, Session>();
  readonly #cookieById = new Map<string, string>();
  readonly #byAccount = new Map<string, Set<string>>();
  readonly #seen = new Map<string, Session>();
  readonly #busy = new Set<Session>();
  #feed: { freshAt(): number; stop(): Promise<void> } | null = null;
  #timers: NodeJS.Timeout[] = [];
  #epoch = 0;

  constructor(options: SessionMapOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byCookie.size;
  }

  /** Subscribes to the store's changes and starts the sweeps. Rejects when the store cannot be watched. */
  async start(onChange: (change: Change) => void): Promise<void> {
    this.#feed = await this.#options.store.watch({
      change: (change) => {
        this.#apply(change);
        onChange(change);
      },
      lost: () => {
        this.reloadAll();
        onChange({ topic: 'key', ref: '*' });
      },
    });
    this.#timers = [
      setInterval(() => this.#sweep(), SWEEP_MS).unref(),
      setInterval(() => void this.flush().catch(this.#options.onError), FLUSH_MS).unref(),
    ];
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#feed?.stop();
    await this.flush();
  }

  /** Throws `store-unavailable` unless the feed has been complete within the last seconds. */
  checkFresh(): void {
    const at = this.#feed?.freshAt() ?? Number.NEGATIVE_INFINITY;
    if (!(this.#options.clock.monotonic() - at < STALE_MS))
      throw new SallyportError('store-unavailable', 'the feed of changes is stale');
  }

  /**
   * The live session that a cookie's value names; undefined for none. Answers at once for a session in memory, else
   * asks the store once. Throws or rejects with `store-unavailable` when that cannot be known.
   */
  find(cookie: string): Session | undefined | Promise<Session | undefined> {
    this.checkFresh();
    const held = this.#byCookie.get(cookie);
    if (held === undefined) return this.#load(cookie);
    if (held.liveAt(this.#options.clock.now())) return held;
    this.#drop(held.id);
    // Idle here may be active on another node: the store knows.
    return held.ended || this.#options.clock.now() >= held.expiresAt ? undefined : this.#load(cookie);
  }

  /** Notes activity of the person; written back in batches, at most once a quarter minute. */
  touch(session: Session): void {
    session.lastSeenAt = this.#options.clock.now();
    this.#seen.set(session.id, session);
  }

  /** Tells the sweep that the session has something open that must be cut when it expires. */
  watch(session: Session): void {
    this.#busy.add(session);
  }

  /** Puts a session that was opened or rotated just now under its new cookie; the old cookie is forgotten, open streams go on. */
  adopt(cookie: string, session: Session): void {
    const oldCookie = this.#cookieById.get(session.id);
    const old = oldCookie === undefined ? undefined : this.#byCookie.get(oldCookie);
    this.#forget(session.id);
    if (old !== undefined && old !== session) {
      old.handOver(session);
      if (session.busy) this.#busy.add(session);
    }
    this.#keep(cookie, session);
  }

  /** Ends one in this process at once (sign-out), without waiting for the push. */
  endNow(session: Session): void {
    this.#drop(session.id);
    session.end();
  }

  async flush(): Promise<void> {
    for (const session of this.#busy) this.#seen.set(session.id, session);
    if (this.#seen.size === 0) return;
    const batch = new Map([...this.#seen].map(([id, session]) => [id, session.lastSeenAt]));
    this.#seen.clear();
    try {
      await this.#options.store.sessions.touch(batch);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  async #load(cookie: string): Promise<Session | undefined> {
    const epoch = this.#epoch;
    const row = await this.#options.store.sessions.byHash(sha256(cookie));
    if (row === undefined) return undefined;
    const session = Session.fromRow(row, this.#options.sourceOf(row.appId, row.account.realm));
    if (session === undefined || !session.liveAt(this.#options.clock.now())) return undefined;
    const held = this.#byCookie.get(cookie);
    if (held !== undefined && !held.ended) return held;
    // A change came in while the row was being read: what was read may be old, so it serves nobody.
    if (epoch !== this.#epoch) return this.#load(cookie);
    this.#keep(cookie, session);
    return session;
  }

  #keep(cookie: string, session: Session): void {
    if (this.#byCookie.size >= MAX_ENTRIES) this.#evict();
    this.#byCookie.set(cookie, session);
    this.#cookieById.set(session.id, cookie);
    const ids = this.#byAccount.get(session.accountId);
    if (ids === undefined) this.#byAccount.set(session.accountId, new Set([session.id]));
    else ids.add(session.id);
  }

  /** Makes room: oldest entries without open streams go first; they are loaded again on demand. */
  #evict(): void {
    let left = 1000;
    for (const session of this.#byCookie.values()) {
      if (session.busy || this.#seen.has(session.id)) continue;
      this.#forget(session.id);
      if (--left === 0) return;
    }
  }

  #forget(id: string): Session | undefined {
    const cookie = this.#cookieById.get(id);
    if (cookie === undefined) return undefined;
    const session = this.#byCookie.get(cookie);
    this.#cookieById.delete(id);
    this.#byCookie.delete(cookie);
    if (session === undefined) return undefined;
    const ids = this.#byAccount.get(session.accountId);
    ids?.delete(id);
    if (ids?.size === 0) this.#byAccount.delete(session.accountId);
    return session;
  }

  #drop(id: string): void {
    const session = this.#forget(id);
    this.#seen.delete(id);
    if (session === undefined) return;
    this.#busy.delete(session);
    session.end();
  }

  #apply(change: Change): void {
    this.#epoch++;
    if (change.topic === 'key') return;
    if (change.ref === '*') this.reloadAll();
    else if (change.topic === 'session') void this.#recheck(change.ref);
    else for (const id of [...(this.#byAccount.get(change.ref) ?? [])]) void this.#recheck(id);
  }

  /** Everything in memory may be wrong: idle ones are forgotten, those with open streams are looked at again now. */
  reloadAll(): void {
    this.#epoch++;
    for (const session of [...this.#byCookie.values()]) {
      if (session.busy) void this.#recheck(session.id);
      else this.#forget(session.id);
    }
  }

  /**
   * Reads a changed session anew. From this moment on until the answer is there, requests load it from the store; what is
   * open is cut unless the row still makes the very same session (a rotation keeps what is open).
   */
  async #recheck(id: string): Promise<void> {
    const cookie = this.#cookieById.get(id);
    const session = cookie === undefined ? undefined : this.#byCookie.get(cookie);
    if (session === undefined || cookie === undefined) return;
    try {
      const row = await this.#options.store.sessions.byId(id);
      if (session.ended) return;
      const fresh = row === undefined ? undefined : Session.fromRow(row, this.#options.sourceOf(row.appId, row.account.realm));
      if (fresh === undefined || !fresh.liveAt(this.#options.clock.now())) return this.#drop(id);
      if (fresh.hash === session.hash && sameAccount(fresh, session)) return;
      this.#forget(id);
      session.handOver(fresh);
      if (fresh.hash === session.hash) this.#keep(cookie, fresh);
      if (fresh.busy) this.#busy.add(fresh);
    } catch (error) {
      // It cannot be known whether it still stands: it does not.
      this.#drop(id);
      this.#options.onError(error);
    }
  }

  /** Cuts what is open of sessions whose limit has passed, or of all when the feed is stale. */
  #sweep(): void {
    const now = this.#options.clock.now();
    for (const session of this.#busy) {
      if (!session.busy) this.#busy.delete(session);
      else if (!session.liveAt(now)) {
        this.#busy.delete(session);
        this.#drop(session.id);
        session.end();
      }
    }
  }
}

function sameAccount(a: Session, b: Session): boolean {
  return a.accountName === b.accountName && a.realm === b.realm && a.groups.join(',') === b.groups.join(',');
}
