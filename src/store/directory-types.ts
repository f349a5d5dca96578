/** What the directory of an organisation says of one of its accounts. */
export interface DirectoryAccountRow {
  readonly accountId: string;
  /** Whose directory; of no account that belongs to another by now (`ofAccount` does not give it out). */
  readonly organisationId: string;
  /** The directory's own name for it; unique within the organisation. */
  readonly externalId: string | null;
  /** JSON object: the person's names and addresses, as the directory writes them. */
  readonly person: string;
  /** When the directory disabled the account, as `accounts.disabledAt` has it; null: it did not. */
  readonly inactiveAt: number | null;
}

/** A group of accounts that the directory of an organisation has made. Who is in it stands at the accounts. */
export interface DirectoryGroupRow {
  readonly id: string;
  readonly organisationId: string;
  /** As accounts and rules have it; never changes; unique within the organisation. */
  readonly name: string;
  /** As the directory writes it. */
  readonly displayName: string;
  readonly externalId: string | null;
  readonly createdAt: number;
}

/** An account, and what the directory says of it. */
export interface DirectoryAccountOf<Account> {
  readonly account: Account;
  readonly directory: DirectoryAccountRow | undefined;
}

/** Which accounts of an organisation: by one of these, else some of all, by name. */
export type DirectoryChoice =
  | { readonly id: string }
  | { readonly name: string }
  | { readonly externalId: string }
  | { readonly offset: number; readonly limit: number };

interface Known {
  readonly id: string;
  readonly organisationId: string;
}

/** `Account`: the row of an account (types.ts). */
export interface DirectoryStoreOf<Account> {
  /** Of an account as its organisation's directory has it; undefined when it says nothing. */
  ofAccount(account: Known): Promise<DirectoryAccountRow | undefined>;
  /** Inserts or replaces. Throws SallyportError `conflict` when another account of the organisation has the external id. */
  put(row: DirectoryAccountRow): Promise<void>;
  /** As `put`, of an account that was added in this transaction. */
  add(row: DirectoryAccountRow): Promise<void>;
  /** The account stays disabled, whatever the directory says: somebody here disabled it too. */
  keepDisabled(accountId: string): Promise<void>;
  accounts(organisationId: string, choice: DirectoryChoice): Promise<DirectoryAccountOf<Account>[]>;
  count(organisationId: string): Promise<number>;
  /** Id and name of the organisation's accounts that are in the group, by name. */
  inGroup(organisationId: string, group: string): Promise<{ readonly id: string; readonly name: string }[]>;
  /** Oldest first. */
  groups(organisationId: string): Promise<DirectoryGroupRow[]>;
  /** Throws SallyportError `conflict` when another group of the organisation has the name or the external id. */
  addGroup(row: DirectoryGroupRow): Promise<void>;
  /** Throws SallyportError `conflict` as `addGroup`; false when there is no such group. */
  setGroup(group: Known, set: Pick<DirectoryGroupRow, 'displayName' | 'externalId'>): Promise<boolean>;
  removeGroup(group: Known): Promise<boolean>;
}
