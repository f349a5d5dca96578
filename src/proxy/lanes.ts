import { SallyportError } from '../errors.ts';
import { Linked } from '../lib/linked.ts';
import { upstreamFailure } from './failures.ts';
import { Connection, type Job, type Keeper } from './http1/connection.ts';
import type { Dial } from './http1/dial.ts';
import { writeRequestHead } from './http1/request-head.ts';
import type { Outgoing, Receiver } from './http1/types.ts';

/** One request on its way, as `Lanes` sees it. */
export interface OutboundRequest extends Receiver {
  /** What it goes by; null while it waits. */
  lane: Connection | null;
  /** It will not be sent; called at most once. */
  refuse(error: SallyportError): void;
}

interface Queued extends Job {
  readonly owner: string;
  readonly receiver: OutboundRequest;
}

export interface LanesParts {
  readonly dial: Dial;
  readonly connectMs: number;
  /** Most connections at one time. */
  readonly most: number;
  /** A connection belongs to one owner while it lives; else everybody's requests share them. */
  readonly exclusive: boolean;
  /** False: each connection carries one request. */
  readonly kept: boolean;
}

/** How often idle connections are looked through, ms. */
const SWEEP_MS = 500;

/**
 * The connections to one app, `most` at one time. With `exclusive` none is ever given to a second owner: what an app writes
 * that nobody asked for can reach the person on whose connection it was written, and nobody else. A connection that is idle
 * for four seconds, or as long as the app says that it keeps it, is closed.
 */
export class Lanes implements Keeper {
  readonly #parts: LanesParts;
  readonly #all = new Set<Connection>();
  /** Idle ones, the one that has been so for the longest first. */
  readonly #idle = new Linked<Connection>();
  /** The same by owner, the last used last: it is used first, so that others may close. */
  readonly #idleOf = new Map<string, Connection[]>();
  readonly #waiting = new Map<OutboundRequest, Queued>();
  #closed: (() => void) | null = null;
  #gone = false;
  #sweeping: NodeJS.Timeout | null = null;

  constructor(parts: LanesParts) {
    this.#parts = parts;
  }

  /** Sends it on a connection of that owner, or once one may be had. Who waits may `leave`. */
  dispatch(owner: string, outgoing: Outgoing, request: OutboundRequest): void {
    if (this.#closed !== null) {
      request.refuse(draining());
      return;
    }
    try {
      const written = writeRequestHead(outgoing, this.#parts.kept);
      this.#run({ owner: this.#parts.exclusive ? owner : '', outgoing, written, receiver: request });
    } catch (error) {
      request.refuse(upstreamFailure(error));
    }
  }

  #run(queued: Queued): void {
    const idle = this.#idleOf.get(queued.owner)?.at(-1);
    if (idle === undefined) {
      if (!this.#open(queued)) this.#waiting.set(queued.receiver, queued);
      return;
    }
    this.#wake(idle);
    queued.receiver.lane = idle;
    idle.send(queued);
  }

  /** It is over, and waits no longer. */
  leave(request: OutboundRequest): void {
    if (this.#waiting.size === 0 || !this.#waiting.delete(request)) return;
    this.#settle();
  }

  /** Takes nothing new; settles when all that is under way or waits has ended. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      this.#settle();
    });
    this.destroy();
  }

  /** Ends everything now. */
  destroy(): void {
    const settled = this.#closed;
    this.#closed = () => {};
    this.#gone = true;
    const waiting = [...this.#waiting.keys()];
    this.#waiting.clear();
    for (const request of waiting) request.refuse(draining());
    for (const lane of [...this.#all]) lane.destroy(draining());
    settled?.();
  }

  #settle(): void {
    if (this.#closed !== null && this.#waiting.size === 0 && this.#idle.size === this.#all.size) this.#closed();
  }

  /** A new one; where there are enough, the one that has been idle for the longest makes room. False: all are busy. */
  #open(queued: Queued): boolean {
    const { dial, connectMs, most } = this.#parts;
    if (this.#all.size >= most) {
      const oldest = this.#idle.first;
      if (oldest === undefined) return false;
      this.#forget(oldest);
      oldest.destroy(draining());
    }
    const lane = new Connection(dial, connectMs, this, queued);
    this.#all.add(lane);
    queued.receiver.lane = lane;
    return true;
  }

  onFree(lane: Connection): void {
    const [first] = this.#waiting.values();
    if (first === undefined || first.owner !== lane.owner) this.#rest(lane);
    else {
      this.#waiting.delete(first.receiver);
      first.receiver.lane = lane;
      lane.send(first);
    }
    this.#serve();
  }

  onClosed(lane: Connection, unsent: Job | null): void {
    // Else it was closed to make room.
    if (!this.#forget(lane)) return;
    if (unsent !== null) this.#turnBack(unsent as Queued); // nothing else is sent from here
    this.#serve();
  }

  /** An idle connection was closed by the app before it was used: another may do. Each may be closed once, a new one is used at once. */
  #turnBack(queued: Queued): void {
    if (this.#gone) queued.receiver.refuse(draining());
    else this.#run(queued);
  }

  /** False when it is none of ours any more. */
  #forget(lane: Connection): boolean {
    this.#wake(lane);
    return this.#all.delete(lane);
  }

  /** Opens lanes for those who wait, while there may be more. */
  #serve(): void {
    for (const queued of this.#waiting.values()) {
      if (!this.#open(queued)) return;
      this.#waiting.delete(queued.receiver);
    }
    this.#settle();
  }

  #rest(lane: Connection): void {
    lane.rested = 0;
    lane.resting = this.#idle.add(lane);
    this.#sweeping ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
    const known = this.#idleOf.get(lane.owner);
    if (known === undefined) this.#idleOf.set(lane.owner, [lane]);
    else known.push(lane);
  }

  #sweep(): void {
    if (this.#idle.size === 0 && this.#sweeping !== null) {
      clearInterval(this.#sweeping);
      this.#sweeping = null;
      return;
    }
    this.#idle.forEach((lane) => {
      lane.rested += SWEEP_MS;
      if (lane.rested >= lane.keptMs) lane.destroy(draining());
    });
  }

  #wake(lane: Connection): void {
    if (lane.resting?.leave() !== true) return;
    const known = this.#idleOf.get(lane.owner) ?? [];
    if (known.at(-1) === lane) known.pop();
    else known.splice(known.indexOf(lane), 1);
    if (known.length === 0 && this.#parts.exclusive) this.#idleOf.delete(lane.owner);
  }
}

function draining(): SallyportError {
  return new SallyportError('draining', 'connections to the app are being closed');
}
