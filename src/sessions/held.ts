import type { Session } from './session.ts';

const MAX_ENTRIES = 200_000;
const EVICT_AT_ONCE = 1000;

/** The sessions in memory and what they are found by; whether they stand is judged elsewhere. */
export class HeldSessions {
  readonly #byCookie = new Map<string, Session>();
  readonly #cookieById = new Map<string, string>();
  /** Sessions with something open whose present cookie nobody has shown here (rotated elsewhere, or being read anew). */
  readonly #unnamed = new Map<string, Session>();
  /** Most accounts have one session, and so no set of them. */
  readonly #byAccount = new Map<string, string | Set<string>>();

  /** How many are found by their cookie. */
  get size(): number {
    return this.#byCookie.size;
  }

  byCookie(cookie: string): Session | undefined {
    return this.#byCookie.get(cookie);
  }

  /** The one that is found by its cookie. */
  named(id: string): Session | undefined {
    return this.#byCookie.get(this.#cookieById.get(id) ?? '');
  }

  unnamed(id: string): Session | undefined {
    return this.#unnamed.get(id);
  }

  /** Those that are found by their cookies, as they are now. */
  allNamed(): readonly Session[] {
    return [...this.#byCookie.values()];
  }

  unnamedIds(): Iterable<string> {
    return this.#unnamed.keys();
  }

  idsOf(accountId: string): readonly string[] {
    const ids = this.#byAccount.get(accountId);
    if (ids === undefined) return [];
    return typeof ids === 'string' ? [ids] : [...ids];
  }

  /** Whether it is this very one that is found here, by its cookie or without. */
  has(session: Session): boolean {
    return this.named(session.id) === session || this.#unnamed.get(session.id) === session;
  }

  /** Puts a session under its cookie. Where there are too many, others go first that are not `needed`. */
  keep(cookie: string, session: Session, needed: (session: Session) => boolean): void {
    this.#unnamed.delete(session.id);
    if (this.#byCookie.size >= MAX_ENTRIES) this.#evict(needed);
    // A value cut out of a header would keep the whole header in memory for as long as the session lives.
    const own = Buffer.from(cookie, 'latin1').toString('latin1');
    this.#byCookie.set(own, session);
    this.#cookieById.set(session.id, own);
    this.#index(session);
  }

  /** Keeps a session without a name here, in place of the one before. */
  setAside(session: Session): void {
    this.#unnamed.set(session.id, session);
    this.#index(session);
  }

  /** Its cookie names nothing here any more. */
  forget(id: string): Session | undefined {
    const cookie = this.#cookieById.get(id);
    if (cookie === undefined) return undefined;
    const session = this.#byCookie.get(cookie);
    this.#cookieById.delete(id);
    this.#byCookie.delete(cookie);
    if (session !== undefined) this.#unindex(session);
    return session;
  }

  /** A session without a name is not kept any longer, if it is this very one. */
  letGo(session: Session): void {
    if (this.#unnamed.get(session.id) !== session) return;
    this.#unnamed.delete(session.id);
    this.#unindex(session);
  }

  /** All that is here of a session, which is gone from here. */
  drop(id: string): readonly Session[] {
    const unnamed = this.#unnamed.get(id);
    this.#unnamed.delete(id);
    const dropped = [unnamed, this.forget(id)].filter((session) => session !== undefined);
    for (const session of dropped) this.#unindex(session);
    return dropped;
  }

  /** Makes room: oldest entries that nobody needs go first; they are loaded again on demand. */
  #evict(needed: (session: Session) => boolean): void {
    let left = EVICT_AT_ONCE;
    for (const session of this.#byCookie.values()) {
      if (needed(session)) continue;
      this.forget(session.id);
      if (--left === 0) return;
    }
  }

  #index(session: Session): void {
    const ids = this.#byAccount.get(session.accountId);
    if (ids === undefined) this.#byAccount.set(session.accountId, session.id);
    else if (typeof ids !== 'string') ids.add(session.id);
    else if (ids !== session.id) this.#byAccount.set(session.accountId, new Set([ids, session.id]));
  }

  #unindex(session: Session): void {
    if (this.#cookieById.has(session.id) || this.#unnamed.has(session.id)) return;
    const ids = this.#byAccount.get(session.accountId);
    if (ids instanceof Set) ids.delete(session.id);
    if (ids === session.id || (ids instanceof Set && ids.size === 0)) this.#byAccount.delete(session.accountId);
  }
}
