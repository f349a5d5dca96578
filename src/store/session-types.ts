import type { Reach } from '../roles.ts';
import type { SessionRow, SessionWithAccount } from './row-types.ts';

export type SessionSelector =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'account'; readonly accountId: string; readonly except?: string; readonly appId?: string }
  | { readonly by: 'app'; readonly appId: string; readonly reach?: Reach; readonly spared?: readonly string[] }
  | {
      readonly by: 'all';
      readonly reach?: Reach;
      readonly spared?: readonly string[];
      /** Of accounts alone that have a passkey of this model. */
      readonly aaguid?: string;
    };

export interface SessionStore {
  insert(row: SessionRow): Promise<void>;
  /** Of live and ended sessions alike; the caller judges. */
  byHash(hash: string): Promise<SessionWithAccount | undefined>;
  byId(id: string): Promise<SessionWithAccount | undefined>;
  /** New secret and proofs, only where the old hash is current and the session not ended. Announces the change. */
  rotate(
    id: string,
    oldHash: string,
    set: Pick<SessionRow, 'hash' | 'proofs'> & { lastSeenAt: number },
  ): Promise<boolean>;
  /** Never moves lastSeenAt backwards; ended sessions are left alone. */
  touch(seen: ReadonlyMap<string, number>): Promise<void>;
  /** True exactly once per session. */
  markAdmitted(id: string, at: number): Promise<boolean>;
  /** Ends live sessions, takes their jars and held answers away, and announces each; returns their ids. */
  end(selector: SessionSelector, reason: string, at: number): Promise<string[]>;
  /** Live at `at` by both limits, ordered by createdAt. */
  listLive(at: number, filter?: { accountId?: string; appId?: string; reach?: Reach }): Promise<SessionWithAccount[]>;
  /** Deletes rows that ended or expired before the moment. */
  purge(before: number): Promise<number>;
}
