import type { Reach } from '../roles.ts';
import type { AccountRow } from './row-types.ts';

export interface AccountStore {
  /** One, or several. Throws SallyportError `conflict` when any (realm, name) exists; of several some are written then, outside of a transaction. */
  insert(rows: AccountRow | readonly AccountRow[]): Promise<void>;
  byId(id: string): Promise<AccountRow | undefined>;
  byName(realm: string, name: string): Promise<AccountRow | undefined>;
  /** Those of a realm that there are of these canonical names, in any order. */
  byNames(realm: string, names: readonly string[]): Promise<AccountRow[]>;
  /** Ordered by realm, name. */
  list(realm?: string, reach?: Reach): Promise<AccountRow[]>;
  /** Those that hold a role, ordered by realm, name. */
  withRole(reach?: Reach): Promise<AccountRow[]>;
  /**
   * Ids of those that hold the role owner for everything and are not disabled, each held to the end of the transaction, so that
   * of two who take it from each other one stays.
   */
  owners(): Promise<string[]>;
  update(
    id: string,
    set: Partial<Pick<AccountRow, 'passwordHash' | 'groups' | 'email' | 'roles' | 'organisationId' | 'disabledAt'>>,
  ): Promise<boolean>;
  /** Removes the account with all that is its own: authenticators, tickets, pendings, holds, names, and sessions (announced) with their jars. */
  remove(id: string): Promise<boolean>;
}
