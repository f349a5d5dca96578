import type { IncomingMessage } from 'node:http';
import { SallyportError } from '../errors.ts';
import { HeaderFields } from './fields.ts';
import { type FieldName, fieldName, foldName } from './names.ts';

/** Lines of the longest head: as many as Node reads unless told otherwise, which then drops the rest unseen. */
export const MOST_LINES = 2000;

/** What nearly every client sends: names no field. */
const PLAIN: ReadonlySet<string> = new Set([
  'keep-alive',
  'close',
  'upgrade',
  'keep-alive, upgrade',
  'keep-alive,upgrade',
]);

/**
 * Fields for all recipients, folded: a sender must not list them (RFC 9110 §7.6.1), and each may be judged here, by a
 * preset, or by a rule of the app. They stay, whatever Connection says.
 */
const END_TO_END: ReadonlySet<string> = new Set([
  ...['host', 'cookie', 'authorization', 'origin', 'referer', 'useragent', 'range', 'expect', 'from', 'date', 'pragma'],
  ...['cachecontrol', 'transferencoding', 'forwarded', 'xrequestedwith', 'mimeversion', 'soapaction', 'prefer', 'slug'],
  // WebDAV (RFC 4918 §10).
  ...['dav', 'depth', 'destination', 'if', 'locktoken', 'overwrite', 'timeout'],
]);
const END_TO_END_PREFIXES = ['accept', 'accesscontrol', 'content', 'if', 'sec', 'xforwarded', 'xcsrf', 'xxsrf'];

function endToEnd(folded: string): boolean {
  return END_TO_END.has(folded) || END_TO_END_PREFIXES.some((prefix) => folded.startsWith(prefix));
}

/** Folded names that a Connection field lists and that may go, added to those before; null while there is none. */
function listed(connection: string, before: Set<string> | null): Set<string> | null {
  if (PLAIN.has(connection) || PLAIN.has(connection.toLowerCase())) return before;
  let names = before;
  for (const option of new Set(connection.split(','))) {
    const folded = foldName(option);
    if (folded === 'connection' || folded === 'upgrade' || endToEnd(folded)) continue;
    names ??= new Set();
    names.add(folded);
  }
  return names;
}

function goes({ alias, folded }: FieldName, names: ReadonlySet<string> | null): boolean {
  return alias || (names?.has(folded) ?? false);
}

/**
 * The raw lines without the fields that Connection lists (RFC 9110 §7.6.1) and without second spellings of fields that
 * are judged. The list itself when nothing goes, as with every browser. Linear in its length.
 */
export function cleanLines(rawHeaders: readonly string[]): readonly string[] {
  let names: Set<string> | null = null;
  let aliases = false;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const { lower, alias } = fieldName(rawHeaders[i] ?? '');
    if (lower === 'connection') names = listed(rawHeaders[i + 1] ?? '', names);
    else aliases ||= alias;
  }
  if (names === null && !aliases) return rawHeaders;
  const kept: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (!goes(fieldName(name), names)) kept.push(name, rawHeaders[i + 1] ?? '');
  }
  return kept;
}

/** Node's own readings of a head that was cleaned: what went is in none of them. */
function alsoIn(request: IncomingMessage, lines: readonly string[]): void {
  // Made from the raw lines when first asked for, by a count of them that is kept elsewhere: so before they change.
  const { headers, headersDistinct } = request;
  request.rawHeaders = [...lines];
  const kept = new Set<string>();
  HeaderFields.of(lines).each((_name, _value, lower) => kept.add(lower));
  for (const read of [headers, headersDistinct])
    for (const name of Object.keys(read)) if (!kept.has(name)) delete read[name];
}

/**
 * Cleans the head of a request where it enters, before anybody reads it. Readers, guards, rules and the proxy see this
 * head and no other: what would be taken away on the way to the app cannot have been judged. Throws `head-too-large` for more
 * lines than anybody sends.
 */
export function cleanHead(request: IncomingMessage): HeaderFields {
  if (request.rawHeaders.length > 2 * MOST_LINES) {
    const shown = `The request has more than ${MOST_LINES} header lines.`;
    throw new SallyportError('head-too-large', shown, { shown });
  }
  const lines = cleanLines(request.rawHeaders);
  if (lines !== request.rawHeaders) alsoIn(request, lines);
  return HeaderFields.of(lines);
}

/** Of a head that was refused for its length, what is enough to choose how that is said. */
export function beginningOf(request: IncomingMessage): HeaderFields {
  return HeaderFields.of(request.rawHeaders.slice(0, 2 * MOST_LINES));
}
