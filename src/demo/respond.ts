import type { IncomingMessage, ServerResponse } from 'node:http';
import { SallyportError } from '../errors.ts';
import type { Html } from '../lib/html.ts';

const FORM_BYTES = 16 * 1024;

const COMMON = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
} as const;

export function sendHtml(response: ServerResponse, status: number, body: Html): void {
  const bytes = Buffer.from(body.text);
  response.writeHead(status, { ...COMMON, 'content-type': 'text/html; charset=utf-8', 'content-length': bytes.length });
  response.end(bytes);
}

export function sendJson(response: ServerResponse, body: unknown): void {
  const bytes = Buffer.from(`${JSON.stringify(body)}\n`);
  response.writeHead(200, { ...COMMON, 'content-type': 'application/json', 'content-length': bytes.length });
  response.end(bytes);
}

/** 303 to a path of the portal. */
export function seeOther(response: ServerResponse, path: string): void {
  response.writeHead(303, { ...COMMON, location: path, 'content-length': 0 });
  response.end();
}

/** The media type of a request, lower case, without parameters; '' when there is none. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** A small form. Throws SallyportError `unsupported-media-type` or `body-too-large` (16 KiB). */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  if (mediaType(request) !== 'application/x-www-form-urlencoded') throw new SallyportError('unsupported-media-type');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > FORM_BYTES) throw new SallyportError('body-too-large');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
