import type { NoticeKind } from '../types.ts';

/** How a message ends, which depends on who did the thing and on what the person can still do. */
export type Remedy = 'owner' | 'administrator' | 'guessed' | 'closed';

/**
 * The words of messages in one language. Sentences are whole and have no holes: what differs between two messages of a
 * kind stands in lines of its own, as a fact with its name.
 */
export interface NoticeWords {
  readonly greeting: string;
  readonly subject: Readonly<Record<NoticeKind, string>>;
  readonly happened: Readonly<Record<NoticeKind, string>>;
  /** Follows `ticket-issued` when the ticket lets a new password be chosen. */
  readonly resets: string;
  readonly facts: Readonly<Record<'label' | 'portal' | 'when' | 'source' | 'by', string>>;
  readonly administrator: string;
  /** `fine`: when all is well; `otherwise`: before the steps. */
  readonly remedy: Readonly<Record<Remedy, { readonly fine: string; readonly otherwise: string }>>;
  readonly steps: {
    /** Followed by the address of the account page on a line of its own. */
    readonly open: string;
    readonly openUnnamed: string;
    /** Followed by the operator's contact on a line of its own. */
    readonly contact: string;
    readonly contactUnnamed: string;
  };
  readonly footer: string;
}
