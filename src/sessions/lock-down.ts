import type { Clock } from '../lib/clock.ts';
import type { LockDownRow, Store } from '../store/types.ts';

/** The lock-down that stands, while it is not over by the clock; else null. */
export function inForce(row: LockDownRow | null | undefined, now: number): LockDownRow | null {
  return row == null || (row.until !== null && now >= row.until) ? null : row;
}

/** What the pages and steps of a sign-in ask, without asking the store. */
export interface KnownLockDown {
  /** The one in force; null: none. */
  now(): LockDownRow | null;
}

/**
 * The lock-down in memory, read when it changes. It says what people are told, and before what nobody is judged; that no session
 * is opened is judged where one would be, by the store (login/lock-down.ts).
 */
export class LockDown implements KnownLockDown {
  readonly #store: Pick<Store, 'lockDown'>;
  readonly #clock: Clock;
  #row: LockDownRow | null = null;
  #asked = 0;
  #read = 0;
  #failed = false;

  constructor(store: Pick<Store, 'lockDown'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  now(): LockDownRow | null {
    return inForce(this.#row, this.#clock.now());
  }

  /** It was changed, and could not be read. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Reads it anew. Rejects when it cannot be read; what was known stays known. */
  async load(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const row = await this.#store.lockDown.current();
      // Of two readings the one that was begun last has seen more.
      if (asked < this.#read) return;
      this.#read = asked;
      this.#row = row ?? null;
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }
}
