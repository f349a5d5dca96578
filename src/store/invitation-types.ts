import type { Reach } from '../roles.ts';

/**
 * What became of a link that goes out by e-mail. `queued`: it waits for the mail server; `sent`: the mail server has taken it; `failed`: it will not
 * be sent, and why; `ended`: it could be used no more before it was sent, since another came in its place or it was withdrawn.
 */
export type InvitationState = 'queued' | 'sent' | 'failed' | 'ended';

/** A link that goes out by e-mail, as long as it is told of. */
export interface InvitationRow {
  /** Of its ticket. */
  readonly id: string;
  readonly accountId: string;
  /** Of those that were asked for together. */
  readonly batch: string;
  readonly state: InvitationState;
  /** Of the ticket, sealed for this row; null once it is sent, or will not be. */
  readonly secret: string | null;
  /** Why it failed, or was not taken at the last try, in words of ours; empty: nothing is known. */
  readonly reason: string;
  readonly createdAt: number;
  readonly changedAt: number;
  /** When the link ends. */
  readonly expiresAt: number;
}

/** With whom it is for. */
export interface InvitationWithAccount extends Omit<InvitationRow, 'secret'> {
  readonly realm: string;
  readonly name: string;
}

export interface InvitationStore {
  insert(row: InvitationRow): Promise<void>;
  /** With whether its ticket can still be used at `at`. */
  byId(id: string, at: number): Promise<(InvitationRow & { readonly open: boolean }) | undefined>;
  /** What became of one that is queued; its secret goes. One conditional UPDATE: false when it was settled before. */
  settle(id: string, state: Exclude<InvitationState, 'queued'>, reason: string, at: number): Promise<boolean>;
  /** Why it was not taken at the last try. */
  missed(id: string, reason: string, at: number): Promise<void>;
  /** Newest first. Of accounts within reach alone. */
  list(filter: {
    readonly reach: Reach;
    readonly limit: number;
    readonly batch?: string | undefined;
    readonly accountId?: string | undefined;
  }): Promise<InvitationWithAccount[]>;
  /** Ids of tickets whose e-mail has failed and that could still be used: nobody has their link. */
  lost(at: number): Promise<ReadonlySet<string>>;
  /** Those whose link has ended before they were sent have failed; their secrets go. How many. */
  expire(at: number): Promise<number>;
  /** Deletes what was made before the moment. */
  purge(before: number): Promise<number>;
}
