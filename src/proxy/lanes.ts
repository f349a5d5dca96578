import { Client, type Dispatcher } from 'undici';
import { SallyportError } from '../errors.ts';
import { Linked, type Place } from '../lib/linked.ts';
import type { Connect } from './connect.ts';
import { Wire } from './wire.ts';

/** One request on its way, as `Lanes` sees it. */
export interface OutboundRequest extends Dispatcher.DispatchHandler {
  /** Over: it needs no connection any more. */
  readonly ended: boolean;
  /** What it goes by; null while it waits, or on a connection of its own. */
  lane: Lane | null;
  /** It will not be sent; called at most once. */
  refuse(error: SallyportError): void;
}

interface Waiting {
  readonly owner: string;
  readonly options: Dispatcher.DispatchOptions;
}

/** A connector whose sockets are heard; `made` is told of each. */
export function wired(connect: Connect, made?: (wire: Wire) => void): Connect {
  return (target, callback) =>
    connect(target, (...[error, socket]) => {
      if (error !== null) callback(error, null);
      else {
        const wire = new Wire(socket);
        made?.(wire);
        callback(null, socket);
      }
    });
}

/** A place for one connection to an app: one request at a time, and connected anew when it was closed. */
export class Lane {
  readonly owner: string;
  readonly client: Client;
  busy = false;
  /** Its place among the idle ones. */
  resting: Place<Lane> | null = null;
  #wire: Wire | null = null;
  /** Requests begun on the present connection. */
  #begun = 0;

  constructor(origin: string, options: Client.Options, connect: Connect, owner: string) {
    this.owner = owner;
    this.client = new Client(origin, {
      ...options,
      connect: wired(connect, (wire) => {
        this.#begun = 0;
        this.#wire = wire;
      }),
    });
  }

  /** Called when a request is about to be written. */
  begin(): void {
    this.#begun += 1;
    this.#wire?.expect();
  }

  /** The connection had carried a request before, and not one byte has come back for the present one. */
  get unheard(): boolean {
    return this.#begun > 1 && this.#wire !== null && !this.#wire.heard;
  }

  get connected(): boolean {
    return this.#wire?.open === true;
  }
}

export interface LanesParts {
  readonly origin: string;
  readonly options: Client.Options;
  readonly connect: Connect;
  /** Most connections at one time. */
  readonly most: number;
  /** A connection belongs to one owner while it lives; else everybody's requests share them. */
  readonly exclusive: boolean;
}

/**
 * The connections to one app, `most` at one time. With `exclusive` none is ever given to a second owner: what an app writes
 * that nobody asked for can reach the person on whose connection it was written, and nobody else. A connection that is idle
 * for four seconds, or as long as the app says that it keeps it, is closed by the client library.
 */
export class Lanes {
  readonly #parts: LanesParts;
  readonly #lanes = new Set<Lane>();
  /** Idle ones, the one that has been so for the longest first. */
  readonly #idle = new Linked<Lane>();
  /** The same by owner, the last used last: it is used first, so that others may close. */
  readonly #idleOf = new Map<string, Lane[]>();
  readonly #waiting = new Map<OutboundRequest, Waiting>();
  #closed: (() => void) | null = null;

  constructor(parts: LanesParts) {
    this.#parts = parts;
  }

  /** Sends it on a connection of that owner, or once one may be had. Who waits may `leave`. */
  dispatch(owner: string, options: Dispatcher.DispatchOptions, request: OutboundRequest): void {
    if (this.#closed !== null) {
      request.refuse(draining());
      return;
    }
    const whose = this.#parts.exclusive ? owner : '';
    const lane = this.#idleOf.get(whose)?.at(-1) ?? this.#open(whose);
    if (lane === null) this.#waiting.set(request, { owner: whose, options });
    else this.#run(lane, options, request);
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
    await this.destroy();
  }

  /** Ends everything now. */
  async destroy(): Promise<void> {
    const settled = this.#closed;
    this.#closed = () => {};
    const waiting = [...this.#waiting.keys()];
    this.#waiting.clear();
    for (const request of waiting) request.refuse(draining());
    const lanes = [...this.#lanes];
    for (const lane of lanes) this.#forget(lane);
    await Promise.all(lanes.map((lane) => lane.client.destroy()));
    settled?.();
  }

  #settle(): void {
    if (this.#closed !== null && this.#waiting.size === 0 && this.#idle.size === this.#lanes.size) this.#closed();
  }

  /** A new one; where there are enough, the one that has been idle for the longest makes room. null: all are busy. */
  #open(owner: string): Lane | null {
    const { origin, options, connect, most } = this.#parts;
    if (this.#lanes.size >= most) {
      const oldest = this.#idle.first;
      if (oldest === undefined) return null;
      this.#retire(oldest);
    }
    const lane = new Lane(origin, options, connect, owner);
    this.#lanes.add(lane);
    lane.client.on('drain', () => this.#freed(lane));
    lane.client.on('disconnect', () => this.#disconnected(lane));
    return lane;
  }

  /** False: nothing was sent, and the lane is gone. */
  #run(lane: Lane, options: Dispatcher.DispatchOptions, request: OutboundRequest): boolean {
    this.#wake(lane);
    lane.busy = true;
    request.lane = lane;
    lane.client.dispatch(options, request);
    // What the library refuses before it is queued leaves no word of when the lane is free.
    if (!request.ended || lane.client.stats.size > 0) return true;
    this.#retire(lane);
    return false;
  }

  #freed(lane: Lane): void {
    if (!lane.busy || !this.#lanes.has(lane)) return;
    lane.busy = false;
    const [first] = this.#waiting;
    if (first === undefined) {
      // Without a connection it is of no use to its owner, and takes up another's place.
      if (this.#parts.exclusive && !lane.connected) this.#retire(lane);
      else this.#rest(lane);
      this.#settle();
      return;
    }
    const [request, { owner, options }] = first;
    if (owner !== lane.owner) this.#retire(lane);
    else {
      this.#waiting.delete(request);
      if (this.#run(lane, options, request)) return;
    }
    this.#serve();
  }

  /** Opens lanes for those who wait, while there may be more. */
  #serve(): void {
    for (const [request, { owner, options }] of this.#waiting) {
      const lane = this.#open(owner);
      if (lane === null) return;
      this.#waiting.delete(request);
      this.#run(lane, options, request);
    }
    this.#settle();
  }

  #disconnected(lane: Lane): void {
    if (this.#parts.exclusive && !lane.busy && this.#lanes.has(lane)) this.#retire(lane);
  }

  #rest(lane: Lane): void {
    lane.resting = this.#idle.add(lane);
    const known = this.#idleOf.get(lane.owner);
    if (known === undefined) this.#idleOf.set(lane.owner, [lane]);
    else known.push(lane);
  }

  #wake(lane: Lane): void {
    if (lane.resting?.leave() !== true) return;
    const known = this.#idleOf.get(lane.owner) ?? [];
    if (known.at(-1) === lane) known.pop();
    else known.splice(known.indexOf(lane), 1);
    if (known.length === 0 && this.#parts.exclusive) this.#idleOf.delete(lane.owner);
  }

  #forget(lane: Lane): void {
    this.#wake(lane);
    this.#lanes.delete(lane);
  }

  #retire(lane: Lane): void {
    this.#forget(lane);
    void lane.client.destroy();
  }
}

function draining(): SallyportError {
  return new SallyportError('draining', 'connections to the app are being closed');
}
