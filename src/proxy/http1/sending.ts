import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { SallyportError } from '../../errors.ts';
import type { Written } from './request-head.ts';

/** Told once how the sending ended. */
export interface Sender {
  onBodySent(): void;
  onBodyFailed(error: Error): void;
}

/**
 * Sends a request with a streamed body: exactly as many bytes as were announced, or chunks; no faster than the socket takes them.
 * The head goes out with the first of them: of a body that is refused before, the app hears nothing at all.
 */
export class Sending {
  readonly #body: Readable;
  readonly #socket: Socket;
  readonly #sender: Sender;
  /** What is still to be written before the next bytes. */
  #head: string;
  /** Bytes to come, or null for chunks. */
  #left: number | null;
  #over = false;

  constructor(body: Readable, { text, length }: Written, socket: Socket, sender: Sender) {
    this.#body = body;
    this.#head = text;
    this.#left = length;
    this.#socket = socket;
    this.#sender = sender;
  }

  begin(): void {
    const body = this.#body;
    body.on('data', this.#data).on('end', this.#end).on('error', this.#failed).on('close', this.#closed);
    this.#socket.on('drain', this.#drained);
    if (body.errored !== null) this.#failed(body.errored);
    else if (body.readableEnded) this.#end();
    else if (body.destroyed) this.#closed();
    else body.resume();
  }

  /** Ends it before its time, and destroys the body. */
  stop(): void {
    if (this.#over) return;
    this.#finish();
    this.#body.destroy();
  }

  readonly #data = (chunk: Buffer): void => {
    if (chunk.length === 0) return;
    const { length } = chunk;
    if (this.#left !== null && length > this.#left) {
      this.#failed(mismatch());
      return;
    }
    const socket = this.#socket;
    socket.cork();
    if (this.#left === null) this.#text(`${length.toString(16)}\r\n`);
    else {
      this.#left -= length;
      this.#text('');
    }
    let more = socket.write(chunk);
    if (this.#left === null) more = socket.write('\r\n', 'latin1');
    socket.uncork();
    if (!more) this.#body.pause();
  };

  /** After the head, if that was not written yet. */
  #text(text: string): void {
    const all = this.#head + text;
    this.#head = '';
    if (all !== '') this.#socket.write(all, 'latin1');
  }

  readonly #end = (): void => {
    if (this.#over) return;
    if (this.#left !== null && this.#left !== 0) {
      this.#failed(mismatch());
      return;
    }
    this.#finish();
    this.#text(this.#left === null ? '0\r\n\r\n' : '');
    this.#sender.onBodySent();
  };

  readonly #drained = (): void => {
    this.#body.resume();
  };

  readonly #closed = (): void => {
    this.#failed(new Error('the body of the request broke off'));
  };

  readonly #failed = (error: Error): void => {
    if (this.#over) return;
    this.#finish();
    this.#body.destroy();
    this.#sender.onBodyFailed(error);
  };

  #finish(): void {
    this.#over = true;
    this.#body.off('data', this.#data).off('end', this.#end).off('error', this.#failed).off('close', this.#closed);
    this.#socket.off('drain', this.#drained);
  }
}

function mismatch(): SallyportError {
  return new SallyportError('bad-headers', 'a body of another length than was announced');
}
