import type { ServerResponse } from 'node:http';
import { SallyportError } from '../errors.ts';
import type { WholeAnswer } from '../presets/types.ts';
import { linesWithout } from '../request/lines.ts';
import type { RequestedOrigin } from './addresses.ts';
import { writeAnswerHead } from './head.ts';
import type { Passage } from './passage.ts';
import { isBodiless, responseHeaders } from './response-headers.ts';

/** What a sign-in is answered with is one person's, once (attacks §3.2, cached pages). */
const OURS: ReadonlySet<string> = new Set(['content-length', 'cache-control', 'expires', 'pragma', 'age']);

export interface Delivery {
  readonly answer: WholeAnswer;
  readonly passage: Passage;
  /** Set-Cookie values of ours. */
  readonly cookies: readonly string[];
}

/**
 * Gives out an answer of the app that was taken whole: its head filtered like any answer's, its body changed as the passage says.
 * Throws `upstream-invalid`, with nothing sent, for a head that contradicts itself.
 */
export function deliver(
  response: ServerResponse,
  { method, requested }: { readonly method: string; readonly requested: RequestedOrigin },
  { answer, passage, cookies }: Delivery,
): void {
  const { status, reason, body } = answer;
  if (status < 200 || status > 599) throw new SallyportError('upstream-invalid', 'no such status');
  const head = responseHeaders(answer.headers.lines(), { method, status, session: true, passage, requested });
  const edit = passage.edit?.(head, status) ?? null;
  const shown = edit === null ? body : Buffer.concat([edit.push(body), edit.end()]);
  const out = linesWithout(head.headers, OURS);
  out.push('Cache-Control', 'no-store');
  for (const cookie of cookies) out.push('Set-Cookie', cookie);
  const bodiless = isBodiless(method, status);
  if (!bodiless) out.push('Content-Length', String(shown.length));
  writeAnswerHead(response, status, reason, out);
  response.end(bodiless ? undefined : shown);
}
