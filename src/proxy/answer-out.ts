import type { ServerResponse } from 'node:http';
import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import { HeaderFields } from '../request/fields.ts';
import { type HeadLines, linesWithout } from '../request/lines.ts';
import { flushAnswerHead, writeAnswerHead } from './head.ts';
import { lend } from './http1/slabs.ts';
import type { AnswerHead, BodyEdit, InboundHead, Passage } from './passage.ts';
import { isBodiless, responseHeaders } from './response-headers.ts';

/** A body that is changed on its way has another length. */
const LENGTH: ReadonlySet<string> = new Set(['content-length']);

/** Interim answers to one request; more of them are no progress. */
const MAX_INTERIM = 1000;

/** Up to this size a copy is cheaper than a second buffer in a write, bytes. */
const SMALL = 4096;

/** The answer to one request, on its way to the client: its head and first bytes in one write where they come together. */
export class AnswerOut {
  readonly #res: ServerResponse;
  readonly #passage: Passage;
  readonly #method: string;
  /** Nobody can be shown anything else any more. */
  headSent = false;
  /** All of it has been given to the client's connection. */
  complete = false;
  #interim = 0;
  /** The head is still to be written, by itself or with the first piece. */
  #headWaits = false;
  #edit: BodyEdit | null = null;
  /** Bytes of the answer still to come, or null when unknown. */
  #left: number | null = null;
  /** Set while nothing more can be written. */
  #onDrain: (() => void) | null = null;

  constructor(res: ServerResponse, passage: Passage, method: string) {
    this.#res = res;
    this.#passage = passage;
    this.#method = method;
  }

  /** An interim answer is dropped, but a cookie that it sets is a cookie (RFC 6265 §3). */
  interim({ raw }: AnswerHead): void {
    this.#interim += 1;
    if (this.#interim > MAX_INTERIM) throw new SallyportError('upstream-invalid', 'interim answers without end');
    for (const cookie of HeaderFields.of(raw).all('set-cookie')) this.#passage.inbound(cookie);
  }

  /** The head of the app's answer as the client may have it. Throws `upstream-invalid`. */
  headOf(raw: HeadLines, status: number, requested: Admission): InboundHead {
    const session = requested.session !== null;
    return responseHeaders(raw, { method: this.#method, status, session, passage: this.#passage, requested });
  }

  /** The head, once all is settled that it waits for. */
  begin(head: InboundHead, status: number, reason: string): void {
    this.#edit = isBodiless(this.#method, status) ? null : (this.#passage.edit?.(head, status) ?? null);
    const headers = this.#edit === null ? head.headers : linesWithout(head.headers, LENGTH);
    writeAnswerHead(this.#res, status, reason, headers);
    this.headSent = true;
    this.#headWaits = true;
    this.#left = this.#edit === null ? head.length : null;
  }

  /** A piece of the body, whose bytes are good for now only. False: that is enough until it has `drained`. */
  piece(chunk: Buffer): boolean {
    if (this.#left !== null) {
      this.#left -= chunk.length;
      if (this.#left === 0) {
        this.#last(chunk);
        return true;
      }
    }
    // An edit may keep of it what it has not decided about.
    const piece = this.#edit === null ? chunk : this.#edit.push(Buffer.from(chunk));
    return piece.length === 0 || this.#write(piece);
  }

  #last(chunk: Buffer): void {
    this.complete = true;
    // Head, piece and end in one write; as one string, since Node joins its head only to strings.
    if (chunk.length <= SMALL) this.#res.end(chunk.toString('latin1'), 'latin1');
    else {
      this.#write(chunk);
      this.#res.end();
    }
  }

  /** A copy, since the bytes are good for now only. False: that is enough for now. */
  #write(bytes: Buffer): boolean {
    this.#headWaits = false;
    const lent = bytes.length <= SMALL ? null : lend(bytes);
    if (lent === null) return this.#res.write(Buffer.from(bytes));
    return this.#res.write(lent.copy, lent.written);
  }

  /** A head whose body is not there yet does not wait for it. */
  flush(): void {
    if (!this.#headWaits || this.complete) return;
    this.#headWaits = false;
    flushAnswerHead(this.#res);
  }

  /** The app has sent all of it. */
  end(): void {
    if (this.#edit !== null) this.#res.write(this.#edit.end());
    if (!this.complete) this.#res.end();
    this.complete = true;
  }

  /** Calls once more can be written, each time, until `leave`. */
  drained(call: () => void): void {
    if (this.#onDrain !== null) return;
    this.#onDrain = call;
    this.#res.on('drain', call);
  }

  leave(): void {
    if (this.#onDrain !== null) this.#res.off('drain', this.#onDrain);
  }
}
