import type { HeaderFields } from '../../request/fields.ts';

/** How requests and answers are translated between the recorder's address and the app's own. */
export interface Places {
  /** Where the browser believes to be. */
  readonly recorder: string;
  /** Where the app believes to be. */
  readonly app: string;
}

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'content-length', 'expect', 'accept-encoding', 'host'],
]);
/** What would lead the browser away from a plain local address, or forbid it. */
const NOT_PASSED: ReadonlySet<string> = new Set(['strict-transport-security', 'alt-svc', 'expect-ct']);
/** Prefixes that bind a cookie to TLS (RFC 6265bis §4.1.3); the recorder has none. */
const PREFIXED = /^__(Host|Secure)-/i;

/** Request headers for the app: its own Host, Origin and Referer, and answers that can be read. */
export function forApp(headers: HeaderFields, { recorder, app }: Places): string[] {
  const out: string[] = [];
  headers.each((name, value, lower) => {
    if (HOP_BY_HOP.has(lower)) return;
    if (lower === 'cookie') out.push(name, value.replace(/(^|;\s*)recorder-(Host|Secure)-/g, '$1__$2-'));
    else out.push(name, lower === 'origin' || lower === 'referer' ? value.replace(recorder, app) : value);
  });
  return [...out, 'Host', new URL(app).host, 'Accept-Encoding', 'identity'];
}

function localCookie(value: string): string {
  const [pair = '', ...attributes] = value.split(';');
  const kept = attributes.filter((each) => !/^\s*(?:domain=|secure\s*$|partitioned\s*$|samesite=\s*none)/i.test(each));
  return [pair.trim().replace(PREFIXED, 'recorder-$1-'), ...kept].join(';');
}

/** A policy without the directive that would have the recorder asked over TLS. */
function withoutUpgrade(policy: string): string {
  return policy
    .split(';')
    .filter((directive) => directive.trim().toLowerCase() !== 'upgrade-insecure-requests')
    .join(';');
}

/** Answer headers for the browser. The length is the caller's, since bodies may change. */
export function forBrowser(headers: HeaderFields, { recorder, app }: Places): string[] {
  const out: string[] = [];
  headers.each((name, value, lower) => {
    if (HOP_BY_HOP.has(lower) || NOT_PASSED.has(lower)) return;
    if (lower === 'set-cookie') out.push(name, localCookie(value));
    else if (lower.startsWith('content-security-policy'))
      out.push(name, withoutUpgrade(value.replaceAll(app, recorder)));
    else out.push(name, value.replaceAll(app, recorder));
  });
  return out;
}

const TEXTUAL = /^(?:text\/(?!event-stream)|application\/(?:[a-z.+-]*json|[a-z.+-]*xml|javascript|x-javascript))/i;

/** Whether a body is text that may hold addresses and names. */
export function isText(contentType: string): boolean {
  return TEXTUAL.test(contentType.trim());
}

/** A text with the app's own address replaced by the recorder's, also where JSON escapes the slashes. */
export function bodyForBrowser(text: string, { recorder, app }: Places): string {
  const escaped = (origin: string) => origin.replaceAll('/', String.raw`\/`);
  return text.replaceAll(app, recorder).replaceAll(escaped(app), escaped(recorder));
}
