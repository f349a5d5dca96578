import type { Proof } from '../evidence.ts';
import type { Reach } from '../roles.ts';
import type { AnswerStore } from './answer-types.ts';
import type { AppNameStore, HoldStore, JarStore } from './binding-types.ts';
import type { DirectoryAccountOf, DirectoryStoreOf } from './directory-types.ts';
import type { InvitationStore } from './invitation-types.ts';
import type { LockDownStore } from './lock-down-types.ts';
import type { LogStore } from './log-types.ts';
import type { LookStore } from './look-types.ts';
import type { OrganisationStore, TokenStore } from './organisation-types.ts';
import type { ProposalStore } from './proposal-types.ts';
import type {
  AccountRow,
  AuditRow,
  AuthenticatorKind,
  NewAuditRow,
  SessionRow,
  SessionWithAccount,
} from './row-types.ts';
import type { ViewStore } from './view-types.ts';

export type { AnswerRow, AnswerStore } from './answer-types.ts';
export type { AppNameRow, AppNameStore, HoldRow, HoldStore, JarChange, JarRow, JarStore } from './binding-types.ts';
export type { DirectoryAccountRow, DirectoryChoice, DirectoryGroupRow } from './directory-types.ts';
export type { InvitationRow, InvitationState, InvitationStore, InvitationWithAccount } from './invitation-types.ts';
export type { LockDownRow, LockDownStore } from './lock-down-types.ts';
export type { LogoMeta, LogoRow, LookStore, Looks } from './look-types.ts';
export type { OrganisationRow, OrganisationStore, TokenRow, TokenStore } from './organisation-types.ts';
export type {
  AccountRow,
  AuditRow,
  AuthenticatorKind,
  NewAuditRow,
  SessionRow,
  SessionWithAccount,
} from './row-types.ts';

export type DirectoryAccount = DirectoryAccountOf<AccountRow>;
export type DirectoryStore = DirectoryStoreOf<AccountRow>;

export interface AuthenticatorRow {
  readonly id: string;
  readonly accountId: string;
  readonly kind: AuthenticatorKind;
  readonly label: string;
  /** TOTP: the sealed secret. Passkey: null (see CredentialRow). Recovery: null (its codes are in recovery_codes). */
  readonly secret: string | null;
  /** TOTP: the last accepted time step; a step is accepted only when greater. 0 before the first. */
  readonly lastStep: number;
  /** Consecutive failures since the last success; 100 disables (800-63B-4 §3.2.2). */
  readonly failures: number;
  readonly disabledAt: number | null;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

/** The public half of a passkey: the WebAuthn credential record (WebAuthn L3 §4) of an authenticator of kind `passkey`. */
export interface CredentialRow {
  readonly authenticatorId: string;
  /** base64url; at most 1023 bytes before encoding; unique over all accounts and relying parties. */
  readonly credentialId: string;
  readonly rpId: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  readonly signCount: number;
  readonly transports: readonly string[];
  /** BE: may be synced between devices. Never changes. */
  readonly backupEligible: boolean;
  /** BS, as of the last use. */
  readonly backedUp: boolean;
  /** UV was 1 when it was registered. */
  readonly userVerified: boolean;
  /** Model, as the authenticator says; all zeros when it does not. */
  readonly aaguid: string;
}

/** What a passkey ceremony was started for; `sign-in`: a sign-in that its browser carries. */
export type ChallengePurpose = 'start' | 'second' | 'step-up' | 'enrol' | 'sign-in';

/**
 * What is good once, for one holder, one purpose and one app: the challenge of an enrolment while it waits for its answer;
 * of what a browser carries sealed (challenges of sign-ins, sign-ins themselves) that it was used.
 */
export interface ChallengeRow {
  /** SHA-256 of the challenge, or of the id of the sign-in. */
  readonly hash: string;
  readonly purpose: ChallengePurpose;
  /** Who may answer: id of the pending or session; for `start` the SHA-256 of the ceremony cookie. */
  readonly holder: string;
  readonly appId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A message to an account that waits to be sent by e-mail. */
export interface NoticeRow {
  readonly id: string;
  readonly accountId: string;
  /** Address, as it was when the thing happened: a change of address must not hide what came before it. */
  readonly recipient: string;
  readonly kind: string;
  /** JSON object of plain values; never a secret. */
  readonly detail: string;
  readonly createdAt: number;
  readonly tries: number;
  /** Not before this moment; moved on by each try, so that of two processes one sends. */
  readonly nextAt: number;
}

export interface TicketRow {
  readonly id: string;
  /** SHA-256 of the ticket's secret. */
  readonly hash: string;
  readonly accountId: string;
  readonly issuedBy: string;
  /** Whether the person may set a new password although one is set. */
  readonly resetPassword: boolean;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

export type PendingPurpose = 'sign-in' | 'enrol';

/** What exists between the first proof and the last. Not a session: other table, other type, other cookie. */
export interface PendingRow {
  readonly id: string;
  readonly hash: string;
  readonly purpose: PendingPurpose;
  readonly appId: string;
  /** null: the account does not exist or may not sign in; the flow goes on and never succeeds. */
  readonly accountId: string | null;
  /** Canonical name that was typed, for throttling unknown accounts like known ones. */
  readonly claimedName: string;
  readonly proofs: readonly Proof[];
  /** Enrolment: the not yet confirmed TOTP secret, sealed to pending:state:<id>; else null. */
  readonly state: string | null;
  readonly ticketId: string | null;
  /** Where to go after success: a canonical target of this origin. */
  readonly next: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface KeyRow {
  /** RFC 7638 thumbprint. */
  readonly id: string;
  readonly publicJwk: string;
  /** Sealed to signing_keys:private_jwk:<id>. */
  readonly privateJwk: string;
  readonly createdAt: number;
  /** Signs from here on; published before. */
  readonly activeAt: number;
  /** No longer published from here on; null while it is the newest. */
  readonly retiredAt: number | null;
}

export interface ThrottleRow {
  readonly key: string;
  readonly failures: number;
  /** Attempts before this moment are refused unseen. */
  readonly nextAt: number;
  readonly updatedAt: number;
}

/** Entries of the record that are over their time. */
export interface AuditDue {
  /** Of the class of entries, for the entry that tells of it. */
  readonly name: string;
  readonly what: readonly Pick<AuditRow, 'kind' | 'outcome'>[];
  /** Entries from before this moment. */
  readonly before: number;
  readonly at: number;
  /** So many at most, the oldest. */
  readonly limit: number;
}

/** Entries about an account that are to be erased. */
export interface AuditErasure {
  readonly accountId: string;
  /** For the entry that tells of it. */
  readonly reason: string;
  readonly actor: string;
  readonly at: number;
  /** So many at most. */
  readonly limit: number;
}

export type ChangeTopic = 'session' | 'account' | 'key' | 'jar' | 'lock-down';

/** A committed change that other processes must hear of. `ref` is the id, or `*` for all. */
export interface Change {
  readonly topic: ChangeTopic;
  readonly ref: string;
}

export type SessionSelector =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'account'; readonly accountId: string; readonly except?: string; readonly appId?: string }
  | { readonly by: 'app'; readonly appId: string; readonly reach?: Reach; readonly spared?: readonly string[] }
  | {
      readonly by: 'all';
      readonly reach?: Reach;
      readonly spared?: readonly string[];
      /** Of accounts alone that have a passkey of this model. */
      readonly aaguid?: string;
    };

export interface AccountStore {
  /** Throws SallyportError `conflict` when (realm, name) exists. */
  insert(row: AccountRow): Promise<void>;
  byId(id: string): Promise<AccountRow | undefined>;
  byName(realm: string, name: string): Promise<AccountRow | undefined>;
  /** Those of a realm that there are of these canonical names, in any order. */
  byNames(realm: string, names: readonly string[]): Promise<AccountRow[]>;
  /** Ordered by realm, name. */
  list(realm?: string, reach?: Reach): Promise<AccountRow[]>;
  /** Those that hold a role, ordered by realm, name. */
  withRole(reach?: Reach): Promise<AccountRow[]>;
  /**
   * Ids of those that hold the role owner for everything and are not disabled, each held to the end of the transaction, so that
   * of two who take it from each other one stays.
   */
  owners(): Promise<string[]>;
  update(
    id: string,
    set: Partial<Pick<AccountRow, 'passwordHash' | 'groups' | 'email' | 'roles' | 'organisationId' | 'disabledAt'>>,
  ): Promise<boolean>;
  /** Removes the account with all that is its own: authenticators, tickets, pendings, holds, names, and sessions (announced) with their jars. */
  remove(id: string): Promise<boolean>;
}

/** What an account could sign in with now: authenticators that are not disabled, and unused recovery codes, which are none. */
export interface Standing {
  readonly factors: number;
  readonly recoveryCodes: number;
}

export interface AuthenticatorStore {
  insert(row: AuthenticatorRow): Promise<void>;
  byId(id: string): Promise<AuthenticatorRow | undefined>;
  /** Ordered by createdAt. */
  ofAccount(accountId: string): Promise<AuthenticatorRow[]>;
  /** Number of authenticators per account id, of all accounts. */
  counts(): Promise<Map<string, number>>;
  /** What each account could sign in with now, by its id; of all accounts that have something. */
  standings(): Promise<Map<string, Standing>>;
  /**
   * One conditional UPDATE: sets lastStep, lastUsedAt and failures = 0 only where lastStep < step and not disabled.
   * True when it touched exactly one row; of two concurrent calls with one step exactly one is true.
   */
  acceptStep(id: string, step: number, at: number): Promise<boolean>;
  /** Adds one failure atomically; disables at `disableAt`; returns the new count. */
  addFailure(id: string, disableAt: number, at: number): Promise<number>;
  clearFailures(id: string, at: number): Promise<void>;
  rename(id: string, accountId: string, label: string): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  /** Replaces the account's recovery authenticator and all its codes. */
  replaceRecovery(row: AuthenticatorRow, codeHashes: readonly string[]): Promise<void>;
  /** One conditional UPDATE: marks an unused code of the account used. True exactly once per code. */
  useRecoveryCode(authenticatorId: string, codeHash: string, at: number): Promise<boolean>;
  /** Unused codes left. */
  recoveryLeft(accountId: string): Promise<number>;
  /** Passkeys: adds the credential record. Throws SallyportError `conflict` when the credential id exists anywhere. */
  insertCredential(row: CredentialRow): Promise<void>;
  credentialById(
    credentialId: string,
  ): Promise<(CredentialRow & { readonly authenticator: AuthenticatorRow }) | undefined>;
  /** Of all relying parties, disabled ones too; ordered by createdAt of the authenticator. */
  credentialsOf(accountId: string): Promise<CredentialRow[]>;
  /**
   * After a verified assertion, as one: sets signCount, backedUp, lastUsedAt and failures = 0 where the authenticator is
   * not disabled and the count has grown, or both are 0, or the credential is backup eligible (WebAuthn L3 §7.2 step 22).
   * False when nothing was set; of two concurrent calls with one count that is not 0, bound to its device, one is true.
   */
  acceptAssertion(authenticatorId: string, set: { signCount: number; backedUp: boolean }, at: number): Promise<boolean>;
}

export interface ChallengeStore {
  insert(row: ChallengeRow): Promise<void>;
  /** Takes it away in one statement: of two answers, on any node, one gets it. Expired ones are taken too; the caller judges. */
  take(hash: string, by: Pick<ChallengeRow, 'purpose' | 'holder' | 'appId'>): Promise<ChallengeRow | undefined>;
  byHash(hash: string): Promise<ChallengeRow | undefined>;
  /** Says that it was used; true exactly once per hash. The row stands until it expires, against whoever comes again. */
  use(row: ChallengeRow): Promise<boolean>;
  purge(before: number): Promise<number>;
}

export interface NoticeStore {
  insert(row: NoticeRow): Promise<void>;
  /** Those due at `at`, oldest first. */
  due(at: number, limit: number): Promise<NoticeRow[]>;
  /** One conditional UPDATE: tries + 1 and nextAt moved, only where `tries` still is what the caller saw. */
  claim(id: string, tries: number, nextAt: number): Promise<boolean>;
  remove(id: string): Promise<boolean>;
}

export interface TicketStore {
  insert(row: TicketRow): Promise<void>;
  byHash(hash: string): Promise<TicketRow | undefined>;
  /** One conditional UPDATE: usedAt set only where unused and not expired. */
  consume(hash: string, at: number): Promise<TicketRow | undefined>;
  /** Every open ticket of the account is made unusable. */
  revokeOfAccount(accountId: string, at: number): Promise<number>;
  /** Oldest first. */
  listOpen(at: number, filter?: { accountId?: string; reach?: Reach }): Promise<TicketRow[]>;
}

export interface PendingStore {
  insert(row: PendingRow): Promise<void>;
  byHash(hash: string): Promise<PendingRow | undefined>;
  /** Rotates the secret and/or replaces parts, only where the old hash is still current. */
  update(
    id: string,
    oldHash: string,
    set: Partial<Pick<PendingRow, 'hash' | 'proofs' | 'state' | 'expiresAt'>>,
  ): Promise<boolean>;
  /** Takes it away; true exactly once. What is held for it stays, for the session that it becomes. */
  remove(id: string): Promise<boolean>;
  /** Ends all, or those of one purpose, and what is held for them; what browsers carry of sign-ins is over too (`endedOf`). */
  removeOfAccount(accountId: string, purpose?: PendingPurpose): Promise<void>;
  /** Another text each time that the sign-ins of the account are ended; empty when they were not, within a quarter of an hour. */
  endedOf(accountId: string): Promise<string>;
  purge(before: number): Promise<number>;
}

export interface SessionStore {
  insert(row: SessionRow): Promise<void>;
  /** Of live and ended sessions alike; the caller judges. */
  byHash(hash: string): Promise<SessionWithAccount | undefined>;
  byId(id: string): Promise<SessionWithAccount | undefined>;
  /** New secret and proofs, only where the old hash is current and the session not ended. Announces the change. */
  rotate(
    id: string,
    oldHash: string,
    set: Pick<SessionRow, 'hash' | 'proofs'> & { lastSeenAt: number },
  ): Promise<boolean>;
  /** Never moves lastSeenAt backwards; ended sessions are left alone. */
  touch(seen: ReadonlyMap<string, number>): Promise<void>;
  /** True exactly once per session. */
  markAdmitted(id: string, at: number): Promise<boolean>;
  /** Ends live sessions, takes their jars and held answers away, and announces each; returns their ids. */
  end(selector: SessionSelector, reason: string, at: number): Promise<string[]>;
  /** Live at `at` by both limits, ordered by createdAt. */
  listLive(at: number, filter?: { accountId?: string; appId?: string; reach?: Reach }): Promise<SessionWithAccount[]>;
  /** Deletes rows that ended or expired before the moment. */
  purge(before: number): Promise<number>;
}

export interface KeyStore {
  /** Inserts and announces. */
  insert(row: KeyRow): Promise<void>;
  /** All rows, oldest first. */
  list(): Promise<KeyRow[]>;
  /** Sets when a key ends, or brings that moment forward; it is never put off. Announces what changed. */
  retire(id: string, at: number): Promise<void>;
  purge(retiredBefore: number): Promise<number>;
}

/** When a failure is counted. */
export interface ThrottleRoom {
  /** A row that was last changed longer ago counts from one again, ms. */
  readonly forgetMs: number;
  /** Counted only while fewer than `free` stand in the row, or exactly `seen` (what the caller has read). Absent: always. */
  readonly free?: number;
  readonly seen?: number;
}

export interface ThrottleStore {
  byKey(key: string): Promise<ThrottleRow | undefined>;
  byKeys(keys: readonly string[]): Promise<ThrottleRow[]>;
  /**
   * Atomically adds one failure and sets nextAt = max(nextAt, at + delay(newCount)); returns the row after, or undefined when
   * `room` has none left: then nothing has changed. `delays` in ms by count, last repeats.
   */
  fail(key: string, at: number, delays: readonly number[]): Promise<ThrottleRow>;
  fail(key: string, at: number, delays: readonly number[], room: ThrottleRoom): Promise<ThrottleRow | undefined>;
  /** Takes back up to `most` failures, as one; false, and nothing changed, when `room` has none left by now. */
  forgive(key: string, most: number, room: Required<ThrottleRoom> & { readonly at: number }): Promise<boolean>;
  clear(key: string): Promise<void>;
  purge(before: number): Promise<number>;
  /** Deletes what is beyond `most` rows, those with the fewest failures first; returns how many. */
  trim(most: number): Promise<number>;
}

export interface AuditStore {
  append(row: NewAuditRow): Promise<void>;
  /** Newest `limit` rows in growing seq; `after` pages forward. */
  list(query: { after?: number; limit: number; kind?: string; accountId?: string }): Promise<AuditRow[]>;
  /** When each account last had an entry of the kind, by account id. Reads all of the kind. */
  latestOf(kind: string): Promise<Map<string, number>>;
  /**
   * Takes the oldest entries that are due and sealed away, and appends an entry `audit.dropped` that names them, as one; returns how
   * many. 0, and no entry, when none is due, or while another node does it.
   */
  drop(due: AuditDue): Promise<number>;
  /** Takes sealed entries about one account away, the oldest, and appends an entry `audit.erased` that names them, as one; returns how many. */
  erase(asked: AuditErasure): Promise<number>;
  /** The latest moment in the record, wherever it stands; undefined while there is none. Reads all of it. */
  latest(): Promise<number | undefined>;
}

/** Values that belong to the database as a whole. */
export interface MetaStore {
  get(name: string): Promise<string | undefined>;
  /** True when it was stored; false when the name has a value already, which stays. */
  putIfAbsent(name: string, value: string): Promise<boolean>;
  /** One conditional UPDATE: true when the value was `from` and is `to` now; of two who ask at once, for one of them. */
  replace(name: string, from: string, to: string): Promise<boolean>;
}

/** Everything that can be done in one transaction. */
export interface StoreParts {
  readonly accounts: AccountStore;
  readonly organisations: OrganisationStore;
  readonly looks: LookStore;
  readonly tokens: TokenStore;
  readonly directory: DirectoryStore;
  readonly authenticators: AuthenticatorStore;
  readonly tickets: TicketStore;
  readonly invitations: InvitationStore;
  readonly pendings: PendingStore;
  readonly challenges: ChallengeStore;
  readonly notices: NoticeStore;
  readonly sessions: SessionStore;
  readonly jars: JarStore;
  readonly holds: HoldStore;
  readonly appNames: AppNameStore;
  readonly keys: KeyStore;
  readonly lockDown: LockDownStore;
  readonly throttles: ThrottleStore;
  readonly proposals: ProposalStore;
  readonly answers: AnswerStore;
  readonly audit: AuditStore;
  readonly log: LogStore;
  readonly views: ViewStore;
}

/**
 * What opens, uses, changes or ends something of an account, by part. Two such writes that each judge by what they read
 * before would pass each other by; so they are to be had only under a lock (`Store.underAccount`, `underAccounts`, `underApps`).
 */
export const LOCKED_WRITES = {
  accounts: ['update', 'remove'],
  authenticators: [
    'insert',
    'acceptStep',
    'addFailure',
    'clearFailures',
    'rename',
    'remove',
    'replaceRecovery',
    'useRecoveryCode',
    'insertCredential',
    'acceptAssertion',
  ],
  tickets: ['insert', 'consume', 'revokeOfAccount'],
  pendings: ['insert', 'update', 'remove', 'removeOfAccount'],
  challenges: ['use'],
  sessions: ['insert', 'rotate', 'end'],
  holds: ['insert', 'adopt', 'removeOfHolder'],
  appNames: ['put', 'remove'],
  directory: ['put', 'keepDisabled'],
  lockDown: ['begin', 'end', 'forOpening'],
} as const satisfies { readonly [P in keyof StoreParts]?: readonly (keyof StoreParts[P])[] };

type Locked = typeof LOCKED_WRITES;

/** What needs no lock: reading, and writes that are nobody's. */
export type OpenParts = {
  readonly [P in keyof StoreParts]: P extends keyof Locked ? Omit<StoreParts[P], Locked[P][number]> : StoreParts[P];
};

/** What may be ended of a whole app, or of all: sessions, and that new ones are opened. */
export type AppParts = Omit<OpenParts, 'sessions' | 'lockDown'> & {
  readonly lockDown: OpenParts['lockDown'] & Pick<LockDownStore, 'begin' | 'end'>;
  readonly sessions: OpenParts['sessions'] & {
    end(selector: Extract<SessionSelector, { by: 'app' | 'all' }>, reason: string, at: number): Promise<string[]>;
  };
};

/** What may be done under the lock of an account. Sessions of a whole app are not ended under the lock of one account. */
export type AccountParts = Omit<StoreParts, 'sessions' | 'lockDown'> & {
  readonly lockDown: Omit<LockDownStore, 'begin' | 'end'>;
  readonly sessions: Omit<StoreParts['sessions'], 'end'> & {
    end(selector: Extract<SessionSelector, { by: 'id' | 'account' }>, reason: string, at: number): Promise<string[]>;
  };
};

/** Whose sessions end under `underApps`. */
export type AppsLock = { readonly app: string } | 'all';

export interface FeedListener {
  change(change: Change): void;
  /** The feed was interrupted: everything held in memory must be read anew. */
  lost(): void;
  /** Resolves when all that was told so far is in force; never rejects. Absent: it is when it was told. */
  settled?(): Promise<void>;
  /** What was cut here of late because of changes that were told; oldest first, at most 64. Absent: that is not known. */
  cuts?(): readonly Cut[];
}

/** Requests, streams and sockets that were cut, and how long ago the last of them was; milliseconds. */
export interface Cut {
  readonly count: number;
  readonly agoMs: number;
}

/** A node that did not answer; it refuses everything by itself until it has heard. */
export interface SilentNode {
  readonly name: string;
  /** It trusted its memory for so long at the most, which is over when the roll-call ends; milliseconds. */
  readonly trustMs: number;
  /** Where it was not waited for, because nothing was heard of it for much longer than that: since when, milliseconds. */
  readonly quietMs?: number;
}

/** Which nodes have what was changed in force. */
export interface RollCall {
  readonly confirmed: readonly string[];
  readonly silent: readonly SilentNode[];
  /** From just before the commit until the last of those that confirmed had it in force, ms, rounded up; null: none has. */
  readonly ms: number | null;
  /**
   * What changes have cut meanwhile of what was open on all nodes: requests, streams, sockets. null where a node has not said,
   * and while no node runs.
   */
  readonly cut: number | null;
  /** When the last of that was cut, counted as `ms`, by the nodes' own word; null: nothing was, or that is not known. */
  readonly cutMs: number | null;
}

export interface Store extends OpenParts {
  readonly meta: MetaStore;
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
