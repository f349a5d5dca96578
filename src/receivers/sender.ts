import type { AuditEvent } from '../audit/audit.ts';
import type { ReceiverConfig } from '../config/record-types.ts';
import type { Clock } from '../lib/clock.ts';
import type { LogStore } from '../store/log-types.ts';
import { headParcel } from './items.ts';
import { type Held, Lease, LeaseLost } from './lease.ts';
import { type Next, nextOf } from './reading.ts';
import type { ReceiverState, Trouble } from './state.ts';
import { notTaken, type Parcel, type Place } from './types.ts';

/** From one look to the next while there is nothing to do, ms; entries are sealed within a second. */
const IDLE_MS = 500;
/** How long a parcel may take, ms; much shorter than a lease. */
export const SEND_MS = 15_000;
/** Waiting time after each try, ms; the last repeats. */
const DELAYS_MS = [250, 1_000, 2_000, 5_000, 15_000, 60_000, 300_000] as const;
/** An outage is put on record once it has lasted so long, ms. */
const TELL_MS = 60_000;
/** What the store does not do now it is asked again after this, ms. */
const STORE_MS = 5_000;

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface SenderParts {
  /** Who it is, and what it is sent: of no sort of entry, heads alone. */
  readonly config: Pick<ReceiverConfig, 'name' | 'what' | 'format' | 'checkpoints'>;
  readonly place: Place;
  readonly store: { readonly log: LogStore };
  readonly clock: Clock;
  /** Of this node, and this start of it. */
  readonly node: string;
  readonly shared: boolean;
  /** Origin of the log; null before it has a key. */
  readonly origin: () => Promise<string | null>;
  /** Puts it on record. Rejects when it cannot. */
  readonly note: (event: AuditEvent) => Promise<void>;
  readonly log: Log;
  /** Told of trouble with the store. */
  readonly failed: (error: unknown) => void;
  /** Between 0 and 1: so that nodes and receivers do not all try at once. */
  readonly chance: () => number;
}

/**
 * Sends the record to one receiver: what is sealed, in the order of the log, each parcel until it is taken. Nothing is held in
 * memory but the parcel that is under way; what a receiver has not had waits in the store. One at a time in all nodes.
 */
export class Sender {
  readonly #parts: SenderParts;
  readonly #lease: Lease;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  /** By the monotonic clock: before this nothing is tried again. */
  #notBefore = 0;
  #wasLogged = false;

  constructor(parts: SenderParts) {
    const { config, store, clock, node: holder, shared } = parts;
    this.#parts = parts;
    this.#lease = new Lease({ log: store.log, clock, name: config.name, holder, shared });
  }

  start(): void {
    this.#schedule(0);
  }

  /** Gives up the parcel on its way, which is sent again by whoever comes next, and leaves the receiver to them. */
  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#turn;
    await this.#lease.release().catch(this.#parts.failed);
    this.#parts.place.close();
  }

  #schedule(ms: number): void {
    if (this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#turn = this.#look().then((wait) => {
        this.#turn = undefined;
        this.#schedule(wait);
      });
    }, ms).unref();
  }

  /** One look; how long until the next, ms. Never rejects. */
  async #look(): Promise<number> {
    try {
      const held = await this.#lease.hold();
      if (held === null) return IDLE_MS;
      const early = this.#notBefore - this.#parts.clock.monotonic();
      if (early > 0) return Math.min(early, IDLE_MS);
      return await this.#send(held);
    } catch (error) {
      if (error instanceof LeaseLost) return IDLE_MS;
      this.#parts.failed(error);
      return STORE_MS;
    }
  }

  async #send(held: Held): Promise<number> {
    const { store, origin, config } = this.#parts;
    const log = await origin();
    if (log === null) return IDLE_MS;
    const head = config.checkpoints && held.state.to === null ? await this.#head(held, log) : null;
    if (head !== null) return this.#deliver(held, head, { head: head.to });
    if (config.what.length === 0) return this.#idle(held);
    const next = await nextOf(store.log, log, held, config);
    if (next === null) return this.#idle(held);
    const { parcel, missed } = next;
    if (parcel.items.length === 0) {
      await this.#tellMissed(missed);
      await this.#lease.write(parcel.to, { ...held.state, to: null });
      return 0;
    }
    // Where it ends is kept first: after a crash the same parcel comes again, by which it is known.
    const begun =
      held.state.to === parcel.to ? held : await this.#lease.write(held.position, { ...held.state, to: parcel.to });
    return this.#deliver(begun, parcel, { to: null }, missed);
  }

  /** There is nothing to send. A log that ends before what was sent is an older one that was put back. */
  async #idle(held: Held): Promise<number> {
    const { size } = await this.#parts.store.log.state();
    return size < held.position ? this.#missed(held, 'the record is shorter than what was sent') : IDLE_MS;
  }

  /** The next head that the receiver has had all entries of. */
  async #head({ position, state }: Held, log: string): Promise<Parcel | null> {
    const [row] = await this.#parts.store.log.checkpoints({ after: state.head, limit: 1 });
    const isAhead = this.#parts.config.what.length > 0 && row !== undefined && row.size > position;
    if (row === undefined || isAhead) return null;
    const cosigned = await this.#parts.store.log.cosignatures(row.size);
    return headParcel({ log, ...row, cosignatures: cosigned.map(({ line }) => line) });
  }

  async #deliver(
    held: Held,
    parcel: Parcel,
    after: Partial<ReceiverState>,
    missed: Next['missed'] = null,
  ): Promise<number> {
    const { place, clock } = this.#parts;
    try {
      await place.send(parcel, AbortSignal.any([AbortSignal.timeout(SEND_MS), this.#stop.signal]));
    } catch (error) {
      return this.#stop.signal.aborted ? IDLE_MS : this.#missed(held, notTaken(error).message);
    }
    await this.#tellMissed(missed);
    await this.#tellOver(held.state.trouble);
    const position = Math.max(held.position, parcel.to);
    await this.#lease.write(position, { ...held.state, ...after, sentAt: clock.now(), trouble: null });
    return 0;
  }

  /** The receiver did not take it: it is told once in an outage, and tried again later. */
  async #missed(held: Held, cause: string): Promise<number> {
    const { clock, config, log, note, chance } = this.#parts;
    const now = clock.now();
    const before = held.state.trouble;
    const since = before?.since ?? now;
    const tries = (before?.tries ?? 0) + 1;
    const isLong = Math.abs(now - since) >= TELL_MS;
    const detail = { receiver: config.name, cause, position: held.position };
    if (!this.#wasLogged) log.warn({ ...detail, tries }, 'a receiver of the record takes nothing; it is tried again');
    this.#wasLogged = true;
    if (isLong && before?.told !== true)
      await note({ kind: 'receiver.trouble', outcome: 'failed', actor: 'system', detail: { ...detail, tries } });
    const trouble: Trouble = { since, cause, tries, told: isLong || before?.told === true };
    await this.#lease.write(held.position, { ...held.state, trouble });
    const delay = DELAYS_MS[Math.min(tries, DELAYS_MS.length) - 1] ?? TELL_MS;
    this.#notBefore = clock.monotonic() + delay * (0.8 + 0.4 * chance());
    return Math.min(delay, IDLE_MS);
  }

  async #tellOver(trouble: Trouble | null): Promise<void> {
    const { config, clock, log, note } = this.#parts;
    this.#notBefore = 0;
    if (trouble === null) return;
    const seconds = Math.max(0, Math.round((clock.now() - trouble.since) / 1000));
    const detail = { receiver: config.name, cause: trouble.cause, tries: trouble.tries, seconds };
    if (this.#wasLogged) log.info(detail, 'a receiver of the record takes again what it is sent');
    this.#wasLogged = false;
    if (trouble.told) await note({ kind: 'receiver.trouble', outcome: 'ok', actor: 'system', detail });
  }

  /** Written before the receiver is moved on: after a crash between the two it is told twice, and never not at all. */
  async #tellMissed(missed: Next['missed']): Promise<void> {
    if (missed === null) return;
    const { count, first, last } = missed;
    const detail = { receiver: this.#parts.config.name, count, first, last };
    await this.#parts.note({ kind: 'receiver.missed', outcome: 'failed', actor: 'system', detail });
  }
}
