import type { Dispatcher } from 'undici';
import { SallyportError } from '../errors.ts';
import { Admission, type Exchanged } from '../gate/admission.ts';
import type { WholeAnswer } from '../presets/types.ts';
import { HeaderFields } from '../request/fields.ts';
import { linesWithout } from '../request/lines.ts';
import { upstreamFailure } from './failures.ts';
import { answerLines } from './head.ts';
import { requestHeaders } from './headers.ts';
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
  const upstream = upstreams.get(admission.app);
  const headers = headOf(admission, passage, body);
  const { firstByteTimeoutMs } = admission.app.upstream;
  return new Promise((resolve, reject) => {
    const collector = new Collector(passage, resolve, reject, firstByteTimeoutMs);
    upstream.single.dispatch(
      {
        path: admission.target,
        method: admission.method as Dispatcher.HttpMethod, // undici takes any token; its type lists the common ones
        headers,
        body: body?.bytes ?? null,
        ...(upstream.servername === undefined ? {} : { servername: upstream.servername }),
      },
      collector,
    );
  });
}

/** Gathers an answer until it is whole, too large, or too late. */
class Collector {
  readonly #passage: Passage;
  readonly #resolve: (answer: WholeAnswer) => void;
  readonly #reject: (error: SallyportError) => void;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | null = null;
  #head: { status: number; reason: string; headers: HeaderFields } | null = null;
  #pieces: Buffer[] = [];
  #size = 0;
  #done = false;

  constructor(
    passage: Passage,
    resolve: (answer: WholeAnswer) => void,
    reject: (error: SallyportError) => void,
    limitMs: number,
  ) {
    this.#passage = passage;
    this.#resolve = resolve;
    this.#reject = reject;
    // The whole answer, not its first byte: an endless one must not hold the person up.
    this.#timer = setTimeout(() => this.abort(new SallyportError('upstream-timeout', 'no whole answer')), limitMs);
  }

  abort(error: SallyportError): void {
    if (this.#done) return;
    this.#finish();
    try {
      this.#controller?.abort(error);
    } catch {
      // The connection is the pool's; it ends it.
    }
    this.#reject(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#done) controller.abort(new Error('nobody waits for this any more'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _parsed: unknown,
    statusText?: string,
  ): void {
    if (this.#done) return;
    const headers = HeaderFields.of(answerLines(controller));
    if (status >= 100 && status < 200) {
      if (status === 101) this.abort(new SallyportError('upstream-invalid', 'switched protocols unasked'));
      for (const cookie of headers.all('set-cookie')) this.#passage.inbound(cookie);
      return;
    }
    this.#head = { status, reason: statusText ?? '', headers };
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#done) return;
    this.#size += chunk.length;
    if (this.#size > MAX_ANSWER) this.abort(new SallyportError('upstream-invalid', 'an answer larger than 256 KiB'));
    else this.#pieces.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#done) return;
    if (this.#head === null) {
      this.abort(new SallyportError('upstream-invalid', 'an answer ended before it began'));
      return;
    }
    this.#finish();
    this.#resolve({ ...this.#head, body: Buffer.concat(this.#pieces) });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#done) return;
    this.#finish();
    this.#reject(upstreamFailure(error));
  }

  #finish(): void {
    this.#done = true;
    clearTimeout(this.#timer);
  }
}
