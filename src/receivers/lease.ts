import type { Clock } from '../lib/clock.ts';
import type { LogStore, ReceiverRow } from '../store/log-types.ts';
import { NEW, parseState, type ReceiverState } from './state.ts';

/** A holder that was not seen to write for so long is dead, ms. No clock is compared with another's. */
export const LEASE_MS = 30_000;
/** A holder writes at least this often, ms. */
const RENEW_MS = 5_000;

export interface LeaseParts {
  readonly log: LogStore;
  readonly clock: Clock;
  readonly name: string;
  /** Of this node, and this start of it. */
  readonly holder: string;
  /** Whether there may be other nodes; where there are none, whoever held it before is dead. */
  readonly shared: boolean;
}

/** What a holder knows: where the receiver stands. */
export interface Held {
  readonly position: number;
  readonly state: ReceiverState;
}

/** The other node was quicker: what this one has read is no longer so. */
export class LeaseLost extends Error {
  constructor() {
    super('another node sends to this receiver');
    this.name = 'LeaseLost';
  }
}

/**
 * Which node sends to a receiver, and where that stands: one row, which is only ever put in the place of what was read. A node
 * that is held up while another takes over can move nothing any more.
 */
export class Lease {
  readonly #parts: LeaseParts;
  #row: ReceiverRow | undefined;
  /** When the row was first seen as it is, by the monotonic clock. */
  #seenAt = 0;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
  }

  /** Where the receiver stands, if this node may send; null: another does. */
  async hold(): Promise<Held | null> {
    const { log, clock, name, holder } = this.#parts;
    const now = clock.monotonic();
    const row = await log.receiver(name);
    if (row === undefined) return this.#begin();
    if (row.state !== this.#row?.state || row.position !== this.#row.position) this.#seenAt = now;
    this.#row = row;
    const state = parseState(row.state);
    if (state.holder === holder) {
      if (now - this.#seenAt >= RENEW_MS) await this.write(row.position, state);
    } else if (this.#isFree(state, now)) await this.write(row.position, state);
    else return null;
    return { position: row.position, state: parseState(this.#row.state) };
  }

  #isFree({ holder }: ReceiverState, now: number): boolean {
    return holder === null || !this.#parts.shared || now - this.#seenAt >= LEASE_MS;
  }

  /** The first row of a receiver: from the first entry on. */
  async #begin(): Promise<Held> {
    const { log, name, holder } = this.#parts;
    const { size } = await log.state();
    const state = { ...NEW, holder, since: size };
    const row = { name, position: 0, state: JSON.stringify(state) };
    if (!(await log.moveReceiver(row, null))) throw new LeaseLost();
    this.#kept(row);
    return { position: 0, state };
  }

  /** Puts it there, in place of what was read last; renews the lease. Throws `LeaseLost`. */
  async write(position: number, state: ReceiverState): Promise<Held> {
    const { log, name, holder } = this.#parts;
    const next = { ...state, holder, beat: state.beat + 1 };
    const row = { name, position, state: JSON.stringify(next) };
    if (this.#row === undefined || !(await log.moveReceiver(row, this.#row))) throw new LeaseLost();
    this.#kept(row);
    return { position, state: next };
  }

  /** Leaves it to whoever comes, if it is still ours. */
  async release(): Promise<void> {
    const row = this.#row;
    if (row === undefined || parseState(row.state).holder !== this.#parts.holder) return;
    const state = { ...parseState(row.state), holder: null };
    await this.#parts.log.moveReceiver({ ...row, state: JSON.stringify(state) }, row);
    this.#row = undefined;
  }

  #kept(row: ReceiverRow): void {
    this.#row = row;
    this.#seenAt = this.#parts.clock.monotonic();
  }
}
