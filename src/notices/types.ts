import type { AccountRow, OpenParts } from '../store/types.ts';

/** What the owner of an account is told by e-mail; `coverage-fell`: whoever looks after everything. A closed union: a new kind is a deliberate act, and needs its words. */
export type NoticeKind =
  | 'authenticator-added'
  | 'authenticator-removed'
  | 'authenticator-disabled'
  | 'passkey-copied'
  | 'recovery-codes-replaced'
  | 'recovery-code-used'
  | 'password-changed'
  | 'ticket-issued'
  | 'invitation'
  | 'ticket-used'
  | 'email-changed'
  | 'account-disabled'
  | 'coverage-fell';

export interface Notice {
  readonly kind: NoticeKind;
  /**
   * Plain values for the text: `label`, `source`, `app`, `by` (`owner` or `administrator`), `language`. Never a secret: of an `invitation` the ticket's
   * id, by which its link is found, sealed, when it is sent.
   */
  readonly detail: Readonly<Record<string, string>>;
}

/** Queues messages in the transaction of what they tell of. */
export interface Notices {
  /** Nothing happens while no mail is configured or the account has no address. Never throws for a reason of mail. */
  tell(tx: Pick<OpenParts, 'notices'>, account: Pick<AccountRow, 'id' | 'email'>, notice: Notice): Promise<void>;
}
