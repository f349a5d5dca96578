import type { ServerResponse } from 'node:http';
import { putLast } from '../request/lines.ts';

/** A reason phrase that may be sent as it is. */
const REASON = /^[\t\x20-\x7e]+$/;
const NOTHING = Buffer.alloc(0);

/**
 * Writes the head of an answer whose values are octets, one character for one byte. `headers`: names and values in turn; the
 * array is changed.
 *
 * Content-Length goes last: once Node has read one, it takes the octets of a Content-Disposition for latin1 text and decodes
 * them as UTF-8, so that a name of a file in UTF-8 loses octets or cannot be sent at all. Their order means nothing
 * (RFC 9110 §5.3). Throws what Node throws for a value that cannot be sent.
 */
export function writeAnswerHead(res: ServerResponse, status: number, reason: string, headers: string[]): void {
  putLast(headers, 'content-length');
  if (REASON.test(reason)) res.writeHead(status, reason, headers);
  else res.writeHead(status, headers);
}

/** Sends the head before anything of the body is there. Node's own `flushHeaders` would write its octets as UTF-8. */
export function flushAnswerHead(res: ServerResponse): void {
  res.write(NOTHING);
}
