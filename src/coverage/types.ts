import type { AuditRow } from '../store/types.ts';

/** An entry of the record, as far as coverage reads it. `detail`: JSON object of plain values. */
export type RecordedEntry = Pick<AuditRow, 'seq' | 'at' | 'kind' | 'outcome' | 'accountId' | 'appId' | 'detail'>;

/** Something that signs in by itself. Moments in ms; `seq`: the entries by which it is so. */
export interface Factor {
  readonly id: string;
  readonly kind: 'totp' | 'passkey';
  readonly label: string;
  readonly enrolledAt: number;
  readonly seq: number;
  /** Passkeys: the relying party it signs in at, its person was verified, the key cannot leave its device. null: not on record. */
  readonly rp: string | null;
  readonly userVerified: boolean | null;
  readonly deviceBound: boolean | null;
  /** Was copied elsewhere when it was enrolled. */
  readonly backedUp: boolean | null;
  /** By guesses. */
  readonly disabledAt: number | null;
  readonly disabledSeq: number | null;
}

/** Recovery codes, which stand in for an authenticator that was lost. */
export interface Recovery {
  /** null: from before the record named them. */
  readonly id: string | null;
  /** Codes that were not used; null: not on record. */
  readonly left: number | null;
  readonly at: number;
  readonly seq: number;
  readonly disabledAt: number | null;
  readonly disabledSeq: number | null;
}

/** A sign-in, or a confirmation, by something; the latest of them. */
export interface Use {
  readonly at: number;
  readonly seq: number;
}

/** An open link by which the account can enrol. */
export interface OpenTicket {
  readonly id: string;
  readonly until: number;
  readonly resetPassword: boolean;
  readonly seq: number;
}

/** What the record says of an account. null: the record does not say. */
export interface AccountStanding {
  readonly id: string;
  realm: string | null;
  name: string | null;
  organisation: string | null;
  groups: readonly string[] | null;
  /** `ROLE ORGANISATION`, or `ROLE everything`; sorted. */
  roles: readonly string[] | null;
  /** Has a password of Sallyport's. */
  password: boolean | null;
  addedAt: number | null;
  disabledAt: number | null;
  removedAt: number | null;
  readonly factors: Map<string, Factor>;
  recovery: Recovery | null;
  /** Whether it is open at a moment, that moment says (`until`). */
  ticket: OpenTicket | null;
  /** When each authenticator, and the recovery codes, were last used, by id; null: never, as far as was read (effects.ts, `USES`). */
  uses: Map<string, Use> | null;
  /** Its name at an app, by id of the app, where that is another. */
  readonly names: Map<string, string>;
  /** From when on the record holds all of it; null: never, and what is not seen may be there all the same. */
  knownFrom: number | null;
  /** The entries by which it is there, where it belongs, and disabled, enabled or removed. */
  readonly basis: { began: number | null; place: number | null; state: number | null };
}

export interface OrganisationState {
  readonly id: string;
  readonly realm: string;
  readonly name: string;
  /** JSON text of what is stricter for it; null: not on record. */
  readonly policy: string | null;
  readonly seq: number;
  readonly policySeq: number;
}

/** A configuration that was put in force. */
export interface ConfigurationLoaded {
  readonly seq: number;
  readonly at: number;
  /** SHA-256 of its text, and of what it meant (in-force.ts), by which documents are found; null: from before they were kept. */
  readonly digest: string | null;
  readonly meaning: string | null;
  readonly sallyport: string | null;
  readonly node: string | null;
  /** Digest of the software bill of materials. */
  readonly sbom: string | null;
}

/** What was found of an app from outside: the last word of each kind. */
export interface Finding {
  readonly kind: string;
  readonly app: string | null;
  readonly ok: boolean;
  readonly seq: number;
  readonly at: number;
  readonly detail: Detail;
}

export type Detail = Readonly<Record<string, string | number | boolean | null>>;

/** Signing in was closed. */
export interface Closed {
  readonly reason: string;
  readonly since: number;
  /** null: until it is ended. */
  readonly until: number | null;
  readonly seq: number;
}

/** All that the entries up to a moment say. */
export interface RecordedState {
  readonly accounts: ReadonlyMap<string, AccountStanding>;
  readonly organisations: ReadonlyMap<string, OrganisationState>;
  readonly configuration: ConfigurationLoaded | null;
  /** By kind and app. */
  readonly findings: ReadonlyMap<string, Finding>;
  readonly closed: Closed | null;
  /** Decisions from before this moment were taken out of the record, when their time was over; null: none were. */
  readonly droppedBefore: number | null;
  /** Entries that stand after one of a later moment: a clock was set back. */
  readonly outOfOrder: number;
  /** Kinds that this version does not know, of a newer one: what they did is not in it. */
  readonly unknownKinds: readonly string[];
  /** Entries that were read. */
  readonly read: number;
}
