import type { AuthenticatorKind } from './row-types.ts';

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

export interface ChallengeStore {
  insert(row: ChallengeRow): Promise<void>;
  /** Takes it away in one statement: of two answers, on any node, one gets it. Expired ones are taken too; the caller judges. */
  take(hash: string, by: Pick<ChallengeRow, 'purpose' | 'holder' | 'appId'>): Promise<ChallengeRow | undefined>;
  byHash(hash: string): Promise<ChallengeRow | undefined>;
  /** Says that it was used; true exactly once per hash. The row stands until it expires, against whoever comes again. */
  use(row: ChallengeRow): Promise<boolean>;
  purge(before: number): Promise<number>;
}
