import type { AuditKind } from '../audit/audit.ts';
import type { AppConfig } from '../config/types.ts';
import type { Proof } from '../evidence.ts';
import type { Entry, Parts } from '../operations/types.ts';
import type { Session } from '../sessions/session.ts';
import type { AccountRow, AuthenticatorKind } from '../store/types.ts';

export interface EnrolCaller {
  readonly app: AppConfig;
  readonly source: string;
  readonly userAgent: string;
}

/** Whom a ticket is for. */
export type Invited = Pick<EnrolState, 'accountName' | 'organisationId'>;

/** What the enrolment page needs to show the next step. */
export interface EnrolState {
  readonly accountName: string;
  /** Whose people the account is one of. */
  readonly organisationId: string;
  /** `set`: choose one; `verify`: type the one you have; `done`; `none`: this realm has no password here. */
  readonly password: 'set' | 'verify' | 'done' | 'none';
  /** Started but not yet confirmed secret, to show the QR code again after a wrong code. */
  readonly totp: { readonly secret: string; readonly uri: string } | null;
  readonly confirmed: boolean;
  /** What was added in this enrolment, in order. */
  readonly added: readonly ('totp' | 'passkey')[];
  /** Opened by a signed-in account that adds a factor. */
  readonly adding: boolean;
}

/** An authenticator as its owner sees it. Moments in ms. */
export interface OwnAuthenticator {
  readonly id: string;
  readonly kind: AuthenticatorKind;
  readonly label: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  /** Passkeys: synced between devices, or kept on one; null for other kinds. */
  readonly synced: boolean | null;
  readonly disabled: boolean;
}

/** A session as its owner sees it; `id` is the public one. */
export interface OwnSession {
  readonly id: string;
  readonly appId: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly source: string;
  readonly userAgent: string;
  readonly current: boolean;
}

export interface OwnAccount {
  /** Without the recovery codes, which `recoveryLeft` counts. */
  readonly authenticators: readonly OwnAuthenticator[];
  /** Unused recovery codes. */
  readonly recoveryLeft: number;
  readonly sessions: readonly OwnSession[];
  /** Newest first, at most 15: what happened to this account, for its owner's eyes. */
  readonly activity: readonly OwnActivity[];
}

/** One line of the record, as far as it concerns the owner. */
export interface OwnActivity {
  readonly at: number;
  readonly kind: AuditKind;
  readonly outcome: 'ok' | 'refused' | 'failed';
  readonly source: string | null;
  /** `owner`, or somebody else: an administrator, or Sallyport itself, which also turns strangers away. */
  readonly by: 'owner' | 'administrator' | 'system';
  /** Name of the authenticator it was about, where there was one. */
  readonly label: string | null;
}

export interface PasswordAdvice {
  /** 0 (guessed at once) to 4 (strong). */
  readonly score: 0 | 1 | 2 | 3 | 4;
}

/** Opens a session from what an enrolment has proven, in the transaction that ends it; or not, when it does not suffice. */
export type OpensSession<S> = (
  tx: Parts<'account'>,
  account: AccountRow,
  proofs: readonly Proof[],
) => Promise<{ readonly value: S; readonly record: Entry<'session.open'> } | undefined>;

export interface Finished<S> {
  readonly recoveryCodes: readonly string[];
  readonly accountId: string;
  readonly accountName: string;
  readonly proofs: readonly Proof[];
  /** An authenticator was added by somebody who is signed in. */
  readonly adding: boolean;
  /** The page that it was begun for; `/`: none. */
  readonly next: string;
  /** undefined: somebody is signed in, what was proven does not suffice, or nothing was to be opened. */
  readonly signedIn: S | undefined;
}

/** What a person types to change their password. */
export interface NewPassword {
  readonly current: string;
  readonly password: string;
}

export interface Enrol {
  /** Whose ticket this is; undefined when it cannot be used. Changes nothing (mail scanners open links). */
  peek(caller: EnrolCaller, ticket: string): Promise<Invited | undefined>;
  /** Consumes the ticket; returns the new pending cookie. Throws `ticket-invalid`. */
  open(caller: EnrolCaller, ticket: string): Promise<{ cookie: string }>;
  /**
   * Opens an enrolment for a signed-in account; throws `step-up-required` unless a factor was used within 5 minutes. `next`: the page
   * that it was begun for, a safe path; `/`: none.
   */
  add(caller: EnrolCaller, session: Session, next?: string): Promise<{ cookie: string }>;
  /** undefined when the cookie names no live enrolment of this app. */
  state(caller: EnrolCaller, pending: string | null): Promise<EnrolState | undefined>;
  /** Sets or verifies the password. Throws `bad-body` with a public reason (PasswordRefused) or `wrong-credentials`, `pending-expired`. Rotates the cookie. */
  password(caller: EnrolCaller, pending: string | null, password: string): Promise<{ cookie: string }>;
  /** A fresh secret, replacing an unconfirmed one. `secret` is unpadded base32, `uri` an otpauth URI. */
  totp(caller: EnrolCaller, pending: string | null): Promise<{ secret: string; uri: string }>;
  /**
   * Adds the authenticator; the code's step is used up. Throws `wrong-credentials` (as ClockSkew when the code would fit a
   * clock some minutes off), `too-many-attempts`, `conflict`, `pending-expired`. Rotates the cookie.
   */
  confirm(
    caller: EnrolCaller,
    pending: string | null,
    code: string,
    label: string | undefined,
  ): Promise<{ cookie: string }>;
  /**
   * Options of a registration ceremony (PublicKeyCredentialCreationOptionsJSON, WebAuthn L3 §5.1.9), its challenge good
   * for 5 minutes and one answer. Throws `not-found` where the app takes no passkeys, `conflict` while the password is
   * missing or the account has enough, `pending-expired`.
   */
  passkeyOptions(caller: EnrolCaller, pending: string | null): Promise<Readonly<Record<string, unknown>>>;
  /**
   * Adds the passkey: `response` is the JSON text of a RegistrationResponseJSON. Throws `passkey-refused`, PasskeyKnown
   * (`conflict`) for a credential that is registered already, `pending-expired`. Rotates the cookie.
   */
  passkey(
    caller: EnrolCaller,
    pending: string | null,
    response: string,
    label: string | undefined,
  ): Promise<{ cookie: string }>;
  /** Forgets a TOTP secret that is not confirmed, so that the person can choose again. */
  chooseAgain(caller: EnrolCaller, pending: string | null): Promise<void>;
  /** How easily a password is guessed (0 to 4), by a library that knows how people choose. Stores nothing. Throws `conflict` where no password is to be set. */
  advise(caller: EnrolCaller, pending: string | null, password: string): Promise<PasswordAdvice>;
  /** More time for a person who needs it: 15 minutes from now, an hour from its start at most. Each step does so too. */
  extend(caller: EnrolCaller, pending: string | null): Promise<void>;
  /**
   * The enrolment is over. Throws `conflict` while a step is missing. New recovery codes, all older ones end; none when a
   * signed-in account that still has unused ones added a factor. A ticket means that something was lost: it ends every
   * session of the account, before `opens` is asked.
   */
  finish<S = never>(caller: EnrolCaller, pending: string | null, opens?: OpensSession<S>): Promise<Finished<S>>;
  /** What the account page shows; changes nothing. */
  own(caller: EnrolCaller, session: Session): Promise<OwnAccount>;
  /** Ten new recovery codes, all older ones end. Throws `step-up-required` unless a factor was used within 5 minutes. */
  newRecoveryCodes(caller: EnrolCaller, session: Session): Promise<readonly string[]>;
  /** Unused recovery codes of the session's account. */
  recoveryLeft(session: Session): Promise<number>;
  /** Throws what changePassword would throw before anything is typed. Asks nobody. */
  needOwnPassword(caller: EnrolCaller, session: Session): void;
  /**
   * A new password in the place of the current one, which must be typed too; returns how many other sessions ended by it.
   * Throws `step-up-required` unless a factor was used within 5 minutes, `wrong-credentials`, `too-many-attempts`,
   * PasswordRefused (`bad-body`), `conflict` when it was changed meanwhile, `not-found` where the app checks passwords.
   */
  changePassword(caller: EnrolCaller, session: Session, typed: NewPassword): Promise<number>;
  /** As `advise`, for changePassword. */
  adviseOwner(caller: EnrolCaller, session: Session, typed: string): Promise<PasswordAdvice>;
  /** Throws `step-up-required`, `not-found`, `bad-body` for a name that cannot be shown. */
  renameAuthenticator(caller: EnrolCaller, session: Session, authenticatorId: string, label: string): Promise<void>;
  /**
   * Removes an authenticator of the session's account. Throws `step-up-required` unless a factor was used within 5 minutes,
   * `not-found`, or LastAuthenticator (`conflict`) for the last one that works.
   */
  removeAuthenticator(caller: EnrolCaller, session: Session, authenticatorId: string): Promise<void>;
}
