import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import { withoutEnds } from '../lib/trim.ts';
import type { HeaderFields } from '../request/fields.ts';
import { eachLine } from '../request/lines.ts';
import { requestHeaders } from './headers.ts';
import type { Passage } from './passage.ts';
import { responseHeaders } from './response-headers.ts';

/**
 * Whether a WebSocket may be opened from that origin (RFC 6455 §10.2): the app's own, or one of its list. Every browser
 * sends one, and cookies alone would let any site speak for the person; so none at all, which no page can bring about, is
 * taken at the exact paths that the app lists for programs. `path` is judged and raw.
 */
export function upgradeOriginAllowed(
  origin: string | undefined,
  expectedOrigin: string,
  app: AppConfig,
  path: string,
): boolean {
  if (origin === undefined) return app.webSocketWithoutOrigin.includes(path);
  if (origin === '' || origin === 'null') return false;
  return origin === expectedOrigin || app.webSocketOrigins.includes(origin);
}

/** The value of a field that there is once. */
function only(headers: HeaderFields, name: string): string {
  return (headers.only(name) ?? '').trim();
}

/** RFC 6455 §4.2.1: a complete opening handshake for `websocket`, or `bad-headers`. */
function requireHandshake(admission: Admission, body: boolean): void {
  const { request, headers, method } = admission;
  const key = only(headers, 'sec-websocket-key');
  const proper =
    method === 'GET' &&
    request.httpVersion === '1.1' &&
    !body &&
    only(headers, 'upgrade').toLowerCase() === 'websocket' &&
    headers
      .all('connection')
      .join(',')
      .split(',')
      .some((option) => withoutEnds(option, ' \t').toLowerCase() === 'upgrade') &&
    only(headers, 'sec-websocket-version') === '13' &&
    /^[A-Za-z0-9+/]{22}==$/.test(key);
  if (!proper) throw new SallyportError('bad-headers', 'not a WebSocket handshake');
}

/** Values that Node would refuse to send; found out here, where it is a refusal and not an exception. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** One more value of a field: a list from the second on, which grows in place. */
function addTo(headers: Record<string, unknown>, name: string, value: string): void {
  const before = headers[name];
  if (before === undefined) headers[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else headers[name] = [before, value];
}

/** The headers of the opening handshake for the app. Throws `bad-headers`. */
export function handshakeHeaders(admission: Admission, passage: Passage): IncomingHttpHeaders {
  const head = requestHeaders(admission, passage);
  requireHandshake(admission, head.body);
  // No prototype: a header named `__proto__` is a header.
  const headers: Record<string, string | string[]> = Object.create(null);
  eachLine(head.headers, headers, (to, name, value) => {
    if (UNSENDABLE.test(value)) throw new SallyportError('bad-headers', 'a header value that cannot be sent on');
    addTo(to, name.toLowerCase(), value);
  });
  delete headers['content-length'];
  headers['connection'] = 'Upgrade';
  headers['upgrade'] = 'websocket';
  return headers as IncomingHttpHeaders; // its type names single-valued fields; an array is sent as several lines
}

/**
 * The app's answer to a handshake with its headers filtered like any answer's: httpxy copies what it finds in
 * `headers` straight onto the socket (attacks F4). Throws `upstream-invalid`.
 */
export function filterAnswer(answer: IncomingMessage, admission: Admission, passage: Passage): void {
  const status = answer.statusCode ?? 0;
  const switched = status === 101;
  if (switched && answer.headers.upgrade?.toLowerCase() !== 'websocket') {
    throw new SallyportError('upstream-invalid', 'the upstream switched to another protocol'); // RFC 9110 §7.8
  }
  const context = {
    method: 'GET',
    status,
    session: admission.session !== null && !switched,
    passage,
    requested: admission,
  };
  const head = responseHeaders(answer.rawHeaders, context);
  const headers: OutgoingHttpHeaders = Object.create(null);
  eachLine(head.headers, headers, addTo);
  if (switched) Object.assign(headers, { connection: 'Upgrade', upgrade: 'websocket' });
  // httpxy frames the body itself and looks for these, in lower case.
  else if (head.chunked) headers['transfer-encoding'] = 'chunked';
  else if (head.length !== null && status !== 204 && status !== 304) setLength(headers, head.length);
  answer.headers = headers as IncomingHttpHeaders; // what httpxy writes out, names in the app's spelling
}

function setLength(headers: OutgoingHttpHeaders, length: number): void {
  for (const name of Object.keys(headers)) if (name.toLowerCase() === 'content-length') delete headers[name];
  headers['content-length'] = String(length);
}
