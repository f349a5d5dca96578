// Made from the English messages by `npm run generate`; not to be edited.

/** What is said, by page. */
export interface Messages {
  /** Messages to the owner of an account. Sentences are whole and have no placeholders: what differs between two messages of a kind stands in lines of its own, as a fact with its name. In remedy, fine is for when all is well, and otherwise stands before what to do. */
  readonly mail: {
    readonly greeting: string;
    readonly subject: {
      readonly 'authenticator-added': string;
      readonly 'authenticator-removed': string;
      readonly 'authenticator-disabled': string;
      readonly 'passkey-copied': string;
      readonly 'recovery-codes-replaced': string;
      readonly 'recovery-code-used': string;
      readonly 'password-changed': string;
      readonly 'ticket-issued': string;
      readonly invitation: string;
      readonly 'ticket-used': string;
      readonly 'email-changed': string;
      readonly 'account-disabled': string;
      readonly 'coverage-fell': string;
    };
    readonly happened: {
      readonly 'authenticator-added': string;
      readonly 'authenticator-removed': string;
      readonly 'authenticator-disabled': string;
      readonly 'passkey-copied': string;
      readonly 'recovery-codes-replaced': string;
      readonly 'recovery-code-used': string;
      readonly 'password-changed': string;
      readonly 'ticket-issued': string;
      readonly invitation: string;
      readonly 'ticket-used': string;
      readonly 'email-changed': string;
      readonly 'account-disabled': string;
      readonly 'coverage-fell': string;
    };
    /** Follows the sentence of ticket-issued when the link lets a new password be chosen. */
    readonly resets: string;
    readonly facts: {
      readonly label: string;
      readonly portal: string;
      readonly when: string;
      readonly source: string;
      readonly by: string;
    };
    readonly administrator: string;
    readonly remedy: {
      readonly owner: {
        readonly fine: string;
        readonly otherwise: string;
      };
      readonly administrator: {
        readonly fine: string;
        readonly otherwise: string;
      };
      readonly guessed: {
        readonly fine: string;
        readonly otherwise: string;
      };
      readonly closed: {
        readonly fine: string;
        readonly otherwise: string;
      };
      readonly coverage: {
        readonly fine: string;
        readonly otherwise: string;
      };
    };
    readonly steps: {
      /** Followed by the address of the account page on a line of its own. */
      readonly open: string;
      readonly openUnnamed: string;
      /** Followed by how to reach the people who run the portal, on a line of its own. */
      readonly contact: string;
      readonly contactUnnamed: string;
    };
    readonly checkpoint: {
      readonly subject: string;
      readonly lead: string;
      readonly facts: {
        readonly when: string;
        readonly size: string;
        readonly head: string;
        readonly log: string;
      };
      readonly note: string;
    };
    readonly invitation: {
      /** Name of a fact: the moment when the link ends stands after it. */
      readonly until: string;
      /** Followed by the link on a line of its own. */
      readonly open: string;
      readonly once: string;
      /** Followed by how to reach the people who run the portal, or by contactUnnamed. */
      readonly unexpected: string;
    };
    readonly footer: string;
  };
}
