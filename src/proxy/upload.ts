import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { asSallyportError, type SallyportError } from '../errors.ts';
import type { BodyEdit } from './passage.ts';

export interface UploadParts {
  /** Called for each piece that arrives from the client. */
  readonly onChunk: () => void;
  /** What came was refused; the stream has ended with that error. */
  readonly onRefused: (error: SallyportError) => void;
  /** Judges the bytes; what comes out is sent. */
  readonly scan?: BodyEdit;
  /** What has been read before. */
  readonly read?: { readonly bytes: Buffer; readonly whole: boolean };
}

/** What is still read of an upload that nobody wants any more, so that the client gets to read its answer. */
const DRAIN_BYTES = 8 * 1024 * 1024;
const DRAIN_MS = 10_000;

/**
 * The body of a request as a stream of its own. undici destroys the body it is given when an answer comes early or the
 * upstream fails; the client's request must survive that, because its socket still has to carry our answer.
 */
export class Upload extends Readable {
  readonly #request: IncomingMessage;
  readonly #parts: UploadParts;

  constructor(request: IncomingMessage, parts: UploadParts) {
    super({ highWaterMark: 64 * 1024 });
    this.#request = request;
    this.#parts = parts;
    // undici takes its own listener off before the last word is said; an error then must not end the process.
    this.on('error', () => {});
    const { read } = parts;
    if (read !== undefined && !this.#take(read.bytes)) return;
    if (read?.whole === true) this.#end();
    else request.on('data', this.#data).on('end', this.#end).on('close', this.#close).pause();
  }

  override _read(): void {
    if (this.#parts.read?.whole !== true) this.#request.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#request.off('data', this.#data).off('end', this.#end).off('close', this.#close);
    if (!this.#request.complete) drain(this.#request);
    callback(error);
  }

  readonly #data = (chunk: Buffer): void => {
    this.#parts.onChunk();
    this.#take(chunk);
  };

  readonly #end = (): void => {
    try {
      const rest = this.#parts.scan?.end();
      if (rest !== undefined && rest.length > 0) this.push(rest);
      this.push(null);
    } catch (error) {
      this.#refuse(error);
    }
  };

  /** False when the piece was refused: nothing more is sent, and what was is not a whole request. */
  #take(chunk: Buffer): boolean {
    try {
      const piece = this.#parts.scan == null ? chunk : this.#parts.scan.push(chunk);
      if (piece.length > 0 && !this.push(piece)) this.#request.pause();
      return true;
    } catch (error) {
      this.#refuse(error);
      return false;
    }
  }

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
