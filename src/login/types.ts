import type { AppConfig } from '../config/types.ts';
import type { Proof } from '../evidence.ts';
import type { Session } from '../sessions/session.ts';

/** Who asks, at which app. */
export interface Caller {
  readonly app: AppConfig;
  /** Client address (read/client.ts). */
  readonly source: string;
  readonly userAgent: string;
  /** Value of the known-browser cookie, or null. Only softens throttling; never proves anything. */
  readonly browser: string | null;
}

export type SecondStep = 'totp' | 'recovery';

export interface PendingStarted {
  /** New value of the pending cookie. */
  readonly cookie: string;
  /** The same for every account, existing or not. */
  readonly offer: readonly SecondStep[];
}

export interface SignedIn {
  /** New value of the session cookie. */
  readonly cookie: string;
  readonly session: Session;
  /** Where the person wanted to go: a canonical target of this origin. */
  readonly next: string;
  /** New value of the known-browser cookie. */
  readonly browser: string;
}

export interface Login {
  /** First step. Throws `wrong-credentials`, `too-many-attempts` (with retryAfter), `bad-body`. */
  begin(caller: Caller, form: { account: string; password: string | undefined; next: string }): Promise<PendingStarted>;
  /** Whether the cookie names a sign-in of this app that still waits for its second step. */
  waiting(caller: Caller, pending: string | null): Promise<boolean>;
  /** Second step. Throws `wrong-credentials`, `code-used`, `pending-expired`, `too-many-attempts`. */
  second(caller: Caller, pending: string | null, step: SecondStep, code: string): Promise<SignedIn>;
  /** A factor of the session's own account, used again: same session, new secret, new proof. */
  stepUp(caller: Caller, session: Session, step: SecondStep, code: string): Promise<SignedIn>;
  /** Opens a session from an enrolment when its proofs suffice for the realm; else undefined (the person signs in). */
  afterEnrolment(
    caller: Caller,
    accountId: string,
    proofs: readonly Proof[],
    next: string,
  ): Promise<SignedIn | undefined>;
  signOut(caller: Caller, session: Session): Promise<void>;
  /** Ends every session of the account, this one too. Returns how many. */
  signOutEverywhere(caller: Caller, session: Session): Promise<number>;
}
