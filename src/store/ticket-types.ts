import type { Reach } from '../roles.ts';

export interface TicketRow {
  readonly id: string;
  /** SHA-256 of the ticket's secret. */
  readonly hash: string;
  readonly accountId: string;
  readonly issuedBy: string;
  /** Whether the person may set a new password although one is set. */
  readonly resetPassword: boolean;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

export interface TicketStore {
  insert(row: TicketRow): Promise<void>;
  byHash(hash: string): Promise<TicketRow | undefined>;
  /** One conditional UPDATE: usedAt set only where unused and not expired. */
  consume(hash: string, at: number): Promise<TicketRow | undefined>;
  /** Every open ticket of the account is made unusable. */
  revokeOfAccount(accountId: string, at: number): Promise<number>;
  /** Oldest first. */
  listOpen(at: number, filter?: { accountId?: string; reach?: Reach }): Promise<TicketRow[]>;
}
