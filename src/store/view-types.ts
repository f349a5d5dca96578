import type { Reach } from '../roles.ts';
import type { AccountRow, AuditRow, AuthenticatorKind, SessionWithAccount } from './row-types.ts';

/** How an account stands, in a word; each is in exactly one of these. `none`: it has nothing to sign in with, and no open ticket. */
export const STATES = ['protected', 'invited', 'none', 'disabled'] as const;
export type AccountState = (typeof STATES)[number];

/** A place in a list by name. */
export interface NamePlace {
  readonly name: string;
  readonly id: string;
}

/** Which accounts are looked for. All that is said must hold; `reach` always does. */
export interface AccountFilter {
  readonly reach: Reach;
  /** Tickets that end by then are none. */
  readonly at: number;
  /** Part of the name (`folded`) or of the e-mail address (`plain`), or the whole id. */
  readonly text?: { readonly folded: string; readonly plain: string; readonly id: string };
  readonly realm?: string;
  readonly organisationId?: string;
  readonly state?: AccountState | 'role';
  /** Has one of these that works. */
  readonly factor?: AuthenticatorKind;
  readonly group?: string;
  /** Older than this moment, and nothing of it was used since. */
  readonly unusedSince?: number;
}

/** An account as a list shows it. */
export interface FoundAccount {
  readonly account: AccountRow;
  /** null: its organisation is not there any more. */
  readonly organisation: string | null;
  readonly state: AccountState;
  /** Kinds of its authenticators that work. */
  readonly factors: readonly AuthenticatorKind[];
  readonly lastUsedAt: number | null;
  /** When its last open ticket ends. */
  readonly ticketUntil: number | null;
}

/** A place in the record, which is read by moment and number. */
export interface RecordPlace {
  readonly at: number;
  readonly seq: number;
}

export interface RecordFilter {
  readonly reach: Reach;
  readonly accountId?: string;
  readonly appId?: string;
  /** One of these; empty: none. */
  readonly kinds?: readonly string[];
  readonly outcome?: AuditRow['outcome'];
  /** From this moment on, and before that one. */
  readonly from?: number;
  readonly to?: number;
  /** Part of who did it: as it stands on record, or the name of an account within reach. */
  readonly actor?: string;
  /** Only what came after the entry of this number. */
  readonly after?: number;
  /** Only what is older than this place. */
  readonly before?: RecordPlace;
  readonly limit: number;
}

/** An entry with the names of today; null for whoever was removed, and for whom the asker may not know of. */
export interface NamedEntry extends AuditRow {
  readonly account: string | null;
  readonly by: string | null;
}

export interface RecordPage {
  /** Newest first. */
  readonly rows: readonly NamedEntry[];
  /** Where to go on; null: there is nothing more. Rows may be fewer than asked for where much was looked through. */
  readonly next: RecordPlace | null;
}

/** How the accounts of an organisation stand. Those that are disabled are in no other number than `accounts`. */
export interface OrganisationStanding {
  readonly organisationId: string;
  readonly accounts: number;
  readonly disabled: number;
  readonly protected: number;
  readonly invited: number;
  readonly none: number;
  /** By the strongest that works: a passkey, a one-time code, recovery codes alone. */
  readonly passkey: number;
  readonly totp: number;
  readonly recoveryOnly: number;
}

export interface SessionFilter {
  readonly reach: Reach;
  readonly at: number;
  readonly accountId?: string;
  readonly appId?: string;
  readonly realm?: string;
  readonly organisationId?: string;
  readonly after?: { readonly createdAt: number; readonly id: string };
}

/** Which entries are counted. */
export interface EntriesCounted {
  readonly reach: Reach;
  readonly kinds: readonly string[];
  readonly outcome: AuditRow['outcome'];
  readonly from: number;
  readonly most: number;
}
export type EntriesOfDays = EntriesCounted & { readonly days: number };

/** Which entries the state of a moment is made of. */
export interface EntryAsk {
  readonly what: readonly Pick<AuditRow, 'kind' | 'outcome'>[];
  /** From the first of these moments on, and not later than the second, ms. */
  readonly from: number;
  readonly until: number;
}

/** `seqs[i]` stands at the moment `ats[i]` (ms); in no order. */
export interface EntryMoments {
  readonly seqs: Float64Array;
  readonly ats: Float64Array;
}

/** An entry as far as it tells how somebody stands. `detail`: JSON object of plain values. */
export type EntryTold = Pick<AuditRow, 'seq' | 'at' | 'kind' | 'outcome' | 'accountId' | 'appId' | 'detail'>;

/** When an account last signed in; null: not on record. */
export interface LastUse {
  readonly id: string;
  readonly at: number | null;
}

/** Something of an account that signs in. */
export interface FactorUse {
  readonly accountId: string;
  readonly authenticator: string;
}

/** An account as it is compared with an app's own list. */
export interface RosterAccount {
  readonly id: string;
  readonly name: string;
  readonly disabled: boolean;
  /** It has an authenticator that works. */
  readonly enrolled: boolean;
  /** When an authenticator was last used after it was enrolled. */
  readonly usedAt: number | null;
  /** It has a link to enrol with that is still good. */
  readonly invited: boolean;
  readonly createdAt: number;
  readonly role: boolean;
}

/** Lists for people who look after accounts. Each is confined in its statements. */
export interface ViewStore {
  /** By name, then id; at most `limit` of those after the place. */
  accounts(filter: AccountFilter, limit: number, after?: NamePlace): Promise<FoundAccount[]>;
  /** How many there are; one more than `most` when there are more. */
  countAccounts(filter: AccountFilter, most: number): Promise<number>;
  record(filter: RecordFilter): Promise<RecordPage>;
  /** Numbers of entries, growing: 8 bytes for each. What is read of them is read by `entriesByNumber`. Others have their turns. */
  entryNumbers(ask: EntryAsk): Promise<readonly number[]>;
  /** The same in no order, with the moment of each: 16 bytes. */
  entryMoments(ask: EntryAsk): Promise<EntryMoments>;
  /** By number, growing; those that went meanwhile are not in it. In one statement: some thousand at once, at most. */
  entriesByNumber(seqs: readonly number[]): Promise<EntryTold[]>;
  /** Numbers of the newest entry of each of these kinds about each of these apps, in no order. */
  newestOfApps(kinds: readonly string[], appIds: readonly string[]): Promise<readonly number[]>;
  /** Ids of the accounts that there are now, growing, after `after`. */
  accountIds(after: string, limit: number): Promise<string[]>;
  /** Of these accounts, as far as they are there now, in no order. In one statement: some hundred at once, at most. */
  lastUses(at: number, ids: readonly string[]): Promise<LastUse[]>;
  /** The last sign-in or confirmation by each, up to a moment; of those that were never used nothing. */
  factorUses(
    asked: readonly FactorUse[],
    at: number,
  ): Promise<readonly (FactorUse & { readonly at: number; readonly seq: number })[]>;
  /** Of each organisation within reach that has accounts. */
  standings(reach: Reach, at: number): Promise<OrganisationStanding[]>;
  /** Entries of these kinds from a moment on and before another; at most `most` are counted. */
  countEntries(ask: EntriesCounted & { readonly to: number }): Promise<number>;
  /** The same of each of so many days from a moment on, of each at most about `most`. */
  countDays(ask: EntriesOfDays): Promise<number[]>;
  /** Live sessions, the newest first. */
  sessions(filter: SessionFilter, limit: number): Promise<SessionWithAccount[]>;
  /** All accounts of a realm, in no order, whoever asks: for lists that concern everything. */
  rosterAccounts(realm: string, at: number): Promise<RosterAccount[]>;
  /** How many there are; one more than `most` when there are more. */
  countSessions(filter: SessionFilter, most: number): Promise<number>;
}
