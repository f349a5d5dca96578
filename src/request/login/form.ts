import { foldField, placesOf } from './names.ts';
import { refuse } from './refused.ts';
import { CONTROL, CONTROL_BUT_LINES, MAX_BODY, MAX_FIELD_NAME, utf8 } from './text.ts';
import type { Fields } from './types.ts';

/** Fields of the largest login form. */
const MAX_FIELDS = 100;

/** One half of a pair, decoded (WHATWG URL §5.1, but refusing instead of repairing). */
function decode(raw: string): string {
  if (/%(?![0-9A-Fa-f]{2})/.test(raw)) refuse('malformed', 'percent sign without two hexadecimal digits');
  try {
    return decodeURIComponent(raw.replace(/\+/g, ' '));
  } catch {
    return refuse('encoding', 'not UTF-8');
  }
}

function checkName(name: string): void {
  if (name === '') refuse('malformed', 'a field without name');
  if (name.length > MAX_FIELD_NAME) refuse('too-large', 'a field name');
  if (CONTROL.test(name)) refuse('malformed', 'control character in a field name');
  if (/[\u{feff}\u{fffd}]/u.test(name)) refuse('encoding', 'byte order mark or replacement character in a field name');
  // The character set that the form claims for itself: Tomcat, Ruby and browsers know it.
  if (foldField(name) === foldField('_charset_')) refuse('encoding', 'field _charset_');
}

/** Refuses two names that some server takes for one, and a field beside its own element (`a` and `a[b]`). */
export function checkLookAlikes(names: Iterable<string>): void {
  const whole = new Set<string>();
  const holders = new Set<string>();
  for (const name of names) {
    const places = placesOf(name);
    if (places.deep) refuse('malformed', 'a field in too many brackets');
    if (places.own.some((own) => whole.has(own) || holders.has(own)) || places.holders.some((part) => whole.has(part)))
      refuse('look-alike', 'two names of one field');
    for (const own of places.own) whole.add(own);
    for (const holder of places.holders) holders.add(holder);
  }
}

/**
 * Reads a body of `application/x-www-form-urlencoded` of at most `most` bytes and 100 fields. Refuses, never repairs: anything
 * but UTF-8, bad escapes, empty pairs, pairs without `=`, a bare `;` (a separator to some), controls (values may hold CR,
 * LF and TAB), a name twice, names that some server would take for one (legacy-logins §1.3).
 */
export function parseForm(body: Uint8Array, most: number = MAX_BODY): Fields {
  const text = utf8(body, most);
  const fields = new Map<string, string>();
  if (text === '') return fields;
  if (CONTROL.test(text)) refuse('malformed', 'control character');
  if (text.includes(';')) refuse('malformed', 'bare semicolon');
  const pairs = text.split('&', MAX_FIELDS + 1);
  if (pairs.length > MAX_FIELDS) refuse('too-large', `more than ${MAX_FIELDS} fields`);
  for (const pair of pairs) {
    const mark = pair.indexOf('=');
    if (mark < 1) refuse('malformed', 'a field without name or equals sign');
    const name = decode(pair.slice(0, mark));
    const value = decode(pair.slice(mark + 1));
    checkName(name);
    if (CONTROL_BUT_LINES.test(value)) refuse('malformed', 'control character in a value');
    if (fields.has(name)) refuse('duplicate', 'a field twice');
    fields.set(name, value);
  }
  checkLookAlikes(fields.keys());
  return fields;
}

/** Everything but RFC 3986 unreserved characters as an escape; a blank is `%20`, which no server reads in two ways. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The fields as a body of our own making, in their order. Throws `URIError` for a lone surrogate. */
export function serialiseForm(fields: Fields): Buffer {
  return Buffer.from([...fields].map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&'), 'latin1');
}
