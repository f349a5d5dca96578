import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.ts';
import type { ChangeTopic, FeedListener, RollCall } from './types.ts';

export type DatabaseKind = 'sqlite' | 'postgres';

/** How often a feed looks, and how old what it knows may be before nobody believes it; milliseconds. */
export interface NodeTimes {
  readonly heartbeatMs: number;
  readonly trustMs: number;
}

export const NODE_TIMES: NodeTimes = { heartbeatMs: 250, trustMs: 1000 };

export interface Feed {
  /** Monotonic moment before the last look that was complete. */
  freshAt(): number;
  readonly trustMs: number;
  stop(): Promise<void>;
}

/** An open database of either kind; what `store.ts` builds the Store on. */
export interface Database {
  readonly kind: DatabaseKind;
  readonly db: Kysely<Schema>;
  /** Makes this process' own feeds look at once; called after every commit that announced something. */
  wake(): void;
  /** Starts a feed of committed changes, from now on. */
  follow(listener: FeedListener): Promise<Feed>;
  /** See Store.settle. */
  settle(since: number): Promise<RollCall>;
  close(): Promise<void>;
}

/** One transaction under way. Announcements are gathered and written last (see changes.ts). */
export interface Tx {
  readonly kind: DatabaseKind;
  readonly db: Transaction<Schema>;
  announce(topic: ChangeTopic, refs: readonly string[]): void;
}

/** Where the parts do their work: on the database itself, or inside one transaction. The same code serves both. */
export interface Scope {
  readonly kind: DatabaseKind;
  readonly db: Kysely<Schema>;
  /** Runs the work in the transaction of this scope, or in one of its own. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}
