import { SallyportError } from '../errors.ts';
import { withoutEnds } from '../lib/trim.ts';
import { MOST_LINES } from '../request/clean.ts';
import { eachLine, type HeadLines, linesWithout } from '../request/lines.ts';
import { foldName } from '../request/names.ts';
import { linksOutwards, outwards, type RequestedOrigin, refreshOutwards } from './addresses.ts';
import { passing } from './cookies.ts';
import type { InboundHead, Passage } from './passage.ts';

export interface ResponseContext {
  readonly method: string;
  readonly status: number;
  /** Whether the answer belongs to a session; false for an exemption. */
  readonly session: boolean;
  readonly passage?: Passage;
  /** What the browser asked; left out: addresses pass as they are. */
  readonly requested?: RequestedOrigin;
}

type Edit = (value: string, context: ResponseContext) => string | null;
const drop: Edit = () => null;

/** Challenges of connection-bound schemes go; others in the same field stay (attacks F9). */
const withoutConnectionAuth: Edit = (value) => {
  const scheme = /(^|,)[ \t]*(?:ntlm|negotiate|nego2|nego-ex|kerberos)(?:[ \t]+[A-Za-z0-9+/=]+)?[ \t]*(?=,|$)/gi;
  const left = withoutEnds(value.replace(scheme, '$1'), ' \t,');
  return left === '' ? null : left;
};

function challengeFor(value: string, context: ResponseContext): string | null {
  const kept = withoutConnectionAuth(value, context);
  return kept === null || context.passage?.challenge === undefined ? kept : context.passage.challenge(kept);
}

/**
 * `"cookies"` would delete our session cookie together with the app's, and `"*"` includes it: an app may not end, or
 * shake off, a session of ours. What else it clears stays.
 */
const withoutCookieClearing: Edit = (value) => {
  if (!/cookies|\*/i.test(value)) return value;
  const wide = /"\*"/.test(value);
  const kept = value
    .split(',')
    .map((directive) => directive.trim())
    .filter((directive) => directive !== '' && !/^"?(?:cookies|\*)"?$/i.test(directive));
  if (wide) kept.push('"cache"', '"storage"');
  return kept.length === 0 ? null : [...new Set(kept)].join(', ');
};

const location: Edit = (value, { requested, passage }) => {
  const led = requested === undefined ? value : outwards(value, requested);
  return passage?.location?.(led) ?? led;
};

const refresh: Edit = (value, { requested, passage }) => {
  const led = requested === undefined ? value : refreshOutwards(value, requested);
  return passage?.refresh?.(led) ?? led;
};

const EDITS: ReadonlyMap<string, Edit> = new Map<string, Edit>([
  // RFC 9110 §7.6.1; the framing of the next hop is ours.
  ...['connection', 'proxy-connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'].map(
    (name): [string, Edit] => [name, drop],
  ),
  ...['proxy-authentication-info', 'http2-settings'].map((name): [string, Edit] => [name, drop]),
  // Another way to this origin, or a pin that outlives us, would lead around the gate.
  ...['alt-svc', 'public-key-pins', 'public-key-pins-report-only'].map((name): [string, Edit] => [name, drop]),
  // Widens a worker's scope beyond its folder, over our sign-in pages.
  ['service-worker-allowed', drop],
  ['set-cookie2', drop],
  ['set-cookie', (value, context) => (context.passage ?? passing).inbound(value)],
  ['location', location],
  ['content-location', location],
  ['refresh', refresh],
  ['link', (value, { requested }) => (requested === undefined ? value : linksOutwards(value, requested))],
  ['www-authenticate', (value, context) => challengeFor(value, context)],
  ['proxy-authenticate', drop],
  ['clear-site-data', withoutCookieClearing],
]);

const cache = new Map<string, { readonly lower: string; readonly edit: Edit | null }>();

function ruleOf(name: string): { readonly lower: string; readonly edit: Edit | null } {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  const folded = foldName(name);
  const ours = folded.startsWith('sallyport') || folded.startsWith('xaccel');
  const rule = { lower, edit: ours ? drop : (EDITS.get(lower) ?? null) };
  if (cache.size >= 2048) cache.clear();
  if (name.length <= 64) cache.set(name, rule);
  return rule;
}

/** What is known of an answer's head, line by line. */
interface Reading {
  readonly context: ResponseContext;
  readonly headers: string[];
  length: number | null;
  chunked: boolean;
  eventStream: boolean;
  /** Names that Connection lists, in lower case. */
  listed: Set<string> | null;
  /** Cache-Control says whose caches may keep it, if any. */
  kept: boolean;
}

/** RFC 9112 §6.3: an answer whose end is doubtful is no answer. Throws `upstream-invalid`. */
function readFraming(lower: string, value: string, framing: Reading): void {
  if (lower === 'content-length') {
    if (framing.length !== null || !/^[0-9]{1,15}$/.test(value)) throw invalid('a questionable Content-Length');
    framing.length = Number(value);
  } else if (lower === 'transfer-encoding') {
    if (framing.chunked || value.trim().toLowerCase() !== 'chunked')
      throw invalid('a transfer coding other than chunked');
    framing.chunked = true;
  }
}

function invalid(detail: string): SallyportError {
  return new SallyportError('upstream-invalid', `the upstream sent ${detail}`);
}

const CACHING = /(?:^|[, ])(?:public|private|no-store|s-maxage)(?![^ ,=])/i;

function readLine(to: Reading, name: string, value: string): void {
  const { lower, edit } = ruleOf(name);
  if (lower === 'content-length' || lower === 'transfer-encoding') readFraming(lower, value, to);
  else if (lower === 'connection') to.listed = listedNames(value, to.listed);
  else if (lower === 'cache-control') to.kept ||= CACHING.test(value);
  else if (lower === 'content-type') to.eventStream = /^[ \t]*text\/event-stream(?![^ \t;])/i.test(value);
  const edited = edit === null ? value : edit(value, to.context);
  if (edited !== null && !(lower === 'content-length' && noLength(to.context.status))) to.headers.push(name, edited);
}

/**
 * The head of the app's answer for the client. Throws `upstream-invalid` when its framing contradicts itself (§6.3)
 * or it has more lines than anybody sends. The app's own fields pass as they are, save what would reach into our gate.
 */
export function responseHeaders(raw: HeadLines, context: ResponseContext): InboundHead {
  if (raw.length > 2 * MOST_LINES) throw invalid(`more than ${MOST_LINES} header lines`);
  const read: Reading = {
    context,
    headers: [],
    length: null,
    chunked: false,
    eventStream: false,
    listed: null,
    kept: false,
  };
  eachLine(raw, read, readLine);
  const { length, chunked, eventStream, listed } = read;
  if (chunked && length !== null) throw invalid('both Content-Length and Transfer-Encoding');
  const headers = listed === null ? read.headers : linesWithout(read.headers, listed);
  if (context.session && !read.kept) {
    // What a session sees is nobody else's: a shared cache may keep it only where the app says so (standards H-30).
    headers.push('Cache-Control', 'private');
  }
  return { headers, length: isBodiless(context.method, context.status) ? 0 : length, chunked, eventStream };
}

/** Whether an answer has no body whatever it announces (RFC 9112 §6.3). */
export function isBodiless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}

/** RFC 9110 §8.6: a 204 has no Content-Length. */
function noLength(status: number): boolean {
  return status === 204;
}

function listedNames(connection: string, before: Set<string> | null): Set<string> | null {
  if (/^(?:close|keep-alive|upgrade)$/i.test(connection)) return before;
  const listed = before ?? new Set();
  for (const option of new Set(connection.split(','))) listed.add(option.trim().toLowerCase());
  // Framing and caching are not an upstream's to hide from us.
  for (const name of ['content-length', 'cache-control', 'content-type']) listed.delete(name);
  return listed;
}
