import { SallyportError } from '../errors.ts';
import { Admission, type Exchanged } from '../gate/admission.ts';
import type { WholeAnswer } from '../presets/types.ts';
import { linesWithout } from '../request/lines.ts';
import { type Leaving, requestHeaders } from './headers.ts';
import type { Passage } from './passage.ts';
import type { Upstreams } from './upstreams.ts';
import { sendWhole } from './whole.ts';

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
export function exchangeHead(asked: Leaving, passage: Passage, body: OwnBody | null): string[] {
  const { headers } = requestHeaders(asked, passage);
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
  const outgoing = { method, path, headers: exchangeHead(admission, passage, body), body: body?.bytes ?? null };
  const limits = { ms: admission.app.upstream.firstByteTimeoutMs, bytes: MAX_ANSWER };
  return sendWhole(single, passage, outgoing, limits);
}
