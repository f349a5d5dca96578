import { SallyportError } from '../errors.ts';
import { Admission, type Exchanged } from '../gate/admission.ts';
import type { WholeAnswer } from '../presets/types.ts';
import { HeaderFields } from '../request/fields.ts';
import { linesWithout } from '../request/lines.ts';
import { upstreamFailure } from './failures.ts';
import { requestHeaders } from './headers.ts';
import type { Connection } from './http1/connection.ts';
import type { AnswerHead } from './http1/fields.ts';
import type { Control, Outgoing } from './http1/types.ts';
import type { Lanes, OutboundRequest } from './lanes.ts';
import type { Passage } from './passage.ts';
import type { Upstreams } from './upstreams.ts';

/** Largest answer that is taken whole, bytes. */
export const MAX_ANSWER = 256 * 1024;

/** What is sent in place of the browser's body: ours alone. */
export interface OwnBody {
  readonly type: string | null;
  readonly bytes: Buffer;
}

/** Fields of the browser's request that belong to its body or ask for less than the whole answer. */
const NOT_OURS: ReadonlySet<string> = new Set([
  ...['content-type', 'content-length', 'content-encoding', 'content-language', 'content-location', 'content-md5'],
  ...['content-disposition', 'content-range', 'transfer-encoding', 'digest', 'repr-digest', 'content-digest'],
  ...['range', 'if-range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'],
  ...['accept-encoding', 'upgrade-insecure-requests', 'sec-websocket-key', 'sec-websocket-version'],
  ...['sec-websocket-protocol', 'sec-websocket-extensions'],
]);

/** The head of one request of ours. The browser's own fields go along, since apps bind sessions to User-Agent and the like. */
function headOf(admission: Admission<Exchanged>, passage: Passage, body: OwnBody | null): string[] {
  const { headers } = requestHeaders(admission, passage);
  const out = linesWithout(headers, NOT_OURS);
  // What is judged must be readable.
  out.push('Accept-Encoding', 'identity');
  if (body !== null && body.type !== null) out.push('Content-Type', body.type);
  return out;
}

/**
 * Sends one request whose every byte of body is ours, a login step or a probe, and resolves with the whole answer: nothing of
 * it has been seen by anybody. Rejects with `upstream-*` when there is no whole answer of at most 256 KiB in time, with
 * `internal` for an admission of another kind or one that was spent. Redirects are not followed.
 */
export async function exchange(
  admission: Admission<Exchanged>,
  upstreams: Upstreams,
  passage: Passage,
  body: OwnBody | null,
): Promise<WholeAnswer> {
  if (!Admission.spend(admission, ['step', 'probe'])) throw new SallyportError('internal', 'not good for an exchange');
  const { single } = upstreams.get(admission.app);
  const { method, target: path } = admission;
  const outgoing = { method, path, headers: headOf(admission, passage, body), body: body?.bytes ?? null };
  return new Promise((resolve, reject) => {
    const collector = new Collector(single, passage, { resolve, reject });
    collector.send(outgoing, admission.app.upstream.firstByteTimeoutMs);
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
  #timer: NodeJS.Timeout | undefined;
  #control: Control | null = null;
  #head: { status: number; reason: string; headers: HeaderFields } | null = null;
  #pieces: Buffer[] = [];
  #size = 0;

  constructor(lanes: Lanes, passage: Passage, settle: Settle) {
    this.#lanes = lanes;
    this.#passage = passage;
    this.#settle = settle;
  }

  /** `limitMs`: for the whole answer, not its first byte: an endless one must not hold the person up. */
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
    if (this.#size > MAX_ANSWER) this.refuse(new SallyportError('upstream-invalid', 'an answer larger than 256 KiB'));
    else this.#pieces.push(Buffer.from(chunk));
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
