import { randomBytes } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/types.ts';
import type { Session } from './session.ts';

const FLUSH_BATCH = 500;

export interface ActivityParts {
  readonly store: Pick<Store, 'sessions' | 'streams'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** What the store is told of the use of sessions, in batches: when they were seen last, and what they have open here. */
export class Activity {
  readonly #parts: ActivityParts;
  readonly #seen = new Map<string, Session>();
  /** Under which name this process tells what it has open. */
  readonly #node = randomBytes(9).toString('base64url');
  #told = false;

  constructor(parts: ActivityParts) {
    this.#parts = parts;
  }

  /** The store is yet to be told when it was seen. */
  has(id: string): boolean {
    return this.#seen.has(id);
  }

  note(session: Session): void {
    this.#seen.set(session.id, session);
  }

  forget(id: string): void {
    this.#seen.delete(id);
  }

  async flush(): Promise<void> {
    if (this.#seen.size === 0) return;
    const seen = [...this.#seen].map(([id, session]) => [id, session.lastSeenAt] as const);
    this.#seen.clear();
    const { store, onError } = this.#parts;
    try {
      // The embedded database works in this very thread: between its batches requests must have their turn.
      for (let i = 0; i < seen.length; i += FLUSH_BATCH) {
        if (i > 0) await new Promise((resolve) => setImmediate(resolve));
        await store.sessions.touch(new Map(seen.slice(i, i + FLUSH_BATCH)));
      }
    } catch (error) {
      onError(error);
    }
  }

  /** Tells other processes how much each session has open here: nothing is written where there was nothing and is nothing. */
  async tellOpen(busy: Iterable<Session>): Promise<void> {
    const open = new Map([...busy].flatMap((session) => (session.busy ? [[session.id, session.open] as const] : [])));
    if (open.size > 0 || this.#told) await this.#tell(open);
  }

  /** Nothing is open here any more. */
  async tellNone(): Promise<void> {
    if (this.#told) await this.#tell(new Map()).catch(this.#parts.onError);
  }

  async #tell(open: ReadonlyMap<string, number>): Promise<void> {
    this.#told = open.size > 0;
    await this.#parts.store.streams.tell(this.#node, open, this.#parts.clock.now());
  }
}
