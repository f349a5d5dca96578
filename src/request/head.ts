import { SallyportError } from '../errors.ts';
import type { HeaderFields } from './fields.ts';
import { singleOf } from './names.ts';

/** Methods of HTTP (RFC 9110), PATCH and WebDAV that may be sent on; TRACE and CONNECT never. */
export const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'QUERY',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
  'SEARCH',
  'REPORT',
  'MKCALENDAR',
  'ACL',
  'BIND',
  'UNBIND',
  'REBIND',
  'CHECKOUT',
  'MERGE',
  'MKACTIVITY',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'NOTIFY',
]);

/** Throws `method-not-allowed` for TRACE, CONNECT and whatever is not listed. */
export function checkMethod(method: string | undefined): string {
  if (method === undefined || !METHODS.has(method))
    throw new SallyportError('method-not-allowed', 'method not on the list');
  return method;
}

/** What is judged of a head besides its fields. */
export interface Head {
  readonly headers: HeaderFields;
  /** Value of the one Host header. */
  readonly host: string;
  readonly origin: string | undefined;
  /** Value of Expect in lower case, or undefined. */
  readonly expect: string | undefined;
  /** Value of Destination (RFC 4918 §10.3). */
  readonly destination: string | undefined;
}

/**
 * Throws `bad-headers` for a missing, empty or second Host (RFC 9112 §3.2), for two
 * lines of a single-valued header, for Content-Length beside Transfer-Encoding and for any coding but `chunked`
 * (RFC 9112 §6.1: framing that two parties may read differently), and for HTTP versions other than 1.1 and 1.0.
 */
export function readHead(headers: HeaderFields, httpVersion: string): Head {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw new SallyportError('bad-headers', 'HTTP version');
  if (headers.doubled !== 0) throw new SallyportError('bad-headers', `two ${singleOf(headers.doubled)} headers`);
  const host = headers.first('host');
  if (host === undefined || host === '') throw new SallyportError('bad-headers', 'no Host header');
  const coding = headers.first('transfer-encoding');
  if (
    coding !== undefined &&
    (headers.has('content-length') || coding.trim().toLowerCase() !== 'chunked' || httpVersion === '1.0')
  ) {
    throw new SallyportError('bad-headers', 'ambiguous framing');
  }
  const expect = headers.first('expect')?.trim().toLowerCase();
  return { headers, host, origin: headers.first('origin'), expect, destination: headers.first('destination') };
}

/**
 * Whether a browser is navigating to a page, so that a redirect helps. Fetch metadata decides where it is sent
 * (W3C Fetch Metadata); else GET or HEAD that asks for HTML and is no XMLHttpRequest.
 */
export function isNavigation(method: string, headers: HeaderFields): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const mode = headers.first('sec-fetch-mode');
  if (mode !== undefined) return mode === 'navigate';
  if (headers.first('x-requested-with') !== undefined) return false;
  return (headers.first('accept') ?? '').includes('text/html');
}

/** A form that a person has sent: its answer is a page in the browser's window. */
export function isFormNavigation(method: string, headers: HeaderFields): boolean {
  if (method === 'GET' || method === 'HEAD' || !wantsHtml(headers)) return false;
  const mode = headers.first('sec-fetch-mode');
  if (mode !== undefined) return mode === 'navigate';
  const type = (headers.first('content-type') ?? '').toLowerCase();
  return type.startsWith('application/x-www-form-urlencoded') || type.startsWith('multipart/form-data');
}

/** Accept-Language as sent, at most 200 characters. */
export function languagesOf(headers: HeaderFields): string | undefined {
  return headers.first('accept-language')?.slice(0, 200);
}

/** Path and query of the page that sent the request, where that was one of `origin`; else undefined. */
export function refererOf(headers: HeaderFields, origin: string): string | undefined {
  const referer = headers.first('referer') ?? '';
  return referer.startsWith(`${origin}/`) ? referer.slice(origin.length) : undefined;
}

/** Whether the answer to a person should be a page rather than problem+json. */
export function wantsHtml(headers: HeaderFields): boolean {
  return (headers.first('accept') ?? '').includes('text/html') && headers.first('x-requested-with') === undefined;
}

/** The User-Agent, at most 200 printable characters. */
export function userAgentOf(headers: HeaderFields): string {
  return (headers.first('user-agent') ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, 200);
}
