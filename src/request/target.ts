import { SallyportError } from '../errors.ts';
import { isSingle, readings } from '../lib/readings/readings.ts';
import { mayBeShortFor, streamsOf } from '../lib/readings/windows.ts';

/**
 * One parse of the request target (RFC 9112 §3.2.1, origin-form only). What comes out is the very string that came in:
 * it is judged, logged and sent on. Anything that another parser might read differently is refused, never repaired.
 */
export interface Target {
  /** The raw target, path and query, byte for byte. */
  readonly raw: string;
  /** The part before the first `?`. */
  readonly path: string;
  /** The part after the first `?`, or null when there is none. */
  readonly query: string | null;
  /** Under our reserved prefix: ours to answer, never forwarded. */
  readonly reserved: boolean;
  /** In the strict form, without any deviation that the app allows; exemptions apply to these alone. */
  readonly strict: boolean;
}

export interface TargetOptions {
  readonly encodedSlash: boolean;
  readonly emptySegments: boolean;
}

const STRICT: TargetOptions = { encodedSlash: false, emptySegments: false };
/** Characters, unless the configuration says otherwise. */
const MAX_LENGTH = 8192;
const PREFIX = '/.sallyport';
const PREFIX_NAME = PREFIX.slice(1);

/**
 * What may stand bare: RFC 3986 pchar and `/`, and what browsers leave so (WHATWG URL: all of ASCII that is not in the
 * percent-encode set of the path, `[ ] |`). A backslash is a slash to them, and a percent sign alone is read differently by
 * every server: both are refused. A query is no path: all that prints may stand in it but `#`, the more so as it decides
 * nothing where it is not read leniently.
 */
const PATH_BUT = /[^A-Za-z0-9\-._~!$&'()*+,;=:@%/[\]|]/;
const QUERY_BUT = /[^!"$-~]/;
const BARE_PERCENT = /%(?![0-9A-Fa-f]{2})/;
/** NUL, controls, slash, backslash, fragment and question marks in disguise. */
const ENCODED_CONTROL = /%(?:[01][0-9A-Fa-f]|7[Ff])/;
const ENCODED_DELIMITER = /%(?:23|3[Ff]|5[Cc])/;
const ENCODED_SLASH = /%2[Ff]/;
/** In what was decoded once: an escape that would be a dot, slash, backslash, percent, control or overlong byte next time. */
const AGAIN = /%(?:2[5EeFf]|5[Cc]|[01][0-9A-Fa-f]|7[Ff]|[Cc][01])/;
const DOT_SEGMENT = /^(?:\.|%2[Ee]){1,2}(?:$|[;%])/;
const NO_PERCENT_OR_DOT_SEGMENT = /^\/(?:[^%]*)$/;
/** Segments that begin with a letter, digit, `-` or `_` and hold besides them dots alone: nothing that anybody reads in two ways. */
const PLAIN = /^\/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*(?:[A-Za-z0-9_-][A-Za-z0-9._-]*)?$/;

function refuse(why: string): never {
  throw new SallyportError('bad-target', why);
}

/** Says which character, by its number, and where: the position counts from 1 over the whole target. */
function refuseAt(code: number, position: number, why: string): never {
  const hex = code.toString(16).toUpperCase().padStart(4, '0');
  const encoded = code < 0x80 ? ` (%${hex.slice(2)})` : '';
  const shown = `Character U+${hex} at position ${position}: ${why}${encoded}.`;
  throw new SallyportError('bad-target', shown, { shown });
}

function checkCharacters(text: string, but: RegExp, offset: number, part: string): void {
  const at = text.search(but);
  if (at >= 0) refuseAt(text.codePointAt(at) ?? 0, offset + at + 1, `must be percent-encoded in the ${part}`);
}

/** The path with its escapes undone once. Refuses bytes that are not UTF-8; overlong forms are not. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return refuse('not UTF-8');
  }
}

function checkSegments(path: string, options: TargetOptions): void {
  if (path.includes('//') && !options.emptySegments) refuse('empty path segment');
  for (const segment of path.slice(1).split('/')) {
    if (DOT_SEGMENT.test(segment) || /^\.+(?:$|;)/.test(segment)) refuse('dot segment');
  }
}

function checkEncoding(path: string, options: TargetOptions): void {
  const bare = path.search(BARE_PERCENT);
  if (bare >= 0)
    refuseAt(37, bare + 1, 'must be followed by two hexadecimal digits, or be percent-encoded, in the path');
  if (ENCODED_CONTROL.test(path)) refuse('encoded control character');
  if (ENCODED_DELIMITER.test(path)) refuse('encoded delimiter');
  if (ENCODED_SLASH.test(path) && !options.encodedSlash) refuse('encoded slash');
  const once = decoded(path);
  if (AGAIN.test(once)) refuse('double encoding');
  // `//evil` is another host to whoever makes a Location of it.
  if (once.charCodeAt(1) === 47) refuse('empty first segment');
}

/**
 * Our prefix in any disguise: any case, any encoding, with parameters. Such a target is ours to answer when it is exact
 * and refused when it is not, so no app can ever be asked for it nor serve under it.
 */
function reservedOrRefused(path: string): boolean {
  if (path === PREFIX || path.startsWith(`${PREFIX}/`)) {
    if (path.includes('%') || path.includes(';')) refuse('the reserved prefix in another spelling');
    return true;
  }
  if (path.charCodeAt(1) !== 46 && isSingle(path)) return false;
  for (const [first = ''] of readings(path)) {
    const ours = streamsOf(first, 1).some((name) => name === PREFIX_NAME || mayBeShortFor(name, PREFIX_NAME));
    if (ours) refuse('the reserved prefix in another spelling');
  }
  return false;
}

/**
 * Parses a raw request target. Throws `target-too-long`, and `bad-target` for everything that is not canonical. `*` and absolute-form are
 * refused here; the server answers `OPTIONS *` itself.
 */
export function parseTarget(raw: string, options: TargetOptions = STRICT, longest: number = MAX_LENGTH): Target {
  if (raw.length > longest) throw new SallyportError('target-too-long', `longer than ${longest} characters`);
  if (raw.charCodeAt(0) !== 47) refuse('not in origin-form');
  const mark = raw.indexOf('?');
  const path = mark < 0 ? raw : raw.slice(0, mark);
  const query = mark < 0 ? null : raw.slice(mark + 1);
  if (query === null && PLAIN.test(path)) return { raw, path, query, reserved: false, strict: true };
  checkCharacters(path, PATH_BUT, 0, 'path');
  if (path.charCodeAt(1) === 47) refuse('empty first segment');
  if (query !== null) {
    checkCharacters(query, QUERY_BUT, mark + 1, 'query');
    if (/%(?:0[0ADad])/.test(query)) refuse('encoded NUL or line break in the query');
  }
  checkSegments(path, options);
  if (!NO_PERCENT_OR_DOT_SEGMENT.test(path)) checkEncoding(path, options);
  // Slashes and dots in any disguise are found among the readings, which refuse dot segments.
  if (!isSingle(path)) readings(path);
  const reserved = reservedOrRefused(path);
  const strict = !path.includes('//') && !ENCODED_SLASH.test(path) && !path.includes(';') && !path.includes('%');
  return { raw, path, query, reserved, strict };
}

/** Fewer letters, digits, `-` and `_` in a row are no ticket. */
const SHORTEST_TICKET = 16;

/** Letters, digits, `-` and `_`: base64url. */
function isOfTicket(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    code === 45 ||
    code === 95
  );
}

/** Where the first run begins, at or after `from`, that is long enough for a ticket; -1 for none. */
function ticketFrom(path: string, from: number): number {
  let run = 0;
  for (let at = from; at < path.length; at += 1) {
    run = isOfTicket(path.charCodeAt(at)) ? run + 1 : 0;
    if (run === SHORTEST_TICKET) return at + 1 - SHORTEST_TICKET;
  }
  return -1;
}

/**
 * A path as the log and the record may hold it. The ticket of an enrolment link is a secret until it is used, also where
 * the link was mistyped and its path refused; so is the token of a program, which has no place in an address. Each character is looked at once, since anybody may send any path.
 */
export function loggablePath(path: string): string {
  const ours = path.search(/sallyport/i);
  if (ours < 0) return path;
  const enrol = path.slice(ours).search(/enrol/i);
  const ticket = enrol < 0 ? -1 : ticketFrom(path, ours + enrol + 'enrol'.length);
  const token = path.search(/sallyport(?:_|%5f)/i);
  if (token >= 0 && (ticket < 0 || token < ticket)) return `${path.slice(0, token)}(token)`;
  return ticket < 0 ? path : `${path.slice(0, ticket)}(ticket)`;
}

/** Characters of a target that could not be read. */
const MOST_UNREAD = 200;

/**
 * What of a target that could not be read stands in the log and on record: neither its query, nor what may be a name and password before a
 * host, which only targets in another form than ours have (RFC 9110 §4.2.4).
 */
export function unreadPath(raw: string): string {
  const at = /^\/(?![/\\])/.test(raw) ? -1 : raw.lastIndexOf('@');
  const known = at < 0 ? raw : `(hidden)${raw.slice(at)}`;
  return pathOf(known).slice(0, MOST_UNREAD);
}

/** Path of a target, without its query, which may hold anything and is no part of a record. */
export function pathOf(target: string): string {
  const mark = target.indexOf('?');
  return mark < 0 ? target : target.slice(0, mark);
}
