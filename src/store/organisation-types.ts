import type { Grant, Reach } from '../roles.ts';

/** A client organisation of a realm: whoever its accounts work for. */
export interface OrganisationRow {
  readonly id: string;
  readonly realm: string;
  /** As people write it; unique within the realm. */
  readonly name: string;
  /** Whom to ask there, in a line; may be empty. */
  readonly contact: string;
  /** JSON object: what is stricter for it than for everybody. */
  readonly policy: string;
  readonly createdAt: number;
}

export interface OrganisationStore {
  /** Throws SallyportError `conflict` when (realm, name) exists. */
  insert(row: OrganisationRow): Promise<void>;
  byId(id: string): Promise<OrganisationRow | undefined>;
  /** Until the transaction ends nobody else changes it. */
  hold(id: string): Promise<void>;
  byName(realm: string, name: string): Promise<OrganisationRow | undefined>;
  /** Ordered by realm, name. */
  list(reach: Reach): Promise<OrganisationRow[]>;
  /** Number of accounts of each, by its id. */
  counts(reach: Reach): Promise<Map<string, number>>;
  /** Throws SallyportError `conflict` when another has the name. Announces its accounts where the policy changes. */
  update(id: string, set: Partial<Pick<OrganisationRow, 'name' | 'contact' | 'policy'>>): Promise<boolean>;
  /** False when there is none, or accounts belong to it. */
  remove(id: string): Promise<boolean>;
}

/** What a program shows to the API in place of a person. */
export interface TokenRow {
  /** Public. */
  readonly id: string;
  /** SHA-256 of the secret. */
  readonly hash: string;
  readonly name: string;
  /** Account id or `cli:<user>`. */
  readonly createdBy: string;
  /** The account without whose roles it is worth nothing; null: made at the command line. */
  readonly accountId: string | null;
  readonly grants: readonly Grant[];
  /** Names of operations and queries. */
  readonly operations: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

export interface TokenStore {
  insert(row: TokenRow): Promise<void>;
  /** Of those that are over, too; the caller judges. */
  byHash(hash: string): Promise<TokenRow | undefined>;
  byId(id: string): Promise<TokenRow | undefined>;
  /** Newest first. */
  list(): Promise<TokenRow[]>;
  /** One conditional UPDATE; false when it was over already. */
  revoke(id: string, at: number): Promise<boolean>;
  /** Never moves backwards. */
  touch(id: string, at: number): Promise<void>;
  /** Deletes what expired or was revoked before the moment. */
  purge(before: number): Promise<number>;
}
