import type { Socket } from 'node:net';
import type { Place } from '../../lib/linked.ts';
import { AnswerReader, type AnswerSink } from './answer.ts';
import type { Dial } from './dial.ts';
import type { AnswerHead } from './fields.ts';
import { KEPT_MS } from './framing.ts';
import type { Written } from './request-head.ts';
import { type Sender, Sending } from './sending.ts';
import { nextTurn, type Turned } from './turn.ts';
import type { Control, Outgoing, Receiver } from './types.ts';

/** A connection that the app ended, or that could not be made in time. */
export class ConnectionError extends Error {
  readonly code: 'BROKEN_OFF' | 'CONNECT_TIMEOUT';

  constructor(code: ConnectionError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** A request with its head as it is written. */
export interface Job {
  readonly outgoing: Outgoing;
  readonly written: Written;
  readonly receiver: Receiver;
}

/** Who keeps the connections. */
export interface Keeper {
  /** May be used, for the first or another request. */
  onFree(connection: Connection): void;
  /** Is closed, and never free again. `unsent`: a request of which nothing was written. */
  onClosed(connection: Connection, unsent: Job | null): void;
}

/**
 * One connection to an app: one request at a time, and the next one is written only after what the app may have sent unasked has been
 * looked for.
 */
export class Connection implements AnswerSink, Control, Sender, Turned {
  readonly owner: string;
  /** Its place among the idle ones, kept by its keeper. */
  resting: Place<Connection> | null = null;
  /** How long it has been idle, ms, counted by its keeper. */
  rested = 0;
  /** How long it may be idle, ms. Before its first request it is as good as after. */
  keptMs = KEPT_MS;
  readonly #socket: Socket;
  readonly #keeper: Keeper;
  readonly #reader = new AnswerReader(this);
  #timer: NodeJS.Timeout | null;
  #connected = false;
  #job: Job | null;
  /** The job has been begun. */
  #begun = false;
  #sending: Sending | null = null;
  /** Requests begun. */
  #count = 0;
  #heard = false;
  #paused = false;
  #closed = false;

  /** `job`: the first one; the connection belongs to its owner from then on. */
  constructor(dial: Dial, connectMs: number, keeper: Keeper, job: Job & { readonly owner: string }) {
    this.owner = job.owner;
    this.#keeper = keeper;
    this.#job = job;
    this.#timer = setTimeout(
      () => this.#fail(new ConnectionError('CONNECT_TIMEOUT', 'no connection in time')),
      connectMs,
    );
    this.#timer.unref();
    const socket = dial.open((length, bytes) => this.#read(length, bytes));
    this.#socket = socket;
    socket.unref();
    socket.once(dial.ready, () => this.#ready());
    socket.on('error', (error: Error) => this.#fail(error));
    socket.on('end', () => this.#ended());
    socket.on('close', () => this.#fail(new ConnectionError('BROKEN_OFF', 'the connection was closed')));
  }

  /** The connection has carried a request before, and not one byte has come back for the present or last one. */
  get unheard(): boolean {
    return this.#count > 1 && !this.#heard;
  }

  /** Sends a request, in the next turn; only when free. */
  send(job: Job): void {
    this.#job = job;
    nextTurn(this);
  }

  turn(): void {
    if (this.#closed) return;
    if (this.#job === null) this.#keeper.onFree(this);
    else this.#begin(this.#job);
  }

  pause(): void {
    if (this.#paused || this.#closed) return;
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused || this.#closed) return;
    this.#paused = false;
    this.#socket.resume();
  }

  abort(): void {
    this.#job = null;
    this.#close();
  }

  /** Ends it now; a request under way is told so. */
  destroy(error: Error): void {
    this.#fail(error);
  }

  #ready(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#connected = true;
    this.turn();
  }

  #begin(job: Job): void {
    if (job.receiver.ended) {
      this.#job = null;
      this.turn();
      return;
    }
    this.#begun = true;
    this.#count += 1;
    this.#heard = false;
    this.#reader.expect(job.outgoing.method);
    job.receiver.onRequestStart(this);
    if (this.#job === job) this.#write(job);
  }

  #write({ outgoing, written, receiver }: Job): void {
    const { body } = outgoing;
    const socket = this.#socket;
    if (body !== null && !Buffer.isBuffer(body)) {
      this.#sending = new Sending(body, written, socket, this);
      this.#sending.begin();
      return;
    }
    if (body === null) socket.write(written.text, 'latin1');
    else {
      socket.cork();
      socket.write(written.text, 'latin1');
      socket.write(body);
      socket.uncork();
    }
    receiver.onRequestSent?.();
  }

  onBodySent(): void {
    this.#sending = null;
    this.#job?.receiver.onRequestSent?.();
  }

  onBodyFailed(error: Error): void {
    this.#sending = null;
    this.#fail(error);
  }

  #read(length: number, bytes: Buffer): void {
    if (this.#closed) return;
    this.#heard = true;
    if (!this.#begun) {
      this.#fail(new ConnectionError('BROKEN_OFF', 'the app spoke unasked'));
      return;
    }
    try {
      this.#reader.read(bytes, length);
      this.#job?.receiver.onResponseRead?.();
    } catch (error) {
      this.#reader.stop();
      // Not before what has been handed on was sent, so that what came before the fault is seen to be cut off.
      process.nextTick(this.#failed, error);
    }
  }

  onInterim(head: AnswerHead): void {
    this.#job?.receiver.onResponseStart(this, head);
  }

  onHead(head: AnswerHead): void {
    this.#job?.receiver.onResponseStart(this, head);
  }

  onPiece(bytes: Buffer): void {
    this.#job?.receiver.onResponseData(this, bytes);
  }

  onWhole(reusable: boolean): void {
    const job = this.#job;
    if (job === null) return;
    this.#job = null;
    this.#begun = false;
    const kept = reusable && !job.written.last && this.#sending === null;
    if (kept) {
      this.keptMs = this.#reader.keptMs;
      this.resume();
      nextTurn(this);
    } else this.#close();
    job.receiver.onResponseEnd();
  }

  /** The app has said its last. */
  #ended(): void {
    if (!this.#closed && this.#begun && this.#reader.finish()) return;
    this.#fail(new ConnectionError('BROKEN_OFF', 'the app closed the connection'));
  }

  readonly #failed = (error: unknown): void => {
    this.#fail(error instanceof Error ? error : new Error('unusable answer'));
  };

  #fail(error: Error): void {
    const job = this.#job;
    if (this.#closed) return;
    // Closed before anything was written, by an app that was tired of waiting: as if it had never been chosen.
    const unsent = job !== null && this.#connected && !this.#begun ? job : null;
    this.#job = null;
    this.#close(unsent);
    if (job !== null && unsent === null) job.receiver.onResponseError(error);
  }

  #close(unsent: Job | null = null): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#reader.stop();
    this.#socket.destroy();
    this.#sending?.stop();
    this.#sending = null;
    this.#keeper.onClosed(this, unsent);
  }
}
