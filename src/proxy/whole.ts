import { SallyportError } from '../errors.ts';
import type { WholeAnswer } from '../presets/types.ts';
import { HeaderFields } from '../request/fields.ts';
import { upstreamFailure } from './failures.ts';
import type { Connection } from './http1/connection.ts';
import type { AnswerHead } from './http1/fields.ts';
import type { Control, Outgoing } from './http1/types.ts';
import type { Lanes, OutboundRequest } from './lanes.ts';
import type { Passage } from './passage.ts';

/** What an answer may take. */
export interface WholeLimits {
  /** For the whole answer, not its first byte: an endless one must not hold anybody up. */
  readonly ms: number;
  /** Of its body. */
  readonly bytes: number;
}

/**
 * Sends one request as it is and resolves with the whole answer; interim cookies are handed to the passage. Rejects with `upstream-*`
 * when there is none within the limits. Nothing is admitted here: `exchange` does that before, and commands that try the operator's
 * own app (lint says who may).
 */
export function sendWhole(
  lanes: Lanes,
  passage: Passage,
  outgoing: Outgoing,
  { ms, bytes }: WholeLimits,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    new Collector(lanes, passage, { resolve, reject }, bytes).send(outgoing, ms);
  });
}

interface Settle {
  resolve(answer: WholeAnswer): void;
  reject(error: SallyportError): void;
}

/** Gathers an answer until it is whole, too large, or too late. */
class Collector implements OutboundRequest {
  ended = false;
  lane: Connection | null = null;
  readonly #lanes: Lanes;
  readonly #passage: Passage;
  readonly #settle: Settle;
  readonly #most: number;
  #timer: NodeJS.Timeout | undefined;
  #control: Control | null = null;
  #head: { status: number; reason: string; headers: HeaderFields } | null = null;
  #pieces: Buffer[] = [];
  #size = 0;

  constructor(lanes: Lanes, passage: Passage, settle: Settle, most: number) {
    this.#lanes = lanes;
    this.#passage = passage;
    this.#settle = settle;
    this.#most = most;
  }

  send(outgoing: Outgoing, limitMs: number): void {
    this.#timer = setTimeout(() => this.refuse(new SallyportError('upstream-timeout', 'no whole answer')), limitMs);
    this.#lanes.dispatch('', outgoing, this);
  }

  refuse(error: SallyportError): void {
    if (this.ended) return;
    this.#finish();
    this.#lanes.leave(this);
    this.#control?.abort(error);
    this.#settle.reject(error);
  }

  onRequestStart(control: Control): void {
    this.#control = control;
  }

  onResponseStart(_control: Control, { status, reason, raw }: AnswerHead): void {
    if (this.ended) return;
    const headers = HeaderFields.of(raw);
    if (status >= 200) this.#head = { status, reason, headers };
    else for (const cookie of headers.all('set-cookie')) this.#passage.inbound(cookie);
  }

  onResponseData(_control: Control, chunk: Buffer): void {
    if (this.ended) return;
    this.#size += chunk.length;
    if (this.#size > this.#most) {
      const larger = `an answer larger than ${Math.round(this.#most / 1024)} KiB`;
      this.refuse(new SallyportError('upstream-invalid', larger));
    } else this.#pieces.push(Buffer.from(chunk));
  }

  onResponseEnd(): void {
    if (this.ended) return;
    if (this.#head === null) {
      this.refuse(new SallyportError('upstream-invalid', 'an answer ended before it began'));
      return;
    }
    this.#finish();
    this.#settle.resolve({ ...this.#head, body: Buffer.concat(this.#pieces) });
  }

  onResponseError(error: Error): void {
    this.refuse(upstreamFailure(error));
  }

  #finish(): void {
    this.ended = true;
    clearTimeout(this.#timer);
  }
}
