import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { asSallyportError, type SallyportError } from '../errors.ts';
import { cameAndWent } from '../lib/heap.ts';
import { isOver, PIECE } from '../lib/turns.ts';
import type { BodyEdit, Passage } from './passage.ts';

export interface UploadParts {
  /** Called for each piece that arrives from the client. */
  readonly onChunk: () => void;
  /** What came was refused; the stream has ended with that error. */
  readonly onRefused: (error: SallyportError) => void;
  /** Judges the bytes that are still to come; what comes out is sent. */
  readonly scan?: BodyEdit;
  /** What has been read and judged before. */
  readonly read?: { readonly bytes: Buffer; readonly whole: boolean };
}

/** What is still read of an upload that nobody wants any more, so that the client gets to read its answer. */
const DRAIN_BYTES = 8 * 1024 * 1024;
const DRAIN_MS = 10_000;

/**
 * The body of a request as a stream of its own. A connection destroys the body it is given when an answer comes early or the
 * upstream fails; the client's request must survive that, because its socket still has to carry our answer.
 */
export class Upload extends Readable {
  readonly #request: IncomingMessage;
  readonly #parts: UploadParts;
  /** What has come and is still to be judged; null: nothing. */
  #rest: Buffer | null = null;
  /** When this turn's judging began, however many pieces come in it. */
  #since = 0;
  /** The next turn. */
  #next: NodeJS.Immediate | undefined;
  /** This turn has taken its time: until the next nothing is judged, nor read. */
  #waits = false;
  /** The client's body ended while some of it was still to be judged. */
  #over = false;
  /** The connection has enough for now. */
  #full = false;

  constructor(request: IncomingMessage, parts: UploadParts) {
    super({ highWaterMark: 64 * 1024 });
    this.#request = request;
    this.#parts = parts;
    // Who sends it takes its own listener off before the last word is said; an error then must not end the process.
    this.on('error', () => {});
    const { read } = parts;
    if (read !== undefined) this.#send(read.bytes);
    if (read?.whole === true) this.push(null);
    else request.on('data', this.#data).on('end', this.#end).on('close', this.#close).pause();
  }

  override _read(): void {
    this.#full = false;
    if (!this.#waits && this.#parts.read?.whole !== true) this.#request.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearImmediate(this.#next);
    this.#rest = null;
    this.#request.off('data', this.#data).off('end', this.#end).off('close', this.#close);
    if (!this.#request.complete) drain(this.#request);
    callback(error);
  }

  readonly #data = (chunk: Buffer): void => {
    cameAndWent(chunk.length);
    this.#parts.onChunk();
    if (this.#parts.scan === undefined) this.#send(chunk);
    else {
      this.#rest = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
      if (!this.#waits) this.#judge(this.#parts.scan);
    }
  };

  readonly #end = (): void => {
    if (this.#rest !== null) {
      this.#over = true;
      return;
    }
    try {
      const rest = this.#parts.scan?.end();
      if (rest !== undefined && rest.length > 0) this.push(rest);
      this.push(null);
    } catch (error) {
      this.#refuse(error);
    }
  };

  #send(bytes: Buffer): void {
    if (bytes.length === 0 || this.push(bytes)) return;
    this.#full = true;
    this.#request.pause();
  }

  /** Judges what has come, until this turn has taken its time; the rest when everybody else has had theirs. */
  #judge(scan: BodyEdit): void {
    if (this.#next === undefined) {
      this.#since = performance.now();
      this.#next = setImmediate(this.#nextTurn, scan);
    }
    const out: Buffer[] = [];
    let rest = this.#rest ?? Buffer.alloc(0);
    try {
      while (rest.length > 0 && !isOver(this.#since)) {
        out.push(scan.push(rest.subarray(0, PIECE)));
        rest = rest.subarray(PIECE);
      }
    } catch (error) {
      // Nothing more is sent, and what was is not a whole request.
      this.#refuse(error);
      return;
    }
    this.#rest = rest.length > 0 ? rest : null;
    this.#waits = this.#rest !== null || isOver(this.#since);
    if (this.#waits) this.#request.pause();
    this.#send(out.length === 1 ? (out[0] ?? rest) : Buffer.concat(out));
  }

  readonly #nextTurn = (scan: BodyEdit): void => {
    this.#next = undefined;
    this.#waits = false;
    if (this.#rest !== null) this.#judge(scan);
    if (this.#rest !== null || this.destroyed) return;
    if (this.#over) this.#end();
    else if (!this.#waits && !this.#full) this.#request.resume();
  };

  #refuse(error: unknown): void {
    const refused = asSallyportError(error);
    this.destroy(refused);
    this.#parts.onRefused(refused);
  }

  readonly #close = (): void => {
    if (!this.#request.complete) this.destroy(new Error('the client went away during its upload'));
  };
}

/** Reads and forgets the rest of a body, up to a bound; beyond it the connection is closed (RFC 9112 §9.6). */
export function drain(request: IncomingMessage): void {
  let left = DRAIN_BYTES;
  const close = (): void => {
    request.socket?.destroy();
  };
  const timer = setTimeout(close, DRAIN_MS);
  timer.unref();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) close();
  });
  request.once('close', () => clearTimeout(timer));
  request.resume();
}

/** The client's body for the app: what of it is judged on the way, and what of it has been read before. */
export function uploadOf(
  request: IncomingMessage,
  { scan, read }: Pick<Passage, 'scan' | 'read'>,
  hears: Pick<UploadParts, 'onChunk' | 'onRefused'>,
): Upload {
  return new Upload(request, {
    ...hears,
    ...(scan == null ? {} : { scan }),
    ...(read === undefined ? {} : { read }),
  });
}
