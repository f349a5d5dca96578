import { parseDuration } from '../lib/duration.ts';
import { isLoopbackHost, type Parsed } from './hosts.ts';

const ORIGIN = 'Expected an origin: a scheme, a host and, where needed, a port, such as https://portal.example.org.';

/** A URL of http or https without user, path, query or fragment. */
function parseHttpUrl(text: string): URL | string {
  const scheme = /^([a-z][a-z0-9+.-]{0,20}):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    return `Write http:// or https:// in place of ${scheme}://; a scheme other than these two cannot be guarded.`;
  if (!/^https?:\/\//i.test(text) || /[\s\\*]/.test(text) || !URL.canParse(text)) return ORIGIN;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    return 'Leave user and password out of the address: secrets never stand in this file.';
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || /[?#]$/.test(text)) {
    return 'Leave out path, query and fragment: requests are sent on with the path that they came with.';
  }
  return url;
}

/** Parses an origin to its serialised form (RFC 6454 §6.2): lower case, without default port or trailing slash. */
export function parseOrigin(text: string): Parsed<string> {
  const url = parseHttpUrl(text);
  return typeof url === 'string' ? { fault: url } : { value: url.origin };
}

/**
 * Parses the origin of another site: https, or http on this machine alone, since over plain http anybody between could send
 * in its name; or `null`, which browsers send for sites that hide theirs.
 */
export function parseForeignOrigin(text: string): Parsed<string> {
  if (text === 'null') return { value: text };
  const url = parseHttpUrl(text);
  if (typeof url === 'string') return { fault: url };
  const near = isLoopbackHost(url.hostname) || url.hostname.endsWith('.localhost');
  if (url.protocol === 'http:' && !near)
    return { fault: 'Write https://: over plain http anybody on the way could send in the name of that site.' };
  return { value: url.origin };
}

export const DURATION = 'Expected a duration: a whole number and one of ms, s, m, h, d, such as 30s, 15m or 8h.';

/** A parser of durations between two limits, both in ms and both allowed. */
export function durationBetween(least: number, most: number, limits: string): (text: string) => Parsed<number> {
  return (text) => {
    const ms = parseDuration(text);
    if (ms === undefined) return { fault: DURATION };
    return ms >= least && ms <= most ? { value: ms } : { fault: `Expected a duration from ${limits}.` };
  };
}

/** Parses the name of a time zone that this Node knows; offsets such as +01:00 know no summer time and are refused. */
export function parseTimeZone(text: string): Parsed<string> {
  const fault = 'Expected the name of a time zone, such as UTC or Europe/London.';
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) return { fault };
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return { value: text };
  } catch {
    return { fault };
  }
}

const STORE = 'Expected sqlite:///path/to/file.db or postgres://user@host/database.';

/**
 * Parses `store`. An SQLite path may be absolute (`sqlite:///var/x.db`) or relative (`sqlite:x.db`). A password in the
 * URL is refused, in the user part and in the query alike, because this file is read by more people than the secret.
 */
export function parseStore(text: string): Parsed<{ kind: 'sqlite'; path: string } | { kind: 'postgres'; url: string }> {
  const sqlite = /^sqlite:(?:\/\/(?=\/))?([^?#\0]+)$/.exec(text);
  if (sqlite?.[1] !== undefined && !sqlite[1].startsWith('//')) return { value: { kind: 'sqlite', path: sqlite[1] } };
  if (!/^postgres(?:ql)?:\/\//.test(text) || !URL.canParse(text)) return { fault: STORE };
  const url = new URL(text);
  const keys = [...url.searchParams.keys()].map((key) => key.toLowerCase());
  if (url.password !== '' || keys.some((key) => key.includes('password'))) {
    return {
      fault:
        'Leave the password out of the address; put it in the file that store_password_file names, or in SALLYPORT_STORE_PASSWORD.',
    };
  }
  if (url.hostname === '' || url.pathname.length < 2 || url.hash !== '') return { fault: STORE };
  return { value: { kind: 'postgres', url: text } };
}

const DAY = 'Expected a date that exists, as YYYY-MM-DD.';

/** Parses a calendar day to the first moment after it, UTC, in ms. */
export function parseDay(text: string): Parsed<number> {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (match === null) return { fault: DAY };
  const start = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  const real = new Date(start).toISOString().slice(0, 10) === text;
  return real ? { value: start + 86_400_000 } : { fault: DAY };
}

export const PLACEHOLDERS = ['account', 'account_id', 'realm', 'groups', 'sid'] as const;

/** Parses the template of an identity header. One without a placeholder would be a constant, most likely a secret. */
export function parseTemplate(text: string): Parsed<string> {
  const known = PLACEHOLDERS.map((name) => `{${name}}`).join(', ');
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) || text.length > 256) {
    return { fault: 'Expected printable ASCII, at most 256 characters, without blanks at its ends.' };
  }
  const literal = text.replace(/\{(?:account|account_id|realm|groups|sid)\}/g, '');
  if (/[{}]/.test(literal)) return { fault: `The placeholders are ${known}; other braces are not possible.` };
  if (literal === text) return { fault: `Expected at least one of ${known}: secrets never stand in this file.` };
  return { value: text };
}

/** Header names that say how a message travels or who it is from; an identity header may not replace them. */
const RESERVED = new Set(
  (
    'connection keep-alive te trailer transfer-encoding upgrade http2-settings host cookie set-cookie authorization ' +
    'content-length content-type content-encoding content-range expect origin referer via forwarded x-real-ip ' +
    'x-forwarded-for x-forwarded-host x-forwarded-proto x-forwarded-protocol x-forwarded-port x-forwarded-server ' +
    'x-forwarded-prefix x-forwarded-by x-forwarded-scheme x-forwarded-ssl x-original-url x-rewrite-url ' +
    'x-http-method-override x-http-method x-method-override accept accept-encoding range cache-control date max-forwards'
  )
    .split(' ')
    .map(foldHeaderName),
);

/** A header name as servers that map `-`, `_` and `.` to one character see it: letters and digits alone, lower case. */
export function foldHeaderName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Checks the name of an identity header; undefined means good. */
export function headerNameFault(name: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(name)) {
    return 'Expected a header name of letters, digits and hyphens, such as Remote-User.';
  }
  const folded = foldHeaderName(name);
  if (folded.startsWith('sallyport'))
    return 'Names that begin with Sallyport are ours. Choose another, such as Remote-User.';
  if (RESERVED.has(folded) || /^(?:proxy|sec|if)-/i.test(name)) {
    return 'This header says how the request travels and cannot carry an identity. Choose another, such as Remote-User.';
  }
  return undefined;
}
