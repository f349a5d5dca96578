import { randomBytes } from 'node:crypto';
import { SallyportError } from '../errors.ts';
import { sha256 } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import type { RealmSource } from '../sources/table.ts';
import type { Change, SessionWithAccount, Store } from '../store/types.ts';
import { Cuts } from './cuts.ts';
import { type Ended, whyEnded } from './ended.ts';
import { Session } from './session.ts';

const FLUSH_MS = 15_000;
const FLUSH_BATCH = 500;
/** How often it is told what is open here, while there is some. */
const TELL_MS = 5_000;
const SWEEP_MS = 250;
/** A sweep that comes so late tells of this process, not of the feed. */
const STOOD_STILL_MS = 3 * SWEEP_MS;
const MAX_ENTRIES = 200_000;
/** A session that changes each time that it is read is not known; so often it is read. */
const MAX_READINGS = 5;

/** Ids of accounts and sessions whose changes were heard since a moment; `*` for all. */
type Heard = Set<string>;

function concerns(heard: Heard, { id, accountId }: { readonly id: string; readonly accountId: string }): boolean {
  return heard.has('*') || heard.has(id) || heard.has(accountId);
}
/** Ends that are remembered for the page that tells of them, which is asked for next. */
const MAX_ENDED = 1_000;

export interface SessionMapOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Source of the app's realm; undefined when the configuration has no such app in that realm (any more). */
  readonly sourceOf: (appId: string, realm: string) => RealmSource | undefined;
  /** Whether what is open would still be admitted, by the rules in force and the session as it is now. Must not throw. */
  readonly stands: (session: Session, about: unknown) => boolean;
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
  /** Sessions with something open whose present cookie nobody has shown here (rotated elsewhere, or being read anew). */
  readonly #unnamed = new Map<string, Session>();
  /** Most accounts have one session, and so no set of them. */
  readonly #byAccount = new Map<string, string | Set<string>>();
  readonly #seen = new Map<string, Session>();
  readonly #busy = new Set<Session>();
  /** By the hash of the cookie: why the session that it named is over. */
  readonly #ended = new Map<string, { readonly appId: string; readonly why: Ended }>();
  readonly #cuts = new Cuts();
  #feed: Awaited<ReturnType<Store['watch']>> | null = null;
  /** What was heard of and is not yet in force. */
  readonly #pending = new Set<Promise<unknown>>();
  #timers: NodeJS.Timeout[] = [];
  /** For each who reads or writes sessions right now, what was heard meanwhile. */
  readonly #listening = new Set<Heard>();
  #sweptAt = 0;
  /** Under which name this process tells what it has open. */
  readonly #node = randomBytes(9).toString('base64url');
  #told = false;

  constructor(options: SessionMapOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byCookie.size;
  }

  /** Subscribes to the store's changes and starts the sweeps. Rejects when the store cannot be watched. */
  async start(onChange: (change: Change) => Promise<unknown> | null): Promise<void> {
    const heard = (change: Change) => {
      const inForce = onChange(change);
      if (inForce !== null) this.#await(inForce);
    };
    this.#feed = await this.#options.store.watch({
      change: (change) => {
        this.#apply(change);
        heard(change);
      },
      lost: () => {
        this.reloadAll();
        heard({ topic: 'key', ref: '*' });
      },
      settled: async () => {
        await Promise.allSettled(this.#pending);
      },
      cuts: () => this.#cuts.list(),
    });
    this.#sweptAt = this.#options.clock.monotonic();
    this.#timers = [
      setInterval(() => this.#sweep(), SWEEP_MS).unref(),
      setInterval(() => void this.flush().catch(this.#options.onError), FLUSH_MS).unref(),
      setInterval(() => void this.tellOpen().catch(this.#options.onError), TELL_MS).unref(),
    ];
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#feed?.stop();
    await this.flush();
    if (this.#told) await this.#tell(new Map()).catch(this.#options.onError);
  }

  /** Throws `store-unavailable` unless the feed has been complete within the time that memory is trusted. */
  checkFresh(): void {
    if (!this.#fresh()) throw new SallyportError('store-unavailable', 'the feed of changes is stale');
  }

  /** The feed first: it may look now, and a look takes time. */
  #fresh(): boolean {
    const feed = this.#feed;
    if (feed === null) return false;
    const at = feed.freshAt();
    return this.#options.clock.monotonic() - at < feed.trustMs;
  }

  #await(work: Promise<unknown>): void {
    this.#pending.add(work);
    const over = () => this.#pending.delete(work);
    work.then(over, over);
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
    // Idle here may be active on another node, and why it ended the store knows too.
    return this.#load(cookie);
  }

  /** Notes activity of the person; written back in batches, at most once a quarter minute. */
  touch(session: Session): void {
    session.active(this.#options.clock.now());
    this.#seen.set(session.id, session);
  }

  /**
   * Tells the sweep that the session has something open that must be cut when it expires. Throws `store-unavailable` when
   * the feed went stale while the request was judged: the process may have stood still since it was admitted.
   */
  watch(session: Session): void {
    this.checkFresh();
    const { id, current } = session;
    this.#busy.add(current);
    if (this.#byCookie.get(this.#cookieById.get(id) ?? '') === current || this.#unnamed.get(id) === current) return;
    // It left the memory while its request was judged: nothing would tell it of its end.
    this.#setAside(current);
    this.#await(this.#recheck(id));
  }

  /**
   * Runs what opens or rotates a session and, once that is committed, puts it under its new cookie; the old cookie is
   * forgotten, open streams go on. A session that was changed or ended since the work began is not taken over: it was
   * heard of already, and will not be again. Whoever shows its cookie makes us ask the store.
   */
  async adopting<T>(
    work: () => Promise<T>,
    opened: (made: T) => { readonly cookie: string; readonly session: Session } | undefined,
  ): Promise<T> {
    return this.#listen(async (heard) => {
      const made = await work();
      const fresh = opened(made);
      if (fresh === undefined || concerns(heard, fresh.session)) return made;
      const old = this.#forget(fresh.session.id);
      if (old !== undefined && old !== fresh.session) this.#handOver(old, fresh.session);
      this.#keep(fresh.cookie, fresh.session);
      return made;
    });
  }

  /** Ends one in this process at once (sign-out), without waiting for the push. */
  endNow(session: Session): void {
    this.#drop(session.id);
    session.end();
  }

  async flush(): Promise<void> {
    for (const session of this.#busy) this.#seen.set(session.id, session);
    if (this.#seen.size === 0) return;
    const seen = [...this.#seen].map(([id, session]) => [id, session.lastSeenAt] as const);
    this.#seen.clear();
    try {
      // The embedded database works in this very thread: between its batches requests must have their turn.
      for (let i = 0; i < seen.length; i += FLUSH_BATCH) {
        if (i > 0) await new Promise((resolve) => setImmediate(resolve));
        await this.#options.store.sessions.touch(new Map(seen.slice(i, i + FLUSH_BATCH)));
      }
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** Tells other processes how much each session has open here: nothing is written where there was nothing and is nothing. */
  async tellOpen(): Promise<void> {
    const open = new Map(
      [...this.#busy].flatMap((session) => (session.busy ? [[session.id, session.open] as const] : [])),
    );
    if (open.size > 0 || this.#told) await this.#tell(open);
  }

  async #tell(open: ReadonlyMap<string, number>): Promise<void> {
    this.#told = open.size > 0;
    await this.#options.store.streams.tell(this.#node, open, this.#options.clock.now());
  }

  async #listen<T>(work: (heard: Heard) => Promise<T>): Promise<T> {
    const heard: Heard = new Set();
    this.#listening.add(heard);
    try {
      return await work(heard);
    } finally {
      this.#listening.delete(heard);
    }
  }

  async #load(cookie: string): Promise<Session | undefined> {
    for (let left = MAX_READINGS; left > 0; left -= 1) {
      const read = await this.#listen((heard) => this.#read(cookie, heard));
      if (read !== 'old') return read;
    }
    throw new SallyportError('store-unavailable', 'the session changes faster than it can be read');
  }

  async #read(cookie: string, heard: Heard): Promise<Session | undefined | 'old'> {
    const hash = sha256(cookie);
    const row = await this.#options.store.sessions.byHash(hash);
    if (row === undefined) return undefined;
    // A change of it came in while it was being read: what was read may be old, so it serves nobody.
    if (concerns(heard, row)) return 'old';
    this.#noteEnd(hash, row);
    const session = Session.fromRow(row, this.#options.sourceOf(row.appId, row.account.realm));
    if (session === undefined || !session.liveAt(this.#options.clock.now())) return undefined;
    const held = this.#byCookie.get(cookie);
    if (held !== undefined && !held.ended) return held;
    this.#keep(cookie, session);
    return session;
  }

  /** Only for a row of the store: cookies that nobody was given leave nothing here, and cost no look-up more than before. */
  #noteEnd(hash: string, row: SessionWithAccount): void {
    const why = whyEnded(row, this.#options.clock.now());
    if (why === null) return;
    this.#ended.delete(hash);
    this.#ended.set(hash, { appId: row.appId, why });
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MAX_ENDED && oldest !== undefined) this.#ended.delete(oldest);
  }

  /** Why the session that a cookie named at an app is over, for a cookie that `find` has just looked up in vain; else null. */
  endOf(cookie: string, appId: string): Ended | null {
    const known = this.#ended.get(sha256(cookie));
    return known?.appId === appId ? known.why : null;
  }

  #handOver(old: Session, next: Session): void {
    old.handOver(next);
    this.#busy.delete(old);
    if (next.busy) this.#busy.add(next);
    this.#judgeAnew(next);
  }

  #keep(cookie: string, session: Session): void {
    const unnamed = this.#unnamed.get(session.id);
    this.#unnamed.delete(session.id);
    if (unnamed !== undefined && unnamed !== session) this.#handOver(unnamed, session);
    if (this.#byCookie.size >= MAX_ENTRIES) this.#evict();
    // A value cut out of a header would keep the whole header in memory for as long as the session lives.
    const own = Buffer.from(cookie, 'latin1').toString('latin1');
    this.#byCookie.set(own, session);
    this.#cookieById.set(session.id, own);
    this.#index(session);
  }

  #index(session: Session): void {
    const ids = this.#byAccount.get(session.accountId);
    if (ids === undefined) this.#byAccount.set(session.accountId, session.id);
    else if (typeof ids !== 'string') ids.add(session.id);
    else if (ids !== session.id) this.#byAccount.set(session.accountId, new Set([ids, session.id]));
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
    if (session !== undefined) this.#unindex(session);
    return session;
  }

  #unindex(session: Session): void {
    if (this.#cookieById.has(session.id) || this.#unnamed.has(session.id)) return;
    const ids = this.#byAccount.get(session.accountId);
    if (ids instanceof Set) ids.delete(session.id);
    if (ids === session.id || (ids instanceof Set && ids.size === 0)) this.#byAccount.delete(session.accountId);
  }

  #idsOf(accountId: string): readonly string[] {
    const ids = this.#byAccount.get(accountId);
    if (ids === undefined) return [];
    return typeof ids === 'string' ? [ids] : [...ids];
  }

  #drop(id: string): void {
    const unnamed = this.#unnamed.get(id);
    this.#unnamed.delete(id);
    const named = this.#forget(id);
    this.#seen.delete(id);
    for (const session of [unnamed, named]) {
      if (session === undefined) continue;
      this.#unindex(session);
      this.#busy.delete(session);
      session.end();
    }
  }

  #apply(change: Change): void {
    if (change.topic !== 'session' && change.topic !== 'account') return;
    for (const heard of this.#listening) heard.add(change.ref);
    if (change.ref === '*') this.reloadAll();
    else if (change.topic === 'session') this.#await(this.#recheck(change.ref));
    else for (const id of this.#idsOf(change.ref)) this.#await(this.#recheck(id));
  }

  #judgeAnew(session: Session): void {
    this.#cuts.add(session.rejudge((about) => this.#options.stands(session, about)));
  }

  /** The rules have changed: what is open and would not be admitted by them is cut. */
  rejudge(): void {
    for (const session of this.#busy) this.#judgeAnew(session);
  }

  /** Everything in memory may be wrong: idle ones are forgotten, those with open streams are looked at again now. */
  reloadAll(): void {
    for (const heard of this.#listening) heard.add('*');
    for (const id of this.#unnamed.keys()) this.#await(this.#recheck(id));
    for (const session of [...this.#byCookie.values()]) {
      if (session.busy) this.#await(this.#recheck(session.id));
      else this.#forget(session.id);
    }
  }

  /**
   * Reads a changed session anew. Until the answer is there its cookie names nothing here, so that a request asks the
   * store; what is open is cut unless the row still makes a session (a rotation keeps what is open). Of changes that
   * follow each other each is read for itself, and judged on whatever holds the open streams then.
   */
  async #recheck(id: string): Promise<void> {
    const named = this.#forget(id);
    if (named !== undefined) this.#setAside(named);
    // What is open now: cookies of the app that end with the session may cut it before we have read what became of it.
    const open = this.#unnamed.get(id)?.open;
    if (open === undefined) return;
    try {
      const row = await this.#options.store.sessions.byId(id);
      const held = this.#unnamed.get(id);
      // Dropped, or read by a request after us.
      if (held === undefined) return;
      const source = row === undefined ? undefined : this.#options.sourceOf(row.appId, row.account.realm);
      const fresh = row === undefined ? undefined : Session.fromRow(row, source);
      fresh?.active(held.lastSeenAt);
      if (fresh === undefined || !fresh.liveAt(this.#options.clock.now())) return this.#cut(id, open);
      this.#setAside(fresh);
      this.#settle(fresh);
    } catch (error) {
      // It cannot be known whether it still stands: it does not.
      this.#cut(id, open);
      this.#options.onError(error);
    }
  }

  /** Ends a session that had so much open when it was heard of. */
  #cut(id: string, open: number): void {
    this.#drop(id);
    this.#cuts.add(open);
  }

  /** Keeps a session without a name here; what an earlier incarnation of it has open is its own now. */
  #setAside(session: Session): void {
    const before = this.#unnamed.get(session.id);
    this.#unnamed.set(session.id, session);
    if (before !== undefined && before !== session) this.#handOver(before, session);
    this.#index(session);
  }

  /** A session without a name is kept for what it has open; else it is loaded on demand. */
  #settle(session: Session): void {
    if (session.busy || this.#unnamed.get(session.id) !== session) return;
    this.#unnamed.delete(session.id);
    this.#unindex(session);
  }

  /** Cuts what is open of sessions whose limit has passed, or of all when the feed is stale. */
  #sweep(): void {
    const now = this.#options.clock.now();
    const blind = this.#blind();
    for (const session of this.#busy) {
      if (!session.busy) {
        this.#busy.delete(session);
        this.#settle(session);
      } else if (blind || !session.liveAt(now)) {
        this.#drop(session.id);
        this.#busy.delete(session);
        session.end();
      }
    }
  }

  /**
   * Who cannot hear of a revocation cannot obey it. A process that itself stood still hears first and is judged at the
   * next sweep: meanwhile `checkFresh` refuses.
   */
  #blind(): boolean {
    const at = this.#options.clock.monotonic();
    const stoodStill = at - this.#sweptAt > STOOD_STILL_MS;
    this.#sweptAt = at;
    return !stoodStill && !this.#fresh();
  }
}
