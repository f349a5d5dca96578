import type { ErrorCode } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { sourceKey } from '../lib/networks.ts';
import { loggablePath } from '../request/target.ts';
import type { Store } from '../store/types.ts';
import { record } from './audit.ts';
import { rationOf } from './ration.ts';

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
  readonly first: number;
  last: number;
}

const WINDOW_MS = 10 * 60_000;
/** Told apart within a window: of people who are signed in, and of all others. Neither takes the others' room. */
const ROOM = 128;

/**
 * Puts refusals on record: the first of a kind (cause, app, network, account) within ten minutes at once, the others counted
 * and written as one row at their end, and what is more than can be told apart as one row in all: at most 3,100 rows an hour,
 * whatever is sent. What guesses left over (see Ration) is told then too.
 */
export class Refusals {
  readonly #store: Pick<Store, 'audit'>;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  #anonymous = new Map<string, Bucket>();
  #signedIn = new Map<string, Bucket>();
  #beyond: Bucket | undefined;
  readonly #timer: NodeJS.Timeout;
  /** Rows on their way to the store: at most one for each bucket. */
  readonly #underWay = new Set<Promise<void>>();

  constructor(store: Pick<Store, 'audit'>, clock: Clock, onError: (error: unknown) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#onError = onError;
    this.#timer = setInterval(() => void this.flush(), WINDOW_MS).unref();
  }

  note(note: RefusalNote): void {
    const now = this.#clock.now();
    const buckets = note.accountId === null ? this.#anonymous : this.#signedIn;
    const key = `${note.code} ${note.appId} ${sourceKey(note.source)} ${note.accountId}`;
    const bucket = buckets.get(key);
    if (bucket !== undefined) {
      bucket.more++;
      bucket.last = now;
    } else if (buckets.size < ROOM) {
      buckets.set(key, { note, more: 0, first: now, last: now });
      const written = this.#write(note, { count: 1 });
      this.#underWay.add(written);
      void written.finally(() => this.#underWay.delete(written));
    } else this.#countBeyond(now);
  }

  #countBeyond(now: number): void {
    const nobody = { appId: null, source: 'many', accountId: null, sessionId: null, method: '', path: '' };
    const why = 'from more sources than are told apart';
    this.#beyond ??= { note: { code: 'too-many-attempts', why, ...nobody }, more: 0, first: now, last: now };
    this.#beyond.more++;
    this.#beyond.last = now;
  }

  /** Writes the counts of the window that ends. */
  async flush(): Promise<void> {
    const buckets = [...this.#anonymous.values(), ...this.#signedIn.values()];
    if (this.#beyond !== undefined) buckets.push(this.#beyond);
    this.#anonymous = new Map();
    this.#signedIn = new Map();
    this.#beyond = undefined;
    for (const { note, more, first, last } of buckets) {
      const moments = { first: new Date(first).toISOString(), last: new Date(last).toISOString() };
      if (more > 0) await this.#write(note, { count: more, ...moments });
    }
    for (const event of rationOf(this.#store).drain())
      await record(this.#store.audit, this.#clock, event).catch(this.#onError);
  }

  /** Once it settles nothing more is written: the store may be closed. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    await Promise.all(this.#underWay);
  }

  async #write(note: RefusalNote, counts: Readonly<Record<string, string | number>>): Promise<void> {
    try {
      await record(this.#store.audit, this.#clock, {
        kind: 'request.refused',
        outcome: 'refused',
        actor: note.accountId ?? 'anonymous',
        accountId: note.accountId,
        sessionId: note.sessionId,
        appId: note.appId,
        source: note.source,
        detail: { code: note.code, why: note.why, method: note.method, path: loggablePath(note.path), ...counts },
      });
    } catch (error) {
      this.#onError(error);
    }
  }
}
