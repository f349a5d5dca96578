import { type Proof, type Strength, strengthOf } from '../evidence.ts';
import { type RealmSource, sourceOf } from '../sources/table.ts';
import type { SessionWithAccount } from '../store/types.ts';
import { type Opening, Openings } from './openings.ts';
import { type Policy, policyOf } from './policy.ts';

const key = Symbol('minted in sessions/');

const NO_OPENING: Opening = { leave: () => false };

/**
 * A hundred thousand sessions say the same few things: names of configured apps and realms, and methods. Each is kept
 * once; the configuration bounds their number.
 */
const texts = new Map<string, string>();
const lists = new Map<string, readonly string[]>();
const NO_GROUPS: readonly string[] = [];

function one(text: string): string {
  const known = texts.get(text);
  if (known === undefined) texts.set(text, text);
  return known ?? text;
}

function oneList(list: readonly string[]): readonly string[] {
  const key = list.join(' ');
  const known = lists.get(key);
  if (known === undefined) lists.set(key, list);
  return known ?? list;
}

/**
 * A live session, minted only here and only from a row of the store. It holds no secret: the cookie's value is known to
 * the map alone. A pending sign-in can never be one (other class, other table, other cookie).
 */
export class Session {
  readonly #minted = key;
  readonly id: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly realm: string;
  readonly groups: readonly string[];
  readonly appId: string;
  /** Of its organisation; null: none. */
  readonly policy: Policy | null;
  readonly proofs: readonly Proof[];
  readonly strength: Strength;
  readonly createdAt: number;
  /** Absolute limit, ms. */
  readonly expiresAt: number;
  readonly idleMs: number;
  /** Hash of the secret that names it; rotation compares against it. */
  readonly hash: string;
  /** Moved by activity; written back to the store in batches. */
  lastSeenAt: number;
  admitted: boolean;
  #openings: Openings | null = null;
  #ended = false;
  /** The incarnation that took over what is open. */
  #next: Session | null = null;

  private constructor(row: SessionWithAccount, source: RealmSource) {
    this.id = row.id;
    this.accountId = row.accountId;
    this.accountName = row.account.name;
    this.realm = one(row.account.realm);
    this.groups = row.account.groups.length === 0 ? NO_GROUPS : row.account.groups;
    this.appId = one(row.appId);
    this.proofs = row.proofs;
    const strength = strengthOf(row.proofs, source);
    this.strength = { ...strength, amr: oneList(strength.amr) };
    this.createdAt = row.createdAt;
    const policy = policyOf(row.account.policy);
    this.policy = policy;
    this.expiresAt = policy === null ? row.expiresAt : Math.min(row.expiresAt, row.createdAt + policy.absoluteMs);
    this.idleMs = policy === null ? row.idleMs : Math.min(row.idleMs, policy.idleMs);
    this.hash = row.hash;
    this.lastSeenAt = row.lastSeenAt;
    this.admitted = row.admittedAt !== null;
  }

  static is(value: unknown): value is Session {
    return typeof value === 'object' && value !== null && #minted in value && value.#minted === key;
  }

  /**
   * Starts at no: an ended row, a disabled account, an unknown realm source or too little proof makes no session.
   */
  static fromRow(row: SessionWithAccount, source: RealmSource | undefined): Session | undefined {
    if (source === undefined || row.endedAt !== null || sourceOf(source).gone(row.account)) return undefined;
    const session = new Session(row, source);
    return session.strength.opensSession ? session : undefined;
  }

  /** Itself, or the incarnation that took over from it. */
  get current(): Session {
    let session: Session = this;
    while (session.#next !== null) session = session.#next;
    return session;
  }

  get ended(): boolean {
    return this.current.#ended;
  }

  /**
   * Within both limits at `now` and not ended; what was handed over lives as its next incarnation does. A clock before
   * its creation is no proof of life.
   */
  liveAt(now: number): boolean {
    if (this.#next !== null) return this.#next.liveAt(now);
    return (
      !this.#ended && now < this.expiresAt && now - this.lastSeenAt < this.idleMs && now >= this.createdAt - 60_000
    );
  }

  /** Has open requests, streams or sockets. */
  get busy(): boolean {
    return this.open > 0;
  }

  /** How many requests, streams and sockets it has open. */
  get open(): number {
    return this.#openings?.size ?? 0;
  }

  /**
   * Registers what must be cut when the session ends, or its next incarnation. Cuts at once when it has ended. `about`:
   * what is asked about when rules or the account change (see `rejudge`); null for what stands while the session does.
   */
  onEnd(close: () => void, about: unknown = null): Opening {
    if (this.#next !== null) return this.#next.onEnd(close, about);
    if (this.#ended) {
      close();
      return NO_OPENING;
    }
    this.#openings ??= new Openings();
    return this.#openings.onEnd(close, about);
  }

  /** Cuts what is open and would not be admitted any more; returns how many. */
  rejudge(stands: (about: unknown) => boolean): number {
    return this.#openings?.rejudge(stands) ?? 0;
  }

  /** Notes activity of the person on something long-lived, for the incarnation that holds it now; never moves backwards. */
  active(now: number): void {
    this.lastSeenAt = Math.max(this.lastSeenAt, now);
    this.#next?.active(now);
  }

  /** Ends it in this process: every open stream and socket is cut now. */
  end(): void {
    this.#next?.end();
    if (this.#ended) return;
    this.#ended = true;
    const openings = this.#openings;
    this.#openings = null;
    openings?.end();
  }

  /** Moves what is open over to the session's next incarnation (rotation of the cookie). */
  handOver(next: Session): void {
    const openings = this.#openings;
    this.#openings = null;
    this.#ended = true;
    this.#next = next;
    if (openings !== null) next.#takeOver(openings);
  }

  #takeOver(openings: Openings): void {
    if (this.#next !== null) this.#next.#takeOver(openings);
    else if (this.#ended) openings.end();
    else if (this.#openings === null) this.#openings = openings;
    else openings.moveTo(this.#openings);
  }
}
