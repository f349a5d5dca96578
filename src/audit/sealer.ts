import type { Clock } from '../lib/clock.ts';
import { rest } from '../lib/rest.ts';
import type { LogStore } from '../store/log-types.ts';
import type { Signer } from '../tlog/key.ts';
import { placeEntries } from './place.ts';

/** Entries that get their place at once where nothing else is done: some 100 ms of the database's time. */
const BATCH = 500;
/** The same beside requests, which on SQLite are not served meanwhile. */
const BATCH_BESIDE = 100;
/** Numbers that are looked through at once for entries without a place. */
const STRETCH = 20_000;
/** An entry is sealed within twice of this, ms. */
const EVERY_MS = 400;
/** On PostgreSQL the order of numbers is not that of commits: so long, ms, lower ones may still come. */
const IN_FLIGHT_MS = 30_000;
/** Of turns, how many look through a stretch again. */
const SWEEPS = 10;
/** How often a head is kept for good, ms. */
const KEEP_MS = 3_600_000;
/** Behind by more than this it is told, ms. */
const LATE_MS = 10_000;

export interface SealerParts {
  readonly store: { readonly log: LogStore };
  readonly clock: Clock;
  /** The key of the log; asked for each turn, so that one which could not be opened is tried again. */
  readonly key: () => Promise<Signer>;
  /** Whether entries are committed in the order of their numbers. */
  readonly ordered: boolean;
}

interface Batch {
  readonly sealed: number;
  /** Number of the last entry that was looked at. */
  readonly last: number;
  /** Whether there may be more. */
  readonly whole: boolean;
}

/** How far sealing has come: since when, ms of the monotonic clock, it has not been able to seal everything; and why. */
export interface Behind {
  readonly ms: number;
  readonly error: unknown;
}

/**
 * Gives entries their place in the tree (docs/decisions/0051): in batches, each one transaction that locks the tree, so that
 * any number of nodes may do it at once, and any of them may be killed.
 */
export class Sealer {
  readonly #parts: SealerParts;
  readonly #told: (behind: Behind | null) => void;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<number> | null = null;
  #stopped = false;
  /** Moments, of the monotonic clock, and up to which number everything had been sealed then. */
  #marks: { readonly at: number; readonly seq: number }[] = [];
  #swept: number | null = null;
  #sweepAt = 0;
  #turns = 0;
  #kept = Number.NEGATIVE_INFINITY;
  #done: number;
  #isTold = false;
  #batch = BATCH;

  /** `told` hears when sealing falls behind, once, and when it has caught up again. */
  constructor(parts: SealerParts, told: (behind: Behind | null) => void = () => {}) {
    this.#parts = parts;
    this.#told = told;
    this.#done = parts.clock.monotonic();
  }

  /** Begins to seal whatever is written; returns at once. Errors are told, and tried again. */
  start(): void {
    this.#batch = BATCH_BESIDE;
    this.#schedule(0);
  }

  /** Seals what there is, if it can, and ends. Never rejects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#batch = BATCH;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running?.catch(() => {});
    await this.turn().catch(() => {});
  }

  /** Seals everything that is committed now; returns how many entries. One turn at a time. */
  turn(): Promise<number> {
    this.#running ??= this.#turn().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** For how long it has not been able to seal everything, ms. */
  get behindMs(): number {
    return this.#parts.clock.monotonic() - this.#done;
  }

  async #turn(): Promise<number> {
    const begun = this.#parts.clock.monotonic();
    const key = await this.#parts.key();
    const { log } = this.#parts.store;
    this.#swept ??= await log.sealedUpTo();
    // What lies before all that is sealed: another node's, or somebody's who put it there. Once, and then a stretch at a time.
    let sealed = 0;
    if (this.#marks.length === 0)
      for (let from = 0; from < this.#swept; from += STRETCH) sealed += await this.#stretch(key, from);
    else if (!this.#parts.ordered && this.#turns++ % SWEEPS === 0) sealed += await this.#sweep(key);
    sealed += await this.#newest(key, begun);
    this.#done = this.#parts.clock.monotonic();
    return sealed;
  }

  /** The entries of one stretch of numbers. */
  async #stretch(key: Signer, from: number): Promise<number> {
    let sealed = 0;
    for (let after = from; ; ) {
      const batch = await this.#seal(key, after, from + STRETCH);
      sealed += batch.sealed;
      after = batch.last;
      if (!batch.whole) return sealed;
    }
  }

  /** The next stretch, round and round. */
  async #sweep(key: Signer): Promise<number> {
    const from = this.#sweepAt;
    const end = this.#marks[0]?.seq ?? 0;
    this.#sweepAt = from + STRETCH < end ? from + STRETCH : 0;
    return from < end ? this.#stretch(key, from) : 0;
  }

  /** What came since, and, where numbers do not come in order, what could come late. */
  async #newest(key: Signer, begun: number): Promise<number> {
    const marks = this.#marks;
    while (marks.length > 1 && (this.#parts.ordered || begun - (marks[1]?.at ?? begun) > IN_FLIGHT_MS)) marks.shift();
    let sealed = 0;
    let after = marks[0]?.seq ?? this.#swept ?? 0;
    for (;;) {
      const batch = await this.#seal(key, after);
      sealed += batch.sealed;
      after = Math.max(after, batch.last);
      if (!batch.whole) break;
    }
    marks.push({ at: begun, seq: Math.max(after, marks.at(-1)?.seq ?? 0) });
    return sealed;
  }

  async #seal(key: Signer, after: number, upTo?: number): Promise<Batch> {
    const { store, clock } = this.#parts;
    const limit = this.#batch;
    const query = { after, limit, ...(upTo === undefined ? {} : { upTo }) };
    // Without a transaction, which would lock the tree, as long as there is nothing.
    if ((await store.log.unsealed({ ...query, limit: 1 })).length === 0)
      return { sealed: 0, last: after, whole: false };
    const now = clock.now();
    const keep = Math.abs(now - this.#kept) >= KEEP_MS;
    const begun = performance.now();
    const batch = await store.log.seal(query, (tree, entries) => placeEntries(tree, entries, key, { at: now, keep }));
    if (keep && batch.sealed > 0) this.#kept = now;
    const whole = batch.sealed >= limit;
    if (whole && !this.#stopped && limit === BATCH_BESIDE) await rest(performance.now() - begun);
    return { ...batch, whole };
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.turn()
        .then(
          () => this.#tell(null),
          (error: unknown) => this.#tell({ ms: this.behindMs, error }),
        )
        .finally(() => this.#schedule(EVERY_MS));
    }, ms).unref();
  }

  #tell(behind: Behind | null): void {
    if (behind === null) {
      if (this.#isTold) this.#told(null);
      this.#isTold = false;
    } else if (!this.#isTold && behind.ms > LATE_MS) {
      this.#isTold = true;
      this.#told(behind);
    }
  }
}
