import type { Clock } from '../../lib/clock.ts';
import type { LogStore } from '../../store/log-types.ts';

/** How often it is looked, ms. */
const LOOK_MS = 15_000;

export interface KeeperParts {
  readonly store: { readonly log: LogStore };
  readonly clock: Clock;
  /** How often a head is kept, ms; of the configuration in force. */
  readonly everyMs: () => number;
  readonly failed: (error: unknown) => void;
}

/** Keeps the newest head for good from time to time, if the log has grown: what is kept is what goes out. */
export class HeadKeeper {
  readonly #parts: KeeperParts;
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<unknown> | undefined;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    const look = () => {
      this.#look ??= this.keep()
        .catch(this.#parts.failed)
        .finally(() => {
          this.#look = undefined;
        });
    };
    this.#timer = setInterval(look, LOOK_MS).unref();
    look();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#look;
  }

  /** Keeps the newest head, if it is time; whether it was. Of two nodes that do it at once, one keeps it. */
  async keep(): Promise<boolean> {
    const { store, clock, everyMs } = this.#parts;
    const newest = await store.log.newestCheckpoint();
    const { size, note } = await store.log.state();
    const at = clock.now();
    // A clock that was put back does not keep anybody waiting.
    const isTime = newest === undefined || Math.abs(at - newest.at) >= everyMs();
    if (!isTime || note === null || size <= (newest?.size ?? 0)) return false;
    return store.log.keepCheckpoint({ size, at, note });
  }
}
