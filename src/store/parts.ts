import type { AccountStore } from './account-types.ts';
import type { AnswerStore } from './answer-types.ts';
import type { AuditStore } from './audit-types.ts';
import type { AppNameStore, HoldStore, JarStore } from './binding-types.ts';
import type { DirectoryAccountOf, DirectoryStoreOf } from './directory-types.ts';
import type { AuthenticatorStore, ChallengeStore } from './factor-types.ts';
import type { InvitationStore } from './invitation-types.ts';
import type { KeyStore } from './key-types.ts';
import type { LockDownStore } from './lock-down-types.ts';
import type { LogStore } from './log-types.ts';
import type { LookStore } from './look-types.ts';
import type { NoticeStore } from './notice-types.ts';
import type { OrganisationStore, TokenStore } from './organisation-types.ts';
import type { PendingStore } from './pending-types.ts';
import type { ProposalStore } from './proposal-types.ts';
import type { RosterStore } from './roster-types.ts';
import type { AccountRow } from './row-types.ts';
import type { SessionSelector, SessionStore } from './session-types.ts';
import type { ThrottleStore } from './throttle-types.ts';
import type { TicketStore } from './ticket-types.ts';
import type { ViewStore } from './view-types.ts';

export type DirectoryAccount = DirectoryAccountOf<AccountRow>;
export type DirectoryStore = DirectoryStoreOf<AccountRow>;

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
  readonly rosters: RosterStore;
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
