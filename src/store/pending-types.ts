import type { Proof } from '../evidence.ts';

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
