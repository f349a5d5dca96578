import type { Reach } from '../roles.ts';

/** An act that waits for a second person. Moments in ms. */
export interface ProposalRow {
  readonly id: string;
  readonly operation: string;
  /** JSON. */
  readonly input: string;
  /** Who proposed it, for the record. */
  readonly actor: string;
  /** JSON: by what that was judged. */
  readonly authority: string;
  /** What it is about; null: no account, no single organisation. */
  readonly accountId: string | null;
  readonly organisationId: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Confirmed or withdrawn. */
  readonly endedAt: number | null;
}

export interface ProposalStore {
  insert(row: ProposalRow): Promise<void>;
  byId(id: string): Promise<ProposalRow | undefined>;
  /** Those within reach that wait at `at`, oldest first; at most `limit`. What is of no single organisation is within reach of all alone. */
  open(at: number, reach: Reach, limit: number): Promise<ProposalRow[]>;
  /** How many wait at `at` that this actor has proposed, or this account by itself and by tokens that it made; null: none. */
  countOf(actor: string, accountId: string | null, at: number): Promise<number>;
  /** Of two that end one, one does; false: it has ended, or its time is over. */
  end(id: string, at: number): Promise<boolean>;
  purge(before: number): Promise<number>;
}
