import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** What is still read of an upload that nobody wants any more, so that the client gets to read its answer. */
const DRAIN_BYTES = 8 * 1024 * 1024;
const DRAIN_MS = 10_000;

/**
 * The body of a request as a stream of its own. undici destroys the body it is given when an answer comes early or the
 * upstream fails; the client's request must survive that, because its socket still has to carry our answer.
 */
export class Upload extends Readable {
  readonly #request: IncomingMessage;
  readonly #onChunk: () => void;

  /** `onChunk` is called for each piece that arrives from the client. */
  constructor(request: IncomingMessage, onChunk: () => void) {
    super({ highWaterMark: 64 * 1024 });
    this.#request = request;
    this.#onChunk = onChunk;
    // undici takes its own listener off before the last word is said; an error then must not end the process.
    this.on('error', () => {});
    request.on('data', this.#data).on('end', this.#end).on('close', this.#close).pause();
  }

  override _read(): void {
    this.#request.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#request.off('data', this.#data).off('end', this.#end).off('close', this.#close);
    if (!this.#request.complete) drain(this.#request);
    callback(error);
  }

  readonly #data = (chunk: Buffer): void => {
    this.#onChunk();
    if (!this.push(chunk)) this.#request.pause();
  };

  readonly #end = (): void => {
    this.push(null);
  };

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
