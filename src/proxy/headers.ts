import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import { type FieldName, foldName } from '../request/names.ts';
import { conditionInwards, inwards, originInwards, type RequestedOrigin } from './addresses.ts';
import { passing } from './cookies.ts';
import {
  AUTHORIZATION,
  CONDITION,
  CONNECTION,
  CONTENT_LENGTH,
  COOKIE,
  DESTINATION,
  DROP,
  judgeName,
  REFERER,
  TRANSFER_ENCODING,
} from './names.ts';
import type { Passage } from './passage.ts';

/** The head of a request as the app receives it: names and values in turn. */
export interface OutboundHead {
  readonly headers: string[];
  /** Whether the client framed a body (RFC 9112 §6.3). */
  readonly body: boolean;
}

/** The field by which apps are told the id of a request. */
export const REQUEST_ID = 'Sallyport-Request';

/** What of an admission the head for the app is made of. */
export type Leaving = RequestedOrigin &
  Pick<Admission, 'headers' | 'assertion' | 'identity' | 'method' | 'target'> & {
    /** null: it is not sent for anybody, so no log shall take it for one that was. */
    readonly requestId: string | null;
  };

interface AppNames {
  /** Folded names of the app's configured identity headers. */
  readonly identity: ReadonlySet<string>;
  /** Host for the app, or null to keep the public one. */
  readonly host: string | null;
}

const appNames = new WeakMap<AppConfig, AppNames>();

function namesOf(app: AppConfig): AppNames {
  const known = appNames.get(app);
  if (known !== undefined) return known;
  const names = {
    identity: new Set([...app.headers.keys()].map(foldName)),
    host: app.upstream.host === 'upstream' ? new URL(app.upstream.origin).host : null,
  };
  appNames.set(app, names);
  return names;
}

/** Schemes that sign in the connection instead of the request; on shared connections one person would be another. */
const CONNECTION_BOUND = /^[ \t]*(?:ntlm|negotiate|nego2|nego-ex|kerberos)(?![^ \t,])/i;

/** What has been read of a head, and what has been written of the one for the app. */
interface Reading {
  readonly admission: Leaving;
  readonly passage: Passage;
  readonly names: AppNames;
  readonly out: string[];
  readonly cookies: string[];
  length: string | null;
  chunked: boolean;
}

function takeField(to: Reading, name: FieldName, value: string): void {
  const kind = judgeName(name);
  if (kind === DROP || kind === CONNECTION) return;
  if (kind === CONTENT_LENGTH) to.length = value;
  else if (kind === TRANSFER_ENCODING) to.chunked = requireChunked(value, to.chunked);
  else if (to.names.identity.has(name.folded)) return;
  else if (kind === COOKIE) to.cookies.push(value);
  else if (kind === AUTHORIZATION) pushCredentials(to.out, name.spelt, value, to.passage);
  else passOn(to, name, kind, value);
}

function passOn(
  { out, passage, admission }: Reading,
  { spelt, lower, folded }: FieldName,
  kind: number,
  value: string,
): void {
  if (kind === REFERER) out.push(spelt, originFor(withoutOurPath(value), admission, passage));
  else if (kind === DESTINATION) out.push(spelt, inwards(value, admission));
  else if (kind === CONDITION) out.push(spelt, conditionInwards(value, admission));
  else if (passage.without?.has(folded)) return;
  else if (lower === 'origin') out.push(spelt, originFor(value, admission, passage));
  else out.push(spelt, value);
}

/**
 * The request's head for the app, from the head that was cleaned where it came in (request/clean.ts) and judged since. Ours is
 * added last, so nothing the client lists or spells can remove or double it.
 * Throws `bad-headers` for a transfer coding other than chunked, `head-too-large` for a line that the app's server reads as several.
 */
export function requestHeaders(admission: Leaving, passage: Passage = passing): OutboundHead {
  const names = namesOf(admission.app);
  const out: string[] = [];
  const reading: Reading = { admission, passage, names, out, cookies: [], length: null, chunked: false };
  admission.headers.into(reading, takeField);
  const { length, chunked } = reading;
  const cookie = passage.outbound(reading.cookies);
  if (cookie !== null) out.push('Cookie', cookie);
  const announced = passage.resized === true ? lengthOf(passage) : chunked ? null : length;
  if (announced !== null) out.push('Content-Length', announced);
  if (passage.more !== undefined) for (const [name, value] of passage.more) out.push(name, value);
  addOurs(out, admission, names);
  requireShort(out, admission);
  return { headers: out, body: chunked || (length !== null && !/^0+$/.test(length)) };
}

/** Of a body that is changed: known once all of it is there. null: it goes in chunks. */
function lengthOf({ read }: Passage): string | null {
  return read?.whole === true ? String(read.bytes.length) : null;
}

function pushCredentials(out: string[], name: string, value: string, passage: Passage): void {
  if (CONNECTION_BOUND.test(value)) return;
  const kept = passage.authorization === undefined ? value : passage.authorization(value);
  if (kept !== null) out.push(name, kept);
}

/** Origin or Referer for the app: its own origin in place of ours, where it compares them with what it believes to be. */
function originFor(value: string, admission: Leaving, passage: Passage): string {
  return admission.app.upstream.ownOrigin || passage.ownOrigin === true ? originInwards(value, admission) : value;
}

/**
 * Our pages ask browsers to name the origin alone as where they came from, but not every client heeds Referrer-Policy,
 * and the path of an enrolment link is a secret. What is left still shows an app that the request came from its origin.
 */
function withoutOurPath(referer: string): string {
  if (!/sallyport/i.test(referer)) return referer;
  return /^https?:\/\/[^/?#]+/i.exec(referer)?.[0].concat('/') ?? '';
}

function requireChunked(value: string, before: boolean): true {
  if (before || value.trim().toLowerCase() !== 'chunked') {
    throw new SallyportError('bad-headers', 'a transfer coding other than chunked');
  }
  return true;
}

/** Bytes of the longest line that the app's server reads as one, as its preset or its configuration says. */
function longestLine({ login, upstream }: AppConfig): number {
  const known = login.kind === 'bound' ? login.longestLine : null;
  return Math.min(known ?? Number.POSITIVE_INFINITY, upstream.longestLine ?? Number.POSITIVE_INFINITY);
}

/**
 * Some servers read lines into a buffer, and take what stands behind it for another header, which nobody has judged and which may
 * be called like one of ours.
 */
function requireShort(lines: readonly string[], { app, method, target }: Leaving): void {
  const longest = longestLine(app);
  if (longest === Number.POSITIVE_INFINITY) return;
  let found = `${method} ${target} HTTP/1.1`.length;
  for (let i = 0; i + 1 < lines.length; i += 2) found = Math.max(found, `${lines[i]}: ${lines[i + 1]}`.length);
  if (found > longest) throw new SallyportError('head-too-large', 'a line that the app reads as several');
}

function addOurs(out: string[], admission: Leaving, names: AppNames): void {
  const { client, host } = admission;
  out.push('Host', names.host ?? host);
  out.push('X-Forwarded-For', client.forwardedFor, 'X-Forwarded-Proto', client.scheme, 'X-Forwarded-Host', host);
  out.push('Forwarded', forwarded(client.forwardedFor, client.scheme, host), 'Via', '1.1 sallyport');
  if (admission.requestId !== null) out.push(REQUEST_ID, admission.requestId);
  if (admission.assertion !== null) out.push('Sallyport-Assertion', admission.assertion);
  for (const [name, value] of admission.identity) out.push(name, value);
}

/** RFC 7239 §4: one element for each hop, what we saw ourselves in the last; IPv6 in brackets and quotes (§6). */
function forwarded(chain: string, scheme: string, host: string): string {
  const hops = chain.includes(',') ? chain.split(',').map(forwardedFor).join(', ') : forwardedFor(chain);
  return `${hops};host="${host}";proto=${scheme}`;
}

function forwardedFor(hop: string): string {
  const address = hop.trim();
  if (!/^[0-9a-f.:]+$/i.test(address)) return 'for=unknown';
  return address.includes(':') ? `for="[${address}]"` : `for=${address}`;
}
