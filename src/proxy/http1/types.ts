import type { Readable } from 'node:stream';
import type { AnswerHead } from './fields.ts';

/** A request as it is to be sent. */
export interface Outgoing {
  readonly method: string;
  /** The target as it stands in the request line. */
  readonly path: string;
  /** Names and values in turn, one character for one byte; Host among them, none of Connection, Expect, Transfer-Encoding. */
  readonly headers: readonly string[];
  /** A stream is as long as Content-Length says, or sent in chunks where there is none. */
  readonly body: Readable | Buffer | null;
}

/** What the receiver of an answer can do about it. Nothing here throws. */
export interface Control {
  /** Nothing more is read until `resume`; what had been read may still come. */
  pause(): void;
  resume(): void;
  /** Ends the exchange and its connection; the receiver is told nothing more. */
  abort(reason: Error): void;
}

/** Told how a request fares. After `onResponseEnd` or `onResponseError` nothing more comes. */
export interface Receiver {
  /** Nobody waits for this any more: it is not begun. */
  readonly ended: boolean;
  /** It is about to be written. */
  onRequestStart(control: Control): void;
  /** All of it has been given to the connection. */
  onRequestSent?(): void;
  /** Interim answers (100 to 199, never 101), then the last. */
  onResponseStart(control: Control, head: AnswerHead): void;
  /** The bytes are good until it returns. */
  onResponseData(control: Control, bytes: Buffer): void;
  /** All that has come by now has been told, and the answer is not over. */
  onResponseRead?(): void;
  onResponseEnd(): void;
  onResponseError(error: Error): void;
}
