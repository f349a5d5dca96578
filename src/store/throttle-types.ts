export interface ThrottleRow {
  readonly key: string;
  readonly failures: number;
  /** Attempts before this moment are refused unseen. */
  readonly nextAt: number;
  readonly updatedAt: number;
}

/** When a failure is counted. */
export interface ThrottleRoom {
  /** A row that was last changed longer ago counts from one again, ms. */
  readonly forgetMs: number;
  /** Counted only while fewer than `free` stand in the row, or exactly `seen` (what the caller has read). Absent: always. */
  readonly free?: number;
  readonly seen?: number;
}

export interface ThrottleStore {
  byKey(key: string): Promise<ThrottleRow | undefined>;
  byKeys(keys: readonly string[]): Promise<ThrottleRow[]>;
  /**
   * Atomically adds one failure and sets nextAt = max(nextAt, at + delay(newCount)); returns the row after, or undefined when
   * `room` has none left: then nothing has changed. `delays` in ms by count, last repeats.
   */
  fail(key: string, at: number, delays: readonly number[]): Promise<ThrottleRow>;
  fail(key: string, at: number, delays: readonly number[], room: ThrottleRoom): Promise<ThrottleRow | undefined>;
  /** Takes back up to `most` failures, as one; false, and nothing changed, when `room` has none left by now. */
  forgive(key: string, most: number, room: Required<ThrottleRoom> & { readonly at: number }): Promise<boolean>;
  clear(key: string): Promise<void>;
  purge(before: number): Promise<number>;
  /** Deletes what is beyond `most` rows, those with the fewest failures first; returns how many. */
  trim(most: number): Promise<number>;
}
