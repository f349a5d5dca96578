import type { ErrorCode } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { loggablePath } from '../read/target.ts';
import type { AuditStore } from '../store/types.ts';
import { record } from './audit.ts';

export interface RefusalNote {
  readonly code: ErrorCode;
  readonly why: string;
  readonly appId: string | null;
  readonly source: string;
  readonly accountId: string | null;
  readonly sessionId: string | null;
  readonly method: string;
  /** Path as judged, or a printable form of what could not be judged. */
  readonly path: string;
}

interface Bucket {
  readonly note: RefusalNote;
  more: number;
}

const WINDOW_MS = 60_000;
const MAX_BUCKETS = 5_000;

/**
 * Puts refusals on record: the first of a kind (cause, app, source, account) within a minute at once, the others counted
 * and written as one row at the minute's end, so that a flood of refused requests cannot flood the record.
 */
export class Refusals {
  readonly #audit: AuditStore;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  #buckets = new Map<string, Bucket>();
  #uncounted = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(audit: AuditStore, clock: Clock, onError: (error: unknown) => void) {
    this.#audit = audit;
    this.#clock = clock;
    this.#onError = onError;
    this.#timer = setInterval(() => void this.flush(), WINDOW_MS).unref();
  }

  note(note: RefusalNote): void {
    const key = `${note.code} ${note.appId} ${note.source} ${note.accountId}`;
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) {
      bucket.more++;
      return;
    }
    if (this.#buckets.size >= MAX_BUCKETS) {
      this.#uncounted++;
      return;
    }
    this.#buckets.set(key, { note, more: 0 });
    void this.#write(note, 1);
  }

  /** Writes the counts of the minute that ends. */
  async flush(): Promise<void> {
    const buckets = this.#buckets;
    const uncounted = this.#uncounted;
    this.#buckets = new Map();
    this.#uncounted = 0;
    for (const { note, more } of buckets.values()) if (more > 0) await this.#write(note, more);
    if (uncounted > 0) {
      await this.#write(
        {
          code: 'too-many-attempts',
          why: 'from more sources than are told apart',
          appId: null,
          source: 'many',
          accountId: null,
          sessionId: null,
          method: '',
          path: '',
        },
        uncounted,
      );
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #write(note: RefusalNote, count: number): Promise<void> {
    try {
      await record(this.#audit, this.#clock, {
        kind: 'request.refused',
        outcome: 'refused',
        actor: note.accountId ?? 'anonymous',
        accountId: note.accountId,
        sessionId: note.sessionId,
        appId: note.appId,
        source: note.source,
        detail: { code: note.code, why: note.why, method: note.method, path: loggablePath(note.path), count },
      });
    } catch (error) {
      this.#onError(error);
    }
  }
}
