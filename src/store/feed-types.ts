export type ChangeTopic = 'session' | 'account' | 'key' | 'jar' | 'lock-down';

/** A committed change that other processes must hear of. `ref` is the id, or `*` for all. */
export interface Change {
  readonly topic: ChangeTopic;
  readonly ref: string;
}

export interface FeedListener {
  change(change: Change): void;
  /** The feed was interrupted: everything held in memory must be read anew. */
  lost(): void;
  /** Resolves when all that was told so far is in force; never rejects. Absent: it is when it was told. */
  settled?(): Promise<void>;
  /** What was cut here of late because of changes that were told; oldest first, at most 64. Absent: that is not known. */
  cuts?(): readonly Cut[];
}

/** Requests, streams and sockets that were cut, and how long ago the last of them was; milliseconds. */
export interface Cut {
  readonly count: number;
  readonly agoMs: number;
}

/** A node that did not answer; it refuses everything by itself until it has heard. */
export interface SilentNode {
  readonly name: string;
  /** It trusted its memory for so long at the most, which is over when the roll-call ends; milliseconds. */
  readonly trustMs: number;
  /** Where it was not waited for, because nothing was heard of it for much longer than that: since when, milliseconds. */
  readonly quietMs?: number;
}

/** Which nodes have what was changed in force. */
export interface RollCall {
  readonly confirmed: readonly string[];
  readonly silent: readonly SilentNode[];
  /** From just before the commit until the last of those that confirmed had it in force, ms, rounded up; null: none has. */
  readonly ms: number | null;
  /**
   * What changes have cut meanwhile of what was open on all nodes: requests, streams, sockets. null where a node has not said,
   * and while no node runs.
   */
  readonly cut: number | null;
  /** When the last of that was cut, counted as `ms`, by the nodes' own word; null: nothing was, or that is not known. */
  readonly cutMs: number | null;
}
