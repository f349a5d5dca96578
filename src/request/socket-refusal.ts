import { STATUS_CODES } from 'node:http';
import type { SallyportError } from '../errors.ts';

/** The whole answer that is written on a bare socket: a problem, after which the socket is closed. `fields`: more of its head. */
export function socketRefusal(error: SallyportError, fields: readonly string[] = []): string {
  const { status, code, publicMessage: title } = error;
  const body = JSON.stringify({ type: 'about:blank', title, status, code });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Content-Type: application/problem+json; charset=utf-8',
    'Cache-Control: no-store',
    'Vary: Cookie',
    ...fields,
    'Connection: close',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
