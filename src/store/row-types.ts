import type { Proof } from '../evidence.ts';
import type { Grant } from '../roles.ts';

/** All moments are milliseconds since the epoch; all ids are unguessable base64url text, never secrets. */
export interface AccountRow {
  readonly id: string;
  readonly realm: string;
  /** Canonical name (see accounts/name.ts); unique within the realm. */
  readonly name: string;
  /** argon2id PHC string; null while none is set, always null in realms whose source is `app`. */
  readonly passwordHash: string | null;
  readonly groups: readonly string[];
  readonly email: string | null;
  /** The client organisation it belongs to, one of its realm. */
  readonly organisationId: string;
  /** What its person may do here beside signing in; empty for nearly everybody. */
  readonly roles: readonly Grant[];
  readonly disabledAt: number | null;
  readonly createdAt: number;
}

export type AuthenticatorKind = 'totp' | 'passkey' | 'recovery';

export interface SessionRow {
  /** Public id: `sid` of assertions and of the command line; not the secret. */
  readonly id: string;
  /** SHA-256 of the cookie's value. */
  readonly hash: string;
  readonly accountId: string;
  readonly appId: string;
  readonly proofs: readonly Proof[];
  readonly createdAt: number;
  readonly lastSeenAt: number;
  /** Absolute limit. */
  readonly expiresAt: number;
  readonly idleMs: number;
  /** First request admitted to the app, or null. */
  readonly admittedAt: number | null;
  readonly endedAt: number | null;
  readonly endReason: string | null;
  readonly source: string;
  readonly userAgent: string;
}

/** A session with the parts of its account that the gate decides on. */
export interface SessionWithAccount extends SessionRow {
  readonly account: Pick<AccountRow, 'id' | 'realm' | 'name' | 'groups' | 'roles' | 'organisationId' | 'disabledAt'> & {
    /** JSON text of its organisation's policy. */
    readonly policy: string;
  };
}

export interface AuditRow {
  /** Assigned by the store, strictly growing. */
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly outcome: 'ok' | 'refused' | 'failed';
  /** account id, `cli:<user>`, or `system`. */
  readonly actor: string;
  readonly accountId: string | null;
  readonly sessionId: string | null;
  readonly appId: string | null;
  readonly source: string | null;
  /** JSON object of plain values. */
  readonly detail: string;
}

export type NewAuditRow = Omit<AuditRow, 'seq'>;
