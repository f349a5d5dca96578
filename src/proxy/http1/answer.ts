import { Chunks } from './chunks.ts';
import { type AnswerHead, fieldsOf } from './fields.ts';
import { type Framing, framingOf } from './framing.ts';
import { invalid } from './invalid.ts';
import { Lines } from './lines.ts';

/** Largest head of an answer, bytes; content policies and cookie-happy apps exceed Node's 16 KiB. */
export const MAX_HEAD = 64 * 1024;

/** Told what is read, in order. What is thrown here ends the reading. */
export interface AnswerSink {
  /** An interim answer other than 101. */
  onInterim(head: AnswerHead): void;
  onHead(head: AnswerHead): void;
  /** Good only until it returns: the bytes are the reader's. */
  onPiece(bytes: Buffer): void;
  /** The answer is whole; `reusable` says whether another may follow. */
  onWhole(reusable: boolean): void;
}

const NOTHING: Framing = { extent: 'none', length: 0, reusable: false, keptMs: 0 };

type Phase = 'idle' | 'head' | 'length' | 'chunked' | 'close';

/**
 * Reads answers of HTTP/1.1, one after each `expect()`, and refuses what it is not sure of rather than to repair it
 * (RFC 9112 §2 to §7). It looks at each byte of a head and of chunk sizes once, and at no byte of a body.
 */
export class AnswerReader {
  readonly #sink: AnswerSink;
  readonly #lines = new Lines();
  readonly #chunks = new Chunks();
  #phase: Phase = 'idle';
  #method = '';
  #framing = NOTHING;
  /** Bytes of body to come. */
  #left = 0;
  /** What has come of a head that comes in pieces. */
  #held: Buffer | null = null;
  #heldSize = 0;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  /** An answer is expected, or has not ended. */
  get open(): boolean {
    return this.#phase !== 'idle';
  }

  /** After a whole answer: how long the connection may be idle until the next, ms. */
  get keptMs(): number {
    return this.#framing.keptMs;
  }

  /** The next bytes are those of the answer to a request of that method. */
  expect(method: string): void {
    this.#method = method;
    this.#nextHead();
  }

  /**
   * Reads `bytes` up to `to`, and returns where the answer ended or `to`. Bytes beyond it are nobody's, and the connection is
   * good for no other. Throws `upstream-invalid`, after which nothing more may be read.
   */
  read(bytes: Buffer, to: number): number {
    let at = 0;
    while (at < to && this.#phase !== 'idle') {
      if (this.#phase === 'head') at = this.#head(bytes, at, to);
      else if (this.#phase === 'length') at = this.#body(bytes, at, to);
      else if (this.#phase === 'chunked') at = this.#chunk(bytes, at, to);
      else {
        this.#sink.onPiece(bytes.subarray(at, to));
        at = to;
      }
    }
    return at;
  }

  /** The app has ended the connection. False: in the middle of an answer. */
  finish(): boolean {
    if (this.#phase === 'close') this.#whole(0);
    return this.#phase === 'idle';
  }

  /** Nothing more is read or told. */
  stop(): void {
    this.#phase = 'idle';
  }

  #nextHead(): void {
    this.#phase = 'head';
    this.#held = null;
    this.#heldSize = 0;
    this.#lines.head();
  }

  #head(bytes: Buffer, from: number, to: number): number {
    const before = this.#heldSize;
    const found = this.#lines.scan(bytes, from - before, from, to);
    const end = found === -1 ? to : found;
    if (before + end - from > MAX_HEAD) throw invalid('a head that is too large');
    if (found === -1 || before > 0) this.#hold(bytes, from, end);
    if (found === -1) return to;
    const text =
      this.#held === null ? bytes.toString('latin1', from, end) : this.#held.toString('latin1', 0, this.#heldSize);
    this.#begin(fieldsOf(text, this.#lines), to - end);
    return end;
  }

  /** A head may come byte by byte: each is copied once. */
  #hold(bytes: Buffer, from: number, to: number): void {
    this.#held ??= Buffer.allocUnsafe(MAX_HEAD);
    this.#heldSize += bytes.copy(this.#held, this.#heldSize, from, to);
  }

  /** `beyond`: bytes that have come after the head. */
  #begin(head: AnswerHead, beyond: number): void {
    const framing = framingOf(head, this.#method);
    if (head.status === 101) throw invalid('another protocol unasked');
    if (head.status < 200) {
      this.#sink.onInterim(head);
      if (this.open) this.#nextHead();
      return;
    }
    this.#framing = framing;
    this.#left = framing.length;
    this.#held = null;
    if (framing.extent === 'chunked') this.#chunks.begin();
    if (framing.extent !== 'none') this.#phase = framing.extent;
    this.#sink.onHead(head);
    if (this.#phase === 'head') this.#whole(beyond);
  }

  #body(bytes: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.#left);
    this.#left -= end - from;
    this.#sink.onPiece(bytes.subarray(from, end));
    if (this.#left === 0 && this.open) this.#whole(to - end);
    return end;
  }

  #chunk(bytes: Buffer, from: number, to: number): number {
    const start = this.#chunks.skip(bytes, from, to);
    const end = start + this.#chunks.take(to - start);
    if (end > start) this.#sink.onPiece(bytes.subarray(start, end));
    else if (this.#chunks.over) this.#whole(to - end);
    return end;
  }

  #whole(beyond: number): void {
    this.#phase = 'idle';
    this.#sink.onWhole(this.#framing.reusable && beyond === 0);
  }
}
