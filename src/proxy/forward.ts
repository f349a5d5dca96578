import type { ServerResponse } from 'node:http';
import { SallyportError } from '../errors.ts';
import { Admission, type Streamed } from '../gate/admission.ts';
import type { ForwardHooks, Forwarding } from './forwarding.ts';
import { requestHeaders } from './headers.ts';
import { Hop } from './hop.ts';

const STREAMED: readonly Streamed[] = ['session', 'exemption', 'surface'];

/**
 * Sends an admitted request to its app and the app's answer to the client, both streamed. All that is sent comes from
 * the admission: the request, the judged target, the app. Returns at once.
 * Throws, with nothing sent: `internal` for an admission that was spent before or an unknown app; `bad-headers`.
 */
export function forward(
  admission: Admission<Streamed>,
  res: ServerResponse,
  by: Forwarding,
  hooks: ForwardHooks,
): void {
  if (!Admission.spend(admission, STREAMED))
    throw new SallyportError('internal', 'an admission is good for one request');
  const head = requestHeaders(admission, hooks.passage);
  const { request } = admission;
  // Gone while we judged: an upstream request now would hold a connection for nobody (attacks F10).
  if (res.destroyed || request.socket.destroyed || (request.destroyed && !request.complete)) return;
  const hop = new Hop(admission, res, by, hooks);
  if (!hop.ended) hop.send(head);
}
