import type { Readable } from 'node:stream';
import { SallyportError } from '../../errors.ts';
import { eachLine } from '../../request/lines.ts';
import type { Outgoing } from './types.ts';

/** How a request is written. */
export interface Written {
  /** Request line, fields and the empty line, one character for one byte. */
  readonly text: string;
  /** Bytes of a body that is streamed; null: as many as come, in chunks. */
  readonly length: number | null;
  /** The connection is good for no other request. */
  readonly last: boolean;
}

/** Methods whose requests commonly have a body; a server may overlook that of another and take it for the next request. */
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH']);

/** Written by us, or never sent on. */
const OURS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
]);

const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const TARGET = /^[\x21-\x7e\x80-\xff]+$/;
const NAME = METHOD;
/** Looked for what is there: to look for what is not takes twice as long. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const LENGTH = /^[0-9]{1,15}$/;

function bad(detail: string): SallyportError {
  return new SallyportError('bad-headers', detail);
}

/** Names that were found to be tokens; apps and browsers use few. */
const known = new Set<string>();

function requireName(name: string): void {
  if (known.has(name)) return;
  if (!NAME.test(name) || OURS.has(name.toLowerCase())) throw bad('a field that cannot be sent on');
  if (known.size < 2048 && name.length <= 64) known.add(name);
}

interface Fields {
  host: string | null;
  length: string | null;
  text: string;
}

function takeField(fields: Fields, name: string, value: string): void {
  requireName(name);
  if (!VALUE.test(value)) throw bad('a value that cannot be sent on');
  if (name.length === 4 && name.toLowerCase() === 'host') {
    if (fields.host !== null) throw bad('Host twice');
    fields.host = value;
  } else if (name.length === 14 && name.toLowerCase() === 'content-length') {
    if (fields.length !== null || !LENGTH.test(value)) throw bad('a questionable Content-Length');
    fields.length = value;
  } else fields.text += `${name}: ${value}\r\n`;
}

function fieldsOf(headers: readonly string[]): Fields {
  const fields: Fields = { host: null, length: null, text: '' };
  eachLine(headers, fields, takeField);
  return fields;
}

/** Bytes of body as they are announced; null: no body that is announced, or one in chunks. */
function lengthOf(body: Readable | Buffer | null, length: string | null, withBody: boolean): number | null {
  const said = length === null ? null : Number(length);
  if (body !== null && !Buffer.isBuffer(body)) return said;
  const size = body === null ? 0 : body.length;
  if (said !== null && said !== size) throw bad('a Content-Length that is not that of the body');
  // RFC 9110 §8.6: where one could be expected, that there is none is said.
  return size > 0 || (withBody && (said !== null || body !== null)) ? size : null;
}

function framingOf(length: number | null, body: Readable | Buffer | null): string {
  if (length !== null) return `Content-Length: ${length}\r\n`;
  return body === null || Buffer.isBuffer(body) ? '' : 'Transfer-Encoding: chunked\r\n';
}

/** Writes a request's head: what goes by it is checked here, whoever built it. Throws `bad-headers`. */
export function writeRequestHead({ method, path, headers, body }: Outgoing, kept: boolean): Written {
  if (!METHOD.test(method) || !TARGET.test(path)) throw bad('a request line that cannot be sent on');
  const fields = fieldsOf(headers);
  if (fields.host === null) throw bad('no Host');
  const withBody = WITH_BODY.has(method);
  const length = lengthOf(body, fields.length, withBody);
  // Some servers send a body with the answer to HEAD, which would be the next answer.
  const last = !kept || method === 'HEAD' || (body !== null && !withBody);
  const text =
    `${method} ${path} HTTP/1.1\r\nHost: ${fields.host}\r\nConnection: ${last ? 'close' : 'keep-alive'}\r\n` +
    `${fields.text}${framingOf(length, body)}\r\n`;
  return { text, length, last };
}
