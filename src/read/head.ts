import { SallyportError } from '../errors.ts';

/** Methods of HTTP (RFC 9110), PATCH and WebDAV that may be sent on; TRACE and CONNECT never. */
const METHODS: ReadonlySet<string> = new Set([
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

/** Headers that name one thing; two lines of one of these are read differently by different parsers. */
const SINGLE: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'content-type',
  'content-length',
  'expect',
  'transfer-encoding',
  'origin',
  'content-encoding',
  'destination',
]);

export interface Head {
  /** Value of the one Host header. */
  readonly host: string;
  readonly origin: string | undefined;
  /** Value of Expect in lower case, or undefined. */
  readonly expect: string | undefined;
  /** Value of Destination (RFC 4918 §10.3). */
  readonly destination: string | undefined;
}

/**
 * Reads the raw header lines once. Throws `bad-headers` for a missing, empty or second Host (RFC 9112 §3.2), for two
 * lines of a single-valued header, for Content-Length beside Transfer-Encoding and for any coding but `chunked`
 * (RFC 9112 §6.1: framing that two parties may read differently), and for HTTP versions other than 1.1 and 1.0.
 */
export function readHead(rawHeaders: readonly string[], httpVersion: string): Head {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw new SallyportError('bad-headers', 'HTTP version');
  const seen = new Map<string, string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    if (!SINGLE.has(name)) continue;
    if (seen.has(name)) throw new SallyportError('bad-headers', `two ${name} headers`);
    seen.set(name, rawHeaders[i + 1] ?? '');
  }
  const host = seen.get('host');
  if (host === undefined || host === '') throw new SallyportError('bad-headers', 'no Host header');
  const coding = seen.get('transfer-encoding');
  if (
    coding !== undefined &&
    (seen.has('content-length') || coding.trim().toLowerCase() !== 'chunked' || httpVersion === '1.0')
  ) {
    throw new SallyportError('bad-headers', 'ambiguous framing');
  }
  const expect = seen.get('expect')?.trim().toLowerCase();
  return { host, origin: seen.get('origin'), expect, destination: seen.get('destination') };
}

function header(rawHeaders: readonly string[], name: string): string | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === name) return rawHeaders[i + 1];
  return undefined;
}

/**
 * Whether a browser is navigating to a page, so that a redirect helps. Fetch metadata decides where it is sent
 * (W3C Fetch Metadata); else GET or HEAD that asks for HTML and is no XMLHttpRequest.
 */
export function isNavigation(method: string, rawHeaders: readonly string[]): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const mode = header(rawHeaders, 'sec-fetch-mode');
  if (mode !== undefined) return mode === 'navigate';
  if (header(rawHeaders, 'x-requested-with') !== undefined) return false;
  return (header(rawHeaders, 'accept') ?? '').includes('text/html');
}

/** A form that a person has sent: its answer is a page in the browser's window. */
export function isFormNavigation(method: string, rawHeaders: readonly string[]): boolean {
  if (method === 'GET' || method === 'HEAD' || !wantsHtml(rawHeaders)) return false;
  const mode = header(rawHeaders, 'sec-fetch-mode');
  if (mode !== undefined) return mode === 'navigate';
  const type = (header(rawHeaders, 'content-type') ?? '').toLowerCase();
  return type.startsWith('application/x-www-form-urlencoded') || type.startsWith('multipart/form-data');
}

/** Accept-Language as sent, at most 200 characters. */
export function languagesOf(rawHeaders: readonly string[]): string | undefined {
  return header(rawHeaders, 'accept-language')?.slice(0, 200);
}

/** Path and query of the page that sent the request, where that was one of `origin`; else undefined. */
export function refererOf(rawHeaders: readonly string[], origin: string): string | undefined {
  const referer = header(rawHeaders, 'referer') ?? '';
  return referer.startsWith(`${origin}/`) ? referer.slice(origin.length) : undefined;
}

/** Whether the answer to a person should be a page rather than problem+json. */
export function wantsHtml(rawHeaders: readonly string[]): boolean {
  return (
    (header(rawHeaders, 'accept') ?? '').includes('text/html') && header(rawHeaders, 'x-requested-with') === undefined
  );
}

/** The User-Agent, at most 200 printable characters. */
export function userAgentOf(rawHeaders: readonly string[]): string {
  return (header(rawHeaders, 'user-agent') ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, 200);
}
