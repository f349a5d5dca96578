/** What a source asks of an account as we keep it. */
export interface KeptAccount {
  /** PHC string; null: none is kept. */
  readonly passwordHash: string | null;
  readonly disabledAt: number | null;
}

/** Compares a password with a hash that we keep; with null in vain, at the same cost. */
export type Compare = (hash: string | null, typed: string) => Promise<boolean>;

/** What was proven, as far as it decides whether a session opens. */
export interface ProvenFactors {
  /** Two factors of different kind, or one passkey with its person verified. */
  readonly mfa: boolean;
  /** An authenticator, by whatever it gave. */
  readonly possession: boolean;
}

/**
 * Where the password of a realm's people is checked, and all that follows from it. Nothing else in the program knows a
 * source by its name: a new one is a file and a line in `table.ts`.
 */
export interface Source {
  readonly name: string;
  /** Who checks the password, for the reference of options. */
  readonly checkedBy: string;
  /** Whether our pages ask for the password; else the app does, whose own login must then be bound. */
  readonly asksPassword: boolean;
  /** Whether passwords are kept here: people choose and change them on our pages. */
  readonly keepsPasswords: boolean;
  /** What every session has proven at least, in words. */
  readonly floor: string;
  /** Sentences of the sign-in page, by their names in `web/words`; `leadCodes`: where no passkeys are offered. */
  readonly said: { readonly lead: string; readonly leadCodes: string; readonly forgot: string };
  /** What whoever has just started Sallyport is told about the links for its first people, a line each. */
  invitedBy(aliasCommand: string): readonly string[];
  /** Whether what was proven opens a session. */
  opens(proven: ProvenFactors): boolean;
  /**
   * The first step of a sign-in: the password that has to be proven before anything else; null: the name alone begins it.
   * Throws `bad-body` when it is missing.
   */
  begin(typed: string | undefined): string | null;
  /** What an enrolment by ticket does about the password: nothing, it is proven, or it is chosen. `reset`: as the ticket says. */
  enrol(account: Pick<KeptAccount, 'passwordHash'>, reset: boolean): 'none' | 'verify' | 'set';
  /** Whether the password is right; without an account in vain, at the same cost. */
  prove(account: Pick<KeptAccount, 'passwordHash'> | undefined, typed: string, compare: Compare): Promise<boolean>;
  /** Whether what was proven against the account as it was may no longer hold for it as it is; undefined: it is no more. */
  changed(was: Pick<KeptAccount, 'passwordHash'>, is: Pick<KeptAccount, 'passwordHash'> | undefined): boolean;
  /** Whether the account may sign in no more, whatever is proven. */
  gone(account: Pick<KeptAccount, 'disabledAt'>): boolean;
}
