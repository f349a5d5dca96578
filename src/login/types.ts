import type { AppConfig } from '../config/types.ts';
import type { Proof } from '../evidence.ts';
import type { Entry, Parts } from '../operations/types.ts';
import type { Session } from '../sessions/session.ts';
import type { AccountRow, LockDownRow } from '../store/types.ts';

/** Time between the first step and the last, ms. */
export const PENDING_LIFE = 10 * 60_000;

/** Who asks, at which app. */
export interface Caller {
  readonly app: AppConfig;
  /** Client address (request/client.ts). */
  readonly source: string;
  readonly userAgent: string;
  /** Value of the known-browser cookie, or null. Only softens throttling; never proves anything. */
  readonly browser: string | null;
}

/** Steps that are a code to type; a passkey is the other kind of second step. */
export type SecondStep = 'totp' | 'recovery';
export type Offer = SecondStep | 'passkey';

/**
 * What a passkey ceremony is for, and who may answer its challenge. `over`: a pending cookie of a sign-in that waits no more;
 * an answer to a challenge of that one is late (`pending-expired`), and not judged.
 */
export type Ceremony =
  /** Without a name: whoever's passkey answers. `cookie` is the ceremony cookie, or null when there is none yet. */
  | { readonly purpose: 'start'; readonly cookie: string | null; readonly over?: string | null }
  /** Second step of the sign-in that the pending cookie names. */
  | { readonly purpose: 'second'; readonly pending: string | null }
  /** A signed-in person confirms. */
  | { readonly purpose: 'step-up'; readonly session: Session; readonly over?: string | null };

export interface CeremonyStarted {
  /** PublicKeyCredentialRequestOptionsJSON (WebAuthn L3 §5.1.10). */
  readonly options: Readonly<Record<string, unknown>>;
  /** New value of the ceremony cookie; `start` only. */
  readonly cookie: string | null;
}

export interface PendingStarted {
  /** New value of the pending cookie. */
  readonly cookie: string;
  /** As `Login.offers`: the same for every account, existing or not, unless a password was proven. */
  readonly offer: readonly Offer[];
}

/** A sign-in between its first step and its last. */
export interface Waiting {
  /** Where it leads, as its first step said: a target of this origin. */
  readonly next: string;
}

export interface SignedIn {
  /** New value of the session cookie. */
  readonly cookie: string;
  readonly session: Session;
  /** Where the person wanted to go: a canonical target of this origin. */
  readonly next: string;
  /** An answer of the app waits at `next` for this session, and nowhere else. */
  readonly held?: boolean;
  /** New value of the known-browser cookie. */
  readonly browser: string;
}

/** A sign-in at the app that waits for the second factor of its account. */
export interface HeldSignIn {
  readonly account: AccountRow;
  /** Target of the login step: where the answer is given out. */
  readonly target: string;
  /** Id of the login step, for the record. */
  readonly step: string;
  /** Value of the pending cookie that the browser had: that sign-in ends, and what was held for it. */
  readonly replaces: string | null;
  /** The app's whole answer, as text. */
  readonly answer: string;
  /** The app's cookies that go with it, as text. */
  readonly jar: string;
}

/** While a lock-down is in force, what opens a session throws `locked-down` (LockedDown, with retryAfter where its end is known). */
export interface Login {
  /** The lock-down in force; null: none. Asks nobody. */
  closed(): LockDownRow | null;
  /** First step. Throws `wrong-credentials`, `too-many-attempts` (with retryAfter), `bad-body`. */
  begin(caller: Caller, form: { account: string; password: string | undefined; next: string }): Promise<PendingStarted>;
  /** Whether the caller's browser has signed in the account of that name before. */
  knows(caller: Caller, account: string): Promise<boolean>;
  /**
   * First step where the app checks the password (`order: login-first`): keeps its answer, sealed, for 5 minutes and one use.
   * Resolves with the pending cookie, or undefined for an account without an authenticator or that may not sign in.
   */
  hold(caller: Caller, held: HeldSignIn): Promise<string | undefined>;
  /** The sign-in of this app that the cookie names, while it waits for its second step; else null. */
  waiting(caller: Caller, pending: string | null): Promise<Waiting | null>;
  /**
   * The ways to go on from here, best first, never none: what the account has, once something of it is proven (a password, a
   * session); else all that the app takes, the same for every name.
   */
  offers(caller: Caller, pending: string | null, session: Session | null): Promise<readonly Offer[]>;
  /**
   * The domains (RP ids) that the working passkeys of the account are bound to, once something of it is proven; else none, since
   * nobody learns from a name what its account has.
   */
  passkeyDomains(caller: Caller, pending: string | null, session: Session | null): Promise<readonly string[]>;
  /** Second step. Throws `wrong-credentials`, `code-used`, `pending-expired`, `too-many-attempts`. */
  second(caller: Caller, pending: string | null, step: SecondStep, code: string): Promise<SignedIn>;
  /** A factor of the session's own account, used again: same session, new secret, new proof. */
  stepUp(caller: Caller, session: Session, step: SecondStep, code: string): Promise<SignedIn>;
  /**
   * A fresh challenge, good for 5 minutes and one answer. Throws `not-found` where the app takes no passkeys,
   * `pending-expired` when `second` names no sign-in that waits, `sign-in-required`.
   */
  passkeyOptions(caller: Caller, ceremony: Ceremony): Promise<CeremonyStarted>;
  /**
   * Ends a ceremony: `response` is the JSON text of an AuthenticationResponseJSON. `start` and `second` open a session,
   * `step-up` gives the session a new secret and proof. Throws `passkey-refused` for whatever is wrong with the answer,
   * `pending-expired`, `too-many-attempts`. `next`: where a `start` leads; the others know.
   */
  passkey(caller: Caller, ceremony: Ceremony, response: string, next: string): Promise<SignedIn>;
  /**
   * Opens a session from an enrolment, in the transaction that ends it, when its proofs suffice for the realm; else
   * undefined (the person signs in), also while a lock-down keeps the account out.
   */
  afterEnrolment(
    caller: Caller,
    tx: Parts<'account'>,
    account: AccountRow,
    proofs: readonly Proof[],
  ): Promise<{ readonly value: SignedIn; readonly record: Entry<'session.open'> } | undefined>;
  signOut(caller: Caller, session: Session): Promise<void>;
  /** Ends one other session of the account (by public id), or all others. Throws `not-found`. Returns how many. */
  endOthers(caller: Caller, session: Session, which: { readonly id: string } | 'all'): Promise<number>;
  /** Ends every session of the account, this one too. Returns how many. */
  signOutEverywhere(caller: Caller, session: Session): Promise<number>;
}
