import { SallyportError } from '../errors.ts';
import { withoutEnds } from '../lib/trim.ts';
import { MOST_LINES } from '../request/clean.ts';
import { foldName } from '../request/names.ts';
import { type Asked, linksOutwards, outwards, refreshOutwards } from './addresses.ts';
import { passing } from './cookies.ts';
import type { InboundHead, Passage } from './passage.ts';

export interface ResponseContext {
  readonly method: string;
  readonly status: number;
  /** Whether the answer belongs to a session; false for an exemption. */
  readonly session: boolean;
  readonly passage?: Passage;
  /** By what the browser asked; left out: addresses pass as they are. */
  readonly asked?: Asked;
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

const location: Edit = (value, { asked, passage }) => {
  const led = asked === undefined ? value : outwards(value, asked);
  return passage?.location?.(led) ?? led;
};

const refresh: Edit = (value, { asked, passage }) => {
  const led = asked === undefined ? value : refreshOutwards(value, asked);
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
  ['link', (value, { asked }) => (asked === undefined ? value : linksOutwards(value, asked))],
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

interface Framing {
  length: number | null;
  chunked: boolean;
}

/** RFC 9112 §6.3: an answer whose end is doubtful is no answer. Throws `upstream-invalid`. */
function readFraming(lower: string, value: string, framing: Framing): void {
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

/**
 * The head of the app's answer for the client. Throws `upstream-invalid` when its framing contradicts itself (§6.3)
 * or it has more lines than anybody sends. The app's own fields pass as they are, save what would reach into our gate.
 */
export function responseHeaders(raw: readonly (string | Buffer)[], context: ResponseContext): InboundHead {
  if (raw.length > 2 * MOST_LINES) throw invalid(`more than ${MOST_LINES} header lines`);
  const out: string[] = [];
  const framing: Framing = { length: null, chunked: false };
  let listed: Set<string> | null = null;
  let caching = '';
  let eventStream = false;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = text(raw[i]);
    let value: string | null = text(raw[i + 1]);
    const { lower, edit } = ruleOf(name);
    if (lower === 'content-length' || lower === 'transfer-encoding') readFraming(lower, value, framing);
    else if (lower === 'connection') listed = listedNames(value, listed);
    else if (lower === 'cache-control') caching += `,${value}`;
    else if (lower === 'content-type') eventStream = /^[ \t]*text\/event-stream(?![^ \t;])/i.test(value);
    if (edit !== null) value = edit(value, context);
    if (value === null || (lower === 'content-length' && noLength(context.status))) continue;
    out.push(name, value);
  }
  if (framing.chunked && framing.length !== null) throw invalid('both Content-Length and Transfer-Encoding');
  const headers = listed === null ? out : out.filter((_, i) => !listed.has((out[i & ~1] ?? '').toLowerCase()));
  if (context.session && !/[, ](?:public|private|no-store|s-maxage)(?![^ ,=])/i.test(caching)) {
    // What a session sees is nobody else's: a shared cache may keep it only where the app says so (standards H-30).
    headers.push('Cache-Control', 'private');
  }
  const bodiless = context.method === 'HEAD' || context.status === 204 || context.status === 304;
  return { headers, length: bodiless ? 0 : framing.length, chunked: framing.chunked, eventStream };
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

/** Header bytes as they came: one character for one byte, both ways. */
function text(part: string | Buffer | undefined): string {
  return part === undefined ? '' : typeof part === 'string' ? part : part.toString('latin1');
}
