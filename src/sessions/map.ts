import { SallyportError } from '../errors.ts';
import { sha256 } from '../lib/bytes.ts';
import type { Change } from '../store/types.ts';
import { Activity } from './activity.ts';
import { Cuts } from './cuts.ts';
import { type Ended, EndedSessions } from './ended.ts';
import { concerns, type Heard, Hearing } from './hearing.ts';
import { HeldSessions } from './held.ts';
import { Session } from './session.ts';
import { Trust } from './trust.ts';
import type { SessionMapOptions } from './types.ts';

const FLUSH_MS = 15_000;
/** How often it is told what is open here, while there is some. */
const TELL_MS = 5_000;
const SWEEP_MS = 250;
/** A sweep that comes so late tells of this process, not of the feed. */
const STOOD_STILL_MS = 3 * SWEEP_MS;
/** A session that changes each time that it is read is not known; so often it is read. */
const MAX_READINGS = 5;

/**
 * The sessions in memory, by the cookie's value: loaded from the store on demand, forgotten by push, so that a request of
 * a known session asks nobody. When the push has been silent for too long, every look-up refuses.
 */
export class SessionMap {
  readonly #options: SessionMapOptions;
  readonly #held = new HeldSessions();
  readonly #activity: Activity;
  readonly #hearing = new Hearing();
  readonly #trust: Trust;
  /** Those with something open, or that had it at the last sweep. */
  readonly #busy = new Set<Session>();
  readonly #ended = new EndedSessions();
  readonly #cuts = new Cuts();
  #timers: NodeJS.Timeout[] = [];

  constructor(options: SessionMapOptions) {
    this.#options = options;
    this.#activity = new Activity(options);
    this.#trust = new Trust(options.clock, STOOD_STILL_MS);
  }

  get size(): number {
    return this.#held.size;
  }

  /** Subscribes to the store's changes and starts the sweeps. Rejects when the store cannot be watched. */
  async start(onChange: (change: Change) => Promise<unknown> | null): Promise<void> {
    const heard = (change: Change) => {
      const inForce = onChange(change);
      if (inForce !== null) this.#hearing.await(inForce);
    };
    const feed = await this.#options.store.watch({
      change: (change) => {
        this.#apply(change);
        heard(change);
      },
      lost: () => {
        this.reloadAll();
        heard({ topic: 'key', ref: '*' });
      },
      settled: () => this.#hearing.settled(),
      cuts: () => this.#cuts.list(),
    });
    this.#trust.begin(feed);
    this.#timers = [
      setInterval(() => this.#sweep(), SWEEP_MS).unref(),
      setInterval(() => void this.flush().catch(this.#options.onError), FLUSH_MS).unref(),
      setInterval(() => void this.tellOpen().catch(this.#options.onError), TELL_MS).unref(),
    ];
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#trust.end();
    await this.flush();
    await this.#activity.tellNone();
  }

  /** Throws `store-unavailable` unless the feed has been complete within the time that memory is trusted. */
  checkFresh(): void {
    this.#trust.check();
  }

  /**
   * The live session that a cookie's value names; undefined for none. Answers at once for a session in memory, else
   * asks the store once. Throws or rejects with `store-unavailable` when that cannot be known.
   */
  find(cookie: string): Session | undefined | Promise<Session | undefined> {
    this.checkFresh();
    const held = this.#held.byCookie(cookie);
    if (held === undefined) return this.#load(cookie);
    if (held.liveAt(this.#options.clock.now())) return held;
    this.#drop(held.id);
    // Idle here may be active on another node, and why it ended the store knows too.
    return this.#load(cookie);
  }

  /** Notes activity of the person; written back in batches, at most once a quarter minute. */
  touch(session: Session): void {
    session.active(this.#options.clock.now());
    this.#activity.note(session);
  }

  /**
   * Tells the sweep that the session has something open that must be cut when it expires. Throws `store-unavailable` when
   * the feed went stale while the request was judged: the process may have stood still since it was admitted.
   */
  watch(session: Session): void {
    this.checkFresh();
    const { id, current } = session;
    this.#busy.add(current);
    if (this.#held.has(current)) return;
    // It left the memory while its request was judged: nothing would tell it of its end.
    this.#setAside(current);
    this.#hearing.await(this.#recheck(id));
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
    return this.#hearing.listen(async (heard) => {
      const made = await work();
      const fresh = opened(made);
      if (fresh === undefined || concerns(heard, fresh.session)) return made;
      const old = this.#held.forget(fresh.session.id);
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
    for (const session of this.#busy) this.#activity.note(session);
    await this.#activity.flush();
  }

  /** Tells other processes how much each session has open here. */
  async tellOpen(): Promise<void> {
    await this.#activity.tellOpen(this.#busy);
  }

  async #load(cookie: string): Promise<Session | undefined> {
    for (let left = MAX_READINGS; left > 0; left -= 1) {
      const read = await this.#hearing.listen((heard) => this.#read(cookie, heard));
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
    this.#ended.note(hash, row, this.#options.clock.now());
    const session = Session.fromRow(row, this.#options.sourceOf(row.appId, row.account.realm));
    if (session === undefined || !session.liveAt(this.#options.clock.now())) return undefined;
    const held = this.#held.byCookie(cookie);
    if (held !== undefined && !held.ended) return held;
    this.#keep(cookie, session);
    return session;
  }

  /** Why the session that a cookie named at an app is over, for a cookie that `find` has just looked up in vain; else null. */
  endOf(cookie: string, appId: string): Ended | null {
    return this.#ended.of(cookie, appId);
  }

  #handOver(old: Session, next: Session): void {
    old.handOver(next);
    this.#busy.delete(old);
    if (next.busy) this.#busy.add(next);
    this.#judgeAnew(next);
  }

  #keep(cookie: string, session: Session): void {
    const unnamed = this.#held.unnamed(session.id);
    if (unnamed !== undefined && unnamed !== session) this.#handOver(unnamed, session);
    this.#held.keep(cookie, session, this.#isNeeded);
  }

  /** What it has open, and when it was seen, would be lost with it. */
  readonly #isNeeded = (session: Session): boolean => session.busy || this.#activity.has(session.id);

  #drop(id: string): void {
    const dropped = this.#held.drop(id);
    this.#activity.forget(id);
    for (const session of dropped) {
      this.#busy.delete(session);
      session.end();
    }
  }

  #apply(change: Change): void {
    if (change.topic !== 'session' && change.topic !== 'account') return;
    this.#hearing.tell(change.ref);
    if (change.ref === '*') this.reloadAll();
    else if (change.topic === 'session') this.#hearing.await(this.#recheck(change.ref));
    else for (const id of this.#held.idsOf(change.ref)) this.#hearing.await(this.#recheck(id));
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
    this.#hearing.tell('*');
    for (const id of this.#held.unnamedIds()) this.#hearing.await(this.#recheck(id));
    for (const session of this.#held.allNamed()) {
      if (session.busy) this.#hearing.await(this.#recheck(session.id));
      else this.#held.forget(session.id);
    }
  }

  /**
   * Reads a changed session anew. Until the answer is there its cookie names nothing here, so that a request asks the
   * store; what is open is cut unless the row still makes a session (a rotation keeps what is open). Of changes that
   * follow each other each is read for itself, and judged on whatever holds the open streams then.
   */
  async #recheck(id: string): Promise<void> {
    const named = this.#held.forget(id);
    if (named !== undefined) this.#setAside(named);
    // What is open now: cookies of the app that end with the session may cut it before we have read what became of it.
    const open = this.#held.unnamed(id)?.open;
    if (open === undefined) return;
    try {
      const row = await this.#options.store.sessions.byId(id);
      const held = this.#held.unnamed(id);
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
    const before = this.#held.unnamed(session.id);
    this.#held.setAside(session);
    if (before !== undefined && before !== session) this.#handOver(before, session);
  }

  /** A session without a name is kept for what it has open; else it is loaded on demand. */
  #settle(session: Session): void {
    if (!session.busy) this.#held.letGo(session);
  }

  /** Cuts what is open of sessions whose limit has passed, or of all when the feed is stale. */
  #sweep(): void {
    const now = this.#options.clock.now();
    const blind = this.#trust.blind();
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
}
