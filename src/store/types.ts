import type { FeedListener, RollCall } from './feed-types.ts';
import type { AccountParts, AppParts, OpenParts, StoreParts } from './parts.ts';
import type { AccountRow } from './row-types.ts';

export type { AccountStore } from './account-types.ts';
export type { AnswerRow, AnswerStore } from './answer-types.ts';
export type { AuditDue, AuditErasure, AuditStore } from './audit-types.ts';
export type { AppNameRow, AppNameStore, HoldRow, HoldStore, JarChange, JarRow, JarStore } from './binding-types.ts';
export type { DirectoryAccountRow, DirectoryChoice, DirectoryGroupRow } from './directory-types.ts';
export type {
  AuthenticatorRow,
  AuthenticatorStore,
  ChallengePurpose,
  ChallengeRow,
  ChallengeStore,
  CredentialRow,
  Standing,
} from './factor-types.ts';
export type { Change, ChangeTopic, Cut, FeedListener, RollCall, SilentNode } from './feed-types.ts';
export type { InvitationRow, InvitationState, InvitationStore, InvitationWithAccount } from './invitation-types.ts';
export type { KeyRow, KeyStore } from './key-types.ts';
export type { LockDownRow, LockDownStore } from './lock-down-types.ts';
export type { LogoMeta, LogoRow, LookStore, Looks } from './look-types.ts';
export type { NoticeRow, NoticeStore } from './notice-types.ts';
export type { OrganisationRow, OrganisationStore, TokenRow, TokenStore } from './organisation-types.ts';
export type { AccountParts, AppParts, DirectoryAccount, DirectoryStore, OpenParts, StoreParts } from './parts.ts';
export { LOCKED_WRITES } from './parts.ts';
export type { PendingPurpose, PendingRow, PendingStore } from './pending-types.ts';
export type { RosterErasure, RosterRow, RosterStore } from './roster-types.ts';
export type {
  AccountRow,
  AuditRow,
  AuthenticatorKind,
  NewAuditRow,
  SessionRow,
  SessionWithAccount,
} from './row-types.ts';
export type { SessionSelector, SessionStore } from './session-types.ts';
export type { ThrottleRoom, ThrottleRow, ThrottleStore } from './throttle-types.ts';
export type { TicketRow, TicketStore } from './ticket-types.ts';

/** Values that belong to the database as a whole. */
export interface MetaStore {
  get(name: string): Promise<string | undefined>;
  /** True when it was stored; false when the name has a value already, which stays. */
  putIfAbsent(name: string, value: string): Promise<boolean>;
  /** One conditional UPDATE: true when the value was `from` and is `to` now; of two who ask at once, for one of them. */
  replace(name: string, from: string, to: string): Promise<boolean>;
}

/** How much sessions have open, which only the nodes know that hold it. */
export interface StreamStore {
  /** What a node has open now, by session; none: it has nothing. It is told anew every few seconds while there is some. `at`: ms. */
  tell(node: string, open: ReadonlyMap<string, number>, at: number): Promise<void>;
  /** How many requests, streams and sockets each session has open on all nodes, as they told of late; null: one has more than it tells. */
  of(ids: readonly string[], now: number): Promise<ReadonlyMap<string, number | null>>;
}

/** Whose sessions end under `underApps`. */
export type AppsLock = { readonly app: string } | 'all';

export interface Store extends OpenParts {
  readonly meta: MetaStore;
  readonly streams: StreamStore;
  /** All or nothing. Announcements go out on commit. Nested calls are refused by type: the callback gets parts only. */
  transaction<T>(work: (tx: OpenParts) => Promise<T>): Promise<T>;
  /**
   * A transaction that locks the account's row first, so that of two everything of the one is before or after everything
   * of the other. `account` is the row as it is now, and undefined when there is none (any more); what was judged before
   * is judged again by what is read in here. `work` may be asked several times (databases break ties), and has no other
   * effects than those in `tx`.
   */
  underAccount<T>(
    accountId: string,
    work: (tx: AccountParts, account: AccountRow | undefined) => Promise<T>,
  ): Promise<T>;
  /** The same for several accounts, of which those that there are are told by their ids; for what is done to all of them or none. */
  underAccounts<T>(
    accountIds: readonly string[],
    work: (tx: AccountParts, accounts: ReadonlyMap<string, AccountRow>) => Promise<T>,
  ): Promise<T>;
  /** A transaction before or after everything that opens a session of the app, or any session. `work` as above. */
  underApps<T>(which: AppsLock, work: (tx: AppParts) => Promise<T>): Promise<T>;
  /**
   * Makes this process a node, and delivers every committed change, those of other processes too. `freshAt()` is the
   * monotonic moment (ms) before which the feed is complete; callers refuse when that is longer ago than `trustMs`.
   */
  watch(listener: FeedListener): Promise<{ freshAt(): number; readonly trustMs: number; stop(): Promise<void> }>;
  /**
   * Returns when all that was committed before is in force on every node: it has confirmed, or it trusts its memory no
   * more and refuses. Bounded by the longest trust. Throws `store-unavailable`, no sooner, when nodes cannot be asked.
   * `since`: what it measures from, a moment of `performance.now()`; by default the last commit of this process that
   * announced anything.
   */
  settle(since?: number): Promise<RollCall>;
  /** Whether anything was committed through this store that nodes must hear of. */
  announced(): boolean;
  /** Resolves when a read and a write can be done now; rejects with `store-unavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The store with all its writes within reach, as it is opened. Rooms are given a `Store`. */
export type WholeStore = StoreParts & Omit<Store, keyof StoreParts>;
